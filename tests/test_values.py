"""Values: none can be changed, equal ones hash alike, each pickles and prints as the code that makes it."""

import copy
import pickle
from datetime import date, datetime
from decimal import Decimal

import pytest
from samples import NAMESPACE, ORDER, STORED

from cxkit.answers import Decision, Reason
from cxkit.calendar import Period, Span, days, months
from cxkit.journey import Journey, Touchpoint
from cxkit.metrics import Nps, churn_rate
from cxkit.predicates import Source
from cxkit.tallies import Interval, Rate

at = datetime.fromisoformat
NAMES = {**NAMESPACE, "Decision": Decision, "Reason": Reason}
ROOMS = ("calendar.", "journey.", "metrics.", "tallies.")
VALUES = {name: value for name, value in STORED.items() if name.startswith(ROOMS)} | {
    "nothing": Span(),
    "nothing in a zone": days(0, tz="Asia/Tokyo"),
    "every unit": Span(14, 3, 5),
    "hours beside a zone": Span(0, 1, 3, tz="Asia/Tokyo"),
    "a quarter": Period.quarter(2026, 4),
    "a day in a zone": Period.of(date(2026, 3, 29), "day", tz="Europe/Berlin"),
    "a free touchpoint": Touchpoint("visit", at("2026-03-01T09:00Z"), sentiment=0, value=Decimal(0), id=" 0"),
    "a journey without touchpoints": Journey("anna"),
    "no answers": Nps(),
    "no missing answers": Nps(1, 2, 3),
    "churn of a month": churn_rate(start=500, end=450, period=Period.month(2026, 3)),
    "a difference": Rate(9, 10).difference(Rate(3, 10)),
    "a reason": Reason("cap", 3, "at most 2"),
    "a decision": Decision(outcome="hold", reasons=(Reason("cap"),), retry_at=at("2026-03-01T09:00Z")),
}
EVERY = pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)


@EVERY
def test_a_value_prints_as_the_code_that_makes_it(value):
    again = eval(repr(value), NAMES)  # noqa: S307 - our own
    if isinstance(value, Source):  # it prints as the value that is read from it
        again = again.source

    assert type(again) is type(value)
    assert again == value


@EVERY
def test_a_value_pickles_and_copies(value):
    for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):  # noqa: S301 - our own
        assert type(again) is type(value)
        assert again == value
        assert hash(again) == hash(value)


@EVERY
def test_a_value_cannot_be_changed(value):
    for name in (*value.__slots__, "anything"):
        with pytest.raises(AttributeError):
            setattr(value, name, None)


def test_an_interval_is_a_value_too():
    low, high = interval = Interval(0.25, 0.75)

    assert (low, high) == (interval.low, interval.high) == (0.25, 0.75)
    assert eval(repr(interval), NAMES) == pickle.loads(pickle.dumps(interval)) == interval  # noqa: S301, S307 - our own
    with pytest.raises(AttributeError):
        interval.low = 0


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (months(1) + days(3), "months(1) + days(3)"),
        (Span(1, 2, 3), "months(1) + days(2) + hours(3)"),
        (days(1, tz="Europe/Berlin"), "days(1, tz='Europe/Berlin')"),
        (Span(), "days(0)"),
        (Span(0, 1, 3, tz="Asia/Tokyo"), "days(1, tz='Asia/Tokyo') + hours(3)"),
        (Span(hours=3, tz="Asia/Tokyo"), "hours(3)"),  # which elapse, wherever they do
        (Nps(1, 2, 3), "Nps(promoters=1, passives=2, detractors=3)"),
        (Nps(1, 2, 3, 4), "Nps(promoters=1, passives=2, detractors=3, missing=4)"),
        (Journey("anna"), "Journey('anna', [])"),
        (Journey("anna", [ORDER]), f"Journey('anna', [{ORDER!r}])"),
    ],
)
def test_a_value_prints_plainly(value, printed):
    assert repr(value) == printed
