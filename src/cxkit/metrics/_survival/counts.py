"""How many customers there were after how long: the counts of a survival table."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import islice
from math import inf
from numbers import Rational, Real
from operator import lt
from typing import Any, TypeAlias

from cxkit._checks import frozen, shown
from cxkit._forms import Form, Json, Reader, table
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import is_missing

Time: TypeAlias = int | float
Count: TypeAlias = int | Fraction
Counts: TypeAlias = Mapping[Time, Count]
LEAST, MOST = 1e-30, 1e30  # more than any count or weight needs, and few enough digits for a document
FINEST = 10**400  # what a weight is a part of; the finest of floats come to 324 digits
_COUNT = re.compile(r"[0-9]{1,430}(/[1-9][0-9]{0,399})?", re.ASCII)  # what the bounds leave room for


def checked(given: Mapping[Time, Count]) -> Counts:
    """Check counts by time, and order them; none of something is left out."""
    if not isinstance(given, Mapping):
        msg = f"a survival table takes mappings from times to how many there were, got {given!r}"
        raise InvalidTypeError(msg, given)
    is_plain = {*map(type, given)} <= {int, float} and {*map(type, given.values())} <= {int}
    is_small = is_plain and all(map(MOST.__gt__, given)) and max(given.values(), default=0) < MOST
    is_sound = is_small and min(given, default=0) >= 0 and min(given.values(), default=0) >= 0
    known = given if is_sound else {a_time(time): a_count(count) for time, count in given.items()}
    if 0 in known.values():
        known = {time: count for time, count in known.items() if count}
    if not all(map(lt, known, islice(known, 1, None))):
        known = {time: known[time] for time in sorted(known)}
    return frozen(known)


def a_time(time: object) -> Time:
    """Check a length of time that somebody was there; a number of a class of its own, as numpy has, becomes a float."""
    if isinstance(time, bool) or not isinstance(time, Real):
        is_elapsed = isinstance(time, timedelta)
        hint = (
            "; divide it by the unit"
            if is_elapsed
            else "; leave out whose time is not known"
            if is_missing(time)
            else ""
        )
        msg = f"a survival time must be a number of periods, got {shown(time)}{hint}"
        raise InvalidTypeError(msg, time)
    number = _plain(time)
    if not 0 <= number < MOST:
        msg = f"a survival time must be below {MOST:g}, and a finite number from 0 on, got {shown(time)}"
        raise InvalidValueError(msg, time)
    return number if isinstance(number, int) else float(number)


def a_count(count: object) -> Count:
    if isinstance(count, bool) or not isinstance(count, Rational):
        msg = f"a count must be a whole number or a Fraction, got {shown(count)}"
        raise InvalidTypeError(msg, count)
    exact = Fraction(count)
    if exact < 0:
        msg = f"a count must not be negative, got {shown(count)}"
        raise InvalidValueError(msg, count)
    if exact and not LEAST <= exact < MOST:
        msg = f"a count must be 0, or from {LEAST:g} to below {MOST:g}, got {shown(count)}"
        raise InvalidValueError(msg, count)
    if exact.denominator >= FINEST:
        msg = (
            f"a count must be a fraction with a denominator of up to 400 digits, got {shown(count)}; round the weights"
        )
        raise InvalidValueError(msg, count)
    return exact.numerator if exact.denominator == 1 else exact


def a_weight(weight: object) -> Count:
    """Check a weight; a float is taken as the fraction that it is, so that sums are exact."""
    if isinstance(weight, bool) or not isinstance(weight, Real) or not 0 <= _plain(weight) < inf:
        msg = f"a weight must be a number from 0 on, got {shown(weight)}"
        raise InvalidValueError(msg, weight)
    return a_count(weight if isinstance(weight, Rational) else Fraction(float(weight)))


def _plain(number: Real) -> Any:
    """Return a number as one that compares: a whole one and a fraction as they are, however large, others as floats."""
    return number if isinstance(number, Rational) else float(number)


def together(ours: Counts, theirs: Counts) -> Counts:
    """Add the counts of two tables."""
    return {time: ours.get(time, 0) + theirs.get(time, 0) for time in {**ours, **theirs}}


def summed(times: Iterable[Time], shares: Iterable[Count]) -> Counts:
    """Add weights by time."""
    found: dict[Time, Count] = {}
    for time, share in zip(times, shares, strict=True):
        found[time] = found.get(time, 0) + share
    return found


def _load_entry(data: Json, reader: Reader) -> tuple[Time, Count]:
    match data:
        case [int() | float() as time, int() as count]:
            return time, count
        case [int() | float() as time, str() as count] if _COUNT.fullmatch(count):
            return time, Fraction(count)
    what = "a time and how many there were, as a whole number or as text such as '1/3'"
    raise reader.expected(what, data)


def _dump_entry(entry: tuple[Time, Count]) -> Json:
    time, count = entry
    return [time, count if isinstance(count, int) else str(count)]


COUNTS: Form[Counts] = table(Form(_dump_entry, _load_entry), "each time once")
