"""The frozen corpus: documents that hosts keep stay readable, and what is written today is what was promised."""

import json
import pickle
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from samples import NAMESPACE, STORED, Customer

import cxkit
from cxkit import _forms, codec
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError
from cxkit.predicates import Predicate

CORPUS = Path(__file__).parent / "corpus"
DOCUMENTS = sorted(CORPUS.glob("*/*.json"))
WRITTEN_TODAY = CORPUS / str(codec.FORMAT)

for module in pkgutil.iter_modules(cxkit.__path__, "cxkit."):
    if module.name != "cxkit.frames":  # an extra, which stores nothing of its own
        import_module(module.name)
EVENTS = {"condition": None, "period": None, "last_days": None, "after": None}
LINE = {
    "kind": "goods",
    "list_price": None,
    "floor_price": None,
    "tax_rate": None,
    "tax_class": None,
    "discountable": True,
}
BASKET = dict.fromkeys(["customer", "at", "channel", "prices"])
FREE_UNITS = {"rewards": None, "reading": None, "pick": None, "percent": "100"}
OFFER = FREE_UNITS | {
    "conditions": [],
    "who": None,
    "channels": [],
    "window": None,
    "hours": None,
    "codes": [],
    "lane": 0,
    "priority": 0,
    "exclusive": False,
    "group": None,
    "combines_with": None,
    "floor": None,
    "limits": dict.fromkeys(["per_order", "per_customer", "in_all", "per_code", "budget"]),
}
OLDER = {  # documents of when these had fewer parts, and how what came later is written where it is absent
    "loyalty.basket": LINE | BASKET,
    "loyalty.basket.empty": BASKET,
    "loyalty.buy_x_get_y": FREE_UNITS,
    "loyalty.line": LINE,
    "loyalty.line.attributes": LINE,
    "loyalty.line.bare": LINE,
    "loyalty.offer": OFFER,
    "loyalty.offer.items": OFFER,
    "metrics.nps": {"scale": {"low": 0, "passive": 7, "promoter": 9, "high": 10}},
    "predicates.predicate.behaviour": EVENTS,
    "segments.event_count": EVENTS,
    "segments.events": EVENTS,
    "segments.events.window": EVENTS,
    "segments.segment": EVENTS,
}
TYPES = sorted(name for name, (cls, _) in _forms._BY_NAME.items() if cls.__module__.startswith("cxkit."))  # noqa: SLF001


def document_of(path):
    return json.loads(path.read_text(encoding="utf-8"))


def type_of(name):
    return ".".join(name.split(".")[:2])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_stored_document_stays_readable(path):
    value = STORED[path.stem]
    cls = Predicate if isinstance(value, Predicate) else type(value)

    assert from_dict(document_of(path), cls, fields=Customer, trusted=path.stem.endswith("trusted")) == value


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if path.stem.endswith("trusted")], ids=lambda path: path.stem
)
def test_a_document_with_a_regular_expression_is_read_from_the_host_only(path):
    with pytest.raises(DocumentError) as caught:
        from_dict(document_of(path), Predicate, fields=Customer)
    assert {fault.message for fault in caught.value.exceptions} == {
        "a regular expression is read with trusted=True only"
    }


@pytest.mark.parametrize("name", [name for name in STORED if name not in OLDER])
def test_what_is_written_is_what_was_promised(name):
    written = json.dumps(to_dict(STORED[name]), sort_keys=True)

    assert written == json.dumps(document_of(WRITTEN_TODAY / f"{name}.json"), sort_keys=True)


def added(written, document):
    """Yield the parts that are written today and were not."""
    match written, document:
        case dict(), dict():
            assert document.keys() <= written.keys()
            for key, value in written.items():
                if key in document:
                    yield from added(value, document[key])
                else:
                    yield key, value
        case list(), list():
            for one, other in zip(written, document, strict=True):
                yield from added(one, other)
        case _:
            assert written == document


@pytest.mark.parametrize("name", OLDER)
def test_what_came_later_is_written_as_absent(name):
    parts = list(added(to_dict(STORED[name]), document_of(WRITTEN_TODAY / f"{name}.json")))

    assert parts
    assert all(value == OLDER[name][part] for part, value in parts)


@pytest.mark.parametrize("name", STORED)
def test_the_envelope_names_format_and_type_before_all_else(name):
    assert list(to_dict(STORED[name]).items())[:2] == [("cxkit", 1), ("type", type_of(name))]


@pytest.mark.parametrize("name", TYPES)
def test_every_type_that_is_stored_has_a_document(name):
    assert (WRITTEN_TODAY / f"{name}.json").exists(), "write one by hand, and its value into tests/samples.py"


@pytest.mark.parametrize("room", sorted({name.partition(".")[0] for name in TYPES}))
def test_a_type_is_found_by_a_program_that_has_used_none_of_its_kind(room):
    names = [name for name in TYPES if name.startswith(f"{room}.")]
    known = "_forms._BY_NAME | _forms._LATE"  # what is there, and what is imported when a document names it
    code = f"import cxkit.{room}; from cxkit import _forms; print([name for name in {names} if name not in {known}])"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert asked.stdout.strip() == "[]"


def test_every_format_has_a_folder():
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} == {str(n + 1) for n in range(codec.FORMAT)}


def test_the_names_of_documents_are_the_names_of_types():
    assert {type_of(path.stem) for path in DOCUMENTS} == set(TYPES)


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_can_be_pickled_too(name):
    value = STORED[name]
    copy = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own

    assert copy == value
    assert hash(copy) == hash(value)


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_prints_as_the_code_that_makes_it(name):
    made = eval(repr(STORED[name]), NAMESPACE)  # noqa: S307 - our own

    assert getattr(made, "source", made) == STORED[name]  # a count of events is the source of a value
