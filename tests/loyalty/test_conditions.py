"""Conditions: what they ask, and what is refused."""

import pickle
from decimal import Decimal

import pytest

from cxkit._forms import Reader, Unreadable
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.conditions import CONDITION_FORM, DistinctSkus, Spend, UnitCount, a_condition
from cxkit.predicates import Fields, flag, moment, text

COFFEE = Line.fields.tags.contains("coffee")


class Customer(Fields):
    """Whom a condition is not about."""

    country = text()
    loyal = flag()
    joined = moment()


CONDITIONS = [
    UnitCount(2),
    UnitCount(1, COFFEE, consume=True),
    DistinctSkus(3),
    DistinctSkus(3, COFFEE, consume=True),
    Spend(50, price="running"),
    Spend(Decimal("0.01"), COFFEE, price="list", tax="net", consume=True),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
def test_a_condition_stores_pickles_prints_and_hashes(condition):
    names = {"UnitCount": UnitCount, "DistinctSkus": DistinctSkus, "Spend": Spend, "Decimal": Decimal, "Line": Line}

    assert from_dict(to_dict(condition), type(condition)) == condition
    assert pickle.loads(pickle.dumps(condition)) == condition  # noqa: S301 - our own
    assert eval(repr(condition), names) == condition  # noqa: S307 - our own
    assert len({condition, from_dict(to_dict(condition), type(condition))}) == 1
    assert a_condition(condition) is condition


def test_a_condition_is_asked_once_of_all_goods_unless_said_otherwise():
    assert [(one.items, one.consume) for one in (UnitCount(2), DistinctSkus(2), Spend(2, price="list"))] == [
        (None, False)
    ] * 3
    assert Spend(2, price="list").tax is None


def test_a_range_may_be_a_flag():
    assert UnitCount(1, Line.fields.discountable) == UnitCount(1, Line.fields.discountable.is_true())


@pytest.mark.parametrize("kind", [UnitCount, DistinctSkus])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"at_least": 0}, InvalidValueError, "at_least must be at least 1, got 0"),
        ({"at_least": 10**60}, InvalidValueError, "at_least must be below 10**60"),
        ({"at_least": 1.0}, InvalidTypeError, "at_least must be an int, got 1.0"),
        ({"at_least": True}, InvalidTypeError, "at_least must be an int, got True"),
        ({"consume": 1}, InvalidTypeError, "consume must be True or False, got 1"),
        ({"items": "coffee"}, InvalidTypeError, "items must be a predicate about Line.fields, got 'coffee'"),
        (
            {"items": Customer.country == "DE"},
            InvalidValueError,
            "items must be a predicate about Line.fields only, got Customer.country == 'DE'",
        ),
    ],
)
def test_a_count_that_makes_no_sense_is_refused(kind, options, error, message):
    with pytest.raises(error) as caught:
        kind(**{"at_least": 2} | options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"at_least": 0}, InvalidValueError, "at_least must be above 0, got 0"),
        ({"at_least": Decimal(-1)}, InvalidValueError, "at_least must be above 0, got -1"),
        ({"at_least": 50.0}, InvalidTypeError, "at_least must be a Decimal or an int, got 50.0; write Decimal('50.0')"),
        ({"at_least": Decimal("NaN")}, InvalidValueError, "at_least must be finite"),
        ({"price": "now"}, InvalidValueError, "price must be one of 'running', 'list', got 'now'"),
        ({"price": None}, InvalidValueError, "price must be one of 'running', 'list', got None"),
        ({"tax": "vat"}, InvalidValueError, "tax must be one of 'net', 'gross', got 'vat'"),
        ({"consume": None}, InvalidTypeError, "consume must be True or False, got None"),
        ({"items": Customer.loyal}, InvalidValueError, "items must be a predicate about Line.fields only"),
    ],
)
def test_a_spend_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error) as caught:
        Spend(**{"at_least": 50, "price": "running"} | options)
    assert str(caught.value).startswith(message)


def test_which_prices_a_spend_sums_must_be_said():
    with pytest.raises(TypeError, match="price"):
        Spend(50)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (2, "a condition must be a UnitCount, DistinctSkus, Spend or Without, got 2"),
        (
            COFFEE,
            f"a condition must be a UnitCount, DistinctSkus, Spend or Without, got {COFFEE!r}; as in UnitCount(2, items)",
        ),
    ],
)
def test_what_is_no_condition_is_refused(given, message):
    with pytest.raises(InvalidTypeError) as caught:
        a_condition(given)
    assert str(caught.value) == message


def load(data):
    faults = []
    try:
        return CONDITION_FORM.load(data, Reader("$", faults, ())), faults
    except Unreadable:
        return None, [str(fault) for fault in faults]


@pytest.mark.parametrize("condition", CONDITIONS, ids=repr)
def test_any_condition_is_read_by_its_type_name(condition):
    assert load(CONDITION_FORM.dump(condition)) == (condition, [])


@pytest.mark.parametrize(
    "data", [{"type": "loyalty.line", "at_least": 2}, {"type": 2}, {}, [], "loyalty.spend"], ids=str
)
def test_what_is_no_condition_is_not_read(data):
    kinds = "loyalty.unit_count, loyalty.distinct_skus, loyalty.spend, loyalty.without"

    assert load(data) == (None, [f"$: expected a condition, whose type is one of {kinds}, got {data!r}"])


@pytest.mark.parametrize(
    ("condition", "part", "value", "message"),
    [
        (UnitCount(2), "at_least", 0, "at_least must be at least 1, got 0"),
        (UnitCount(2), "consume", "no", "expected true or false, got 'no'"),
        (Spend(5, price="list"), "at_least", "-5", "at_least must be above 0, got -5"),
        (Spend(5, price="list"), "price", "net", "expected one of running, list, got 'net'"),
        (Spend(5, price="list"), "tax", "list", "expected one of net, gross, got 'list'"),
    ],
)
def test_a_hostile_condition_is_refused(condition, part, value, message):
    with pytest.raises(DocumentError) as caught:
        from_dict({**to_dict(condition), part: value}, type(condition))
    assert [fault.message for fault in caught.value.exceptions] == [message]
