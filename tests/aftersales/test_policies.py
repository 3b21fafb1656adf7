"""Contact policies: whom they let through and when, and what is refused."""

import pickle
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from samples import NAMESPACE

from cxkit.aftersales import ContactPolicy
from cxkit.calendar import QuietHours
from cxkit.errors import InvalidTypeError, NaiveDatetimeError

at = datetime.fromisoformat
NIGHT = ContactPolicy(quiet_hours=QuietHours("21:00", "08:00", tz="Europe/Berlin"))


@pytest.mark.parametrize(
    ("moment", "open_from"),
    [
        ("2026-03-06T19:59Z", "2026-03-06T19:59Z"),
        ("2026-03-06T20:00Z", "2026-03-07T07:00Z"),
        ("2026-03-07T06:59Z", "2026-03-07T07:00Z"),
        ("2026-03-07T07:00Z", "2026-03-07T07:00Z"),
        # In the night of the 29th, Berlin sets its clocks forward; on 25 October, back.
        ("2026-03-28T22:00Z", "2026-03-29T06:00Z"),
        ("2026-10-24T22:00Z", "2026-10-25T07:00Z"),
    ],
)
def test_a_message_waits_until_quiet_hours_are_over(moment, open_from):
    assert NIGHT.open_from(at(moment), transactional=False) == at(open_from)


def test_a_transactional_message_waits_for_nothing():
    late = at("2026-03-06T22:00Z")

    assert NIGHT.open_from(late, transactional=True) == late


def test_a_policy_without_quiet_hours_lets_everything_through():
    late = at("2026-03-06T22:00Z")

    assert ContactPolicy().quiet_hours is None
    assert ContactPolicy().open_from(late, transactional=False) == late


def test_a_moment_of_any_zone_is_understood():
    late = datetime(2026, 3, 6, 23, tzinfo=ZoneInfo("Asia/Tokyo"))  # 15:00 in Berlin

    assert NIGHT.open_from(late, transactional=False) == late
    with pytest.raises(NaiveDatetimeError):
        NIGHT.open_from(at("2026-03-06T22:00"), transactional=False)


@pytest.mark.parametrize("quiet", ["21:00-08:00", ("21:00", "08:00"), NIGHT, False])
def test_quiet_hours_that_are_none_are_refused(quiet):
    with pytest.raises(InvalidTypeError, match=r"^quiet_hours must be QuietHours, got ") as caught:
        ContactPolicy(quiet_hours=quiet)
    assert caught.value.found is quiet


def test_a_policy_names_its_parts():
    with pytest.raises(TypeError):
        ContactPolicy(NIGHT.quiet_hours)


@pytest.mark.parametrize("policy", [NIGHT, ContactPolicy()], ids=["night", "open"])
def test_a_policy_pickles_and_prints_as_the_code_that_makes_it(policy):
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 - our own
    assert eval(repr(policy), NAMESPACE) == policy  # noqa: S307 - our own
    assert ContactPolicy() != NIGHT
    assert NIGHT.open_from(at("2026-03-06T22:00Z"), transactional=False).tzinfo is timezone.utc
