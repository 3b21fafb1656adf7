"""The nearest changes that would turn an answer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal, Inexact, localcontext
from itertools import combinations, product
from random import Random
from time import process_time
from typing import Any

import pytest
from enumeration import WORLDS, Shop, build, field_of, means, read, sources_of, with_value

from cxkit.calendar import days
from cxkit.predicates import Fields, all_of, any_of, bucket, day, integer, money, real, tags, text
from cxkit.segments import events

UTC = timezone.utc
S = Shop
SOON = datetime(2024, 3, 1, tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


class Client(Fields):
    yen = money("JPY")
    other = money()
    spend = money("EUR")
    score = real()
    rating = real()
    born = day()
    country = text(key="land")
    interests = tags()


C = Client


def said(predicate: Any, record: dict[str, Any], as_of: datetime | None = None) -> list[str]:
    return [str(change) for change in predicate.explain(record, as_of=as_of).nearest()]


TEXTS = [
    (S.orders >= 3, {"orders": 1}, ["orders: 2 more"]),
    (S.orders < 3, {"orders": 4}, ["orders: 2 less"]),
    (S.orders >= 3, {"orders": 3}, ["orders: 1 less"]),  # what would lose it
    (S.orders >= 3, {}, ["orders: 3"]),
    (S.orders != 3, {"orders": 3}, ["orders: 1 less", "orders: 1 more"]),
    (S.orders.between(2, 4), {"orders": 9}, ["orders: 5 less"]),
    (S.spend >= 100, {"spend": Decimal("87.60")}, ["spend: 12.40 EUR more"]),
    (S.spend > 100, {"spend": 100}, ["spend: 0.01 EUR more"]),
    (S.spend < 100, {"spend": Decimal("100.005")}, ["spend: 0.015 EUR less"]),
    (C.yen > 100, {"yen": 100}, ["yen: 1 JPY more"]),
    (C.other >= 3, {"other": Decimal("2.5")}, ["other: 0.50 more"]),
    (C.score >= 0.5, {"score": 0.25}, ["score: 0.5"]),
    (C.score > 0.5, {}, ["score: just over 0.5"]),
    (C.score < 0.5, {}, ["score: just under 0.5"]),
    (S.vip.is_true(), {"vip": False}, ["vip: True"]),
    (S.vip.is_true(), {}, ["vip: True"]),
    (S.tier == "b", {"tier": "a"}, ["tier: 'b'"]),
    (S.country == "DE", {"country": "FR"}, ["country: 'DE'"]),
    (S.country != "DE", {"country": "DE"}, ["country: another value"]),
    (C.country == "DE", {"land": "FR"}, ["country: 'DE'"]),
    (S.home.city == "x", {"home": {"city": "y", "floor": 1}}, ["home.city: 'x'"]),
    (S.home.floor >= 2, {}, ["home.floor: 2"]),
    (S.interests.contains("a"), {"interests": ["b"]}, ["interests: a, b"]),
    pytest.param(S.interests.contains("a"), {"interests": {"a", "b"}}, ["interests: b"], id="one of two tags"),
    (S.interests.is_empty(), {"interests": ["b"]}, ["interests: none"]),
    (S.interests.contains_all(["a", "b"]), {}, ["interests: a, b"]),
    (S.joined >= SOON, {"joined": SOON - timedelta(hours=3)}, ["joined: 3:00:00 later"]),
    (S.joined < SOON, {"joined": SOON}, [f"joined: just before {SOON}"]),
    ((S.orders >= 3) & (S.visits >= 2), {"orders": 1, "visits": 1}, ["orders: 2 more and visits: 1 more"]),
    ((S.orders >= 3) | (S.visits >= 2), {"orders": 1, "visits": 1}, ["orders: 2 more", "visits: 1 more"]),
    ((S.orders >= 3) & (S.visits >= 2), {"orders": 3, "visits": 2}, ["orders: 1 less", "visits: 1 less"]),
    (S.orders > S.visits, {"orders": 1, "visits": 4}, ["orders: 4 more", "visits: 4 less"]),
    (S.orders == S.visits, {"orders": 1}, ["visits: 1"]),
    (S.spend < S.price, {"spend": 5, "price": 5}, ["spend: 0.01 EUR less", "price: 0.01 EUR more"]),
    (
        S.joined < S.seen,
        {"joined": SOON, "seen": SOON},
        [f"joined: just before {SOON}", f"seen: just after {SOON}"],
    ),
    (S.country == S.town, {"country": "x", "town": "y"}, ["country: 'y'", "town: 'x'"]),
]


@pytest.mark.parametrize(("predicate", "record", "changes"), TEXTS, ids=lambda value: repr(value)[:70])
def test_the_nearest_change_is_said_in_words(predicate, record, changes):
    found = said(predicate, record)
    assert (found in ([change] for change in changes)) if "!=" in repr(predicate) else found == changes


NOTHING_HELPS = [
    (all_of(), {}),
    (any_of(), {}),
    (S.orders.is_in([]), {"orders": 1}),
    (S.orders.is_known(), {"orders": 3}),  # a value can be another one, not none
    (S.orders.is_missing(), {"orders": 3}),
    (S.orders < S.orders, {"orders": 3}),
    (bucket(S.country, salt="s", share=0), {"country": "a"}),
    ((S.orders >= 3) & any_of(), {"orders": 3}),
]


@pytest.mark.parametrize(("predicate", "record"), NOTHING_HELPS, ids=repr)
def test_there_is_no_change_where_nothing_helps(predicate, record):
    assert predicate.explain(record).nearest() == ()


def test_what_time_or_the_past_decides_is_left_out():
    within = S.joined.within(days(3)).is_true()
    assert said(within, {"joined": SOON}, SOON + timedelta(days=9)) == []
    assert said(S.born.days_since(tz="UTC") <= 3, {"born": date(2024, 1, 1)}, SOON) == []
    assert said(events("order").count() >= 1, {}, SOON) == []
    both = (events("order").count() >= 1) | (S.orders >= 3)
    assert said(both, {"orders": 1}, SOON) == ["orders: 2 more"]
    assert said(within & (S.orders >= 3), {"joined": SOON, "orders": 1}, SOON) == ["orders: 2 more"]


def test_a_change_holds_its_steps():
    (change,) = (S.spend >= 100).explain({"spend": Decimal("87.60")}).nearest()
    (step,) = change.steps
    assert (step.field, step.found, step.needed) == ("spend", Decimal("87.60"), Decimal(100))
    assert (step.by, step.currency) == (Decimal("12.40"), "EUR")
    (change,) = (S.joined >= SOON).explain({"joined": SOON - timedelta(hours=3)}).nearest()
    assert change.steps[0].by == timedelta(hours=3)
    (change,) = (S.country != "DE").explain({"country": "DE"}).nearest()
    assert (change.steps[0].found, change.steps[0].needed, change.steps[0].by) == ("DE", None, None)


# Against all records


SMALL = ("one integer", "integers", "flags and choices", "texts", "days", "money", "mixed", "numbers compared")


def cases(name: str, count: int = 40) -> Iterator[tuple[Any, dict[str, Any]]]:
    random, world = Random(f"nearest {name}"), WORLDS[name]
    for _ in range(count):
        yield world.draw(random, 2), random.choice(world.records())


def applied(record: dict[str, Any], change: Any, others: dict[str, Any]) -> dict[str, Any]:
    for step in change.steps:
        record = with_value(record, step.field, others[step.field] if step.needed is None else step.needed)
    return record


OTHER = {"country": "yet another", "town": "yet another", "home.city": "yet another"}


def turning(world: Any, description: Any, record: dict[str, Any], fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of some fields that turn the answer; a value is never taken away."""
    answer = means(description, record)
    for values in product(*([value for value in world.values[field] if value is not None] for field in fields)):
        changed = record
        for field, value in zip(fields, values, strict=True):
            changed = with_value(changed, field, value)
        if means(description, changed) is not answer:
            yield values


@pytest.mark.parametrize("name", SMALL)
def test_a_change_turns_the_answer_and_none_of_fewer_fields_does(name):
    world = WORLDS[name]
    for description, record in cases(name):
        predicate = build(description)
        answer = means(description, record)
        changes = predicate.explain(record).nearest()
        for change in changes:
            assert means(description, applied(record, change, OTHER)) is not answer, (predicate, record, str(change))
        asked = sorted({field_of(source) for source in sources_of(description)})
        fewer = (len(changes[0].steps) if changes else len(asked) + 1) - 1
        for size in range(1, fewer + 1):
            for fields in combinations(asked, size):
                found = next(turning(world, description, record, fields), None)
                assert found is None, f"{predicate!r} of {record}: {fields} as {found} does, found {changes}"


@pytest.mark.parametrize("name", ["one integer", "days", "money", "integers"])
def test_the_value_of_one_ordered_field_is_the_nearest(name):
    world = WORLDS[name]
    compared = 0
    for description, record in cases(name, 150):
        for change in build(description).explain(record).nearest():
            step = change.steps[0]
            found = read(step.field, record)
            if len(change.steps) > 1 or step.by is None:
                continue
            distances = [
                abs(value - found)
                for (value,) in turning(world, description, record, (step.field,))
                if name != "money" or value == round(Decimal(value), 2)
            ]
            assert abs(step.by) == abs(step.needed - found) == min(distances)
            compared += 1
    assert compared > 30


def test_twelve_fields_are_searched_in_little_time():
    fields = list(type("Wide", (Fields,), {f"f{number}": integer() for number in range(12)}).fields.values())
    start = process_time()
    assert len(any_of(field >= 3 for field in fields).explain({}).nearest()) == 12
    assert len(all_of(field >= 3 for field in fields[:4]).explain({}).nearest()) == 1
    assert (
        all_of(field >= 3 for field in fields[:8]).explain(dict.fromkeys(("f0", "f1", "f2", "f3", "f4"), 3)).nearest()
    )
    assert process_time() - start < 20


def test_nine_fields_that_all_fail_are_given_up_in_little_time():
    fields = list(type("Wide", (Fields,), {f"f{number}": integer() for number in range(9)}).fields.values())
    start = process_time()
    all_of(field.is_in(range(1, 24, 2)) for field in fields).explain({}).nearest()
    assert process_time() - start < 20


def test_two_real_numbers_can_be_compared():
    assert said(C.score < C.rating, {"score": 2.0, "rating": 1.0})


@pytest.mark.parametrize(
    ("predicate", "record"),
    [(S.joined < S.seen, {"joined": END, "seen": END}), (S.born < S.due, {"born": date.max, "due": date.max})],
    ids=repr,
)
def test_the_end_of_time_can_be_compared_with(predicate, record):
    assert len(predicate.explain(record).nearest()) == 1


def test_the_context_of_the_caller_changes_no_amount():
    explanation = (S.spend >= Decimal("12345.67")).explain({"spend": Decimal("10000.01")})
    (change,) = explanation.nearest()
    with localcontext(Context(prec=3)):
        assert [str(one) for one in explanation.nearest()] == ["spend: 2345.66 EUR more"]
        assert str(change) == "spend: 2345.66 EUR more"
        assert said(S.spend.is_in([100, Decimal("100.30")]), {"spend": 2000}) == ["spend: 1899.70 EUR less"]
    with localcontext(Context(prec=3, traps=[Inexact])):
        assert explanation.nearest() == (change,)


def test_a_field_whose_test_passes_may_have_to_change_too():
    predicate = (S.orders >= 3) & ((S.orders < 3) | (S.visits >= 1))
    assert said(predicate, {"orders": 0, "visits": 0}) == ["orders: 3 more and visits: 1 more"]


def test_of_five_fields_one_record_is_brought_near():
    predicate = all_of(S.orders >= 1, S.visits >= 1, S.vip, S.country == "DE", S.spend >= 1)
    (change,) = predicate.explain({}).nearest()
    assert {step.field for step in change.steps} == {"orders", "visits", "vip", "country", "spend"}
    record = {step.field: step.needed for step in change.steps}
    assert predicate.matches(record)
    for field in record:
        assert not predicate.matches({key: value for key, value in record.items() if key != field})


@pytest.mark.parametrize(
    ("predicate", "record"),
    [
        (S.country.not_in([f"c{number}" for number in range(13)]), {"country": "c1"}),
        (S.orders.not_in(range(20)), {"orders": 10}),
        (S.interests.contains("vip"), {"interests": list("abcdefghijklmno")}),
        (S.country.is_in(list("abcdefghijklm")) & S.interests.contains("vip"), {"country": "a", "interests": []}),
    ],
    ids=repr,
)
def test_a_long_list_hides_no_change(predicate, record):
    assert len(predicate.explain(record).nearest()) == 1


def test_another_value_is_said_only_where_any_other_does():
    (change,) = (S.code > "B").explain({"code": "A1"}).nearest()  # 'A2' is another value
    assert change.steps[0].needed is not None
    (change,) = (~S.country.starts_with("D")).explain({"country": "DE"}).nearest()  # so is 'DK'
    assert change.steps[0].needed is not None


def test_a_letter_that_is_needed_is_said():
    assert said(S.country == S.town, {"country": "a", "town": "b"}) == ["country: 'b'", "town: 'a'"]


def test_a_bound_between_two_cents_has_a_cent_beyond_it():
    assert said(S.spend > Decimal("10.005"), {"spend": 10}) == ["spend: 0.01 EUR more"]


def test_it_is_not_said_how_far_a_huge_amount_is():
    (change,) = (S.spend <= 100).explain({"spend": Decimal("1E+40")}).nearest()
    assert (change.steps[0].needed, change.steps[0].by) == (100, None)
    assert str(change) == "spend: 100.00 EUR"


def test_a_day_is_moved_by_days():
    assert said(S.born >= date(2024, 3, 1), {"born": date(2024, 2, 28)}) == ["born: 2 days later"]
    assert said(S.born >= date(2024, 3, 1), {"born": date(2024, 2, 29)}) == ["born: 1 day later"]
    assert said(S.joined >= SOON, {"joined": SOON - timedelta(days=3, hours=3)}) == ["joined: 3 days, 3:00:00 later"]
    assert said(S.joined < SOON, {"joined": SOON + timedelta(days=1)}) == ["joined: 1 day, 0:00:00.000001 earlier"]


def test_a_day_is_moved_by_a_timedelta():
    (change,) = (S.born >= date(2024, 3, 1)).explain({"born": date(2024, 2, 28)}).nearest()
    assert change.steps[0].by == timedelta(days=2)
    assert change.steps[0].needed == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("predicate", "record", "changes"),
    [
        (S.born.year() < S.orders, {"born": date(2026, 3, 1)}, ["orders: 2027"]),
        (
            S.born.month() == S.orders,
            {"born": date(2026, 3, 1), "orders": 5},
            None,
        ),
        (S.joined.date(tz="UTC") == S.born, {"joined": SOON}, ["born: 2024-03-01"]),
        (S.joined.hour(tz="UTC") < S.born.day(), {"joined": SOON + timedelta(hours=1), "born": date(2024, 3, 1)}, None),
        (S.joined.within(days(3)) == S.vip, {"joined": SOON, "vip": False}, ["vip: True"]),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_field_can_be_compared_with_what_is_derived_from_another(predicate, record, changes):
    found = said(predicate, record, SOON)
    assert found
    assert changes is None or found == changes


def test_a_text_has_a_nearest_change_beside_a_bucket_of_it():
    assert said((S.country == "D") | bucket(S.country, salt="s", share=0.5), {"country": "a"}) == ["country: 'D'"]
