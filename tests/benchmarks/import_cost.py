"""What an import costs, as the median of 20 fresh processes less the start of the interpreter."""

import os
import statistics
import subprocess
import sys
import time

RUNS = 20
LIMIT = 2.0  # times what the dependencies cost alone
DEPENDENCIES = "import attrs, dateutil.relativedelta, typing_extensions"


def seconds(code: str) -> float:
    """Time fresh processes that run `code`."""
    return statistics.median(_once(code) for _ in range(RUNS))


def _once(code: str) -> float:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    return time.perf_counter() - began


def main() -> None:
    """Print a line for each import."""
    _once("import cxkit.loyalty")  # compiles what is not compiled yet
    start = seconds("pass")
    baseline = seconds(DEPENDENCIES) - start
    print(f"{DEPENDENCIES}: {baseline * 1000:.1f} ms")
    for code in ("import cxkit", "import cxkit.loyalty"):
        cost = seconds(code) - start
        verdict = "ok" if cost <= LIMIT * baseline else f"too slow, the limit is {LIMIT}"
        print(f"{code}: {cost * 1000:.1f} ms, {cost / baseline:.2f} times that: {verdict}")


if __name__ == "__main__":
    main()
