"""The files of the project name no machine, no package registry and nothing that only one developer has."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In pieces, so that this file passes its own test.
ENDINGS = {"pypi": "org", "pythonhosted": "org", "npmjs": "(?:com|org)"}
REGISTRIES = [rf"{name}\.{ending}" for name, ending in ENDINGS.items()]
FOREIGN = re.compile("|".join([*REGISTRIES, r"(?<![\w.])/(?:root|home|work|Users|tmp)/\w"]))


def files() -> list[Path]:
    """List the files that git has or would take; none where there is no repository."""
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        return []
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_at_home_anywhere(path):
    text = path.read_text(encoding="utf-8", errors="replace")

    assert FOREIGN.findall(text) == []
