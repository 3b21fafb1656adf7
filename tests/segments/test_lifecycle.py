"""The stages of a customer's lifecycle."""

from datetime import datetime, timedelta, timezone
from typing import Any

import behaviour_oracle as oracle
import pytest
from behaviour_oracle import DAY, Customer, people, plus
from hypothesis import given
from hypothesis import strategies as st

from cxkit.calendar import days, months
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import Fields, all_of, flag
from cxkit.segments import Profile, SegmentSet, Stay, events, lifecycle

UTC = timezone.utc
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
STAGES = ("prospect", "lapsed", "at risk", "won back", "advocate", "loyal", "repeat", "new")


def ordered(*days_ago: float, name: str = "order") -> Journey:
    return Journey("anna", [Touchpoint(name, NOON - timedelta(days=ago)) for ago in days_ago])


def stage(customer: object, stages: SegmentSet | None = None, as_of: datetime = NOON) -> str:
    [name] = (stages or lifecycle()).names_of(customer, as_of=as_of)
    return name


@pytest.mark.parametrize(
    ("days_ago", "name"),
    [
        ((), "prospect"),
        ((180,), "lapsed"),
        ((400, 300, 250, 200, 190), "lapsed"),
        ((179.99,), "at risk"),
        ((90,), "at risk"),
        ((400, 100), "at risk"),
        ((89.99,), "new"),
        ((0,), "new"),
        ((180, 10), "won back"),
        ((400, 89.99, 3), "won back"),
        ((179.99, 10), "repeat"),
        ((400, 100, 10), "repeat"),
        ((90, 10), "repeat"),
        ((20, 10), "repeat"),
        ((4, 3, 2, 1), "repeat"),
        ((5, 4, 3, 2, 1), "loyal"),
        ((400, 170, 120, 100, 10), "loyal"),
        ((400, 5, 4, 3, 2, 1), "won back"),
    ],
    ids=str,
)
def test_each_stage_by_hand(days_ago: tuple[float, ...], name: str):
    assert stage(ordered(*days_ago)) == name
    assert stage(Profile({"country": "DE"}, ordered(*days_ago))) == name


def test_who_is_not_known_is_a_prospect():
    for customer in ({}, Profile({"country": "DE"}), Journey("anna"), ordered(10, name="visit")):
        assert stage(customer) == "prospect"


def test_the_stages_have_an_order_and_tell_what_they_are():
    stages = lifecycle()
    assert stages.names == STAGES
    assert not stages.overlapping
    assert all(segment.description for segment in stages.segments)
    assert lifecycle() == lifecycle()
    assert lifecycle(loyal_orders=3) != lifecycle()


def known_stage(found: list[datetime], as_of: datetime, risk: Any, lapse: Any, loyal: int) -> str:
    """Work out a stage from the moments of the purchases that are known."""
    if not found:
        return "prospect"
    recent = [at for at in found if as_of < plus(at, risk)]
    lately = [at for at in found if as_of < plus(at, lapse)]
    if not lately:
        return "lapsed"
    if not recent:
        return "at risk"
    if len(lately) == len(recent) and len(found) > len(lately):
        return "won back"
    if len(found) >= loyal:
        return "loyal"
    return "repeat" if len(found) >= 2 else "new"


@given(
    people(),
    oracle.moments(),
    st.sampled_from(
        [(days(10), days(25)), (days(1, tz="Europe/Berlin"), days(3, tz="Europe/Berlin")), (DAY, months(1))]
    ),
    st.integers(2, 4),
    st.sampled_from(list(oracle.CONTACTS)),
)
def test_everyone_is_in_exactly_one_stage(person, as_of, silences, loyal, contact):
    what, picks = oracle.CONTACTS[contact]
    risk, lapse = silences
    stages = lifecycle(purchase=what, at_risk_after=risk, lapsed_after=lapse, loyal_orders=loyal)
    found = [touchpoint.at for touchpoint in person.known(as_of) if picks(touchpoint)]
    assert stages.names_of(person.profile, as_of=as_of) == (known_stage(found, as_of, risk, lapse, loyal),)
    sizes = stages.sizes([person.profile], as_of=as_of)
    assert (sizes.total, sizes.uncovered) == (1, 0)


def test_an_advocate_is_told_by_a_field_after_those_who_are_silent_or_won_back():
    stages = lifecycle(advocate=Customer.orders >= 1)
    assert stage(Profile({"orders": 1}, ordered(10)), stages) == "advocate"
    assert stage(Profile({"orders": 1}, ordered(5, 4, 3, 2, 1)), stages) == "advocate"
    assert stage(Profile({"orders": 0}, ordered(10)), stages) == "new"
    assert stage(Profile({}, ordered(10)), stages) == "new"
    assert stage(Profile({"orders": 1}, ordered(400, 10)), stages) == "won back"
    assert stage(Profile({"orders": 1}, ordered(100)), stages) == "at risk"
    assert stage(Profile({"orders": 1}), stages) == "prospect"
    assert stages.names == STAGES


def test_an_advocate_may_be_told_by_a_flag_or_by_behaviour():
    class Fan(Fields):
        refers = flag()

    assert stage(Profile({"refers": True}, ordered(10)), lifecycle(advocate=Fan.refers)) == "advocate"
    referred = Journey("anna", [*ordered(10), Touchpoint("referral", NOON)])
    assert stage(referred, lifecycle(advocate=events("referral").any())) == "advocate"
    assert stage(ordered(10), lifecycle(advocate=events("referral").any())) == "new"


def test_a_stage_can_be_changed():
    stages = lifecycle().replace("loyal", events("order").count() >= 3)
    assert stage(ordered(3, 2, 1), stages) == "loyal"
    assert stage(ordered(3, 2, 1)) == "repeat"
    assert stage(ordered(3, 2, 1), lifecycle(loyal_orders=3)) == "loyal"
    assert stage(ordered(10), lifecycle().replace("new", all_of())) == "new"


def test_a_purchase_may_have_another_name():
    assert stage(ordered(10, name="booking"), lifecycle(purchase="booking")) == "new"
    assert stage(ordered(10), lifecycle(purchase="booking")) == "prospect"


def test_a_customer_goes_through_the_stages_as_time_passes():
    stages, anna = lifecycle(), ordered(0)
    stays = {segment.name: segment.timeline(anna, NOON - DAY, NOON + 400 * DAY) for segment in stages.segments}
    assert stays["new"] == (Stay(NOON, NOON + 400 * DAY),)  # alone, it holds on: it is the last of the set
    assert stays["at risk"] == (Stay(NOON - DAY, NOON), Stay(NOON + 90 * DAY, NOON + 400 * DAY))
    moments = [NOON - DAY, NOON, NOON + 90 * DAY - timedelta(microseconds=1), NOON + 90 * DAY, NOON + 180 * DAY]
    assert [stage(anna, stages, moment) for moment in moments] == ["prospect", "new", "new", "at risk", "lapsed"]
    moved = stages.movement([anna], start=NOON, end=NOON + 90 * DAY)
    assert moved.rows() == [{"from": "new", "to": "at risk", "customers": 1}]


REFUSED: dict[str, tuple[Any, type[CxError]]] = {
    "silences the wrong way round": (
        lambda: lifecycle(at_risk_after=days(180), lapsed_after=days(90)),
        InvalidValueError,
    ),
    "equal silences": (lambda: lifecycle(at_risk_after=days(90), lapsed_after=days(90)), InvalidValueError),
    "a loyal customer with one order": (lambda: lifecycle(loyal_orders=1), InvalidValueError),
    "half an order": (lambda: lifecycle(loyal_orders=2.5), InvalidTypeError),
    "a number of days": (lambda: lifecycle(at_risk_after=90), InvalidTypeError),
    "a text of days": (lambda: lifecycle(lapsed_after="180 days"), InvalidTypeError),
    "a purchase that is none": (lambda: lifecycle(purchase=3), InvalidTypeError),
    "a purchase of customers": (lambda: lifecycle(purchase=Customer.orders >= 1), InvalidValueError),
    "an advocate that is none": (lambda: lifecycle(advocate=True), InvalidTypeError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_lifecycle_is_refused(name: str):
    build, error = REFUSED[name]
    with pytest.raises(error):
        build()


def test_stages_that_contradict_each_other_are_told_by_their_own_names():
    with pytest.raises(InvalidValueError, match="lapsed_after must be longer than at_risk_after"):
        lifecycle(at_risk_after=days(180), lapsed_after=days(90))
