"""Mermaid text: diagrams as text, which GitHub, GitLab and JupyterLab draw, whatever their labels hold.

Mermaid has no quotes in most places, but it reads entity codes (`#59;` for a semicolon) everywhere except in a Sankey
diagram, so each character that it could take for its own is written as one. The grammars are those of Mermaid 11.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple, TypeVar
from unicodedata import combining, normalize

from cxkit.errors import InvalidValueError

KeyT = TypeVar("KeyT", bound=Hashable)

_SPACES = re.compile(r"\s+")
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # HTML takes the codes of these for others, or for none
_CODED = re.compile(r"(?!(?<=[^\W_])[-'](?=[^\W_]))[^\w ]|_")  # all but letters, digits, and a hyphen inside a word
_KEYWORD = re.compile(r"(?i)title|section|journey|acc")
_NOT_IN_SANKEY = str.maketrans(";<>{}", ",()()")  # would be read as codes, tags and directives


class Drawn:
    """What has a diagram: a notebook draws it, and shows the text where it cannot."""

    __slots__ = ()

    def to_mermaid(self) -> str:
        """Return the diagram as Mermaid text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - the protocol
        return {"text/vnd.mermaid": self.to_mermaid(), "text/plain": str(self)}


class Task(NamedTuple):
    """One line of a user journey diagram.

    Attributes:
        name: What it is.
        score: How it feels, from 1 to 5.
        actors: Who or what takes part.
    """

    name: str
    score: float
    actors: tuple[str, ...] = ()


def escaped(label: str) -> str:
    """Return a label with entity codes for all but letters, digits and spaces; it stays on one line.

    >>> escaped("50% off; today")
    '50#37; off#59; today'
    """
    return _CODED.sub(lambda found: f"#{ord(found[0])};", _on_one_line(label))


def journey(title: str, sections: Iterable[tuple[str, Iterable[Task]]]) -> str:
    """Return a user journey diagram: tasks in sections, each with a score and those who take part.

    >>> print(journey("Tea; hot", [("Buy", [Task("title page", 3.5, ("web", "app"))])]))
    journey
      title Tea#59; hot
      section Buy
        #116;itle page: 3.5: web, app
    """
    lines = ["journey", f"  title {escaped(title)}"]
    for name, tasks in sections:
        lines.append(f"  section {escaped(name)}")
        lines += [f"    {_task(task)}" for task in tasks]
    return "\n".join(lines)


def _task(task: Task) -> str:
    parts = [_no_keyword(task.name), f"{task.score:.4g}", ", ".join(map(escaped, task.actors))]
    return ": ".join(part for part in parts if part)  # a space after each colon: `:#` would be read as a style


def _no_keyword(name: str) -> str:
    """Escape the name of a task, which Mermaid does not tell from a keyword that it begins with."""
    text = escaped(name)
    return f"#{ord(text[0])};{text[1:]}" if _KEYWORD.match(text) else text


def flowchart(nodes: Mapping[KeyT, str], edges: Iterable[tuple[KeyT, KeyT, object]], *, direction: str = "LR") -> str:
    """Return a flowchart: boxes with arrows between them.

    Args:
        nodes: The label of each box, by whatever tells them apart.
        edges: From which box, to which, and what is written on the arrow, such as a number; `None` for nothing.
        direction: `"LR"` goes from left to right, `"TB"` from top to bottom.

    >>> print(flowchart({1: "visit", 2: "end"}, [(1, 2, 5)]))
    flowchart LR
      n0["visit"]
      n1["end"]
      n0 -->|"5"| n1
    """
    ids = {key: f"n{place}" for place, key in enumerate(nodes)}
    lines = [f"flowchart {direction}"]
    lines += [f'  {ids[key]}["{escaped(label)}"]' for key, label in nodes.items()]
    for source, target, label in edges:
        written = "" if label is None else f'|"{escaped(str(label))}"|'
        lines.append(f"  {ids[source]} -->{written} {ids[target]}")
    return "\n".join(lines)


def sankey(nodes: Mapping[KeyT, str], edges: Iterable[tuple[KeyT, KeyT, object]]) -> str:
    """Return a Sankey diagram: flows between nodes, as wide as their numbers.

    Its labels can hold printable ASCII only (mermaid-js issue 6155): letters lose their accents, and what has none
    becomes `?`. Labels that this makes alike are numbered, so that no two nodes become one.

    Args:
        nodes: The label of each node, by whatever tells them apart.
        edges: From which node, to which, and how much flows.

    Raises:
        InvalidValueError: The flows go in a circle, which no Sankey diagram can show.

    >>> print(sankey({1: "café", 2: 'a "big" day'}, [(1, 2, 5)]))
    sankey-beta
    "cafe","a ""big"" day",5
    """
    flows = list(edges)
    _check_acyclic(nodes, flows)
    labels = _apart({key: _ascii(label) for key, label in nodes.items()})
    lines = [f"{_quoted(labels[source])},{_quoted(labels[target])},{number}" for source, target, number in flows]
    return "\n".join(["sankey-beta", *lines])


def _on_one_line(label: str) -> str:
    return _UNREADABLE.sub("\ufffd", _SPACES.sub(" ", label).strip())


def _ascii(label: str) -> str:
    plain = [letter for letter in normalize("NFKD", _on_one_line(label)) if not combining(letter)]
    return "".join(letter if letter.isascii() else "?" for letter in plain).translate(_NOT_IN_SANKEY)


def _apart(labels: Mapping[KeyT, str]) -> dict[KeyT, str]:
    """Number the labels that are alike."""
    taken: set[str] = set()
    apart: dict[KeyT, str] = {}
    for key, label in labels.items():
        found, number = label, 1
        while found in taken:
            number += 1
            found = f"{label} ({number})"
        taken.add(found)
        apart[key] = found
    return apart


def _quoted(label: str) -> str:
    doubled = label.replace('"', '""')
    return f'"{doubled}"'


def _check_acyclic(nodes: Mapping[KeyT, str], flows: Iterable[tuple[KeyT, KeyT, object]]) -> None:
    order = TopologicalSorter[KeyT]()
    for source, target, _ in flows:
        order.add(target, source)
    try:
        order.prepare()
    except CycleError as error:
        circle = " -> ".join(repr(nodes[key]) for key in error.args[1])
        msg = f"a Sankey diagram cannot show flows that go in a circle, got {circle}; draw a flowchart instead"
        raise InvalidValueError(msg, error.args[1]) from None
