"""Explanations: which tests carried an answer, and what would turn it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs
from typing_extensions import override

from cxkit.answers import Decision, Reason

if TYPE_CHECKING:
    from cxkit.predicates._nearest import Change

LeafCode = Literal["failed", "missing", "passed"]
ORDER: Mapping[str, int] = {"failed": 0, "missing": 1, "passed": 2}


@attrs.frozen
class LeafReason(Reason):
    """One test that carried an answer.

    Attributes:
        code: `failed`, `passed`, or `missing` where there was no value to test.
        found: The value that was tested.
        needed: What the test states, read with the `~` above it: `>= 3`.
        field: The name of the field, or the code of another kind of value.
        test: The test itself, read with the `~` above it: a predicate.
    """

    field: str = attrs.field(kw_only=True)
    test: Any = attrs.field(kw_only=True, default=None, repr=False, eq=False)

    @override
    def __str__(self) -> str:
        from cxkit.predicates._words import literal_words

        found = "" if self.found is None else f", found {literal_words(self.found, self.test)}"
        said = f"{self.field} {self.needed}" if self.test is None else self.test
        return f"{self.code}: {said}{found}"


@attrs.frozen(kw_only=True)
class Explanation(Decision[Literal["match", "no_match"]]):
    """Why a predicate matches a record, or does not.

    Only the tests that are responsible are named: for an `&` that fails, those that failed; for an `|` that holds,
    those that held; a `~` turns the view around.

    Attributes:
        outcome: `match` or `no_match`.
        reasons: The responsible tests, in reading order; the failed ones first, then those without a value.
        could_change: Whether the answer could be another one if the missing values were known.
        predicate: What was asked.
        subject: Of what.
    """

    reasons: tuple[LeafReason, ...] = ()
    could_change: bool = False
    predicate: Any = attrs.field(default=None, repr=False, eq=False)
    subject: Any = attrs.field(default=None, repr=False, eq=False)

    @property
    def failed(self) -> tuple[LeafReason, ...]:
        """The tests that failed."""
        return self._coded("failed")

    @property
    def missing(self) -> tuple[LeafReason, ...]:
        """The tests that had no value to look at."""
        return self._coded("missing")

    @property
    def passed(self) -> tuple[LeafReason, ...]:
        """The tests that carried a match."""
        return self._coded("passed")

    def _coded(self, code: LeafCode) -> tuple[LeafReason, ...]:
        return tuple(reason for reason in self.reasons if reason.code == code)

    def nearest(self) -> tuple["Change", ...]:
        """Return the smallest changes of values that would turn the answer, those of the fewest values first.

        They are worked out when asked for. What cannot be had by another value of a field (another bucket, another
        past) is left out, so there may be none.

        >>> from decimal import Decimal
        >>> from cxkit.predicates import Fields, integer, money
        >>> class Customer(Fields):
        ...     spend = money("EUR")
        ...     orders = integer()
        >>> why = ((Customer.spend >= 100) | (Customer.orders >= 3)).explain({"spend": Decimal("87.60"), "orders": 2})
        >>> [str(change) for change in why.nearest()]
        ['spend: 12.40 EUR more', 'orders: 1 more']
        """
        from cxkit.predicates._nearest import nearest

        if self.predicate is None:
            return ()
        return nearest(self.predicate, self.subject)

    @override
    def __str__(self) -> str:
        lines = [self.outcome.replace("_", " "), *(f"- {reason}" for reason in self.reasons)]
        if self.could_change:
            lines.append("- could change if the missing values were known")
        return "\n".join(lines)
