"""Sets of segments: who is in which, how many, and how they move."""

import copy
import json
import operator
import pickle
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import reduce
from typing import Any

import behaviour_oracle as oracle
import pytest
from behaviour_oracle import Claim, Customer, Person, claims, people
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.calendar import days, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, DuplicateError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Subject, all_of, any_of
from cxkit.segments import Movement, Profile, Segment, SegmentSet, SegmentSizes, events
from cxkit.tallies import PopulationRate

UTC = timezone.utc
moments = oracle.moments()
ORDERS = events("order").count()
REGULAR, BUYER, WEB = (
    Segment("regular", ORDERS >= 2),
    Segment("buyer", ORDERS >= 1),
    Segment("visitor", events("visit").any()),
)
GROUPS = SegmentSet([REGULAR, BUYER])
ALL = SegmentSet([REGULAR, BUYER, WEB], overlapping=True)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def journey(*contacts: tuple[str, int]) -> Journey:
    return Journey("anna", [Touchpoint(name, at(day)) for name, day in contacts])


TWICE = journey(("order", 2), ("order", 9), ("visit", 9))
ONCE = journey(("order", 4), ("visit", 1))
LOOKS = journey(("visit", 5))
NEVER = journey(("ticket", 1))
FOUR = [TWICE, ONCE, LOOKS, NEVER]
NOON = at(10)


def named(wanted: list[Claim], *, overlapping: bool) -> SegmentSet:
    return SegmentSet([Segment(f"s{n}", claim.predicate) for n, claim in enumerate(wanted)], overlapping=overlapping)


def names_for(wanted: list[Claim], person: Person, as_of: datetime, *, overlapping: bool) -> tuple[str, ...]:
    found = tuple(f"s{n}" for n, claim in enumerate(wanted) if claim.means(person, as_of))
    return found if overlapping else found[:1]


# Who is in which


def test_the_first_segment_that_fits_is_theirs_alone():
    assert list(GROUPS.assign(FOUR, as_of=NOON)) == [("regular",), ("buyer",), (), ()]
    assert list(GROUPS.assign(FOUR, as_of=at(3))) == [("buyer",), (), (), ()]
    assert GROUPS.names == ("regular", "buyer")


def test_a_customer_may_be_in_several_segments_that_overlap():
    assert list(ALL.assign(FOUR, as_of=NOON)) == [
        ("regular", "buyer", "visitor"),
        ("buyer", "visitor"),
        ("visitor",),
        (),
    ]
    assert ALL.names_of(ONCE, as_of=at(2)) == ("visitor",)


def test_customers_are_taken_one_by_one():
    taken: list[Journey] = []

    def customers() -> Iterator[Journey]:
        for customer in FOUR:
            taken.append(customer)
            yield customer

    for groups in (GROUPS, ALL):
        taken.clear()
        answers = groups.assign(customers(), as_of=NOON)
        assert taken == []
        for number in range(1, 5):
            next(answers)
            assert len(taken) == number
    taken.clear()
    kept = BUYER.filter(customers(), as_of=NOON)
    assert next(kept) is TWICE
    assert len(taken) == 1


def test_an_endless_stream_can_be_asked():
    from itertools import cycle, islice

    assert list(islice(GROUPS.assign(cycle([NEVER, ONCE]), as_of=NOON), 3)) == [(), ("buyer",), ()]


def test_a_set_without_segments_holds_nobody():
    nothing = SegmentSet([])
    assert list(nothing.assign(FOUR, as_of=NOON)) == [(), (), (), ()]
    assert nothing.sizes(FOUR, as_of=NOON).uncovered == 4
    assert str(nothing.sizes([], as_of=NOON)) == "(no rows)"
    assert nothing.movement(FOUR, start=at(1), end=at(2)).rows() == [{"from": "(none)", "to": "(none)", "customers": 4}]


def test_a_segment_of_a_set_gets_another_condition():
    often = GROUPS.replace("regular", ORDERS >= 3)
    assert often.names_of(TWICE, as_of=NOON) == ("buyer",)
    assert GROUPS.names_of(TWICE, as_of=NOON) == ("regular",)
    assert often.segments == (Segment("regular", ORDERS >= 3), BUYER)
    assert ALL.replace("visitor", all_of()).overlapping
    with pytest.raises(UnknownFieldError, match="the set has no segment 'reguler'; did you mean 'regular'"):
        GROUPS.replace("reguler", ORDERS >= 3)
    with pytest.raises(InvalidTypeError):
        GROUPS.replace("regular", True)  # noqa: FBT003


def test_what_makes_no_set_is_refused():
    with pytest.raises(DuplicateError, match="two segments of a set are called 'buyer'; rename one of them"):
        SegmentSet([BUYER, Segment("buyer", ORDERS >= 3)])
    with pytest.raises(DuplicateError):
        SegmentSet([BUYER, BUYER])
    for wrong in ([ORDERS >= 1], ["buyer"], [None], 3, None):
        with pytest.raises(InvalidTypeError):
            SegmentSet(wrong)
    with pytest.raises(InvalidTypeError, match="overlapping must be True or False"):
        SegmentSet([BUYER], overlapping=1)


@pytest.mark.parametrize("as_of", [datetime(2026, 3, 1), "2026-03-01", None], ids=["naive", "text", "none"])  # noqa: DTZ001
def test_a_set_needs_a_moment(as_of: object):
    for ask in (GROUPS.names_of, lambda customer, as_of: GROUPS.sizes([customer], as_of=as_of)):
        with pytest.raises(CxError, match=r"^as_of must be a"):
            ask(TWICE, as_of=as_of)


@pytest.mark.parametrize("ask", ["assign", "sizes"])
def test_a_set_needs_customers(ask: str):
    with pytest.raises(InvalidTypeError, match="expected customers, got 3"):
        list(getattr(GROUPS, ask)(3, as_of=NOON))
    with pytest.raises(InvalidTypeError, match="expected customers, got None"):
        GROUPS.movement(None, start=at(1), end=at(2))


def test_a_set_is_a_value_and_has_a_stored_form():
    for groups in (GROUPS, ALL, SegmentSet([]), SegmentSet([Segment("g", Customer.country == "DE", "Germans")])):
        stored = json.loads(json.dumps(to_dict(groups)))
        assert from_dict(stored, SegmentSet, fields=Customer) == groups
        assert pickle.loads(pickle.dumps(groups)) == copy.deepcopy(groups) == groups  # noqa: S301
        assert hash(copy.deepcopy(groups)) == hash(groups)
    assert SegmentSet([BUYER, REGULAR]) != GROUPS
    assert SegmentSet([REGULAR, BUYER], overlapping=True) != GROUPS
    twice = to_dict(GROUPS)
    twice["segments"] *= 2
    with pytest.raises(DocumentError) as caught:
        from_dict(twice, SegmentSet)
    assert "two segments of a set are called 'regular'" in str(caught.value)


# How many


def test_sizes_count_customers_and_their_shares():
    sizes = GROUPS.sizes(iter(FOUR), as_of=NOON)
    assert sizes.rows() == [
        {"segment": "regular", "customers": 1, "share": 0.25},
        {"segment": "buyer", "customers": 1, "share": 0.25},
        {"segment": "(none)", "customers": 2, "share": 0.5},
    ]
    assert (sizes.total, sizes.uncovered) == (4, 2)
    assert str(sizes).splitlines() == [
        "segment  customers  share",
        "regular          1   0.25",
        "buyer            1   0.25",
        "(none)           2    0.5",
    ]
    rate = PopulationRate(1, 4, name="share of buyer", unit="customers", window=(None, NOON))
    assert sizes.rate("buyer") == rate
    assert sizes.as_of == NOON


def test_sizes_of_segments_that_overlap_count_each_and_both():
    sizes = ALL.sizes(FOUR, as_of=NOON)
    assert [sizes.rate(name).count for name in ALL.names] == [1, 2, 3]
    assert sizes.uncovered == 1
    assert (sizes.overlap("regular", "visitor"), sizes.overlap("visitor", "regular")) == (1, 1)
    assert sizes.overlaps() == [
        {"segment": "regular", "regular": 1, "buyer": 1, "visitor": 1},
        {"segment": "buyer", "regular": 1, "buyer": 2, "visitor": 2},
        {"segment": "visitor", "regular": 1, "buyer": 2, "visitor": 3},
    ]


def test_where_everyone_is_in_a_segment_there_is_no_row_for_the_others():
    assert [row["segment"] for row in SegmentSet([Segment("all", all_of())]).sizes(FOUR, as_of=NOON).rows()] == ["all"]


def test_without_customers_a_share_is_missing():
    sizes = GROUPS.sizes([], as_of=NOON)
    assert sizes.rows() == [
        {"segment": "regular", "customers": 0, "share": None},
        {"segment": "buyer", "customers": 0, "share": None},
    ]
    assert not sizes.rate("buyer").is_defined
    assert sizes.chart()["data"]["values"] == sizes.rows()


@settings(max_examples=60)
@given(st.lists(claims(), min_size=1, max_size=3), st.lists(people(max_size=3), max_size=4), moments, st.booleans())
def test_sizes_count_what_assign_says(wanted, customers, as_of, overlapping):
    groups = named(wanted, overlapping=overlapping)
    profiles = [person.profile for person in customers]
    expected = [names_for(wanted, person, as_of, overlapping=overlapping) for person in customers]
    sizes = groups.sizes(profiles, as_of=as_of)
    assert sizes.groups == Counter(expected)
    assert sizes.total == len(customers)
    assert sizes.uncovered == expected.count(())
    for name in groups.names:
        assert sizes.rate(name).count == sum(name in found for found in expected)
        assert sizes.overlap(name, name) == sizes.rate(name).count
        for other in groups.names:
            assert sizes.overlap(name, other) == sum(name in found and other in found for found in expected)
    if not overlapping:
        assert sum(row["customers"] for row in sizes.rows()) == sizes.total


@given(
    st.lists(st.sampled_from(FOUR), max_size=6), st.integers(0, 6), st.integers(0, 6), st.sampled_from([GROUPS, ALL])
)
def test_sizes_add_over_disjoint_customers(customers, first, second, groups):
    parts = [customers[:first], customers[first : first + second], customers[first + second :]]
    one, two, three = (groups.sizes(part, as_of=NOON) for part in parts)
    assert (one + two) + three == one + (two + three) == groups.sizes(customers, as_of=NOON)
    assert one + two == two + one
    assert reduce(operator.add, [one, two, three], groups.sizes([], as_of=NOON)) == groups.sizes(customers, as_of=NOON)


def test_sizes_and_movements_of_two_shards_are_those_of_all():
    for count in (
        lambda customers: ALL.sizes(customers, as_of=NOON),
        lambda customers: GROUPS.movement(customers, start=at(3), end=NOON),
    ):
        assert count(FOUR[:2]) + count(FOUR[2:]) == count(FOUR)


def test_a_set_answers_what_is_not_simple_as_its_segments_do():
    orders = events("order")
    asked = [
        orders.where(Touchpoint.fields.channel.is_missing()),
        orders.within(months(1)),
        orders.within(days(10**10)),
        orders.followed_by("visit"),
        orders.since(events("visit").first_at()),
    ]
    wanted = [Segment(f"s{number}", which.any()) for number, which in enumerate(asked)]
    names = list(SegmentSet(wanted, overlapping=True).assign(FOUR, as_of=NOON))

    assert names == [("s0", "s1", "s2", "s3"), ("s0", "s1", "s2", "s4"), (), ()]
    # What comes later in the journey follows, at the same moment too.
    assert [asked[3].number(Subject.of(customer, NOON)) for customer in FOUR] == [2, 0, 0, 0]


def test_sizes_of_two_sets_or_moments_do_not_add():
    sizes = GROUPS.sizes(FOUR, as_of=NOON)
    for other in (GROUPS.sizes(FOUR, as_of=at(9)), ALL.sizes(FOUR, as_of=NOON)):
        with pytest.raises(InvalidValueError, match="a customer would be counted twice"):
            _ = sizes + other
    for other in (3, None, GROUPS.movement(FOUR, start=at(1), end=NOON)):
        with pytest.raises(TypeError):
            _ = sizes + other


def test_the_name_of_no_segment_is_refused():
    sizes = ALL.sizes(FOUR, as_of=NOON)
    for ask in (
        lambda: sizes.rate("buyr"),
        lambda: sizes.overlap("buyr", "buyer"),
        lambda: sizes.overlap("buyer", "buyr"),
    ):
        with pytest.raises(UnknownFieldError, match="the set has no segment 'buyr'; did you mean 'buyer'"):
            ask()


def test_sizes_are_a_value_and_have_a_chart():
    sizes = GROUPS.sizes(FOUR, as_of=NOON)
    assert pickle.loads(pickle.dumps(sizes)) == copy.deepcopy(sizes) == sizes  # noqa: S301
    assert hash(copy.deepcopy(sizes)) == hash(sizes)
    chart = sizes.chart()
    assert json.loads(json.dumps(chart)) == chart
    assert chart["data"]["values"] == sizes.rows()
    assert chart["mark"]["type"] == "bar"
    assert (chart["encoding"]["x"]["field"], chart["encoding"]["y"]["field"]) == ("customers", "segment")
    assert sizes._repr_mimebundle_() == {"application/vnd.vegalite.v5+json": chart, "text/plain": str(sizes)}


def test_sizes_and_movements_have_stored_forms():
    for groups in (GROUPS, ALL):
        for tally in (
            groups.sizes(FOUR, as_of=NOON),
            groups.movement(FOUR, start=at(3), end=NOON),
            groups.sizes([], as_of=NOON),
        ):
            stored = json.loads(json.dumps(to_dict(tally)))
            assert from_dict(stored, type(tally)) == tally
            assert to_dict(from_dict(stored, type(tally))) == stored


BAD_SIZES: dict[str, Any] = {
    "a negative count": lambda: SegmentSizes(("a",), {("a",): -3}, NOON),
    "a real count": lambda: SegmentSizes(("a",), {("a",): 1.5}, NOON),
    "a name of no segment": lambda: SegmentSizes(("a",), {("b",): 3}, NOON),
    "a naive moment": lambda: SegmentSizes(("a",), {}, datetime(2026, 3, 1)),  # noqa: DTZ001
    "no groups": lambda: SegmentSizes(("a",), 5, NOON),
    "negative moves": lambda: Movement(("a",), {((), ("a",)): -3}),
    "moves of no segment": lambda: Movement(("a",), {((), ("b",)): 3}),
    "a name that is none": lambda: Movement.between(["a"], {1: ("b",)}, {1: ("a",)}),
    "no mapping": lambda: Movement.between(["a"], 5, {}),
    "who moved from a segment that is none": lambda: Movement(("a",), {}).moved("b", "a"),
    "who stayed in a segment that is none": lambda: Movement(("a",), {}).stayed("b"),
    "who entered a segment that is none": lambda: Movement(("a",), {}).entered("b"),
    "who left a segment that is none": lambda: Movement(("a",), {}).left("b"),
}


@pytest.mark.parametrize("name", BAD_SIZES)
def test_counts_that_make_no_sense_are_refused(name: str):
    with pytest.raises(CxError):
        BAD_SIZES[name]()


def test_assign_refuses_at_once_what_it_cannot_take():
    with pytest.raises(CxError):
        GROUPS.assign([TWICE], as_of=datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(CxError):
        GROUPS.assign(3, as_of=NOON)


# How they move


def test_movement_counts_who_was_where_and_is_where():
    movement = GROUPS.movement(iter([*FOUR, journey(("order", 1))]), start=at(3), end=NOON)
    assert movement.rows() == [
        {"from": "buyer", "to": "regular", "customers": 1},
        {"from": "buyer", "to": "buyer", "customers": 1},
        {"from": "(none)", "to": "buyer", "customers": 1},
        {"from": "(none)", "to": "(none)", "customers": 2},
    ]
    assert movement.changes() == [
        {"segment": "regular", "stayed": 0, "entered": 1, "left": 0},
        {"segment": "buyer", "stayed": 1, "entered": 1, "left": 1},
    ]
    assert movement.total == 5
    assert (movement.moved("buyer", "regular"), movement.moved(None, "buyer"), movement.moved(None, None)) == (1, 1, 2)
    assert (movement.moved("regular", None), movement.stayed("buyer"), movement.left("buyer")) == (0, 1, 1)
    assert str(movement).splitlines()[:2] == ["from    to       customers", "buyer   regular          1"]


def test_movement_of_segments_that_overlap_counts_each_pair():
    movement = ALL.movement([TWICE], start=at(3), end=NOON)
    assert movement.rows() == [
        {"from": "buyer", "to": "regular", "customers": 1},
        {"from": "buyer", "to": "buyer", "customers": 1},
        {"from": "buyer", "to": "visitor", "customers": 1},
    ]
    assert movement.changes() == [
        {"segment": "regular", "stayed": 0, "entered": 1, "left": 0},
        {"segment": "buyer", "stayed": 1, "entered": 0, "left": 0},
        {"segment": "visitor", "stayed": 0, "entered": 1, "left": 0},
    ]


@settings(max_examples=60)
@given(
    st.lists(claims(), min_size=1, max_size=3),
    st.lists(people(max_size=3), max_size=4),
    moments,
    st.integers(0, 200),
    st.booleans(),
)
def test_movement_is_what_assign_says_at_both_moments(wanted, customers, start, length, overlapping):
    groups, end = named(wanted, overlapping=overlapping), start + length * timedelta(hours=6)
    profiles = [person.profile for person in customers]
    movement = groups.movement(profiles, start=start, end=end, assume_attributes=True)
    pairs = [
        tuple(names_for(wanted, person, moment, overlapping=overlapping) for moment in (start, end))
        for person in customers
    ]
    assert movement.moves == Counter(pairs)
    assert movement.total == len(customers)
    for name in groups.names:
        before, after = (sum(name in pair[number] for pair in pairs) for number in (0, 1))
        assert movement.stayed(name) + movement.left(name) == before
        assert movement.stayed(name) + movement.entered(name) == after
        assert groups.sizes(profiles, as_of=end).rate(name).count == after
    if not overlapping:
        assert sum(row["customers"] for row in movement.rows()) == movement.total
        by_hand = [groups.names_of(profile, as_of=start) for profile in profiles]
        then = [groups.names_of(profile, as_of=end) for profile in profiles]
        between = Movement.between(groups.names, dict(enumerate(by_hand)), dict(enumerate(then)))
        assert (between.names, between.moves) == (movement.names, movement.moves)
        assert movement.window == (start, end)


@given(st.lists(st.sampled_from(FOUR), max_size=6), st.integers(0, 6), st.sampled_from([GROUPS, ALL]))
def test_movements_add_over_disjoint_customers(customers, cut, groups):
    def of(some: list[Journey]) -> Movement:
        return groups.movement(some, start=at(3), end=NOON)

    assert of(customers[:cut]) + of(customers[cut:]) == of(customers) == of(customers[cut:]) + of(customers[:cut])
    assert of(customers) + of([]) == of(customers)


def test_movements_of_two_sets_do_not_add():
    movement = GROUPS.movement(FOUR, start=at(3), end=NOON)
    with pytest.raises(InvalidValueError, match="movements add for the same segments between the same moments only"):
        _ = movement + ALL.movement(FOUR, start=at(3), end=NOON)
    for other in (3, GROUPS.sizes(FOUR, as_of=NOON)):
        with pytest.raises(TypeError):
            _ = movement + other


def test_movements_of_two_windows_do_not_add():
    with pytest.raises(InvalidValueError):
        _ = GROUPS.movement(FOUR, start=at(1), end=at(3)) + GROUPS.movement(FOUR, start=at(3), end=NOON)


def test_two_assignments_can_be_compared():
    before = {"anna": ("buyer",), "ben": ("regular",), "cleo": ()}
    after = {"anna": ("regular",), "ben": ("regular",), "dora": ("buyer",)}
    movement = Movement.between(iter(GROUPS.names), before, after)
    assert movement.names == GROUPS.names
    assert movement.total == 4
    assert movement.moves == {
        (("buyer",), ("regular",)): 1,
        (("regular",), ("regular",)): 1,
        ((), ()): 1,
        ((), ("buyer",)): 1,
    }
    assert Movement.between(GROUPS.names, {}, {}).rows() == []


def test_a_movement_goes_forward_in_time():
    with pytest.raises(InvalidValueError, match="from an earlier moment to a later one"):
        GROUPS.movement(FOUR, start=NOON, end=at(3))
    assert GROUPS.movement(FOUR, start=NOON, end=NOON).changes()[0] == {
        "segment": "regular",
        "stayed": 1,
        "entered": 0,
        "left": 0,
    }
    with pytest.raises(InvalidTypeError, match="assume_attributes must be True or False"):
        GROUPS.movement(FOUR, start=at(1), end=NOON, assume_attributes=None)
    for start, end in ((datetime(2026, 3, 1), NOON), (at(1), "later")):  # noqa: DTZ001
        with pytest.raises(CxError):
            GROUPS.movement(FOUR, start=start, end=end)


def test_a_movement_takes_attributes_for_both_moments_where_it_may():
    groups = SegmentSet(
        [Segment("new", Customer.joined.within(days(5)).is_true()), Segment("old", Customer.joined.is_known())]
    )
    profiles = [Profile({"joined": at(day)}) for day in (1, 4)] + [Profile({})]
    movement = groups.movement(profiles, start=at(5), end=at(7), assume_attributes=True)
    assert movement.moves == {(("new",), ("old",)): 1, (("new",), ("new",)): 1, ((), ()): 1}


def test_movements_are_a_value_and_have_a_chart():
    movement = GROUPS.movement(FOUR, start=at(3), end=NOON)
    assert pickle.loads(pickle.dumps(movement)) == copy.deepcopy(movement) == movement  # noqa: S301
    assert hash(copy.deepcopy(movement)) == hash(movement)
    chart = movement.chart()
    assert json.loads(json.dumps(chart)) == chart
    assert chart["data"]["values"] == movement.rows()
    assert [layer["mark"] if isinstance(layer["mark"], str) else layer["mark"]["type"] for layer in chart["layer"]] == [
        "rect",
        "text",
    ]
    assert movement._repr_mimebundle_() == {"application/vnd.vegalite.v5+json": chart, "text/plain": str(movement)}


def test_nobody_is_in_a_segment_of_nobody():
    groups = SegmentSet([Segment("none", any_of()), Segment("all", all_of())], overlapping=True)
    assert list(groups.assign([*FOUR, {}, Profile({})], as_of=NOON)) == [("all",)] * 6
