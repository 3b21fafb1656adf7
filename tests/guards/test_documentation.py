"""Every public name is documented, and the pages and lists that name things are complete."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import griffe
import pytest
import surface

import cxkit

ROOT = Path(__file__).parents[2]
PUBLIC = dict(surface.public())
PENDING = tomllib.loads((ROOT / "tests/pending.toml").read_text(encoding="utf-8"))


def is_documented(path: str, found: griffe.Object) -> bool:
    """Tell whether a name has a docstring; what is given to a constructor may have its word in that of the class."""
    if found.docstring or any("override" in str(decorator.value) for decorator in getattr(found, "decorators", ())):
        return True
    cls = PUBLIC[path.rpartition(".")[0]]
    if not (found.is_attribute and isinstance(cls, griffe.Class)):
        return False
    docstrings = [base.docstring.value for base in (cls, found.parent) if base.docstring]
    return found.name not in cls.parameters or any(f"{found.name}:" in docstring for docstring in docstrings)


@pytest.mark.parametrize("path", [path for path in PUBLIC if "__" not in path])
def test_a_public_name_is_documented(path):
    assert is_documented(path, PUBLIC[path])


def test_the_reference_has_a_page_for_each_public_module():
    pages = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs/reference").glob("*.md"))
    listed = re.findall("^::: (.+)$", pages, re.MULTILINE)

    assert sorted(listed) == sorted(path for path, found in PUBLIC.items() if found.is_module)


@pytest.mark.parametrize(("page", "line"), [(page, line) for page, lines in PENDING.items() for line in lines])
def test_a_pending_line_names_one_block(page, line):
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)

    assert sum(line in block for block in blocks) == 1


def test_the_version_is_that_of_the_installed_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert cxkit.__version__ == version("cxkit") == project["version"]


def test_the_last_version_in_the_changelog_is_this_one_and_its_api_is_recorded():
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings[:2] == ["Unreleased", cxkit.__version__]
    assert (ROOT / f"tests/api/{cxkit.__version__}.txt").is_file()
