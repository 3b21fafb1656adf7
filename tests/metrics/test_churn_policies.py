"""Churn by a policy: who counts as lost, of how many, and who makes the difference between two policies."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import START

from cxkit.calendar import Period, days, hours, months
from cxkit.codec import from_dict, to_dict
from cxkit.errors import DocumentError, DuplicateError, InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics import (
    ActivitySpan,
    ChurnEvent,
    ChurnPolicy,
    ChurnRatio,
    CustomerChurn,
    CustomerSpans,
    PopulationRate,
    churn_of_sets,
    churn_rate,
    compare_churn_policies,
    customer_churn,
    customer_roll_forward,
)

at = datetime.fromisoformat
EVERY = json.loads((Path(__file__).parents[1] / "cases/churn.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in EVERY}
MARCH = Period.month(2024, 3)
PRESETS = [
    ChurnPolicy.classical(),
    ChurnPolicy.chartmogul(),
    ChurnPolicy.daily_summed(),
    ChurnPolicy.stripe(),
    ChurnPolicy.profitwell(),
    ChurnPolicy.baremetrics(),
    ChurnPolicy.recurly(),
]
BEFORE, EARLY, MIDDLE, LATE = (
    at("2024-01-01T00:00Z"),
    at("2024-03-04T00:00Z"),
    at("2024-03-15T00:00Z"),
    at("2024-03-25T00:00Z"),
)


def shop(**groups):
    """Build so many customers with each list of spans."""
    return {f"{name} {number}": spans for name, (count, spans) in groups.items() for number in range(count)}


STAYS, LEAVES = [(BEFORE, None)], [(BEFORE, MIDDLE)]
JOINS, JOINS_AND_LEAVES = [(EARLY, None)], [(EARLY, MIDDLE)]
LEAVES_AND_RETURNS, LEAVES_TWICE = [(BEFORE, EARLY), (MIDDLE, None)], [(BEFORE, EARLY), (MIDDLE, LATE)]


def published(case, policy, spans):
    churn = customer_churn(spans, MARCH, policy=policy)
    assert churn.value == pytest.approx(CASES[case]["expected"]["rate"], abs=CASES[case]["tolerance"])
    return churn


# What the systems say


def test_chartmogul_leaves_out_who_joined_and_left_and_who_came_back():
    churn = published(
        "churn-007",
        ChurnPolicy.chartmogul(),
        shop(stay=(89, STAYS), lost=(10, LEAVES), back=(1, LEAVES_AND_RETURNS), new=(1, JOINS_AND_LEAVES)),
    )

    assert churn.outcomes == {"counted": 10, "joined_and_left": 1, "returned": 1}
    assert churn.customers("returned") == ("back 0",)
    assert churn.rate == PopulationRate(
        10, 100, name="chartmogul churn rate", unit="customers at the start", window=MARCH.window
    )


def test_stripe_adds_the_new_to_the_denominator():
    churn = published(
        "churn-008",
        ChurnPolicy.stripe(),
        shop(stay=(90, STAYS), lost=(10, LEAVES), join=(18, JOINS), new=(2, JOINS_AND_LEAVES)),
    )

    assert (churn.churned, churn.at_start, len(churn.added)) == (12, 100, 20)
    assert isinstance(churn.rate, ChurnRatio)


def test_stripe_counts_a_second_loss_again():
    churn = published(
        "churn-009", ChurnPolicy.stripe(), shop(stay=(98, STAYS), lost=(1, LEAVES), twice=(1, LEAVES_TWICE))
    )

    assert (churn.churned, len(churn.customers())) == (3, CASES["churn-009"]["input"]["distinct_churned"])


def test_profitwell_ignores_who_joined_and_left_among_the_new_and_the_lost():
    expected = CASES["churn-010"]["expected"]
    churn = published(
        "churn-010",
        ChurnPolicy.profitwell(),
        shop(stay=(96, STAYS), lost=(4, LEAVES), join=(8, JOINS), new=(2, JOINS_AND_LEAVES)),
    )

    assert (churn.new, churn.churned) == (expected["new_counted"], expected["churn_counted"])


def test_recurly_counts_all_who_churned_over_those_at_the_start():
    published("churn-012", ChurnPolicy.recurly(), shop(stay=(950, STAYS), lost=(50, LEAVES)))
    joined = customer_churn(shop(stay=(10, STAYS), new=(1, JOINS_AND_LEAVES)), MARCH, policy=ChurnPolicy.recurly())
    back = customer_churn(shop(stay=(9, STAYS), back=(1, LEAVES_AND_RETURNS)), MARCH, policy=ChurnPolicy.recurly())

    assert (joined.value, back.value) == (0.1, 0.0)


def test_baremetrics_counts_who_joined_and_left_among_the_lost_only():
    churn = customer_churn(
        shop(stay=(8, STAYS), lost=(2, LEAVES), new=(1, JOINS_AND_LEAVES)), MARCH, policy=ChurnPolicy.baremetrics()
    )

    assert churn.rate == ChurnRatio((3,), (Fraction(10),), name="baremetrics churn rate")


def test_the_daily_sum_is_over_those_at_the_start_of_each_day():
    spans = shop(
        stay=(8, STAYS), early=(1, [(BEFORE, EARLY)]), late=(1, LEAVES), join=(2, [(at("2024-03-10T00:00Z"), None)])
    )
    churn = customer_churn(spans, MARCH, policy=ChurnPolicy.daily_summed())

    assert churn.rate.exact == Fraction(1, 10) + Fraction(1, 11)  # of 9 + 2 on the 15th
    assert len(churn.days) == 31
    assert (churn.churned, churn.new, churn.at_start, churn.at_end) == (2, 2, 10, 10)


def test_by_day_whoever_comes_back_a_week_later_was_lost_and_within_the_day_was_not():
    spans = {
        "week": [(BEFORE, EARLY), (MIDDLE, None)],
        "day": [(BEFORE, EARLY), (EARLY + timedelta(hours=5), None)],
        "visit": [(EARLY, EARLY + timedelta(hours=5))],
    }
    churn = customer_churn(spans, MARCH, policy=ChurnPolicy.daily_summed())

    assert [(event.customer, event.outcome) for event in churn.events] == [
        ("day", "returned"),
        ("week", "counted"),
        ("visit", "joined_and_left"),
    ]
    assert (churn.value, churn.reactivated) == (0.5, 1)


def test_the_last_30_days_are_a_period():
    end = at("2024-03-31T12:00Z")
    last = (end - timedelta(days=30), end)
    spans = {"anna": [(BEFORE, end - timedelta(days=29, hours=23))], "ben": [(BEFORE, end)]}

    assert customer_churn(spans, last, policy=ChurnPolicy.stripe()).value == 0.5
    daily = customer_churn(spans, last, policy=ChurnPolicy.daily_summed())
    assert daily.days == ((1, 2), *((0, 1) for _ in range(29)))
    uneven = customer_churn(spans, (last[0], end - timedelta(hours=1)), policy=ChurnPolicy.daily_summed())
    assert len(uneven.days) == 30


@pytest.mark.parametrize("policy", PRESETS, ids=lambda policy: policy.name)
def test_with_nobody_who_joins_or_returns_all_systems_agree_with_the_textbook(policy):
    spans = shop(stay=(90, STAYS), lost=(10, LEAVES))

    assert customer_churn(spans, MARCH, policy=policy).value == pytest.approx(churn_rate(start=100, end=90).value)


def test_of_several_losses_of_a_customer_the_last_one_counts():
    churn = customer_churn({"anna": LEAVES_TWICE}, MARCH, policy=ChurnPolicy.profitwell())

    assert [(event.at, event.outcome) for event in churn.events] == [(EARLY, "repeated"), (LATE, "counted")]
    assert (churn.reactivated, churn.at_end) == (0, 0)


AWAY_AND_BACK = [(BEFORE, BEFORE + timedelta(days=9)), (EARLY, None)]


@pytest.mark.parametrize(
    ("joined_and_left", "denominator", "added"),
    [
        ("excluded", "start", ()),
        ("excluded", "start_and_new", ("join",)),
        ("excluded", "everyone", ("back", "join")),
        ("counted", "start", ()),
        ("counted", "start_and_new", ("join", "visit")),
        ("counted", "everyone", ("back", "join", "visit")),
        ("in_both", "start", ("visit",)),
        ("in_both", "average", ("visit",)),
        ("in_both", "start_and_new", ("join", "visit")),
        ("in_both", "daily", ("visit",)),
    ],
)
def test_who_is_in_the_denominator_besides_those_at_the_start(joined_and_left, denominator, added):
    spans = {"stay": STAYS, "join": JOINS, "visit": [(EARLY, EARLY + timedelta(hours=1))], "back": AWAY_AND_BACK}
    policy = attrs.evolve(ChurnPolicy.classical(), joined_and_left=joined_and_left, denominator=denominator)
    churn = customer_churn(spans, MARCH, policy=policy)

    assert churn.added == added
    if denominator == "daily":
        assert churn.days[3] == (1, 2)  # on the 4th


def test_what_begins_at_the_moment_is_known():
    assert customer_churn({"anna": JOINS}, MARCH, policy=ChurnPolicy.stripe(), as_of=EARLY).new == 1
    assert customer_churn({"anna": JOINS}, MARCH, policy=ChurnPolicy.stripe(), as_of=EARLY - STEP).new == 0


# An independent reading, on a grid of six hours

STEP = timedelta(hours=6)
LAST = 60
KINDS = [None, "voluntary", "involuntary"]


@st.composite
def grid_spans(draw):
    start = draw(st.integers(0, LAST))
    end = draw(st.none() | st.integers(start, LAST))
    return start, end, None if end is None else draw(st.sampled_from(KINDS))


GRIDS = st.dictionaries(st.sampled_from(["anna", "ben", "cleo", "dora"]), st.lists(grid_spans(), max_size=5))
POLICIES = st.builds(
    ChurnPolicy,
    joined_and_left=st.sampled_from(["counted", "excluded", "in_both"]),
    returned=st.sampled_from(["counted", "excluded"]),
    repeated=st.sampled_from(["events", "customers"]),
    denominator=st.sampled_from(["start", "start_and_new", "everyone", "average"]),
    grace=st.sampled_from([0, 1, 5]).map(lambda steps: hours(6 * steps)),
    kinds=st.sampled_from(["all", "voluntary", "involuntary"]),
    churn_day=st.sampled_from(["first_inactive", "last_active"]),
)
WINDOWS = st.tuples(st.integers(0, LAST), st.integers(1, 30)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))


def moment(step):
    return None if step is None else START + step * STEP


def on_clock(grid):
    return {who: [(moment(start), moment(end), kind) for start, end, kind in spans] for who, spans in grid.items()}


def window_of(steps):
    return moment(steps[0]), moment(steps[1])


def active_steps(spans, grace, as_of):
    """Say for each step whether a customer is there, with gaps filled; and since when they are gone for the grace."""
    size = 3 * LAST
    there = [False] * size
    for start, end, _ in spans:
        if as_of is None or start <= as_of:
            stop = size if end is None or (as_of is not None and end > as_of) else end
            there[start:stop] = [True] * (stop - start)
    known = [step for step in range(size) if there[step]]
    for one, other in pairwise(known):
        if other - one - 1 < grace:
            there[one:other] = [True] * (other - one)
    pending = None
    if known and known[-1] < size - 1 and as_of is not None and as_of < known[-1] + 1 + grace:
        pending = known[-1] + 1
        there[pending:] = [True] * (size - pending)
    return there, pending


def by_the_definition(grid, policy, steps, as_of=None):
    """Walk the steps of each customer, and count."""
    start, end = steps
    late = policy.churn_day == "last_active"
    found = Counter()
    for spans in grid.values():
        there, pending = active_steps(spans, policy.grace.hours // 6, as_of)

        def is_there(step, there=there):  # just before it
            return step > 0 and there[step - 1] and (there[step] or not late)

        ins = [s for s in range(start, end) if there[s] and not (s > 0 and there[s - 1])]
        is_out = [s for s in range(1, 3 * LAST) if there[s - 1] and not there[s]]
        outs = [s for s in is_out if (start < s <= end if late else start <= s < end)]
        was_there, first = is_there(start), there.index(True) if True in there else None
        kept, aside, undone = [], 0, 0
        for out in outs:
            kinds = {kind for _, stop, kind in spans if stop == out and _ < stop}
            kind = kinds.pop() if len(kinds) == 1 else None
            is_back = any(come > out for come in ins)
            if (not was_there and policy.joined_and_left == "excluded") or (is_back and policy.returned == "excluded"):
                undone += 1
            elif policy.kinds not in ("all", kind):
                aside += 1
            else:
                kept.append(out)
        if policy.repeated == "customers" and kept:
            undone += len(kept) - 1
            kept = kept[-1:]
        entered = len(ins) - undone
        is_new = first in ins and entered > 0
        added = not was_there and (
            (policy.joined_and_left == "in_both" and bool(kept))
            or (policy.denominator == "start_and_new" and is_new)
            or (policy.denominator == "everyone" and entered > 0)
        )
        found.update(
            at_start=was_there,
            at_end=is_there(end),
            new=is_new,
            reactivated=entered - is_new,
            churned=len(kept),
            set_aside=aside,
            added=added,
            pending=pending is not None and (start < pending <= end if late else start <= pending < end),
        )
    return found


@given(GRIDS, POLICIES, WINDOWS, st.none() | st.integers(0, LAST + 30))
def test_who_is_lost_is_what_the_policy_says(grid, policy, steps, as_of):
    assume(as_of is None or as_of >= steps[0])
    churn = customer_churn(on_clock(grid), window_of(steps), policy=policy, as_of=moment(as_of))
    expected = by_the_definition(grid, policy, steps, as_of)

    assert {
        what: getattr(churn, what) for what in ("at_start", "at_end", "new", "reactivated", "churned", "set_aside")
    } == {what: expected[what] for what in ("at_start", "at_end", "new", "reactivated", "churned", "set_aside")}
    assert len(churn.added) == expected["added"]
    assert churn.outcomes.get("pending", 0) == expected["pending"]
    assert churn.is_complete == (as_of is None or (as_of >= steps[1] and not expected["pending"]))
    base = (
        Fraction(expected["at_start"] + expected["at_end"], 2)
        if policy.denominator == "average"
        else expected["at_start"]
    )
    base += expected["added"]
    if not base:
        assert churn.value_or(None) is None
    else:
        assert churn.value == float(Fraction(expected["churned"]) / base)


@given(GRIDS, POLICIES, st.integers(0, LAST), st.integers(1, 5))
def test_a_rate_by_day_adds_up_what_the_policy_says_of_each_day(grid, policy, start, number):
    policy = attrs.evolve(policy, denominator="daily")
    churn = customer_churn(on_clock(grid), window_of((start, start + 4 * number)), policy=policy)
    found = [by_the_definition(grid, policy, (step, step + 4)) for step in range(start, start + 4 * number, 4)]

    assert churn.days == tuple((day["churned"], day["at_start"] + day["added"]) for day in found)
    assert (churn.churned, churn.new) == (sum(day["churned"] for day in found), sum(day["new"] for day in found))
    assert churn.rate.value_or(None) == (
        float(sum(Fraction(lost, total) for lost, total in churn.days if total))
        if any(total for _, total in churn.days) and all(total or not lost for lost, total in churn.days)
        else None
    )


@given(GRIDS, POLICIES, WINDOWS)
def test_a_share_is_a_share_whatever_the_customers(grid, policy, steps):
    assume(policy.is_proportion)
    rate = customer_churn(on_clock(grid), window_of(steps), policy=policy).rate

    assert isinstance(rate, PopulationRate)  # which refuses more than its total
    assert 0 <= rate.interval().low <= rate.interval().high <= 1


@pytest.mark.parametrize(
    ("choice", "more"),
    [
        ({"repeated": "events"}, LEAVES_TWICE),
        ({"joined_and_left": "counted"}, JOINS_AND_LEAVES),
        ({"joined_and_left": "counted", "denominator": "start_and_new"}, [(BEFORE, BEFORE + days(9)), (EARLY, MIDDLE)]),
        ({"denominator": "average"}, LEAVES),
    ],
)
def test_what_is_no_share_can_exceed_one(choice, more):
    policy = attrs.evolve(ChurnPolicy.classical(), returned="counted", **choice)
    churn = customer_churn({"anna": LEAVES, "ben": more}, MARCH, policy=policy)

    assert not policy.is_proportion
    assert churn.value > 1


@given(GRIDS, WINDOWS)
def test_the_classical_rate_is_that_of_two_sets(grid, steps):
    churn = customer_churn(on_clock(grid), window_of(steps), policy=ChurnPolicy.classical())
    before, after = (
        {who for who, spans in grid.items() if step and active_steps(spans, 0, None)[0][step - 1]} for step in steps
    )
    sets = churn_of_sets(before, after)

    assert sorted(churn.customers()) == list(sets.lost)
    assert (churn.rate.count, churn.rate.total) == (sets.rate.count, sets.rate.total)


@given(GRIDS, WINDOWS)
def test_chartmogul_counts_as_the_textbook_does(grid, steps):
    one, other = (
        customer_churn(on_clock(grid), window_of(steps), policy=policy)
        for policy in (ChurnPolicy.classical(), ChurnPolicy.chartmogul())
    )

    assert one.events == other.events


ALL_POLICIES = st.sampled_from(PRESETS) | POLICIES


@given(GRIDS, ALL_POLICIES, st.none() | st.integers(0, LAST + 30))
def test_those_at_the_start_and_who_came_less_who_left_are_those_at_the_end(grid, policy, as_of):
    period = Period.month(2024, 2)
    assume(as_of is None or moment(as_of) >= period.start)
    forward = customer_roll_forward(on_clock(grid), period, by="day", policy=policy, as_of=moment(as_of))
    rows = forward.rows()

    for row, following in zip(rows, [*rows[1:], None], strict=True):
        left = row["start"] + row["new"] + row["reactivated"] - row["churned"] - row["set aside"]
        assert left == row["end"] == (row["end"] if following is None else following["start"])
    for part, day in zip(forward.parts, forward.periods, strict=True):
        if as_of is None or moment(as_of) >= day.start:
            assert part == customer_churn(on_clock(grid), day, policy=policy, as_of=moment(as_of))


@given(GRIDS, st.integers(0, LAST), ALL_POLICIES, WINDOWS, GRIDS)
def test_what_comes_later_changes_no_churn(grid, as_of, policy, steps, more):
    assume(as_of >= steps[0])
    cut = {
        who: [
            (start, None if end is None or end > as_of else end, None if end is None or end > as_of else kind)
            for start, end, kind in spans
            if start <= as_of
        ]
        for who, spans in grid.items()
    }
    for who, spans in more.items():
        cut.setdefault(who, []).extend(span for span in spans if span[0] > as_of)
    now = moment(as_of)
    one, other = (customer_churn(on_clock(each), window_of(steps), policy=policy, as_of=now) for each in (grid, cut))

    assert one == other


@given(GRIDS, ALL_POLICIES, WINDOWS)
def test_the_churn_of_all_is_the_sum_over_disjoint_customers(grid, policy, steps):
    spans, window = on_clock(grid), window_of(steps)
    here = {who: spans[who] for who in spans if who < "c"}
    there = {who: spans[who] for who in spans if who >= "c"}
    parts = [customer_churn(part, window, policy=policy) for part in (here, there, {})]

    assert parts[0] + parts[1] + parts[2] == customer_churn(spans, window, policy=policy)
    assert parts[0] + (parts[1] + parts[2]) == (parts[0] + parts[1]) + parts[2]


@given(GRIDS, ALL_POLICIES, WINDOWS)
def test_churn_is_stored(grid, policy, steps):
    churn = customer_churn(on_clock(grid), window_of(steps), policy=policy, as_of=window_of(steps)[1])

    assert from_dict(json.loads(json.dumps(to_dict(churn))), CustomerChurn) == churn


# Grace


def test_a_return_within_the_grace_is_no_churn():
    case = CASES["churn-175"]
    utc = [[None if end is None else at(f"{end}T00:00Z") for end in span] for span in case["input"]["spans"]]
    policy = attrs.evolve(ChurnPolicy.stripe(), grace=days(case["input"]["grace_days"]))
    churn = customer_churn(
        {"anna": utc}, Period("year", date(2024, 1, 1)), policy=policy, as_of=at(f"{case['input']['as_of']}T00:00Z")
    )

    assert [event.at.date().isoformat() for event in churn.events if event.outcome == "counted"] == case["expected"][
        "churn"
    ]
    assert churn.reactivated == len(case["expected"]["reactivation"])


@pytest.mark.parametrize(("gap", "outcomes"), [(13, {}), (14, {"returned": 1})])
def test_a_return_after_exactly_the_grace_is_one_after_a_loss(gap, outcomes):
    policy = attrs.evolve(ChurnPolicy.classical(), grace=days(14))
    spans = {"anna": [(BEFORE, EARLY), (EARLY + timedelta(days=gap), None)]}

    assert customer_churn(spans, MARCH, policy=policy).outcomes == outcomes


@pytest.mark.parametrize(
    ("as_of", "outcomes", "at_end", "is_complete"),
    [
        ("2024-03-20T00:00Z", {"pending": 1}, 1, False),
        ("2024-03-28T23:59Z", {"pending": 1}, 1, False),
        ("2024-03-29T00:00Z", {"counted": 1}, 0, False),
        ("2024-04-01T00:00Z", {"counted": 1}, 0, True),
    ],
)
def test_who_may_still_come_back_in_time_is_pending(as_of, outcomes, at_end, is_complete):
    policy = attrs.evolve(ChurnPolicy.classical(), grace=days(14))
    churn = customer_churn({"anna": LEAVES}, MARCH, policy=policy, as_of=at(as_of))

    assert (churn.outcomes, churn.at_end, churn.is_complete) == (outcomes, at_end, is_complete)


def test_a_period_is_not_complete_while_a_grace_goes_on_after_it():
    policy = attrs.evolve(ChurnPolicy.classical(), grace=months(1))
    spans = {"anna": [(BEFORE, LATE)]}

    assert not customer_churn(spans, MARCH, policy=policy, as_of=at("2024-04-10T00:00Z")).is_complete
    assert customer_churn(spans, MARCH, policy=policy, as_of=at("2024-04-25T00:00Z")).is_complete
    assert customer_churn(spans, MARCH, policy=policy).customers() == ("anna",)


def test_a_grace_beyond_the_end_of_time_never_ends():
    policy = attrs.evolve(ChurnPolicy.classical(), grace=days(10**7))
    spans = {"anna": LEAVES_AND_RETURNS, "ben": LEAVES}

    assert customer_churn(spans, MARCH, policy=policy, as_of=LATE).outcomes == {"pending": 1}


# The day of churn, and its kind

PAID_UNTIL_THE_END_OF_MARCH = {"anna": [(BEFORE, at("2024-04-01T00:00Z"))], "ben": STAYS}


def test_somebody_is_lost_on_the_first_day_without_them():
    april = customer_churn(PAID_UNTIL_THE_END_OF_MARCH, MARCH.next(), policy=ChurnPolicy.classical())

    assert (april.value, april.at_start) == (0.5, 2)
    assert customer_churn(PAID_UNTIL_THE_END_OF_MARCH, MARCH, policy=ChurnPolicy.classical()).value == 0.0


def test_somebody_is_lost_on_the_last_day_with_them_if_asked_for():
    policy = attrs.evolve(ChurnPolicy.classical(), churn_day="last_active")
    april = customer_churn(PAID_UNTIL_THE_END_OF_MARCH, MARCH.next(), policy=policy)

    assert (april.value, april.at_start) == (0.0, 1)
    assert customer_churn(PAID_UNTIL_THE_END_OF_MARCH, MARCH, policy=policy).value == 0.5


def test_who_joins_at_the_first_moment_is_new():
    churn = customer_churn({"anna": [(MARCH.start, MARCH.end)]}, MARCH, policy=ChurnPolicy.stripe())

    assert (churn.at_start, churn.new, churn.churned, churn.at_end) == (0, 1, 0, 1)


def test_who_comes_back_at_the_end_comes_back_in_the_next_period():
    spans = {"anna": [(BEFORE, MIDDLE), (MARCH.end, None)]}
    march, april = (customer_churn(spans, month, policy=ChurnPolicy.classical()) for month in (MARCH, MARCH.next()))

    assert (march.outcomes, march.at_end, march.reactivated) == ({"counted": 1}, 0, 0)
    assert (april.at_start, april.reactivated) == (0, 1)


def test_voluntary_churn_leaves_the_others_out():
    spans = {
        "anna": [(BEFORE, MIDDLE, "voluntary")],
        "ben": [(BEFORE, MIDDLE, "involuntary")],
        "cleo": [(BEFORE, MIDDLE)],
        "dora": STAYS,
    }
    churn = customer_churn(spans, MARCH, policy=ChurnPolicy.classical())
    chosen = customer_churn(spans, MARCH, policy=attrs.evolve(ChurnPolicy.classical(), kinds="involuntary"))

    assert churn.kinds == {"voluntary": 1, "involuntary": 1, None: 1}
    assert chosen.customers() == ("ben",)
    assert chosen.customers("other_kind") == ("anna", "cleo")
    assert (chosen.churned, chosen.set_aside, chosen.at_end, chosen.value) == (1, 2, 1, 0.25)


# Roll-forward


def test_the_day_without_is_the_day_of_churn():
    case = CASES["churn-179"]
    first, last = (date.fromisoformat(day) for day in case["input"]["days"])
    [[start, end]] = case["input"]["spans"]
    spans = shop(base=(case["input"]["base"], [(at("2025-01-01T00:00Z"), None)]))
    spans["anna"] = [(at(f"{start}T00:00Z"), at(f"{end}T00:00Z"))]
    forward = customer_roll_forward(spans, Period.month(2025, 10), by="day", policy=ChurnPolicy.classical())
    rows = [row for row in forward.rows() if first.isoformat() <= row["period"] <= last.isoformat()]

    for what, name in (("active", "end"), ("new", "new"), ("churned", "churned")):
        assert [row[name] for row in rows] == case["expected"][what]


def test_a_roll_forward_prints_and_has_a_chart():
    year = Period("year", date(2024, 1, 1))
    forward = customer_roll_forward({"anna": LEAVES, "ben": JOINS}, year, by="quarter", policy=ChurnPolicy.stripe())

    assert str(forward).splitlines()[1].split() == ["2024-Q1", "0", "2", "0", "1", "0", "1"]
    assert forward.chart()["data"]["values"][0]["end"] == 1


def test_a_month_is_not_made_of_weeks():
    with pytest.raises(InvalidValueError, match=r"^2024-03 is not made of whole periods of the unit 'week'"):
        customer_roll_forward({}, MARCH, by="week", policy=ChurnPolicy.classical())
    april = Period.month(2024, 4)  # begins on a Monday
    with pytest.raises(InvalidValueError, match=r"^2024-04 is not made of whole periods of the unit 'week'"):
        customer_roll_forward({}, april, by="week", policy=ChurnPolicy.classical())
    with pytest.raises(InvalidValueError, match=r"^2024-03 is not made of whole periods of the unit 'year'"):
        customer_roll_forward({}, MARCH, by="year", policy=ChurnPolicy.classical())


# Policies side by side


def test_two_policies_differ_by_customers_with_names():
    spans = shop(stay=(88, STAYS), lost=(10, LEAVES), back=(2, LEAVES_AND_RETURNS))
    ours = attrs.evolve(ChurnPolicy.classical(), name="yours", returned="counted")
    comparison = compare_churn_policies(spans, MARCH, [ours, ChurnPolicy.chartmogul()])
    [difference] = comparison.differences

    assert str(difference) == "chartmogul 10.0 %, yours 12.0 %; lost only by yours: back 0, back 1"
    assert (difference.counted_more, difference.counted_less) == ((), ("back 0", "back 1"))
    assert comparison.rows()[1] == {
        "policy": "chartmogul",
        "rate": 0.1,
        "churned": 10,
        "start": 100,
        "added": 0,
        "counted more": 0,
        "counted less": 2,
    }
    assert [row["rate"] for row in comparison.chart()["data"]["values"]] == [0.12, 0.1]


def test_a_difference_in_the_denominator_has_names_too():
    spans = shop(stay=(4, STAYS), join=(7, JOINS), new=(1, JOINS_AND_LEAVES))
    comparison = compare_churn_policies(spans, MARCH, [ChurnPolicy.stripe(), ChurnPolicy.chartmogul()])
    [difference] = comparison.differences

    assert difference.added_more == ()
    assert len(difference.added_less) == 8
    assert str(comparison).splitlines()[-1] == (
        "chartmogul 0.0 %, stripe 8.3 %; lost only by stripe: new 0; "
        "in the denominator only by stripe: join 0, join 1, join 2, join 3, join 4 and 3 more"
    )
    few = compare_churn_policies(
        shop(stay=(4, STAYS), join=(5, JOINS)), MARCH, [ChurnPolicy.stripe(), ChurnPolicy.chartmogul()]
    )
    assert str(few.differences[0]).endswith("only by stripe: join 0, join 1, join 2, join 3, join 4")
    [other] = compare_churn_policies(spans, MARCH, [ChurnPolicy.chartmogul(), ChurnPolicy.stripe()]).differences
    assert (other.added_more, other.counted_more) == (difference.added_less, ("new 0",))


def test_a_second_loss_of_the_same_customer_is_a_difference():
    spans = {"anna": LEAVES_TWICE, "ben": STAYS}
    [difference] = compare_churn_policies(spans, MARCH, [ChurnPolicy.profitwell(), ChurnPolicy.stripe()]).differences

    assert difference.counted_more == ("anna",)


def test_policies_of_nobody_print():
    comparison = compare_churn_policies({}, MARCH, [ChurnPolicy.classical(), ChurnPolicy.stripe()], as_of=MARCH.end)

    assert str(comparison.differences[0]) == "stripe -, classical -"
    assert comparison.rows()[0]["rate"] is None
    assert comparison.churn[0].as_of == MARCH.end


def test_policies_to_compare_have_names_of_their_own():
    with pytest.raises(DuplicateError, match=r"^two of the policies are called 'stripe'"):
        compare_churn_policies({}, MARCH, [ChurnPolicy.stripe(), ChurnPolicy.stripe()])
    with pytest.raises(InvalidValueError, match=r"^expected policies to compare, got none"):
        compare_churn_policies({}, MARCH, [])
    with pytest.raises(InvalidTypeError, match=r"^policy must be a ChurnPolicy"):
        compare_churn_policies({}, MARCH, ["stripe"])


# What is refused, and what is undefined


def test_nobody_to_lose_is_no_churn_of_zero():
    churn = customer_churn({"anna": JOINS}, MARCH, policy=ChurnPolicy.classical())

    assert not churn.is_defined
    assert churn.value_or(None) is None
    with pytest.raises(UndefinedMetricError, match=r"^classical churn rate is undefined: no customers at the start"):
        _ = churn.value


def test_a_ratio_of_nobody_is_undefined():
    daily = customer_churn({"anna": JOINS_AND_LEAVES}, MARCH, policy=attrs.evolve(ChurnPolicy.daily_summed()))
    nobody = customer_churn({}, MARCH, policy=ChurnPolicy.baremetrics())
    of_none = customer_churn({"anna": JOINS_AND_LEAVES}, MARCH, policy=ChurnPolicy.baremetrics())

    assert daily.value == 1.0  # the days without anybody add nothing
    for churn in (nobody, of_none):
        assert churn.value_or(None) is None
        with pytest.raises(UndefinedMetricError, match=r"^baremetrics churn rate is undefined: no customers of whom"):
            _ = churn.rate.value
    assert not ChurnRatio((1, 1), (Fraction(0), Fraction(2))).is_defined  # one was lost of nobody


def test_a_period_that_has_not_begun_has_no_churn():
    with pytest.raises(
        InvalidValueError, match=r"^the period begins on 2024-03-01T00:00:00\+00:00, so nothing is known"
    ):
        customer_churn({}, MARCH, policy=ChurnPolicy.classical(), as_of=at("2024-02-29T23:59Z"))
    assert customer_churn({}, MARCH, policy=ChurnPolicy.classical(), as_of=MARCH.start).at_start == 0


@pytest.mark.parametrize(
    ("period", "kind", "message"),
    [
        ("2024-03", InvalidTypeError, "period must be a Period"),
        ((MARCH.start,), InvalidTypeError, "period must be a Period such as .*, or two moments, got"),
        ((MARCH.end, MARCH.start), InvalidValueError, "the period must end after it starts"),
        ((MARCH.start, MARCH.start), InvalidValueError, "the period must end after it starts"),
    ],
)
@pytest.mark.parametrize("policy", [ChurnPolicy.classical(), ChurnPolicy.daily_summed()])
def test_a_period_is_a_period_or_a_pair_of_moments(period, kind, message, policy):
    with pytest.raises(kind, match=f"^{message}"):
        customer_churn({}, period, policy=policy)


def test_a_policy_is_a_policy():
    with pytest.raises(
        InvalidTypeError, match=r"^policy must be a ChurnPolicy such as ChurnPolicy\.chartmogul\(\), got 'x'"
    ):
        customer_churn({}, MARCH, policy="x")
    with pytest.raises(
        InvalidValueError, match=r"^joined_and_left must be one of 'counted', 'excluded', 'in_both', got 'x'"
    ):
        attrs.evolve(ChurnPolicy.classical(), joined_and_left="x")
    with pytest.raises(InvalidValueError, match=r"^grace must not be negative"):
        attrs.evolve(ChurnPolicy.classical(), grace=timedelta(-1))
    with pytest.raises(InvalidValueError, match=r"^name must not be blank"):
        attrs.evolve(ChurnPolicy.classical(), name=" ")


@pytest.mark.parametrize("policy", PRESETS, ids=lambda policy: policy.name)
def test_policies_are_stored_and_print_as_the_code_that_makes_them(policy):
    names = {"ChurnPolicy": ChurnPolicy, "days": days}

    assert from_dict(to_dict(policy), ChurnPolicy) == policy
    assert eval(repr(policy), names) == policy  # noqa: S307 - our own


def whole(**parts):
    return CustomerChurn(ChurnPolicy.classical(), MARCH.window, **parts)


def test_the_window_of_a_result_may_be_a_period():
    assert CustomerChurn(ChurnPolicy.classical(), MARCH) == CustomerChurn(ChurnPolicy.classical(), MARCH.window)


@pytest.mark.parametrize(
    ("build", "kind", "message"),
    [
        (
            lambda: whole(at_start=2, at_end=1),
            InvalidValueError,
            r"2 at the start \+ 0 new \+ 0 reactivated - 0 churned - 0",
        ),
        (lambda: whole(at_start=-1), InvalidValueError, "at_start must be at least 0"),
        (lambda: whole(events=["anna"]), InvalidTypeError, "expected a ChurnEvent, got 'anna'"),
        (lambda: whole(events=5), InvalidTypeError, "expected churn events, got 5"),
        (lambda: whole(added=[5]), InvalidTypeError, "customer must be text"),
        (
            lambda: whole(days=[(1, 2)]),
            InvalidValueError,
            "days are for a policy with the denominator 'daily', got 'start'",
        ),
        (
            lambda: whole(new=1, events=[ChurnEvent("anna", MIDDLE)]),
            InvalidValueError,
            "count of classical churn rate must not exceed its total of 0 customers at the start, got 1",
        ),
        (
            lambda: CustomerChurn(ChurnPolicy.daily_summed(), MARCH.window, days=[(1, 2)]),
            InvalidValueError,
            "the days must hold all who churned, got 1 of 0",
        ),
        (lambda: whole(days=[5]), InvalidTypeError, "each of days must be how many were lost of how many, got 5"),
        (lambda: whole(days=[(1,)]), InvalidTypeError, "each of days must be how many were lost of how many"),
        (lambda: whole(days=[(1, -1)]), InvalidValueError, "total must be at least 0"),
        (lambda: whole(as_of=5), InvalidTypeError, "as_of must be a datetime"),
        (lambda: CustomerChurn("x", MARCH.window), InvalidTypeError, "policy must be a ChurnPolicy"),
        (lambda: ChurnEvent("", MIDDLE), InvalidValueError, "customer must not be blank"),
        (lambda: ChurnEvent("anna", 5), InvalidTypeError, "at must be a datetime"),
        (lambda: ChurnEvent("anna", MIDDLE, "lost"), InvalidValueError, "outcome must be one of"),
        (lambda: ChurnEvent("anna", MIDDLE, kind="bored"), InvalidValueError, "kind must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused(build, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        build()


def test_a_document_that_does_not_balance_is_refused():
    document = to_dict(customer_churn({"anna": LEAVES}, MARCH, policy=ChurnPolicy.classical())) | {"at_end": 7}
    with pytest.raises(DocumentError) as caught:
        from_dict(document, CustomerChurn)

    assert "leave 0, got 7 at the end" in caught.value.exceptions[0].message


def test_churn_of_two_policies_periods_or_moments_does_not_add():
    anna, ben = {"anna": LEAVES}, {"ben": LEAVES}
    one = customer_churn(anna, MARCH, policy=ChurnPolicy.classical())
    others = [
        customer_churn(ben, MARCH, policy=ChurnPolicy.chartmogul()),
        customer_churn(ben, MARCH.next(), policy=ChurnPolicy.classical()),
        customer_churn(ben, MARCH, policy=ChurnPolicy.classical(), as_of=LATE),
    ]
    for other in others:
        with pytest.raises(InvalidValueError, match=r"^cannot add .* they are of two policies, periods or moments"):
            one + other
    with pytest.raises(InvalidValueError, match="'anna' would be counted twice"):
        one + one
    with pytest.raises(TypeError):
        one + 5


def test_a_rate_by_day_adds_day_by_day():
    policy = ChurnPolicy.daily_summed()
    one, other = (
        customer_churn(spans, MARCH, policy=policy) for spans in ({"anna": LEAVES}, {"ben": STAYS, "cleo": JOINS})
    )
    both = one + other

    assert both.days[:4] == ((0, 2), (0, 2), (0, 2), (0, 2))
    assert (both.days[4], both.days[14]) == ((0, 3), (1, 3))
    assert both.value == pytest.approx(1 / 3)


def test_who_left_is_a_table():
    churn = customer_churn({"anna": LEAVES, "ben": JOINS_AND_LEAVES}, MARCH, policy=ChurnPolicy.chartmogul())

    assert churn.rows() == [
        {"customer": "anna", "at": MIDDLE, "kind": None, "outcome": "counted"},
        {"customer": "ben", "at": MIDDLE, "kind": None, "outcome": "joined_and_left"},
    ]
    assert str(churn).splitlines()[2].split() == ["ben", "2024-03-15", "00:00:00+00:00", "-", "joined_and_left"]
    assert churn.chart()["data"]["values"] == [
        {"outcome": "counted", "customers": 1},
        {"outcome": "joined_and_left", "customers": 1},
    ]


def test_the_presets_are_those_of_the_field():
    named = {
        (policy.name, policy.joined_and_left, policy.returned, policy.repeated, policy.denominator)
        for policy in PRESETS
    }

    assert named == {
        ("classical", "excluded", "excluded", "customers", "start"),
        ("chartmogul", "excluded", "excluded", "customers", "start"),
        ("daily_summed", "excluded", "excluded", "customers", "daily"),
        ("stripe", "in_both", "counted", "events", "start_and_new"),
        ("profitwell", "excluded", "counted", "customers", "start"),
        ("baremetrics", "counted", "counted", "customers", "start"),
        ("recurly", "counted", "excluded", "customers", "start"),
    }
    assert {(policy.kinds, policy.churn_day, policy.grace) for policy in PRESETS} == {
        ("all", "first_inactive", days(0))
    }


def test_who_is_a_share_of_whom():
    shares = {
        (joined, repeated, denominator)
        for joined, repeated, denominator in product(
            ("counted", "excluded", "in_both"),
            ("events", "customers"),
            ("start", "start_and_new", "everyone", "average", "daily"),
        )
        if ChurnPolicy(
            joined_and_left=joined, returned="counted", repeated=repeated, denominator=denominator
        ).is_proportion
    }

    assert shares == {
        (joined, "customers", denominator)
        for joined in ("excluded", "in_both")
        for denominator in ("start", "start_and_new", "everyone")
    } | {("counted", "customers", "everyone")}
    assert ActivitySpan(BEFORE) == CustomerSpans({"anna": STAYS}).spans["anna"][0]


# Bounds


def test_more_days_than_anybody_counts_are_refused():
    ages = (at("0001-01-01T00:00Z"), at("9998-01-01T00:00Z"))

    with pytest.raises(InvalidValueError, match=r"^expected a period of up to 10000 days or other parts, got more"):
        customer_churn({}, ages, policy=ChurnPolicy.daily_summed())


def test_more_parts_of_a_calendar_period_than_may_be_are_refused(monkeypatch):
    monkeypatch.setattr("cxkit.metrics._churning.counting.MOST", 300)
    year = Period.of(date(2024, 1, 1), "year")

    with pytest.raises(InvalidValueError, match="up to 300 days or other parts"):
        customer_churn({}, year, policy=ChurnPolicy.daily_summed())
    with pytest.raises(InvalidValueError, match="up to 300 days or other parts"):
        customer_roll_forward({}, year, by="day", policy=ChurnPolicy.classical())


def test_as_many_days_as_may_be_are_counted(monkeypatch):
    monkeypatch.setattr("cxkit.metrics._churning.counting.MOST", 31)
    start = at("2024-03-01T00:00Z")

    for period in (MARCH, (start, start + timedelta(days=31))):
        assert len(customer_churn({}, period, policy=ChurnPolicy.daily_summed()).days) == 31
    with pytest.raises(InvalidValueError, match="up to 31 days"):
        customer_churn({}, (start, start + timedelta(days=31, hours=1)), policy=ChurnPolicy.daily_summed())
    monkeypatch.setattr("cxkit.metrics._churning.counting.MOST", 30)
    with pytest.raises(InvalidValueError, match="up to 30 days"):
        customer_churn({}, MARCH, policy=ChurnPolicy.daily_summed())
