"""The documentation runs as tests: the python blocks of README.md and docs/, and the docstrings of the source.

Every block is a doctest. The blocks of one page run in order and share their names; so do the docstrings of one module.
A block that tests/pending.toml lists waits for its feature: it is expected to fail, and fails the run once it passes.
"""

import doctest
import os
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import lexers
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

ROOT = Path(__file__).parent
collect_ignore = [] if find_spec("lifelines") else ["tests/peers"]  # `dev.py peers` has the peers
PENDING = tomllib.loads((ROOT / "tests/pending.toml").read_text(encoding="utf-8"))

# In CI, hypothesis has a profile of its own, which draws the same examples in every run.
hypothesis.settings.register_profile(
    "cxkit",
    hypothesis.settings.get_profile("ci" if "CI" in os.environ else "default"),
    deadline=None,
    max_examples=int(os.environ.get("CXKIT_EXAMPLES", "100")),  # of each law, where it does not say
)
hypothesis.settings.load_profile("cxkit")


def python_blocks(document: Document) -> Iterator[Region]:
    """Find the python blocks of a Markdown page."""
    for block in lexers.FencedCodeBlockLexer("python")(document):
        yield Region(block.start, block.end, block.lexemes["source"], run_block)


def run_block(block: Example) -> str | None:
    """Run one block as a whole; return what was wrong."""
    page = Path(block.path).relative_to(ROOT).as_posix()
    if not any(line in block.parsed for line in PENDING.get(page, ())):
        return failures(block, block.namespace)
    if not failures(block, dict(block.namespace)):  # a copy: what half works leaves no names behind
        return "this block passes: take its line out of tests/pending.toml"
    pytest.xfail("pending: its feature is not there yet")


def failures(block: Example, namespace: dict[str, Any]) -> str:
    """Run the statements of a block in `namespace`; return the report on those that fail."""
    namespace.setdefault("__name__", "__main__")
    name = Path(block.path).name
    statements = doctest.DocTestParser().get_doctest(block.parsed, namespace, name, block.path, block.line)
    if not statements.examples:
        return "a python block must be a doctest, with `>>>` before its statements"
    statements.globs = namespace  # not the copy that get_doctest made: the next block goes on with these names
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_ONLY_FIRST_FAILURE)
    runner.run(statements, out=report.append, clear_globs=False)
    return "".join(report)


# A pattern is matched from the right, at any depth below the path.
readme = Sybil([python_blocks], path=str(ROOT), filenames=["README.md"])
pages = Sybil([python_blocks], path=str(ROOT / "docs"), patterns=["*.md"])
docstrings = Sybil([DocTestParser()], path=str(ROOT / "src"), patterns=["*.py"])
pytest_collect_file = SybilCollection([readme, pages, docstrings]).pytest()
