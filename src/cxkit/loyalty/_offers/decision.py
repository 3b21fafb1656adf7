"""What became of an offer."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, Literal, get_args

import attrs

from cxkit._checks import a_count, as_tuple, is_short, shown
from cxkit._forms import (
    DECIMAL,
    INTEGER,
    MOMENT,
    PLAIN,
    TEXT,
    Form,
    Json,
    Reader,
    choice,
    many,
    optional,
    record,
    stored,
)
from cxkit.answers import Decision, Reason
from cxkit.loyalty._benefits.benefit import money_off
from cxkit.predicates import LeafReason

OfferOutcome = Literal[
    "applied",
    "not_met",
    "units_used",
    "beaten",
    "not_eligible",
    "not_started",
    "expired",
    "closed",
    "no_code",
    "limit_reached",
]
"""What can become of an offer; see `OfferDecision`."""


def storable(found: object) -> object:
    """Return what a test found in a form that can be kept: tags in order, and what is rare as its repr."""
    match found:
        case Enum():
            return storable(found.value)
        case set() | frozenset() | list() | tuple():
            return tuple(sorted(map(str, found)))
        case int() | Decimal():
            return found if is_short(Decimal(found)) else shown(found)
        case float():
            return found if isfinite(found) else shown(found)
        case datetime():
            return found if found.tzinfo is not None else shown(found)
        case None | str() | date():
            return found
        case _:
            return shown(found)


def _dump_found(found: object) -> Json:
    return many(PLAIN).dump(found) if isinstance(found, tuple) else PLAIN.dump(found)


def _load_found(data: Json, reader: Reader) -> object:
    return many(PLAIN).load(data, reader) if isinstance(data, list) else PLAIN.load(data, reader)


def _tested(code: str, found: object, needed: object, field: str) -> Reason:
    """Build the reason of a test of the customer; the test itself, about fields of the host's own, is not kept."""
    return LeafReason(code, found, needed, field=field)


_FOUND: Form[object] = Form(_dump_found, _load_found)
_PARTS: Mapping[str, Form[Any]] = {"code": TEXT, "found": _FOUND, "needed": _FOUND}
_PLAIN_REASON: Form[Reason] = record(Reason, _PARTS)
_TESTED: Form[Reason] = record(_tested, {**_PARTS, "field": TEXT})


REASON: Form[Reason] = Form(
    lambda reason: (_TESTED if isinstance(reason, LeafReason) else _PLAIN_REASON).dump(reason),
    lambda data, reader: (_TESTED if isinstance(data, dict) and "field" in data else _PLAIN_REASON).load(data, reader),
)


@stored(
    "loyalty.offer_decision",
    outcome=choice(*get_args(OfferOutcome)),
    reasons=many(REASON),
    retry_at=optional(MOMENT),
    offer=TEXT,
    discount=DECIMAL,
    times=INTEGER,
    units_missing=INTEGER,
    money_missing=DECIMAL,
    missing=many(TEXT),
    beaten_by=many(TEXT),
)
@attrs.frozen(kw_only=True)
class OfferDecision(Decision[OfferOutcome]):
    """What became of one offer.

    Attributes:
        outcome: `applied`; `not_met` where the basket lacks something; `units_used` where other offers took the units;
            `beaten` where others apply instead; `not_eligible` where it is not for this customer or channel; `not_started`,
            `expired` or `closed` where it does not hold at that time; `no_code` where none of its codes was typed;
            `limit_reached` where it was used up before.
        offer: The id of the offer.
        discount: What it took off.
        times: How often it applied.
        units_missing: How many more units of its range would make it apply: units that are not there, or that others used.
        money_missing: How much more of its range would make it apply, likewise.
        missing: The same in words: `"1 more unit (tags contains 'coffee')"`.
        beaten_by: The ids of the offers that apply instead.

    >>> from decimal import Decimal
    >>> from cxkit.answers import Reason
    >>> from cxkit.loyalty import OfferDecision
    >>> reason = Reason("units", found=5, needed=6)
    >>> print(OfferDecision(outcome="not_met", reasons=(reason,), offer="sixth free", discount=Decimal(0), units_missing=1))
    not met
    - units: found 5, needed 6
    """

    offer: str
    discount: Decimal
    times: int = 0
    units_missing: int = 0
    money_missing: Decimal = Decimal(0)
    missing: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    beaten_by: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        money_off(self.discount, "discount", or_zero=True)
        money_off(self.money_missing, "money_missing", or_zero=True)
        a_count(self.times, "times")
        a_count(self.units_missing, "units_missing")
