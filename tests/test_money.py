"""Exact money: codes, minor units, rounding and splitting."""

import decimal
from collections.abc import Iterator
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from math import ceil, floor, trunc
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit import _money
from cxkit._money import Rounding, allocate, from_minor, minor_unit, quantise, round_minor, to_minor
from cxkit.errors import InvalidTypeError, InvalidValueError

ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD", "CLF"])
UNITS = st.integers(-(10**45), 10**45)
WEIGHTS = st.lists(st.integers(0, 50), max_size=8)


@pytest.fixture(params=["own", "hostile"])
def callers_context(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a test under the usual decimal context, and under one that raises at every signal and keeps one digit."""
    if request.param == "own":
        yield
        return
    signals = [*decimal.Context().flags]
    with decimal.localcontext(decimal.Context(prec=1, Emin=0, Emax=1, clamp=1, traps=signals)):
        yield


# Currencies


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        *[("JPY", 0), ("KRW", 0), ("ISK", 0), ("UYI", 0), ("XOF", 0)],
        *[("EUR", 2), ("USD", 2), ("HUF", 2), ("XCG", 2), ("ZWG", 2), ("CHE", 2)],
        *[("BHD", 3), ("KWD", 3), ("TND", 3)],
        *[("CLF", 4), ("UYW", 4)],
    ],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, places: int):
    assert minor_unit(currency) == places


def test_the_list_holds_every_code_with_a_minor_unit_once():
    per_exponent = {places: len(codes.split()) for places, codes in _money._CODES.items()}  # noqa: SLF001
    assert per_exponent == {0: 17, 2: 139, 3: 7, 4: 2}  # ISO 4217 list one, 2026-01-01
    codes = [code for codes in _money._CODES.values() for code in codes.split()]  # noqa: SLF001
    assert len(set(codes)) == 165
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in codes)


@pytest.mark.parametrize("withdrawn", ["BGN", "HRK", "ANG", "DEM", "ZWL", "CUC", "SLL"])
def test_a_withdrawn_currency_is_refused(withdrawn: str):
    with pytest.raises(InvalidValueError, match=f"got '{withdrawn}'"):
        minor_unit(withdrawn)


@pytest.mark.parametrize(
    ("currency", "ending"),
    [
        ("eur", "got 'eur'; did you mean 'EUR'?"),
        (" EUR ", "got ' EUR '; did you mean 'EUR'?"),
        ("EURO", "got 'EURO'; did you mean 'EUR'?"),
        ("", "got ''"),
        ("€", "got '€'"),
        ("XAU", "got 'XAU', which has no minor unit to count in"),
    ],
)
def test_an_unknown_code_is_refused_with_the_nearest_one(currency: str, ending: str):
    with pytest.raises(InvalidValueError) as caught:
        minor_unit(currency)
    assert str(caught.value) == f"currency must be an ISO 4217 code such as 'EUR', {ending}"
    assert caught.value.found == currency
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("code", ["XAG", "XAU", "XDR", "XTS", "XXX"])
def test_what_has_no_minor_unit_cannot_be_counted(code: str):
    with pytest.raises(InvalidValueError, match=f"got '{code}', which has no minor unit to count in"):
        minor_unit(code)


@pytest.mark.parametrize(("currency", "ending"), [(978, "int 978"), (None, "NoneType None"), (["EUR"], "list ['EUR']")])
def test_a_code_that_is_not_text_is_refused(currency: Any, ending: str):
    with pytest.raises(InvalidTypeError) as caught:
        minor_unit(currency)
    assert str(caught.value) == f"currency must be an ISO 4217 code such as 'EUR', got the {ending}"
    assert caught.value.found == currency


def test_a_code_may_be_the_member_of_a_text_enum():
    class Currency(StrEnum):
        EURO = "EUR"

    assert to_minor(Decimal("1.5"), Currency.EURO) == 150


@pytest.mark.parametrize("function", [to_minor, from_minor, quantise])
def test_every_conversion_checks_the_code(function: Any):
    with pytest.raises(InvalidValueError, match="ISO 4217"):
        function(1, "eur")


# To minor units and back


@pytest.mark.usefixtures("callers_context")
@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("18.30", "EUR", 1830),
        ("18.3", "EUR", 1830),
        ("18", "EUR", 1800),
        ("2.500", "EUR", 250),
        ("2.5000000000", "EUR", 250),
        ("1E+2", "EUR", 10000),
        ("0", "EUR", 0),
        ("-0.00", "EUR", 0),
        ("-0.01", "EUR", -1),
        ("-18.30", "EUR", -1830),
        ("100", "JPY", 100),
        ("100.0", "JPY", 100),
        ("1.234", "KWD", 1234),
        ("0.0001", "CLF", 1),
        ("1" + "0" * 40 + ".01", "EUR", 10**42 + 1),
        ("1E+999", "JPY", 10**999),
        ("1." + "0" * 2000, "EUR", 100),
    ],
)
def test_an_amount_is_counted_exactly(amount: str, currency: str, units: int):
    assert to_minor(Decimal(amount), currency) == units
    assert type(to_minor(Decimal(amount), currency)) is int


@pytest.mark.usefixtures("callers_context")
@pytest.mark.parametrize(("currency", "units"), [("JPY", 7), ("EUR", 700), ("KWD", 7000), ("CLF", 70000)])
def test_an_int_is_whole_currency_units(currency: str, units: int):
    assert to_minor(7, currency) == units
    assert to_minor(-7, currency) == -units


def test_subclasses_of_decimal_and_int_count_as_what_they_are():
    class Price(Decimal):
        pass

    class Fee(IntEnum):
        SHIPPING = 5

    assert to_minor(Price("2.50"), "EUR") == 250
    assert to_minor(Fee.SHIPPING, "EUR") == 500
    assert quantise(Fee.SHIPPING, "EUR").as_tuple() == Decimal("5.00").as_tuple()


class Float64(float):
    """A float that writes itself otherwise, as numpy's does."""

    def __repr__(self) -> str:
        return "np.float64(2.5)"


@pytest.mark.parametrize(
    ("amount", "ending"),
    [
        (2.5, "float 2.5; write Decimal('2.5')"),
        (Float64(2.5), "Float64 2.5; write Decimal('2.5')"),
        (float("nan"), "float nan"),
        (float("inf"), "float inf"),
        (True, "bool True"),
        (False, "bool False"),
        ("2.5", "str '2.5'"),
        (None, "NoneType None"),
        (Fraction(5, 2), "Fraction Fraction(5, 2)"),
    ],
)
def test_an_amount_of_another_type_is_refused(amount: Any, ending: str):
    with pytest.raises(InvalidTypeError) as caught:
        to_minor(amount, "EUR", what="unit_price")
    assert str(caught.value) == f"unit_price must be a Decimal or an int, got the {ending}"
    assert caught.value.found is amount
    with pytest.raises(InvalidTypeError, match=r"^amount must be a Decimal or an int"):
        quantise(amount, "EUR")


@pytest.mark.parametrize("number", ["NaN", "sNaN", "-NaN123", "Infinity", "-Infinity"])
def test_an_amount_that_is_not_finite_is_refused(number: str):
    amount = Decimal(number)
    with pytest.raises(InvalidValueError) as caught:
        to_minor(amount, "EUR", what="unit_price")
    assert str(caught.value) == f"unit_price must be a finite amount, got {number}"
    assert caught.value.found is amount
    with pytest.raises(InvalidValueError, match=r"^amount must be a finite amount"):
        quantise(amount, "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        ("2.505", "EUR", "unit_price 2.505 has 3 decimals, EUR has 2; round it first"),
        ("-2.50500", "EUR", "unit_price -2.50500 has 3 decimals, EUR has 2; round it first"),
        ("0.5", "JPY", "unit_price 0.5 has 1 decimal, JPY has 0; round it first"),
        ("1.00001", "CLF", "unit_price 1.00001 has 5 decimals, CLF has 4; round it first"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(amount: str, currency: str, message: str):
    with pytest.raises(InvalidValueError) as caught:
        to_minor(Decimal(amount), currency, what="unit_price")
    assert str(caught.value) == message
    assert caught.value.found == Decimal(amount)


def test_an_amount_without_a_name_is_called_the_amount():
    with pytest.raises(InvalidValueError, match=r"^amount 0\.001 has"):
        to_minor(Decimal("0.001"), "EUR")


@pytest.mark.parametrize("amount", ["1E+1000", "9E+999999999", "-1E+1000", "1E-1001", "1E-999999999", "0E+1000"])
def test_an_amount_of_absurd_size_is_refused_before_it_is_written_out(amount: str):
    message = r"must have at most 1000 digits on each side of the point, got -?\dE"
    with pytest.raises(InvalidValueError, match="^price " + message) as caught:
        to_minor(Decimal(amount), "EUR", what="price")
    assert caught.value.found == Decimal(amount)
    with pytest.raises(InvalidValueError, match="^amount " + message):
        quantise(Decimal(amount), "EUR")


def test_the_smallest_sane_amount_is_rounded():
    assert quantise(Decimal("1E-1000"), "EUR", "up") == Decimal("0.01")


@pytest.mark.usefixtures("callers_context")
@pytest.mark.parametrize(
    ("units", "currency", "written"),
    [
        (1830, "EUR", "18.30"),
        (0, "EUR", "0.00"),
        (1, "EUR", "0.01"),
        (-5, "EUR", "-0.05"),
        (100, "JPY", "100"),
        (0, "JPY", "0"),
        (1, "KWD", "0.001"),
        (1, "CLF", "0.0001"),
        (10**40, "EUR", "1" + "0" * 38 + ".00"),
        (-(10**40), "JPY", "-1" + "0" * 40),
        (10**3000, "EUR", "1" + "0" * 2998 + ".00"),
    ],
)
def test_minor_units_are_written_with_the_decimals_of_the_currency(units: int, currency: str, written: str):
    assert str(from_minor(units, currency)) == written


def test_a_float_is_never_a_count_of_minor_units():
    with pytest.raises(TypeError):
        from_minor(1.0, "EUR")  # type: ignore[arg-type]


@given(UNITS, CURRENCIES)
def test_minor_units_survive_the_way_out_and_back(units: int, currency: str):
    amount = from_minor(units, currency)
    assert to_minor(amount, currency) == units
    assert Fraction(amount) == Fraction(units, 10 ** minor_unit(currency))
    assert amount.as_tuple().exponent == -minor_unit(currency)


# Rounding


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """Round by the definition of each rule."""
    sign, size = (-1 if exact < 0 else 1), abs(exact)
    return {
        "half_even": round(exact),
        "half_up": sign * floor(size + Fraction(1, 2)),
        "half_down": sign * ceil(size - Fraction(1, 2)),
        "up": sign * ceil(size),
        "down": trunc(exact),
        "floor": floor(exact),
        "ceiling": ceil(exact),
    }[rounding]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        # of           -2.5 -2  -1.75 -1.5 -1.25 -.5 -.25 0 .25 .5 .75 1.5 2 2.5
        ("half_even", [-2, -2, -2, -2, -1, 0, 0, 0, 0, 0, 1, 2, 2, 2]),
        ("half_up", [-3, -2, -2, -2, -1, -1, 0, 0, 0, 1, 1, 2, 2, 3]),
        ("half_down", [-2, -2, -2, -1, -1, 0, 0, 0, 0, 0, 1, 1, 2, 2]),
        ("up", [-3, -2, -2, -2, -2, -1, -1, 0, 1, 1, 1, 2, 2, 3]),
        ("down", [-2, -2, -1, -1, -1, 0, 0, 0, 0, 0, 0, 1, 2, 2]),
        ("floor", [-3, -2, -2, -2, -2, -1, -1, 0, 0, 0, 0, 1, 2, 2]),
        ("ceiling", [-2, -2, -1, -1, -1, 0, 0, 0, 1, 1, 1, 2, 2, 3]),
    ],
)
def test_each_rule_rounds_as_its_name_says(rounding: Rounding, expected: list[int]):
    quarters = [-10, -8, -7, -6, -5, -2, -1, 0, 1, 2, 3, 6, 8, 10]
    assert [round_minor(quarter, 4, rounding) for quarter in quarters] == expected


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_every_small_fraction_is_rounded_by_definition(rounding: Rounding):
    for denominator in range(1, 8):
        for numerator in range(-3 * denominator, 3 * denominator + 1):
            expected = rounded(Fraction(numerator, denominator), rounding)
            assert round_minor(numerator, denominator, rounding) == expected


@given(st.integers(), st.integers(1), st.sampled_from(ROUNDINGS))
def test_every_large_fraction_is_rounded_by_definition(numerator: int, denominator: int, rounding: Rounding):
    assert round_minor(numerator, denominator, rounding) == rounded(Fraction(numerator, denominator), rounding)


def test_an_unknown_rule_is_refused_with_the_names_of_all():
    with pytest.raises(InvalidValueError) as caught:
        round_minor(4, 2, "bankers")  # type: ignore[arg-type]
    names = "'half_even', 'half_up', 'half_down', 'up', 'down', 'floor', 'ceiling'"
    assert str(caught.value) == f"rounding must be one of {names}, got 'bankers'"
    assert set(ROUNDINGS) == set(_money._RISES)  # noqa: SLF001


@pytest.mark.parametrize("denominator", [0, -1])
def test_a_denominator_below_one_is_refused(denominator: int):
    with pytest.raises(InvalidValueError, match=f"^denominator must be at least 1, got {denominator}"):
        round_minor(1, denominator, "floor")


@pytest.mark.usefixtures("callers_context")
@pytest.mark.parametrize(
    ("amount", "currency", "rounding", "written"),
    [
        ("2.505", "EUR", "half_even", "2.50"),
        ("2.515", "EUR", "half_even", "2.52"),
        ("2.505", "EUR", "half_up", "2.51"),
        ("2.505", "EUR", "half_down", "2.50"),
        ("-2.501", "EUR", "up", "-2.51"),
        ("-2.509", "EUR", "down", "-2.50"),
        ("-2.501", "EUR", "floor", "-2.51"),
        ("2.501", "EUR", "ceiling", "2.51"),
        ("-0.001", "EUR", "half_up", "0.00"),
        ("2.5", "JPY", "half_up", "3"),
        ("2", "KWD", "half_up", "2.000"),
        ("1E+2", "EUR", "floor", "100.00"),
    ],
)
def test_an_amount_is_rounded_to_its_currency(amount: str, currency: str, rounding: Rounding, written: str):
    assert str(quantise(Decimal(amount), currency, rounding)) == written


def test_rounding_is_to_even_unless_said_otherwise():
    assert quantise(Decimal("0.125"), "EUR") == Decimal("0.12")
    assert quantise(Decimal("0.135"), "EUR") == Decimal("0.14")


def test_an_int_is_quantised_too():
    assert str(quantise(7, "EUR")) == "7.00"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5), CURRENCIES, st.sampled_from(ROUNDINGS))
def test_quantising_agrees_with_the_decimal_module(amount: Decimal, currency: str, rounding: Rounding):
    unit = Decimal(1).scaleb(-minor_unit(currency))
    with decimal.localcontext(decimal.Context(prec=400)):
        expected = amount.quantize(unit, rounding="ROUND_" + rounding.upper())
    assert quantise(amount, currency, rounding) == expected
    assert quantise(expected, currency, rounding) == expected


# Splitting


@pytest.mark.parametrize(
    ("units", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [1, 2, 3], [2, 3, 5]),
        (5, [3, 7], [2, 3]),  # quotas 1.5 and 3.5: a tie, which goes to the earlier
        (5, [7, 3], [4, 1]),
        (7, [1, 2, 2], [1, 3, 3]),  # quotas 1.4, 2.8, 2.8
        (1, [0, 1, 1, 0], [0, 1, 0, 0]),
        (2, [0, 1, 0], [0, 2, 0]),
        (1, [5, 5, 5], [1, 0, 0]),
        (-1, [5, 5, 5], [-1, 0, 0]),
        (0, [1, 2], [0, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (10**40, [1, 1], [5 * 10**39, 5 * 10**39]),
    ],
)
def test_units_are_split_by_largest_remainder(units: int, weights: list[int], shares: list[int]):
    assert allocate(units, weights) == shares
    assert allocate(units, tuple(weights)) == shares


@given(UNITS | st.integers(-99, 99), WEIGHTS)
def test_shares_are_the_quotas_rounded_and_add_up(units: int, weights: list[int]):
    total = sum(weights)
    if total == 0 and units:
        return
    shares = allocate(units, weights)
    assert sum(shares) == units
    quotas = [Fraction(units * weight, total or 1) for weight in weights]
    assert all(floor(quota) <= share <= ceil(quota) for share, quota in zip(shares, quotas, strict=True))
    assert [-share for share in shares] == allocate(-units, weights)
    assert shares == allocate(units, [3 * weight for weight in weights])


@given(st.integers(0, 999), WEIGHTS.filter(any))
def test_units_left_over_go_to_the_largest_remainders_and_the_earlier_position(units: int, weights: list[int]):
    quotas = [Fraction(units * weight, sum(weights)) for weight in weights]
    extras = [share - floor(quota) for share, quota in zip(allocate(units, weights), quotas, strict=True)]
    ranked = sorted(range(len(weights)), key=lambda position: (floor(quotas[position]) - quotas[position], position))
    assert [extras[position] for position in ranked] == sorted(extras, reverse=True)


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
@pytest.mark.parametrize("units", [5, -5, 1])
def test_units_without_any_weight_cannot_be_split(units: int, weights: list[int]):
    with pytest.raises(InvalidValueError) as caught:
        allocate(units, weights)
    assert str(caught.value) == f"weights must not all be zero while there are units to split, got {abs(units)} units"
    assert caught.value.found == abs(units)


def test_a_negative_weight_is_refused():
    with pytest.raises(InvalidValueError, match=r"^weight must be at least 0, got -1"):
        allocate(10, [2, -1])


@pytest.mark.parametrize(
    ("units", "weights", "what"),
    [(1.0, [1], "units"), (True, [1], "units"), (-1.0, [1], "units"), (1, [0.5], "weight"), (1, [1, True], "weight")],
)
def test_only_ints_are_split(units: Any, weights: Any, what: str):
    with pytest.raises(InvalidTypeError, match=f"^{what} must be an int"):
        allocate(units, weights)
