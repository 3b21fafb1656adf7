"""Exact money: whole minor units inside, `Decimal` outside.

The only money arithmetic of the library. Everything between `to_minor` and `from_minor` is an `int`, so nothing is
ever rounded unasked, and no setting of the caller's decimal context changes an answer.

>>> to_minor(Decimal("18.30"), "EUR")
1830
>>> [str(from_minor(share, "EUR")) for share in allocate(1000, [1, 1, 1])]
['3.34', '3.33', '3.33']
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, Inexact
from math import isfinite
from typing import Final, Literal, TypeAlias

from cxkit._checks import a_count, one_of
from cxkit.errors import InvalidTypeError, InvalidValueError

__all__ = ["EXACT", "Rounding", "allocate", "from_minor", "minor_unit", "quantise", "round_minor", "to_minor"]

Rounding: TypeAlias = Literal["half_even", "half_up", "half_down", "up", "down", "floor", "ceiling"]

# ISO 4217 list one as published on 2026-01-01 (amendment 180), with the fund codes that have a minor unit.
_CODES: Final[Mapping[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
        CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
        IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
        MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
        SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG
        YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_WITHOUT_MINOR_UNIT: Final = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"
_PLACES: Final[Mapping[str, int]] = {code: places for places, codes in _CODES.items() for code in codes.split()}
_SCALES: Final[Mapping[int, int]] = {places: 10**places for places in _CODES}
_UNITS: Final[Mapping[int, Decimal]] = {places: Decimal((0, (1,), -places)) for places in _CODES}

# Every setting is spelt out: what is left out would come from decimal.DefaultContext, which a caller may have changed.
EXACT: Final = Context(MAX_PREC, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, capitals=1, clamp=0, flags=[], traps=[Inexact])
# Decimal("1E+999999999") is a few bytes that would become a gigabyte once written out as an int.
_MOST_DIGITS: Final = 1000

# May the floor of a fraction that is not whole be left for the next integer? `excess` has the sign of rest - 1/2.
_RISES: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "half_even": lambda floor, excess: excess > 0 or (excess == 0 and floor % 2 == 1),
    "half_up": lambda floor, excess: excess > 0 or (excess == 0 and floor >= 0),
    "half_down": lambda floor, excess: excess > 0 or (excess == 0 and floor < 0),
    "up": lambda floor, _: floor >= 0,
    "down": lambda floor, _: floor < 0,
    "floor": lambda _, __: False,
    "ceiling": lambda _, __: True,
}


def minor_unit(currency: str) -> int:
    """Give how many digits a currency has after the point.

    Raises:
        InvalidTypeError: If the code is not text.
        InvalidValueError: If ISO 4217 does not list it in capitals, or gives it no minor unit (gold, `XXX`).

    >>> minor_unit("EUR"), minor_unit("JPY"), minor_unit("KWD")
    (2, 0, 3)
    """
    try:
        return _PLACES[currency]
    except (KeyError, TypeError):
        raise _unknown_currency(currency) from None


def to_minor(amount: Decimal | int, currency: str, *, what: str = "amount") -> int:
    """Count an amount in minor units, exactly; `what` names it in errors.

    Raises:
        InvalidTypeError: For a float, a bool and whatever else is neither `Decimal` nor `int`.
        InvalidValueError: For NaN and infinity, and if the currency has fewer decimals than the amount.

    >>> to_minor(Decimal("2.505"), "EUR", what="unit_price")
    Traceback (most recent call last):
        ...
    cxkit.errors.InvalidValueError: unit_price 2.505 has 3 decimals, EUR has 2; round it first
    """
    scale = _SCALES[minor_unit(currency)]
    if type(amount) is int:
        return amount * scale
    exact = _checked(amount, what)
    numerator, denominator = exact.as_integer_ratio()
    units, rest = divmod(numerator * scale, denominator)
    if rest:
        raise _too_fine(exact, currency, what)
    return units


def from_minor(units: int, currency: str) -> Decimal:
    """Write minor units as an amount with all the decimals of its currency.

    >>> from_minor(1830, "EUR"), from_minor(0, "EUR"), from_minor(100, "JPY")
    (Decimal('18.30'), Decimal('0.00'), Decimal('100'))
    """
    return EXACT.multiply(units, _UNITS[minor_unit(currency)])


def round_minor(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Round an exact fraction of minor units to whole ones.

    `"up"` is away from zero and `"down"` towards it, `"half_up"` and `"half_down"` likewise for ties only.

    Raises:
        InvalidValueError: For an unknown rule, and for a denominator below 1.

    >>> round_minor(5, 2, "half_even"), round_minor(5, 2, "half_up"), round_minor(-5, 2, "half_up")
    (2, 3, -3)
    """
    rises = _RISES[one_of(rounding, _RISES, "rounding")]
    if denominator < 1:
        msg = f"denominator must be at least 1, got {denominator!r}"
        raise InvalidValueError(msg, denominator)
    floor, rest = divmod(numerator, denominator)
    return floor + 1 if rest and rises(floor, 2 * rest - denominator) else floor


def quantise(amount: Decimal | int, currency: str, rounding: Rounding = "half_even") -> Decimal:
    """Round an amount to the minor unit of its currency.

    Raises:
        InvalidTypeError: For a float, a bool and whatever else is neither `Decimal` nor `int`.
        InvalidValueError: For NaN and infinity, and for an unknown rule.

    >>> quantise(Decimal("2.505"), "EUR"), quantise(Decimal("2.505"), "EUR", "up")
    (Decimal('2.50'), Decimal('2.51'))
    """
    scale = _SCALES[minor_unit(currency)]
    numerator, denominator = _checked(amount, "amount").as_integer_ratio()
    return from_minor(round_minor(numerator * scale, denominator, rounding), currency)


def allocate(units: int, weights: Sequence[int]) -> list[int]:
    """Split whole minor units in proportion to weights, by largest remainder (Hamilton's method).

    The shares add up to `units`. Each is its exact quota rounded down or up; the units left over go to the largest
    remainders, and between equal ones to the earlier position. A weight of zero gets nothing. A negative number of
    units is split as its mirror image.

    Raises:
        InvalidTypeError: If a weight, or `units`, is not an int.
        InvalidValueError: If a weight is negative, or if all are zero while there are units to split.

    >>> allocate(100, [1, 1, 1]), allocate(-100, [1, 1, 1])
    ([34, 33, 33], [-34, -33, -33])
    """
    if units < 0:
        return [-share for share in allocate(-units, weights)]
    a_count(units, "units")
    for weight in weights:
        a_count(weight, "weight")
    total = sum(weights)
    if total == 0:
        return _nothing_to_split(units, len(weights))
    shares = [units * weight // total for weight in weights]
    remainders = [units * weight % total for weight in weights]
    # A sort in reverse keeps the order of equals.
    by_remainder = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
    for position in by_remainder[: units - sum(shares)]:
        shares[position] += 1
    return shares


def _nothing_to_split(units: int, count: int) -> list[int]:
    if units:
        message = f"weights must not all be zero while there are units to split, got {units} units"
        raise InvalidValueError(message, units)
    return [0] * count


def _checked(amount: object, what: str) -> Decimal:
    """Give the amount as a finite `Decimal` of sane size, or raise."""
    exact = amount if type(amount) is Decimal else _converted(amount, what)
    if not exact.is_finite():
        message = f"{what} must be a finite amount, got {exact}"
        raise InvalidValueError(message, amount)
    if not -_MOST_DIGITS <= exact.adjusted() < _MOST_DIGITS:
        message = f"{what} must have at most {_MOST_DIGITS} digits on each side of the point, got {exact}"
        raise InvalidValueError(message, amount)
    return exact


def _converted(amount: object, what: str) -> Decimal:
    if isinstance(amount, (Decimal, int)) and not isinstance(amount, bool):
        return Decimal(amount)
    message = f"{what} must be a Decimal or an int, got the {type(amount).__name__} "
    if not isinstance(amount, float):
        raise InvalidTypeError(message + repr(amount), amount)
    text = repr(float(amount))
    hint = f"; write Decimal('{text}')" if isfinite(amount) else ""
    raise InvalidTypeError(message + text + hint, amount)


def _too_fine(amount: Decimal, currency: str, what: str) -> InvalidValueError:
    decimals = -int(EXACT.normalize(amount).as_tuple().exponent)
    plural = "" if decimals == 1 else "s"
    message = f"{what} {amount} has {decimals} decimal{plural}, {currency} has {minor_unit(currency)}; round it first"
    return InvalidValueError(message, amount)


def _unknown_currency(currency: object) -> InvalidTypeError | InvalidValueError:
    wanted = "currency must be an ISO 4217 code such as 'EUR'"
    if not isinstance(currency, str):
        return InvalidTypeError(f"{wanted}, got the {type(currency).__name__} {currency!r}", currency)
    if currency in _WITHOUT_MINOR_UNIT.split():
        return InvalidValueError(f"{wanted}, got {currency!r}, which has no minor unit to count in", currency)
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, and only an error needs it

    near = get_close_matches(currency.strip().upper(), _PLACES, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return InvalidValueError(f"{wanted}, got {currency!r}{hint}", currency)
