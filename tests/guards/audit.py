"""Run the logic of an example and print each file, socket or process event that it causes: `audit.py EXAMPLE`.

An audit hook cannot be taken away again, so this is a process of its own.
"""

import importlib
import pkgutil
import sys
import zoneinfo
from pathlib import Path

import cxkit

IMPURE = ("ctypes.", "ftplib.", "glob.", "http.", "mmap.", "open", "os.", "shutil.", "smtplib.", "socket.", "sqlite3.")
IMPURE += ("subprocess.", "tempfile.", "time.sleep", "urllib.", "webbrowser.")


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Print an impure event, unless it is Python that reads a module's code."""
    if event.startswith(IMPURE) and not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):  # noqa: SLF001
        print(event, *arguments)


def main(path: Path) -> None:
    sys.path.insert(0, str(path.parent))
    example = importlib.import_module(path.stem)
    data = example.read()
    # Zones are files that are read when first used, and kept while somebody holds them.
    zones = [zoneinfo.ZoneInfo(name) for name in zoneinfo.available_timezones()]
    for module in pkgutil.walk_packages(cxkit.__path__, "cxkit."):
        importlib.import_module(module.name)
    sys.addaudithook(watch)
    example.report(data)
    del zones


if __name__ == "__main__":
    main(Path(sys.argv[1]))
