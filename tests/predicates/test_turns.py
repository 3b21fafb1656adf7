"""When an answer turns because time passes, of each value that is derived from another."""

from datetime import date, datetime, timedelta, timezone

import pytest
from described import Customer

from cxkit.calendar import days, months
from cxkit.errors import InvalidValueError
from cxkit.predicates import Predicate, Subject, next_turn

C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
END = datetime.max.replace(tzinfo=timezone.utc)


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("predicate", "record", "turn"),
    [
        (C.seen.within(months(2)).is_true(), {"seen": at(2026, 2, 1)}, at(2026, 4, 1)),
        (C.seen.within(months(2)).is_true(), {"seen": at(2026, 5, 1)}, at(2026, 5, 1)),
        (C.seen.within(months(2)).is_true(), {"seen": at(2025, 12, 1)}, None),
        (C.seen.within(days(1)).is_true(), {"seen": END}, END),
        (C.joined.elapsed_days() >= 3, {"joined": NOON}, at(2026, 3, 4, 12)),
        (C.joined.elapsed_days() >= timedelta.max.days, {"joined": NOON}, None),
        (C.seen.elapsed_days() > C.joined.elapsed_days(), {"joined": NOON, "seen": at(2026, 3, 1)}, at(2026, 3, 2)),
        (C.born.days_since(tz="UTC") >= 3, {"born": date(2026, 3, 1)}, at(2026, 3, 4)),
        (C.born.days_since(tz="Europe/Berlin") >= 3, {"born": date(2026, 3, 1)}, at(2026, 3, 3, 23)),
        (C.born.days_since(tz="UTC") >= 10**9, {"born": date(2026, 3, 1)}, None),
        (C.joined.date(tz="UTC").days_since(tz="UTC") >= 3, {"joined": NOON}, at(2026, 3, 4)),
        (
            C.born.days_until_anniversary(tz="UTC", leap_day="02-28") == 0,
            {"born": date(2000, 3, 9)},
            at(2026, 3, 9),
        ),
        (C.seen.within(months(2)).is_true(), {}, None),
        (C.born.month() == 3, {"born": date(2000, 3, 9)}, None),
        ((C.born.month() == 3) & C.seen.within(days(1)), {"born": date(2000, 3, 9), "seen": NOON}, at(2026, 3, 2, 12)),
    ],
    ids=repr,
)
def test_the_next_turn_by_hand(predicate: Predicate, record: dict, turn: datetime | None):
    assert next_turn(predicate, Subject.of(record, NOON)) == turn


def test_a_turn_beyond_the_end_of_what_is_asked_is_none():
    within = C.seen.within(months(2)).is_true()
    assert next_turn(within, Subject.of({"seen": NOON}, NOON), until=at(2026, 5, 1, 12)) is None
    assert next_turn(within, Subject.of({"seen": NOON}, NOON), until=at(2026, 5, 1, 13)) == at(2026, 5, 1, 12)


def test_without_a_moment_nothing_turns():
    within = C.seen.within(months(2)).is_true()
    subject = Subject.of({"seen": NOON, "born": date(2000, 3, 9), "joined": NOON}, None)
    assert next_turn(within, subject) is None
    for value in (
        C.seen.within(months(2)),
        C.born.days_since(tz="UTC"),
        C.born.days_until_anniversary(tz="UTC", leap_day="02-28"),
        C.joined.elapsed_days(),
    ):
        assert value.source.turn(subject, None) is None
        assert value.source.read(subject) is None


def test_a_value_that_does_not_speak_of_time_turns_never():
    assert C.born.month().source.turn(Subject.of({"born": date(2000, 3, 9)}, NOON), None) is None


def test_a_derived_value_is_about_what_its_field_is_about():
    assert C.born.month().source.about is Customer
    assert C.joined.date(tz="UTC").month().source.about is Customer


def test_an_error_of_this_library_is_passed_on_as_it_is():
    class Refusing(str):
        __slots__ = ()

        def casefold(self) -> str:
            message = "not this one"
            raise InvalidValueError(message, self)

    with pytest.raises(InvalidValueError, match=r"^not this one$"):
        (C.country.casefold() == "de").matches({"country": Refusing("DE")})
