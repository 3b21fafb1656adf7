"""What the property tests draw from: small and plain, so that ties, edges and gaps come up often."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from described import MISSING, Description, Tier
from hypothesis import strategies as st

from cxkit.journey import Journey, Touchpoint

NAMES = ("visit", "cart", "order", "ticket")
CHANNELS = ("web", "app", "store")
START = datetime(2024, 1, 28, tzinfo=timezone.utc)  # a leap year: the ends of January, February and March are near


def moments(days: int = 70) -> st.SearchStrategy[datetime]:
    """Draw moments in UTC, six hours apart, so that two of them often coincide."""
    return st.integers(0, 4 * days).map(lambda step: START + timedelta(hours=6 * step))


@st.composite
def touchpoints(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> Touchpoint:
    """Draw touchpoints without an id; one in three became known late."""
    at = draw(moments())
    late = draw(st.sampled_from([0, 0, 6, 240]))
    return Touchpoint(
        draw(st.sampled_from(names)),
        at,
        recorded_at=at + timedelta(hours=late),
        channel=draw(st.sampled_from([None, *CHANNELS])),
    )


def journeys(customer: str = "anna", max_size: int = 8) -> st.SearchStrategy[Journey]:
    """Draw journeys, the empty one among them."""
    return st.lists(touchpoints(), max_size=max_size).map(lambda contacts: Journey(customer, contacts))


VALUES: Mapping[str, tuple[Any, ...]] = {  # what a record of `described.Customer` may hold; equal ones in several forms
    "country": ("", "DE", "de", "FRDE", "Straße", "É"),
    "code": ("", "A1", "A10", "B", "a"),
    "orders": (-1, 0, 1, 3),
    "visits": (0, 1, 2),
    "score": (-1.5, 0.0, 0, 0.5, float("inf")),
    "spend": (Decimal(0), 0, Decimal("9.99"), Decimal("10.0"), 10),
    "churned": (True, False),
    "joined": (START, START.astimezone(timezone(timedelta(hours=14))), START + timedelta(microseconds=1)),
    "seen": (START, START - timedelta(days=1), START + timedelta(microseconds=1)),
    "born": (date(2000, 2, 29), date(2000, 3, 1), date(1999, 12, 31)),
    "tier": (Tier.BASIC, Tier.GOLD, "gold", "silver"),
    "interests": (set(), frozenset({"a"}), ["a", "b"], ("b", "b")),
    "address.city": ("", "DE", "Berlin"),
    "address.floor": (-1, 0, 3),
}
LITERALS: Mapping[str, tuple[Any, ...]] = VALUES | {
    "country": ("", "D", "DE", "E", "de", "x", "SS", "é"),
    "tier": tuple(Tier),
    "address.city": ("", "B", "DE", "x"),
    "score": (-1.5, 0.0, 0, 0.5),
    "interests": ("a", "b", "x"),
}
WORDS: Mapping[str, tuple[str, str, str]] = {  # tests that state nothing, one literal, several; where there is no order
    "country": ("", "== != contains starts_with ends_with", "is_in not_in"),
    "address.city": ("", "== != contains starts_with ends_with", "is_in not_in"),
    "churned": ("is_true is_false alone", "== !=", "is_in not_in"),
    "tier": ("", "== !=", "is_in not_in"),
    "interests": ("is_empty", "contains", "contains_any contains_all"),
}

ORDER = ("==", "!=", "<", "<=", ">", ">=")
LIKE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # the fields that one is compared with, and how
    "orders": (("visits", "orders", "address.floor"), ORDER),
    "visits": (("orders",), ORDER),
    "address.floor": (("visits",), ORDER),
    "joined": (("seen",), ORDER),
    "seen": (("joined",), ORDER),
    "code": (("code",), ORDER),
    "country": (("address.city",), ("==", "!=")),
    "address.city": (("country",), ("==", "!=")),
}


def _tests(field: str) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw a test of a field, with what is stated in it."""
    none, one, several = WORDS.get(field, ("", "== != < <= > >=", "is_in not_in"))
    literal = st.sampled_from(LITERALS[field])
    tests = [
        st.tuples(st.sampled_from(["is_known", "is_missing", *none.split()]), st.just(())),
        st.tuples(st.sampled_from(one.split()), st.tuples(literal)),
        st.tuples(st.sampled_from(several.split()), st.tuples(st.lists(literal, max_size=3))),
    ]
    if field not in WORDS:
        tests.append(st.tuples(st.just("between"), st.tuples(literal, literal).map(sorted).map(tuple)))
    if field in LIKE:
        others, signs = LIKE[field]
        tests.append(st.tuples(st.just("than"), st.tuples(st.sampled_from(signs), st.sampled_from(others))))
    if field == "country":
        inner = st.one_of(
            st.tuples(st.sampled_from(one.split()), st.tuples(literal)),
            st.tuples(st.sampled_from(several.split()), st.tuples(st.lists(literal, max_size=3))),
        )
        tests.append(
            st.tuples(st.just("casefold"), st.tuples(st.booleans(), inner).map(lambda drawn: (drawn[0], *drawn[1])))
        )
    return st.one_of(tests)


def descriptions() -> st.SearchStrategy[Description]:
    """Draw descriptions of predicates about `described.Customer`."""
    leaves = [_tests(field).map(lambda test, field=field: (field, *test)) for field in sorted(VALUES)]
    return st.recursive(
        st.one_of(*leaves, st.sampled_from([("always",), ("never",)])),
        lambda parts: st.one_of(
            st.tuples(st.just("not"), parts),
            st.tuples(st.sampled_from(["and", "or"]), st.lists(parts, min_size=2, max_size=3)),
        ),
        max_leaves=6,
    )


def records() -> st.SearchStrategy[dict[str, Any]]:
    """Draw records of `described.Customer`; each value may be there, marked as missing, or absent."""
    present = {field: st.one_of(st.sampled_from(values), st.sampled_from(MISSING)) for field, values in VALUES.items()}
    flat = {field: values for field, values in present.items() if "." not in field}
    inner = {field.partition(".")[2]: values for field, values in present.items() if "." in field}
    address = st.one_of(st.fixed_dictionaries({}, optional=inner), st.sampled_from((*MISSING, "Berlin", 3)))
    return st.fixed_dictionaries({}, optional=flat | {"address": address})
