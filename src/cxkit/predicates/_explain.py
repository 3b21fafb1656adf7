"""Explanations: which tests carried an answer."""

from collections.abc import Mapping
from typing import Literal

import attrs

from cxkit.answers import Decision, Reason

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
    """

    field: str = attrs.field(kw_only=True)


@attrs.frozen(kw_only=True)
class Explanation(Decision[Literal["match", "no_match"]]):
    """Why a predicate matches a record, or does not.

    Only the tests that are responsible are named: for an `&` that fails, those that failed; for an `|` that holds,
    those that held; a `~` turns the view around.

    Attributes:
        outcome: `match` or `no_match`.
        reasons: The responsible tests, in reading order; the failed ones first, then those without a value.
        could_change: Whether the answer could be another one if the missing values were known.
    """

    reasons: tuple[LeafReason, ...] = ()
    could_change: bool = False

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
