"""Forms of classes: how objects are written and read part by part, and found again by their type names."""

import attrs
import pytest

from cxkit import _forms
from cxkit._checks import a_count
from cxkit._forms import INTEGER, TEXT, Reader, Unreadable
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError


def reader():
    return Reader("$", [], ())


def faults(form, data):
    """Read what cannot be read, and tell what is said about it."""
    place = reader()
    with pytest.raises(Unreadable):
        form.load(data, place)
    return [str(fault) for fault in place.faults]


@attrs.frozen
class Cup:
    """A class of some host, with a part that came later."""

    size: int = attrs.field(validator=lambda _self, _field, value: a_count(value, "size", least=1))
    owner: str = "nobody"


@attrs.frozen
class Mug(Cup):
    """A subclass without a form of its own."""


@attrs.frozen
class Saucer:
    """A class without a form."""


CUP = _forms.record(Cup, {"size": INTEGER, "owner": TEXT}, frozenset({"owner"}))


@pytest.fixture
def _registry(monkeypatch):
    """Lend an empty registry."""
    monkeypatch.setattr(_forms, "_BY_NAME", {})
    monkeypatch.setattr(_forms, "_BY_CLASS", {})


def test_a_part_that_came_later_may_be_absent():
    assert CUP.load({"size": 3}, reader()) == Cup(3, "nobody")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ([], ["$: expected an object, got []"]),
        ({}, ["$.size: missing key"]),
        ({"size": 3, "colour": 1}, ["$.colour: unknown key"]),
        ({"colour": 1}, ["$.colour: unknown key", "$.size: missing key"]),
        ({"owner": 4}, ["$.size: missing key", "$.owner: expected text, got 4"]),
        (
            {"size": "3", "owner": 4, "colour": 1},
            ["$.colour: unknown key", "$.size: expected a whole number, got '3'", "$.owner: expected text, got 4"],
        ),
        ({"size": 0}, ["$: size must be at least 1, got 0"]),
        ({"size": 0, "colour": 1}, ["$.colour: unknown key"]),
        ({"size": 3, 4: 5, None: 7}, ["$.None: unknown key", "$[4]: unknown key"]),
    ],
)
def test_all_faults_of_a_record_are_noted_at_once(data, found):
    assert sorted(faults(CUP, data)) == sorted(found)


def test_the_fault_of_a_value_that_cannot_be_built_says_what_was_refused():
    place = reader()
    with pytest.raises(Unreadable):
        CUP.load({"size": 0}, place)

    assert [(fault.path, fault.found) for fault in place.faults] == [("$", 0)]


# The registry


@pytest.mark.usefixtures("_registry")
def test_a_class_is_stored_part_by_part_and_found_again_by_its_name():
    assert _forms.stored("tests.cup", size=INTEGER, owner=TEXT)(Cup) is Cup
    assert to_dict(Cup(3, "anna")) == {"cxkit": 1, "type": "tests.cup", "size": 3, "owner": "anna"}
    assert from_dict(to_dict(Cup(3, "anna")), Cup) == Cup(3, "anna")
    assert _forms.form_of(Cup).dump(Cup(3)) == {"size": 3, "owner": "nobody"}


@pytest.mark.usefixtures("_registry")
def test_only_a_part_with_a_default_may_be_absent():
    _forms.stored("tests.cup", size=INTEGER, owner=TEXT)(Cup)

    assert _forms.form_of(Cup).load({"size": 3}, reader()) == Cup(3)
    assert faults(_forms.form_of(Cup), {"owner": "anna"}) == ["$.size: missing key"]


@pytest.mark.usefixtures("_registry")
def test_a_subclass_without_a_form_is_stored_as_the_class_above_it():
    _forms.register("tests.cup", Cup, CUP)

    assert to_dict(Mug(3))["type"] == "tests.cup"
    assert type(from_dict(to_dict(Mug(3)), Cup)) is Cup
    assert faults(_forms.nested(Mug), {"type": "tests.cup", "size": 3}) == [
        "$: expected a Mug, got {'type': 'tests.cup', 'size': 3}"
    ]


@pytest.mark.usefixtures("_registry")
def test_a_subclass_may_have_a_form_of_its_own():
    _forms.register("tests.cup", Cup, CUP)
    _forms.register("tests.mug", Mug, _forms.record(Mug, {"size": INTEGER}))

    assert to_dict(Mug(3)) == {"cxkit": 1, "type": "tests.mug", "size": 3}
    assert from_dict(to_dict(Mug(3)), Cup) == Mug(3)


def test_a_class_without_a_form_is_refused():
    with pytest.raises(InvalidTypeError, match=r"^Saucer has no stored form, got Saucer\(\)$") as caught:
        to_dict(Saucer())
    assert caught.value.found == Saucer()


@pytest.mark.usefixtures("_registry")
def test_a_nested_value_says_which_class_it_is():
    _forms.register("tests.cup", Cup, CUP)
    nested = _forms.nested(Cup)

    assert nested.dump(Cup(3)) == {"type": "tests.cup", "size": 3, "owner": "nobody"}
    assert nested.load({"type": "tests.cup", "size": 3}, reader()) == Cup(3)
    assert faults(nested, {"type": "tests.cup"}) == ["$.size: missing key"]
    assert faults(nested, {"type": "tests.mug"}) == ["$.type: expected the type name of a Cup, got 'tests.mug'"]
    assert faults(nested, {"type": ["tests.cup"]}) == ["$.type: expected the type name of a Cup, got ['tests.cup']"]
    assert faults(nested, {"size": 3}) == ["$.type: expected the type name of a Cup, got None"]
    assert faults(nested, ["tests.cup"]) == ["$: expected an object, got ['tests.cup']"]
    assert faults(_forms.nested(Saucer), {"type": "tests.cup", "size": 3}) == [
        "$.type: expected the type name of a Saucer, got 'tests.cup'"
    ]
