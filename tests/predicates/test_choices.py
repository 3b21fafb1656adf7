"""Fields that hold one of a few values."""

from enum import Enum, IntEnum, StrEnum

import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.predicates import Choice, Fields, Predicate, choice


class Colour(Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"  # noqa: PIE796 - an alias of RED


class Tier(StrEnum):
    BASIC = "basic"
    GOLD = "gold"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Subscriber(Fields):
    colour = choice(Colour)
    tier = choice(Tier)
    level = choice(Level)
    plan = choice("monthly", "yearly")
    stars = choice(1, 2, 3)


S = Subscriber
EXPECTED = {
    "colour": "a member, such as Colour('red')",
    "tier": "a member, such as Tier('basic')",
    "level": "a member, such as Level(1)",
    "plan": "one of the options",
    "stars": "one of the options",
}


@pytest.mark.parametrize(
    ("predicate", "passing", "failing"),
    [
        (S.colour == Colour.RED, [Colour.RED, Colour.CRIMSON], [Colour.BLUE, None]),
        (S.tier == Tier.GOLD, [Tier.GOLD, "gold"], [Tier.BASIC, "basic", None]),
        (S.level == Level.HIGH, [Level.HIGH, 2, 2.0], [Level.LOW, 1, None]),
        (S.plan == "yearly", ["yearly"], ["monthly", None]),
        (S.stars == 3, [3], [1, 2, None]),
        (S.stars != 3, [1, 2, None], [3]),
        (S.tier.is_in([Tier.GOLD]), ["gold"], ["basic"]),
        (S.level.is_in([Level.LOW, Level.HIGH]), [1, Level.HIGH], [None]),
        (S.plan.not_in(["yearly"]), ["monthly", None], ["yearly"]),
        (S.plan.is_in([]), [], ["monthly"]),
        (S.plan.is_known(), ["monthly"], [None, float("nan")]),
        (S.plan.is_missing(), [None], ["monthly"]),
    ],
    ids=repr,
)
def test_a_choice_is_tested_for_being_one_or_one_of_several(predicate, passing: list, failing: list):
    field = next(predicate.leaves()).field
    assert [predicate.matches({field: value}) for value in passing] == [True] * len(passing)
    assert [predicate.matches({field: value}) for value in failing] == [False] * len(failing)


@pytest.mark.parametrize(
    ("field", "literal", "told"),
    [
        (S.colour, "red", "a member of Colour: expected one of them, got 'red'"),
        (S.tier, "gold", "a member of Tier: expected one of them, got 'gold'"),
        (S.level, 1, "a member of Level: expected one of them, got 1"),
        (S.tier, Colour.RED, "a member of Tier: expected one of them, got <Colour.RED: 'red'>"),
        (S.plan, "weekly", "one of 'monthly', 'yearly': expected one of them, got 'weekly'"),
        (S.plan, Tier.GOLD, "one of 'monthly', 'yearly': expected one of them, got <Tier.GOLD: 'gold'>"),
        (S.stars, 4, "one of 1, 2, 3: expected one of them, got 4"),
        (S.stars, True, "one of 1, 2, 3: expected one of them, got True"),
        (S.stars, 1.0, "one of 1, 2, 3: expected one of them, got 1.0"),
        (S.plan, None, "one of 'monthly', 'yearly': expected one of them, got None; ask is_missing() for no value"),
    ],
    ids=repr,
)
def test_a_literal_that_is_no_option_is_refused_when_the_test_is_built(field, literal: object, told: str):
    for build in (lambda: field == literal, lambda: field.is_in([literal])):
        with pytest.raises(InvalidTypeError) as caught:
            build()
        assert str(caught.value) == f"{field!r} is {told}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour", "red"),  # a plain Enum does not equal its value
        ("colour", Tier.GOLD),
        ("tier", "golden"),
        ("tier", 1),
        ("tier", ["gold"]),
        ("level", True),
        ("level", 3),
        ("plan", "Monthly"),
        ("stars", "1"),
        ("stars", 2.5),
        ("stars", {1}),
    ],
    ids=repr,
)
def test_a_record_that_holds_no_option_is_refused_when_it_is_read(field: str, value: object):
    choice_field = S.fields[field]
    for predicate in (choice_field.is_known(), ~choice_field.is_in([])):
        with pytest.raises(InvalidTypeError) as caught:
            predicate.matches({field: value})
        assert (
            str(caught.value) == f"{field} must be {choice_field.kind.name}, got {value!r}: expected {EXPECTED[field]}"
        )
        assert caught.value.found is value


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "the options of a choice must be one or more of one type, got []"),
        (("a", 1), "the options of a choice must be one or more of one type, got ['a', 1]"),
        ((Colour.RED, Tier.GOLD), "the options of a choice must be one or more of one type, got [<Colour.RED: 'red'>"),
        ((1.5,), "the options of a choice must be texts or ints, or the members of an enum of these, got 1.5"),
        ((True,), "the options of a choice must be texts or ints, or the members of an enum of these, got True"),
        ((["a", "b"],), "the options of a choice must be texts or ints, or the members of an enum of these, got ['a', 'b']"),
        ((int,), "the options of a choice must be texts or ints, or the members of an enum of these, got <class 'int'>"),
        ((Colour, Tier), "the options of a choice must be texts or ints, or the members of an enum of these, got <enum "),
        ((Enum("Share", {"HALF": 0.5}),), "the options of a choice must be texts or ints, or the members of an enum of"),
        ((Enum("Empty", {}),), "the options of a choice must be one or more of one type, got []"),
    ],
    ids=repr,
)  # fmt: skip
def test_options_of_another_type_are_refused_when_the_field_is_declared(options: tuple, told: str):
    with pytest.raises(InvalidTypeError) as caught:
        choice(*options)
    assert str(caught.value).startswith(told)


def test_an_option_that_stands_twice_is_refused():
    with pytest.raises(InvalidValueError) as caught:
        choice("a", "b", "a")
    assert str(caught.value) == "the options of a choice must differ, got 'a' twice"


def test_some_members_of_an_enum_can_be_the_options():
    class Painted(Fields):
        colour = choice(Colour.BLUE)

    assert Painted.colour.eq(Colour.BLUE).matches({"colour": Colour.BLUE})
    with pytest.raises(InvalidTypeError, match=r"^Painted\.colour is a member of Colour: expected one of them, got "):
        _ = Painted.colour == Colour.RED


def test_a_choice_has_no_order():
    with pytest.raises(
        InvalidTypeError, match=r"^Subscriber\.level is a member of Level, which has no order; compare with =="
    ):
        _ = S.level < Level.HIGH
    assert type(S.level) is Choice


@pytest.mark.parametrize(
    ("predicate", "where"),
    [
        (S.colour == Colour.CRIMSON, {"value": "Subscriber.colour", "test": "eq", "than": "red"}),
        (S.tier.is_in(list(Tier)), {"value": "Subscriber.tier", "test": "in", "than": ["basic", "gold"]}),
        (S.level == Level.HIGH, {"value": "Subscriber.level", "test": "eq", "than": 2}),
        (S.plan == "monthly", {"value": "Subscriber.plan", "test": "eq", "than": "monthly"}),
        (S.stars.not_in([1]), {"not": {"value": "Subscriber.stars", "test": "in", "than": [1]}}),
    ],
    ids=repr,
)
def test_a_choice_is_stored_by_the_value_of_the_option(predicate: Predicate, where: dict):
    document = {"cxkit": 1, "type": "predicates.predicate", "where": where}
    assert to_dict(predicate) == document
    assert from_dict(document, Predicate, fields=S) == predicate
    assert repr(from_dict(document, Predicate, fields=S)) == repr(predicate)


@pytest.mark.parametrize(
    ("field", "than", "told"),
    [
        ("tier", "golden", "expected one of 'basic', 'gold', got 'golden'"),
        ("tier", ["gold"], "expected one of 'basic', 'gold', got ['gold']"),
        ("level", True, "expected one of 1, 2, got True"),
        ("level", 1.0, "expected one of 1, 2, got 1.0"),
        ("colour", "RED", "expected one of 'red', 'blue', got 'RED'"),
        ("colour", None, "expected one of 'red', 'blue', got None"),
    ],
)
def test_a_document_with_another_option_is_refused(field: str, than: object, told: str):
    where = {"value": f"Subscriber.{field}", "test": "eq", "than": than}
    with pytest.raises(DocumentError) as caught:
        from_dict({"cxkit": 1, "type": "predicates.predicate", "where": where}, Predicate, fields=S)
    assert [str(fault) for fault in caught.value.exceptions] == [f"$.where.than: {told}"]


def test_an_option_prints_as_the_code_that_names_it():
    assert repr((S.colour == Colour.CRIMSON) & S.plan.is_in(["yearly"]) & (S.level == Level.LOW)) == (
        "(Subscriber.colour == Colour.RED) & Subscriber.plan.is_in(['yearly']) & (Subscriber.level == Level.LOW)"
    )
