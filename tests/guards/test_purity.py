"""The library has no clock, no randomness and no I/O, and its rooms keep out of each other's drawers.

import-linter forbids the modules that would bring these in; this reads the syntax trees for what needs no import.
"""

import ast
from pathlib import Path

import pytest

import cxkit

SOURCE = Path(cxkit.__file__).parent
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if path.relative_to(SOURCE).parts[0] != "frames"]
BUILTINS = {"__import__", "breakpoint", "compile", "eval", "exec", "exit", "input", "open", "print"}
# `fromtimestamp` is pure once it is given a zone; the others read the clock, the machine or a file.
METHODS = {"getenv", "now", "perf_counter", "monotonic", "today", "urandom", "utcfromtimestamp", "utcnow"}
ALLOWED = {"predicates/_compile.py": {"compile"}}  # of syntax trees that it builds itself, with no text and no builtins
METHODS |= {"read_bytes", "read_text", "write_bytes", "write_text"}


def impurities(source: str) -> list[str]:
    """Find the calls and names that are not pure, by line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in BUILTINS:  # a field may be called `open`
                found.append(f"line {node.lineno}: {name}")
            case ast.Attribute(attr=name) if name in METHODS:
                found.append(f"line {node.lineno}: .{name}")
            case ast.Call(func=ast.Attribute(attr="open")):  # without a call, it is what is still open
                found.append(f"line {node.lineno}: .open()")
            case ast.Call(func=ast.Attribute(attr="fromtimestamp"), args=[_], keywords=[]):
                found.append(f"line {node.lineno}: .fromtimestamp without a zone")
            case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
                found.append(f"line {node.lineno}: .astimezone to the machine's zone")
    return found


def strangers(source: str, room: str) -> list[str]:
    """Find the imports from private modules of another package; those at the root are shared."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                paths = [f"{module}.{name.name}" for name in names]
            case ast.Import(names=names):
                paths = [name.name for name in names]
            case _:
                continue
        for path in paths:
            match path.split("."):
                case ["cxkit", package, private, *_] if private.startswith("_") and package != room:
                    found.append(path)
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_is_pure(path):
    found = impurities(path.read_text(encoding="utf-8"))
    allowed = ALLOWED.get(path.relative_to(SOURCE).as_posix(), set())
    assert [fault for fault in found if fault.rpartition(" ")[2] not in allowed] == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=str)
def test_a_module_uses_no_private_module_of_another_package(path):
    assert strangers(path.read_text(encoding="utf-8"), path.relative_to(SOURCE).parts[0]) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(tz)",
        "date.today()",
        "clock = datetime.utcnow",
        "datetime.fromtimestamp(0)",
        "moment.astimezone()",
        "open('log')",
        "path.open()",
        "show = print",
    ],
)
def test_an_impurity_is_found(source):
    assert len(impurities(source)) == 1


@pytest.mark.parametrize("source", ["datetime.fromtimestamp(0, tz)", "moment.astimezone(tz)", "ledger.opened"])
def test_what_is_pure_passes(source):
    assert impurities(source) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from cxkit.journey._touchpoint import Touchpoint", 1),
        ("import cxkit.journey._touchpoint", 1),
        ("from cxkit.journey import Touchpoint", 0),
        ("from cxkit.loyalty._basket import Line", 0),
        ("from cxkit import _money", 0),
        ("from cxkit._money import allocate", 0),
    ],
)
def test_a_reach_into_another_package_is_found(source, count):
    assert len(strangers(source, room="loyalty")) == count
