"""Compare the public API with its snapshot, and the snapshot with the last release.

snapshot.txt is the API as it is; `--write` renews it, so that a review sees what changed. <version>.txt is the API as
that version had it; `--release` writes it. What a release had and the snapshot has no longer must be named in the
Unreleased part of CHANGELOG.md, as in `journey.Journey.sessions`.
"""

import difflib
import re
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import griffe
import surface

HERE = Path(__file__).parent
SNAPSHOT = HERE / "snapshot.txt"
CHANGELOG = HERE.parents[1] / "CHANGELOG.md"


def describe(path: str, found: griffe.Object) -> str:
    """Write one public name as one line."""
    if isinstance(found, griffe.Class):
        init = surface.itself(found.all_members.get("__init__", found))
        signature = init.signature(name=path, return_type=False) if isinstance(init, griffe.Function) else path
        bases = [str(base) for base in found.bases if not str(base).startswith("_")]
        return f"{signature} is {', '.join(bases)}" if bases else signature
    if isinstance(found, griffe.Function):
        return " or ".join(form.signature(name=path) for form in found.overloads or [found])
    if isinstance(found, griffe.Attribute) and found.annotation and str(found.annotation) != "TypeAlias":
        return f"{path}: {found.annotation}"
    if isinstance(found, griffe.Attribute) and isinstance(found.parent, griffe.Module):
        return f"{path} = {found.value}"
    return path


def broken(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """Find the names that are gone or changed; what goes with its class is not told apart."""
    left = {_name(line) for line in now}
    lost = [_name(line) for line in before if line not in now]
    return [name for name in lost if name in left or name.rpartition(".")[0] in left]


def unnamed(names: Iterable[str], changelog: str) -> list[str]:
    """Find the names that the Unreleased part of a changelog does not mention."""
    unreleased = changelog.partition("## [Unreleased]")[2].partition("\n## ")[0]
    return [name for name in names if f"`{name.removeprefix('cxkit.')}`" not in unreleased]


def _name(line: str) -> str:
    return re.split(r"[^\w.]", line, maxsplit=1)[0]


def main(*options: str) -> None:
    now = [describe(path, found) for path, found in surface.public()]
    if "--write" in options:
        SNAPSHOT.write_text("\n".join([*now, ""]), encoding="utf-8")
    if "--release" in options:
        (HERE / f"{version('cxkit')}.txt").write_text("\n".join([*now, ""]), encoding="utf-8")

    changes = list(difflib.unified_diff(SNAPSHOT.read_text(encoding="utf-8").splitlines(), now, lineterm="", n=0))
    if changes:
        sys.exit("\n".join([*changes, "the public API changed; see it through with tests/api/snapshot.py --write"]))
    releases = sorted(HERE.glob("*.*.*.txt"), key=lambda path: [int(part) for part in path.stem.split(".")])
    for release in releases[-1:]:
        names = broken(release.read_text(encoding="utf-8").splitlines(), now)
        if missing := unnamed(names, CHANGELOG.read_text(encoding="utf-8")):
            sys.exit(f"name what changed since {release.stem} in CHANGELOG.md, under Unreleased: {', '.join(missing)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
