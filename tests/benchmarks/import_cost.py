"""What an import costs, as the median of 20 fresh processes less the start of the interpreter."""

import os
import statistics
import subprocess
import sys
import time

RUNS = 20
LIMIT = 2.0  # times what the dependencies cost alone
START = "pass"
DEPENDENCIES = "import attrs, dateutil.relativedelta, typing_extensions"
IMPORTS = ("import cxkit", "import cxkit.loyalty")
# An installed package is compiled once; so is this one, even where writing byte code is switched off.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(code: str) -> float:
    """Time a fresh process that runs `code`."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
    return time.perf_counter() - began


def main() -> None:
    """Print a line for each import."""
    codes = (START, DEPENDENCIES, *IMPORTS)
    for code in codes:  # compiles what is not compiled yet
        seconds(code)
    # In turns, so that a machine that is busy for a while is busy for all of them.
    rounds = [[seconds(code) for code in codes] for _ in range(RUNS)]
    medians = dict(zip(codes, map(statistics.median, zip(*rounds, strict=True)), strict=True))
    baseline = medians[DEPENDENCIES] - medians[START]
    print(f"{DEPENDENCIES}: {baseline * 1000:.1f} ms")
    for code in IMPORTS:
        cost = medians[code] - medians[START]
        verdict = "ok" if cost <= LIMIT * baseline else f"too slow, the limit is {LIMIT}"
        print(f"{code}: {cost * 1000:.1f} ms, {cost / baseline:.2f} times that: {verdict}")


if __name__ == "__main__":
    main()
