"""Churn from two sets of customers: who was there before, and who is there after."""

from collections.abc import Iterable

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_name, each
from cxkit.calendar import Period, a_period
from cxkit.errors import InvalidTypeError
from cxkit.metrics._churning.rates import NAME, UNIT
from cxkit.tallies import PopulationRate


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """Order the names of customers, each once."""
    if isinstance(given, str):
        msg = f"expected the names of customers, got the text {given!r}; write [{given!r}]"
        raise InvalidTypeError(msg, given)
    return tuple(sorted({a_name(name, "customer") for name in each(given, "names of customers")}))


@attrs.frozen
class ChurnOfSets(_charts.Charted):
    """Who was lost, who is new and who stayed, between two moments.

    Attributes:
        before: Who was there at the first one, in order of name.
        after: Who was there at the second one.
        period: The period between them, where it is one.
    """

    before: tuple[str, ...] = attrs.field(converter=_names)
    after: tuple[str, ...] = attrs.field(converter=_names)
    period: Period | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.period is not None:
            a_period(self.period)

    @property
    def lost(self) -> tuple[str, ...]:
        """Who was there before and is not there after."""
        return tuple(sorted({*self.before} - {*self.after}))

    @property
    def new(self) -> tuple[str, ...]:
        """Who is there after and was not there before: for the first time, or again."""
        return tuple(sorted({*self.after} - {*self.before}))

    @property
    def retained(self) -> tuple[str, ...]:
        """Who was there both times."""
        return tuple(sorted({*self.before} & {*self.after}))

    @property
    def rate(self) -> PopulationRate:
        """The churn rate: those lost over those before."""
        window = None if self.period is None else self.period.window
        return PopulationRate(len(self.lost), len(self.before), name=NAME, unit=UNIT, window=window)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for those lost, those retained and those new."""
        return [{"group": group, "customers": len(getattr(self, group))} for group in ("lost", "retained", "new")]

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="group", number="customers", title="Customers lost, retained and new")


def churn_of_sets(before: Iterable[str], after: Iterable[str], *, period: Period | None = None) -> ChurnOfSets:
    """Compare the customers of two moments: those lost over those before.

    It is the classical churn rate, which whoever joins and leaves in between has no part in.

    Args:
        before: Who was there at the start.
        after: Who is there at the end.
        period: The period in between; only rates of the same one add, over disjoint customers.

    >>> from cxkit.metrics import churn_of_sets
    >>> churn = churn_of_sets({"anna", "ben", "cleo"}, {"anna", "cleo", "dora"})
    >>> churn.lost, churn.new, churn.retained
    (('ben',), ('dora',), ('anna', 'cleo'))
    >>> round(churn.rate.value, 4)
    0.3333
    """
    return ChurnOfSets(before, after, period=period)
