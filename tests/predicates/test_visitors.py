"""Predicates translated by another package: here into nested tuples as of Django's Q, which know nothing of cxkit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from described import MISSING, Customer, build, folded, means, value_in
from hypothesis import given
from strategies import descriptions, records

from cxkit.predicates import Leaf, Visitor, all_of, any_of, bucket

C = Customer
LOOKUPS = {
    "eq": "exact",
    "lt": "lt",
    "le": "lte",
    "gt": "gt",
    "ge": "gte",
    "between": "range",
    "in": "in",
    "contains": "contains",
    "starts_with": "startswith",
    "ends_with": "endswith",
    "has": "has",
    "has_any": "has_any",
    "has_all": "has_all",
    "empty": "empty",
}


class ToQ:
    """Translate as an adapter would, from what a leaf says about itself."""

    def leaf(self, leaf: Leaf) -> tuple[Any, ...]:
        field, _, fold = leaf.field.partition(".casefold(")
        field = field.replace(".", "__")
        if leaf.operator == "known":
            return ("Q", f"{field}__isnull", False)
        if leaf.operator in ("true", "false"):
            return ("Q", f"{field}__exact", leaf.operator == "true")
        stated = leaf.stated
        if len(leaf.sources) == 2:
            stated = ("F", leaf.sources[1].label.replace(".", "__"))
        way = {"": "", ")": "fold__", "ascii_only=True)": "afold__"}[fold]
        return ("Q", f"{field}__{way}{LOOKUPS[leaf.operator]}", stated)

    def all_of(self, terms: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
        return ("AND", *terms)

    def any_of(self, terms: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
        return ("OR", *terms)

    def not_(self, term: tuple[Any, ...]) -> tuple[Any, ...]:
        return ("NOT", term)


def found_for(path: str, record: Mapping[str, Any]) -> object:
    value = value_in(record, path.replace("__", "."))
    return None if any(value is mark for mark in MISSING) else value


def evaluate(q: tuple[Any, ...], record: Mapping[str, Any]) -> bool:
    """Interpret a tuple: a value that is not there passes no lookup, and NOT is the complement."""
    match q:
        case ("AND", *terms):
            return all(evaluate(term, record) for term in terms)
        case ("OR", *terms):
            return any(evaluate(term, record) for term in terms)
        case ("NOT", term):
            return not evaluate(term, record)
        case ("Q", path, stated):
            field, _, lookup = path.rpartition("__")
            fold = field.rpartition("__")[2] if field.endswith("fold") else ""
            value = found_for(field.removesuffix(f"__{fold}") if fold else field, record)
            if lookup == "isnull":
                return (value is None) is stated
            if isinstance(stated, tuple) and stated[:1] == ("F",):
                stated = found_for(stated[1], record)
                if stated is None:
                    return False
            if fold and value is not None:
                value = folded(value, ascii_only=fold == "afold")
            return value is not None and PASSES[lookup](value, stated)
    raise AssertionError(q)


PASSES: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, stated: value == stated,
    "lt": lambda value, stated: value < stated,
    "lte": lambda value, stated: value <= stated,
    "gt": lambda value, stated: value > stated,
    "gte": lambda value, stated: value >= stated,
    "range": lambda value, stated: stated[0] <= value <= stated[1],
    "in": lambda value, stated: any(value == one for one in stated),
    "contains": lambda value, stated: stated in value,
    "startswith": lambda value, stated: value[: len(stated)] == stated,
    "endswith": lambda value, stated: value[len(value) - len(stated) :] == stated,
    "has": lambda value, stated: stated in value,
    "has_any": lambda value, stated: any(tag in value for tag in stated),
    "has_all": lambda value, stated: all(tag in value for tag in stated),
    "empty": lambda value, _: len(value) == 0,
}


@given(descriptions(), records())
def test_a_translation_means_the_same(description, record):
    p = build(description)
    assert evaluate(p.accept(ToQ()), record) is p.matches(record) is means(description, record)


@pytest.mark.parametrize(
    ("predicate", "q"),
    [
        (C.orders >= 3, ("Q", "orders__gte", 3)),
        (C.orders.is_missing(), ("NOT", ("Q", "orders__isnull", False))),
        (C.address.city != "Berlin", ("NOT", ("Q", "address__city__exact", "Berlin"))),
        (C.orders > C.visits, ("Q", "orders__gt", ("F", "visits"))),
        (C.country.casefold().contains("D"), ("Q", "country__fold__contains", "d")),
        (all_of(), ("AND",)),
        (any_of(), ("OR",)),
        (
            (C.orders >= 3) & (C.churned | ~C.country.is_in(["DE"])) & C.interests.is_empty(),
            (
                "AND",
                ("Q", "orders__gte", 3),
                ("OR", ("Q", "churned__exact", True), ("NOT", ("Q", "country__in", ("DE",)))),
                ("Q", "interests__empty", None),
            ),
        ),
        (~~(C.visits >= 3), ("Q", "visits__gte", 3)),
    ],
    ids=repr,
)
def test_a_visitor_builds_from_the_tests_upwards(predicate, q: tuple):
    assert predicate.accept(ToQ()) == q


def test_any_object_with_the_four_verbs_is_a_visitor():
    visitor: Visitor[Any] = ToQ()
    assert (C.orders >= 3).accept(visitor) == ("Q", "orders__gte", 3)

    class Depth:
        leaf = staticmethod(lambda _: 1)
        all_of = any_of = staticmethod(lambda terms: 1 + max(terms, default=0))
        not_ = staticmethod(lambda term: 1 + term)

    p = ~((C.orders >= 3) & (C.country == "DE")) | C.churned
    assert p.accept(Depth()) == p.depth == 4


def test_a_leaf_says_what_it_tests():
    [leaf] = (bucket(C.country, salt="a") < 0.5).leaves()
    assert (leaf.field, leaf.operator, leaf.stated) == ("bucket(country, salt='a')", "lt", 0.5)
    assert leaf.kind.name == "a real number"
    assert repr(leaf.source.base) == "Customer.country"
    [leaf] = (C.orders > C.visits).leaves()
    assert [repr(source) for source in leaf.sources] == ["Customer.orders", "Customer.visits"]
