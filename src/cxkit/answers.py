"""The one shape of an answer: an outcome and its reasons.

Every rule of the library answers `explain(subject)` with a `Decision`: predicates, segments, offers, stamp cards and
message rules alike. What an area has to add stands beside these words, never instead of them.

>>> from cxkit.predicates import Fields, integer
>>> class Customer(Fields):
...     orders = integer()
>>> why = (Customer.orders >= 3).explain({"orders": 2})
>>> why.outcome, why.reason
('no_match', 'failed')
>>> why.reasons[0].found, why.reasons[0].needed
(2, '>= 3')
"""

from datetime import datetime
from typing import Generic

import attrs
from typing_extensions import TypeVar, override

__all__ = ["Decision", "Reason"]

OutcomeT_co = TypeVar("OutcomeT_co", bound=str, default=str, covariant=True)


@attrs.frozen
class Reason:
    """Why a rule answered as it did.

    Attributes:
        code: A stable word for programs, such as `'quiet_hours'`.
        found: What was there.
        needed: What would have been needed, or what the limit was.
    """

    code: str
    found: object = None
    needed: object = None

    @override
    def __str__(self) -> str:
        parts = [
            f"found {self.found}" if self.found is not None else "",
            f"needed {self.needed}" if self.needed is not None else "",
        ]
        said = ", ".join(part for part in parts if part)
        return f"{self.code.replace('_', ' ')}{said and ': '}{said}"


@attrs.frozen(kw_only=True)
class Decision(Generic[OutcomeT_co]):
    """What a rule answered, and why.

    Attributes:
        outcome: One of a few words that the rule's area names.
        reasons: Why, the most telling first.
        retry_at: When time alone can change the outcome: the moment to ask again. `None` if it cannot, or not yet known.
    """

    outcome: OutcomeT_co
    reasons: tuple[Reason, ...] = ()
    retry_at: datetime | None = None

    @property
    def reason(self) -> str | None:
        """The code of the first reason."""
        return self.reasons[0].code if self.reasons else None

    @override
    def __str__(self) -> str:
        return "\n".join([self.outcome.replace("_", " "), *(f"- {reason}" for reason in self.reasons)])
