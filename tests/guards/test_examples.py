"""The logic of an example does no I/O: whatever it reads and shows, it does outside.

Each examples/*.py has `read()`, which gets its data, and `report(data)`, which does nothing but library logic.
"""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[1] / "examples").glob("*.py"))


def events(example: Path) -> str:
    """Run the logic of an example under an audit hook and return what it was seen to do."""
    command = [sys.executable, HERE / "audit.py", example]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_logic_of_an_example_is_pure(example):
    assert events(example) == ""


@pytest.mark.parametrize(
    ("logic", "event"),
    [
        ("open(data).close()", "open"),
        ("__import__('socket').socket().close()", "socket.__new__"),
        ("__import__('os').system('true')", "os.system"),
        ("__import__('zoneinfo').ZoneInfo('Europe/Berlin').utcoffset(None)", ""),
    ],
)
def test_an_impure_event_is_seen(tmp_path, logic, event):
    example = tmp_path / "example.py"
    example.write_text(f"def read():\n    return __file__\n\n\ndef report(data):\n    {logic}\n", encoding="utf-8")

    assert events(example).partition(" ")[0] == event
