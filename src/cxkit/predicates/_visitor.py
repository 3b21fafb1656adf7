"""Visitors: how other packages translate predicates."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from cxkit.predicates._nodes import Leaf

T = TypeVar("T")


class Visitor(Protocol[T]):
    """Builds something from a predicate, from the tests upwards: `predicate.accept(visitor)`.

    A test has the name of its `operator`: of values `eq`, `in`, `known`; of ordered ones `lt`, `le`, `gt`, `ge`, `between`;
    of texts `contains`, `starts_with`, `ends_with`, `matches`; of flags `true`, `false`; of tags `has`, `has_any`, `has_all`,
    `empty`. Its `path` leads to the value in a record, and is `None` where the value is made of another, or counted.

    The meaning is two-valued: a test of a missing value fails, and `not_` is the exact complement.

    >>> from cxkit.predicates import Fields, integer, text
    >>> class Customer(Fields):
    ...     country = text()
    ...     orders = integer()
    >>> class Domain:
    ...     def leaf(self, leaf):
    ...         return [(leaf.field, {"eq": "=", "ge": ">="}[leaf.operator], leaf.stated)]
    ...     def all_of(self, terms):
    ...         return ["&"] * (len(terms) - 1) + sum(terms, [])
    ...     def any_of(self, terms):
    ...         return ["|"] * (len(terms) - 1) + sum(terms, [])
    ...     def not_(self, term):
    ...         return ["!", *term]
    >>> (~(Customer.orders >= 3) & (Customer.country == "DE")).accept(Domain())
    ['&', '!', ('orders', '>=', 3), ('country', '=', 'DE')]
    """

    def leaf(self, leaf: Leaf) -> T:
        """Translate a test."""
        ...

    def all_of(self, terms: Sequence[T]) -> T:
        """Join terms that must all hold; of none, always true."""
        ...

    def any_of(self, terms: Sequence[T]) -> T:
        """Join terms of which one must hold; of none, never true."""
        ...

    def not_(self, term: T) -> T:
        """Turn a term into its exact complement."""
        ...
