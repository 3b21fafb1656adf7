"""Response rates: how many of those who were asked answered."""

from fractions import Fraction
from typing import Literal, Self

import attrs

from cxkit import _measured
from cxkit._checks import a_count, one_of
from cxkit._forms import INTEGER, stored
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.tallies import Interval, Rate

CountedRate = Literal["RR1", "RR2", "RR5", "RR6"]
"""A response rate of AAPOR that counts: whole cases over whole cases."""
EstimatedRate = Literal["RR3", "RR4"]
"""A response rate of AAPOR that estimates how many of the unknown cases were eligible."""
COUNTED: tuple[CountedRate, ...] = ("RR1", "RR2", "RR5", "RR6")
ESTIMATED: tuple[EstimatedRate, ...] = ("RR3", "RR4")


def response_rate(*, responses: int, sent: int, undelivered: int = 0) -> Rate:
    """Return how many of the surveys that were sent came back.

    Args:
        responses: How many answered.
        sent: How many were sent.
        undelivered: How many of those bounced; they do not count. Systems differ: name 0 where they should.

    >>> from cxkit.metrics import response_rate
    >>> response_rate(responses=30, sent=120, undelivered=20).value
    0.3
    """
    for number, what in ((responses, "responses"), (sent, "sent"), (undelivered, "undelivered")):
        a_count(number, what)
    if responses + undelivered > sent:
        msg = f"{responses} responses and {undelivered} undelivered surveys are more than the {sent} that were sent"
        raise InvalidValueError(msg, responses)
    return Rate(responses, sent - undelivered, name="response rate", unit="surveys")


_PARTS = (
    "complete",
    "partial",
    "refusals",
    "non_contacts",
    "others",
    "unknown_households",
    "unknown_others",
    "ineligible",
)


@stored("metrics.dispositions", **dict.fromkeys(_PARTS, INTEGER))
@attrs.frozen(kw_only=True)
class Dispositions:
    """What became of each case of a survey, by the standard of AAPOR (Standard Definitions, 10th edition, 2023).

    An event tally: it adds over time and over shards.

    Attributes:
        complete: Complete interviews (I).
        partial: Partial interviews (P).
        refusals: Refusals and break-offs (R).
        non_contacts: Eligible, and not reached (NC).
        others: Eligible, and not interviewed for another reason (O).
        unknown_households: Not known whether there is a household (UH).
        unknown_others: Not known whether they are eligible, for another reason (UO).
        ineligible: Known not to be eligible (NE); no part of any rate.

    >>> from cxkit.metrics import Dispositions
    >>> cases = Dispositions(complete=4, partial=2, refusals=1, non_contacts=1, others=1, unknown_others=2, ineligible=1)
    >>> cases.response_rate("RR2")
    Rate(count=6, total=11, name='RR2', unit='cases')
    >>> round(cases.estimated_response_rate("RR4", eligible=cases.eligible_share.value).value, 3)
    0.556
    """

    complete: int = 0
    partial: int = 0
    refusals: int = 0
    non_contacts: int = 0
    others: int = 0
    unknown_households: int = 0
    unknown_others: int = 0
    ineligible: int = 0

    def __attrs_post_init__(self) -> None:
        for part in _PARTS:
            a_count(getattr(self, part), part)

    @property
    def eligible(self) -> int:
        """How many cases are known to be eligible."""
        return self.complete + self.partial + self.refusals + self.non_contacts + self.others

    @property
    def unknown(self) -> int:
        """How many cases nobody knows to be eligible or not."""
        return self.unknown_households + self.unknown_others

    @property
    def eligible_share(self) -> Rate:
        """The share of eligible ones among the cases that are known: an estimate of that among the unknown ones (CASRO)."""
        return Rate(self.eligible, self.eligible + self.ineligible, name="eligible share", unit="known cases")

    def response_rate(self, rate: CountedRate) -> Rate:
        """Return a response rate that counts cases.

        Args:
            rate: `"RR1"` is complete interviews over all cases but the ineligible, the lowest; `"RR5"` leaves the unknown
                cases out, the highest. `"RR2"` and `"RR6"` are the same with partial interviews.
        """
        one_of(rate, COUNTED, "rate")
        unknown = self.unknown if rate in ("RR1", "RR2") else 0
        return Rate(self._interviews(with_partial=rate in ("RR2", "RR6")), self.eligible + unknown, name=rate)

    def estimated_response_rate(self, rate: EstimatedRate, *, eligible: float | Fraction) -> "EstimatedResponseRate":
        """Return a response rate that rests on an estimate of how many of the unknown cases were eligible.

        Args:
            rate: `"RR3"` counts complete interviews, `"RR4"` partial ones, too.
            eligible: The share of eligible ones among the unknown cases, from 0 to 1 (e). AAPOR asks to say where it
                comes from; `eligible_share` is one answer.
        """
        one_of(rate, ESTIMATED, "rate")
        interviews = self._interviews(with_partial=rate == "RR4")
        return EstimatedResponseRate(rate, interviews, self.eligible, self.unknown, _a_share(eligible))

    def _interviews(self, *, with_partial: bool) -> int:
        return self.complete + self.partial * with_partial

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(**{part: getattr(self, part) + getattr(other, part) for part in _PARTS})


@attrs.frozen
class EstimatedResponseRate(_measured.Measured):
    """A response rate whose total is an estimate.

    It is no `Rate`: its total is no count, so no sampling interval tells how sure it is. What is known for certain is
    `bounds`.

    Attributes:
        name: Which rate.
        count: How many interviews.
        known: How many cases are known to be eligible.
        unknown: How many cases nobody knows to be.
        eligible: The share of eligible ones that is taken for those, exactly.
    """

    name: EstimatedRate
    count: int
    known: int
    unknown: int
    eligible: Fraction

    @property
    def total(self) -> Fraction:
        """How many eligible cases there are by the estimate; it need not be whole."""
        return self.known + self.eligible * self.unknown

    @property
    def is_defined(self) -> bool:
        """Whether there are eligible cases by the estimate."""
        return self.total > 0

    @property
    def value(self) -> float:
        """The rate, from 0 to 1; raises `UndefinedMetricError` where no case is eligible by the estimate."""
        if not self.total:
            raise UndefinedMetricError.no_data(self.name, "eligible cases")
        return float(self.count / self.total)

    @property
    def bounds(self) -> Interval:
        """Where the rate lies whatever the share: if all unknown cases were eligible, and if none were."""
        if not self.known:
            return Interval(0.0, 1.0)
        return Interval(self.count / (self.known + self.unknown), self.count / self.known)


def _a_share(share: float | Fraction) -> Fraction:
    if isinstance(share, bool) or not isinstance(share, int | float | Fraction):
        msg = f"the share of eligible cases must be a number from 0 to 1, got {share!r}"
        raise InvalidTypeError(msg, share)
    if not 0 <= share <= 1:
        msg = f"the share of eligible cases must be between 0 and 1, got {share!r}; write 0.9 for 90 %"
        raise InvalidValueError(msg, share)
    return Fraction(share)
