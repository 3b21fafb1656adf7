"""Conversion paths: which touches belong to which conversion."""

from datetime import datetime, timedelta, timezone

import pytest
from attribution_paths import HOUR, START
from hypothesis import given
from hypothesis import strategies as st
from strategies import journeys

from cxkit.calendar import days, later, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError
from cxkit.journey import ConversionPath, ConversionPaths, Journey, Touchpoint


def journey(text):
    """Build a journey with a letter an hour: a touch through a channel of that name, `o` an order, `-` without a channel."""
    return Journey("anna", [contact(letter, START + place * HOUR) for place, letter in enumerate(text)])


def contact(letter, at):
    return (
        Touchpoint("order", at, channel="web")
        if letter == "o"
        else Touchpoint("call" if letter.isupper() else "visit", at, channel=None if letter == "-" else letter)
    )


def paths(text, **options):
    found = ConversionPaths("order", **options).of([journey(text)])
    return ["".join(each.labels) + ("!" if each.conversion else "") for each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("ab", ["ab"]),
        ("abo", ["ab!"]),
        ("o", ["!"]),
        ("aobcod", ["a!", "bc!", "d"]),
        ("aoo", ["a!", "!"]),
        ("-o", ["!"]),
        ("--", [""]),
    ],
)
def test_a_touch_belongs_to_the_next_conversion(text, found):
    assert paths(text) == found


def test_touches_may_belong_to_every_later_conversion():
    assert paths("aobcod", reuse=True) == ["a!", "abc!", "d"]


def test_a_conversion_may_be_the_last_touch_of_its_path():
    assert paths("aobod", include_conversion=True) == ["aweb!", "bweb!", "d"]


def test_earlier_conversions_are_touches_of_later_ones_where_touches_are_used_again():
    assert paths("aobod", include_conversion=True, reuse=True) == ["aweb!", "awebbweb!", "d"]


@pytest.mark.parametrize("touches", ["visit", Touchpoint.fields.name == "visit"], ids=repr)
def test_some_touchpoints_only_may_be_touches(touches):
    assert paths("aBcoD", touches=touches) == ["ac!"]


def test_conversions_may_be_told_by_a_predicate():
    web = ConversionPaths(Touchpoint.fields.channel == "web", by="name")

    assert [each.labels for each in web.of([journey("aBo")])] == [("visit", "call")]


def test_touches_without_a_label_are_counted():
    assert [each.unlabelled for each in ConversionPaths("order").of([journey("a-o--")])] == [1, 2]


@pytest.mark.parametrize("lookback", [timedelta(hours=2), timedelta(hours=2, microseconds=-1)])
def test_a_touch_counts_while_the_conversion_comes_before_it_leaves_the_window(lookback):
    assert paths("abco", lookback=lookback) == ["c!" if lookback <= 2 * HOUR else "bc!"]


def test_a_lookback_counts_back_from_the_last_touch_where_nothing_converts():
    assert paths("abcd", lookback=timedelta(hours=3)) == ["bcd"]


def test_a_lookback_in_months_lets_a_touch_leave_once():
    def at(month, day):
        return datetime(2026, month, day, tzinfo=timezone.utc)

    visits = [Touchpoint("visit", at(1, day), channel=str(day)) for day in (28, 29, 30, 31)]
    rule = ConversionPaths("order", lookback=months(1))

    def within(moment):
        [found] = rule.of([Journey("anna", [*visits, Touchpoint("order", moment)])])
        return found.labels

    assert within(at(2, 27)) == ("28", "29", "30", "31")
    assert within(at(2, 28)) == ()


@given(journeys(), st.sampled_from([timedelta(hours=6), timedelta(days=3), days(2), months(1)]))
def test_a_path_holds_what_came_since_the_last_conversion_and_within_the_lookback(drawn, lookback):
    contacts, wanted, since = drawn.touchpoints, [], 0
    for place, order in enumerate(contacts):
        if order.name == "order":
            wanted.append([each for each in contacts[since:place] if order.at < later(each.at, lookback)])
            since = place + 1
    found = [each for each in ConversionPaths("order", by="name", lookback=lookback).of([drawn]) if each.conversion]

    assert [list(each.touches) for each in found] == wanted


def test_a_lookback_to_beyond_the_end_of_time_is_for_ever():
    assert paths("ao", lookback=timedelta.max) == ["a!"]


def test_touches_of_the_instant_of_a_conversion_count_if_they_come_before_it():
    contacts = [
        Touchpoint("visit", START, channel="before", sequence=1),
        Touchpoint("order", START, sequence=2),
        Touchpoint("visit", START, channel="after", sequence=3),
    ]
    found = ConversionPaths("order").of([Journey("anna", contacts)])

    assert [(each.labels, each.conversion is not None) for each in found] == [(("before",), True), (("after",), False)]


def test_journeys_are_read_one_by_one():
    def endless():
        while True:
            yield journey("ao")

    found = ConversionPaths("order").of(endless())

    assert [next(found).labels, next(found).labels] == [("a",), ("a",)]


def test_ages_are_counted_from_the_conversion_or_the_last_touch():
    converted, other = ConversionPaths("order").of([journey("aboc")])

    assert (converted.ages, other.ages) == ((2 * HOUR, HOUR), (timedelta(0),))
    assert ConversionPath((), ()).ages == ()


@pytest.mark.parametrize(
    "rule",
    [
        ConversionPaths("order"),
        ConversionPaths(
            Touchpoint.fields.value > 0,
            by=Touchpoint.fields.stage,
            touches="visit",
            lookback=days(30),
            reuse=True,
            include_conversion=True,
        ),
        ConversionPaths("order", by="properties.campaign", lookback=timedelta(hours=3)),
    ],
    ids=repr,
)
def test_a_rule_survives_storing(rule):
    assert from_dict(to_dict(rule), ConversionPaths) == rule


def test_a_rule_for_a_label_is_not_that_for_a_field():
    assert ConversionPaths("order", by="channel") != ConversionPaths("order", by=Touchpoint.fields.channel)
    assert ConversionPaths("order", by=Touchpoint.fields.actor) != ConversionPaths(
        "order", by=Touchpoint.fields.channel
    )
    assert hash(ConversionPaths("order", by=Touchpoint.fields.actor)) == hash(
        ConversionPaths("order", by=Touchpoint.fields.actor)
    )


@pytest.mark.parametrize("by", [3, {"value": "Touchpoint.fields.nothing"}, {"value": "x", "more": 1}, "nothing"])
def test_a_stored_label_that_makes_no_sense_is_refused(by):
    with pytest.raises(DocumentError):
        from_dict(to_dict(ConversionPaths("order")) | {"by": by}, ConversionPaths)
