"""Mermaid text: what Mermaid reads is what was meant, whatever the labels hold.

The readers here are written from Mermaid's documentation and the token rules of its grammars (version 11), which first
replace entity codes (`#59;`, `#amp;`) by something that no grammar knows.
"""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit._mermaid import Drawn, Task, escaped, flowchart, journey, sankey
from cxkit.errors import InvalidValueError

WORDS = [
    "title",
    "section x",
    "journey",
    "accTitle: x",
    "style: ",
    "classDef a",
    "end",
    "%%{init: {}}%%",
    "%% x",
    "---",
]
WORDS += [
    "#59;",
    "#amp;",
    "&amp;",
    "<b>",
    "1. x",
    "- x",
    '"]',
    "|",
    ";",
    ":",
    "#",
    ",",
    "`",
    "*x*",
    "_x_",
    "e-mail",
    "can't",
]
LABELS = st.lists(
    st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), min_size=1, max_size=4
).map("".join)
NAMES = LABELS.filter(lambda label: label.strip())
CODE = re.compile(r"#(\d+);")
BROKEN = re.compile(r"style.*:\S*#.*;|classDef.*:\S*#.*;|%%")  # where Mermaid drops a semicolon, or a comment begins


def shown(label: str) -> str:
    """Return a label as it should be read: on one line, and with a mark for what has no code in HTML."""
    return "".join(
        "\ufffd" if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in " ".join(label.split())
    )


def lines_of(text: str) -> list[str]:
    """Return the lines of a diagram, its codes hidden, as Mermaid does before it parses."""
    assert not BROKEN.search(text)
    return CODE.sub(lambda found: f"\ue000{found[1]}\ue001", text).splitlines()


def read(text: str) -> str:
    return re.sub("\ue000(\\d+)\ue001", lambda found: chr(int(found[1])), text)


def read_journey(text: str):
    """Read a user journey: keywords before names, names up to a colon, actors between commas."""
    first, *lines = lines_of(text)
    assert first == "journey"
    title, sections = None, []
    for line in lines:
        body = line.strip(" ")
        assert not re.search("[#;]", body)
        if match := re.fullmatch(r"(?i)title\s(.+)", body):
            title = read(match[1])
        elif match := re.fullmatch(r"(?i)section\s([^:]+)", body):
            sections.append((read(match[1]), []))
        else:
            assert not re.match(r"(?i)journey\b|accTitle\s*:|accDescr\s*[:{]", body)
            name, *data = body.split(":")
            people = data[1].split(",") if len(data) > 1 else []
            assert len(data) <= 2
            sections[-1][1].append((read(name), float(data[0]), tuple(read(person.strip(" ")) for person in people)))
    return title, sections


def read_flowchart(text: str):
    """Read boxes with quoted labels, and arrows with quoted texts."""
    first, *lines = lines_of(text)
    assert first == "flowchart LR"
    nodes, edges = {}, []
    for line in lines:
        if match := re.fullmatch(r'  (\w+)\["([^"]*)"\]', line):
            nodes[match[1]] = read(match[2])
        else:
            match = re.fullmatch(r'  (\w+) -->(?:\|"([^"]*)"\|)? (\w+)', line)
            edges.append((nodes[match[1]], nodes[match[3]], None if match[2] is None else read(match[2])))
    return list(nodes.values()), edges


def read_sankey(text: str):
    """Read the three columns of quoted CSV, in printable ASCII, as the grammar of Sankey diagrams has it."""
    first, *lines = text.splitlines()
    assert first == "sankey-beta"
    rows = [re.fullmatch(r'"((?:[ !#-~]|"")*)","((?:[ !#-~]|"")*)",([0-9.]+)', line) for line in lines]
    return [(row[1].replace('""', '"'), row[2].replace('""', '"'), float(row[3])) for row in rows]


TASKS = st.lists(
    st.builds(Task, NAMES, st.sampled_from([1, 2.5, 3, 5]), st.lists(NAMES, max_size=2).map(tuple)), max_size=3
)


@given(NAMES, st.lists(st.tuples(NAMES, TASKS), max_size=3))
def test_a_journey_is_read_as_it_was_meant(title, sections):
    meant = [
        (shown(name), [(shown(task.name), task.score, tuple(map(shown, task.actors))) for task in tasks])
        for name, tasks in sections
    ]
    assert read_journey(journey(title, sections)) == (shown(title), meant)


@given(st.lists(NAMES, min_size=1, max_size=4), st.data())
def test_a_flowchart_is_read_as_it_was_meant(labels, data):
    keys = st.sampled_from(range(len(labels)))
    edges = data.draw(st.lists(st.tuples(keys, keys, st.none() | st.integers() | NAMES), max_size=4))
    nodes, arrows = read_flowchart(flowchart(dict(enumerate(labels)), edges))

    assert nodes == [shown(label) for label in labels]
    assert arrows == [
        (shown(labels[source]), shown(labels[target]), None if text is None else shown(str(text)))
        for source, target, text in edges
    ]


@given(st.lists(NAMES, min_size=2, max_size=5), st.data())
def test_a_sankey_diagram_keeps_nodes_apart_and_its_numbers(labels, data):
    keys = st.sampled_from(range(len(labels)))
    pairs = data.draw(st.lists(st.tuples(keys, keys).filter(lambda pair: pair[0] < pair[1]), max_size=5))
    flows = [(source, target, number) for number, (source, target) in enumerate(pairs)]
    text = sankey(dict(enumerate(labels)), flows)
    seen = {}
    for (source, target, number), row in zip(flows, read_sankey(text), strict=True):
        assert row[2] == number
        for key, label in ((source, row[0]), (target, row[1])):
            assert seen.setdefault(key, label) == label
    assert len(set(seen.values())) == len(seen)
    assert not re.search(r"#\w+;|%%\{|<|>", text)


@pytest.mark.parametrize(
    ("label", "text"),
    [("a; b", "a#59; b"), ("é 漢", "é 漢"), ("e-mail", "e-mail"), ("- a", "#45; a"), ("a\n b", "a b"), ("🙂", "#128578;"), ("\x00", "#65533;"), ("\ud800", "#65533;")],
)  # fmt: skip
def test_labels_are_escaped_where_mermaid_would_read_something_else(label, text):
    assert escaped(label) == text


def test_labels_that_ascii_makes_alike_are_numbered():
    text = sankey({1: "é", 2: "e", 3: "e (2)", 4: "漢", 5: "字"}, [(1, 2, 1), (2, 3, 2), (3, 4, 3), (4, 5, 4)])
    assert read_sankey(text) == [("e", "e (2)", 1), ("e (2)", "e (2) (2)", 2), ("e (2) (2)", "?", 3), ("?", "? (2)", 4)]


def test_a_sankey_diagram_of_a_circle_is_refused():
    with pytest.raises(InvalidValueError, match=r"cannot show flows that go in a circle, got .*'visit'.*flowchart"):
        sankey({1: "visit", 2: "cart"}, [(1, 2, 1), (2, 1, 1)])
    with pytest.raises(InvalidValueError, match="circle"):
        sankey({1: "visit"}, [(1, 1, 1)])


def test_what_is_drawn_shows_as_a_diagram_and_as_text():
    class Arrow(Drawn):
        def to_mermaid(self):
            return flowchart({1: "a"}, [], direction="TB")

        def __str__(self):
            return "an arrow"

    assert Arrow()._repr_mimebundle_() == {"text/vnd.mermaid": 'flowchart TB\n  n0["a"]', "text/plain": "an arrow"}
