"""Touchpoints: one contact, at a time, with what is known of it."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from cxkit.aftersales import Rule
from cxkit.calendar import days
from cxkit.codec import from_dict, to_dict
from cxkit.errors import InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.journey import Touchpoint, a_contact, is_contact
from cxkit.predicates import Fields, text

at = datetime.fromisoformat
NINE = at("2026-03-01T09:00Z")
TEN = at("2026-03-01T10:00Z")

# Time


def test_a_touchpoint_keeps_its_time_in_utc():
    touchpoint = Touchpoint("visit", at("2026-03-01T10:00+01:00"), recorded_at=at("2026-03-01T12:00+02:00"))

    assert (touchpoint.at, touchpoint.recorded_at) == (NINE, TEN)
    assert (touchpoint.at.tzinfo, touchpoint.recorded_at.tzinfo) == (timezone.utc, timezone.utc)
    assert touchpoint == Touchpoint("visit", NINE, recorded_at=TEN)


def test_a_touchpoint_is_known_when_it_was_recorded():
    assert Touchpoint("visit", NINE, recorded_at=TEN).known_at == TEN
    assert Touchpoint("visit", NINE, recorded_at=NINE).known_at == NINE


def test_a_touchpoint_is_recorded_when_it_happens_unless_told_otherwise():
    assert Touchpoint("visit", NINE) == Touchpoint("visit", NINE, recorded_at=NINE)
    assert Touchpoint("visit", NINE).known_at == NINE


def test_nothing_is_recorded_before_it_happens():
    with pytest.raises(InvalidValueError) as caught:
        Touchpoint("visit", TEN, recorded_at=NINE)

    assert str(caught.value) == (
        "recorded_at must not be before at, got 2026-03-01T09:00:00+00:00 for 2026-03-01T10:00:00+00:00"
    )
    assert caught.value.found is NINE


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"at": at("2026-03-01T09:00")}, "at must be an aware datetime"),
        ({"at": NINE, "recorded_at": at("2026-03-01T10:00")}, "recorded_at must be an aware datetime"),
    ],
)
def test_a_naive_time_is_refused(times, message):
    with pytest.raises(NaiveDatetimeError) as caught:
        Touchpoint("visit", **times)

    assert str(caught.value).startswith(message)


# What is known of it


@pytest.mark.parametrize("amount", ["value", "cost"])
@pytest.mark.parametrize(("given", "kept"), [(Decimal("24.90"), "24.90"), (25, "25"), (0, "0"), (Decimal(-5), "-5")])
def test_an_amount_is_kept_as_a_decimal(amount, given, kept):
    found = getattr(Touchpoint("order", NINE, **{amount: given}), amount)

    assert (type(found), str(found)) == (Decimal, kept)


@pytest.mark.parametrize("amount", ["value", "cost"])
@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (24.9, InvalidTypeError, "must be a Decimal or an int, got 24.9; write Decimal('24.9')"),
        ("24.90", InvalidTypeError, "must be a Decimal or an int, got '24.90'"),
        (True, InvalidTypeError, "must be a Decimal or an int, got True"),
        (Decimal("NaN"), InvalidValueError, "must be finite and have up to 30 digits, got Decimal('NaN')"),
        (Decimal("-Infinity"), InvalidValueError, "must be finite and have up to 30 digits, got Decimal('-Infinity')"),
    ],
)
def test_an_amount_is_exact_and_finite(amount, given, kind, message):
    with pytest.raises(kind) as caught:
        Touchpoint("order", NINE, **{amount: given})

    assert str(caught.value) == f"{amount} {message}"
    assert caught.value.found is given


@pytest.mark.parametrize("sentiment", [-1, -0.6, 0, 1])
def test_a_sentiment_lies_from_minus_one_to_one(sentiment):
    found = Touchpoint("ticket", NINE, sentiment=sentiment).sentiment

    assert (type(found), found) == (float, sentiment)


@pytest.mark.parametrize(
    ("sentiment", "kind", "message"),
    [
        (1.01, InvalidValueError, "sentiment must be between -1 and 1, got 1.01"),
        (-2, InvalidValueError, "sentiment must be between -1 and 1, got -2"),
        (float("nan"), InvalidValueError, "sentiment must be between -1 and 1, got nan"),
        (True, InvalidTypeError, "sentiment must be a number from -1 to 1, got True"),
        ("good", InvalidTypeError, "sentiment must be a number from -1 to 1, got 'good'"),
    ],
)
def test_another_sentiment_is_refused(sentiment, kind, message):
    with pytest.raises(kind) as caught:
        Touchpoint("ticket", NINE, sentiment=sentiment)

    assert str(caught.value) == message
    assert caught.value.found is sentiment


@pytest.mark.parametrize("attribute", ["id", "channel", "stage", "actor"])
def test_its_words_are_text(attribute):
    assert getattr(Touchpoint("visit", NINE, **{attribute: "web"}), attribute) == "web"
    with pytest.raises(InvalidTypeError) as caught:
        Touchpoint("visit", NINE, **{attribute: 7})

    what = "the id" if attribute == "id" else "channel, stage and actor"
    assert str(caught.value) == f"{what} of a touchpoint must be text, got 7"
    assert caught.value.found == 7


@pytest.mark.parametrize(("name", "kind"), [("", InvalidValueError), (None, InvalidTypeError)])
def test_a_touchpoint_has_a_name(name, kind):
    with pytest.raises(kind, match=r"^the name of a touchpoint must "):
        Touchpoint(name, NINE)


@pytest.mark.parametrize(("sequence", "kind"), [(-1, InvalidValueError), (1.5, InvalidTypeError)])
def test_a_sequence_is_a_count(sequence, kind):
    assert Touchpoint("visit", NINE, sequence=0).sequence == 0
    with pytest.raises(kind, match=r"^sequence must be "):
        Touchpoint("visit", NINE, sequence=sequence)


def test_properties_are_copied_and_cannot_be_changed():
    given = {"campaign": "spring"}
    touchpoint = Touchpoint("visit", NINE, properties=given)
    given["campaign"] = "autumn"

    assert touchpoint.properties == {"campaign": "spring"}
    assert Touchpoint("visit", NINE).properties == {}
    with pytest.raises(InvalidTypeError):
        touchpoint.properties["campaign"] = "autumn"


@pytest.mark.parametrize("properties", [5, "ab", None, {1: 2}, {"a": 1, 2: 3}, [("a", 1)]])
def test_properties_are_a_mapping_from_text(properties):
    with pytest.raises(InvalidTypeError) as caught:
        Touchpoint("visit", NINE, properties=properties)

    assert str(caught.value) == f"properties must be a mapping from text, got {properties!r}"
    assert caught.value.found is properties


def test_it_prints_what_is_known():
    late = Touchpoint("order", NINE, id="17", recorded_at=TEN, sequence=0, sentiment=0, value=3, properties={"n": 1})

    assert repr(Touchpoint("visit", NINE)) == f"Touchpoint('visit', {NINE!r})"
    assert repr(late) == (
        f"Touchpoint('order', {NINE!r}, id='17', recorded_at={TEN!r}, sequence=0, sentiment=0.0, value=Decimal('3'), "
        "properties={'n': 1})"
    )


# Which contacts are meant

ORDER = Touchpoint(
    "order",
    NINE,
    id="17",
    recorded_at=TEN,
    channel="web",
    stage="purchase",
    sentiment=0.5,
    value=Decimal("24.90"),
    cost=2,
    actor="customer",
)
ABOUT = Touchpoint.fields


@pytest.mark.parametrize(
    "contact",
    [
        "order",
        ABOUT.name == "order",
        ABOUT.at == NINE,
        ABOUT.recorded_at == TEN,
        ABOUT.id == "17",
        ABOUT.channel == "web",
        ABOUT.stage == "purchase",
        ABOUT.sentiment >= 0.5,
        ABOUT.value >= 24,
        ABOUT.cost < 3,
        ABOUT.actor == "customer",
    ],
    ids=str,
)
def test_a_contact_is_meant_by_its_name_or_by_what_is_known_of_it(contact):
    assert is_contact(a_contact(contact, "event"), ORDER)
    assert not is_contact(contact, Touchpoint("visit", at("2026-03-02T09:00Z"), sentiment=0, value=1, cost=4))


class Customer(Fields):
    country = text()


@pytest.mark.parametrize(
    ("contact", "kind"),
    [
        (" ", InvalidValueError),
        (None, InvalidTypeError),
        (ORDER, InvalidTypeError),
        (Customer.country == "DE", Exception),
    ],
)
def test_only_a_name_or_a_predicate_about_touchpoints_says_which_contacts_are_meant(contact, kind):
    with pytest.raises(kind, match=r"^event must ") as caught:
        a_contact(contact, "event")

    assert caught.value.found is contact


@pytest.mark.parametrize("contact", ["order", ABOUT.channel == "web"], ids=str)
def test_a_contact_keeps_its_kind_in_what_is_stored(contact):
    rule = Rule("survey", after=contact, channel="email", valid_for=days(1))

    assert from_dict(to_dict(rule), Rule).after == contact
