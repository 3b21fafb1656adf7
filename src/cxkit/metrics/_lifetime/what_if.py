"""What more retention would be worth, in the shop's own margins."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._lifetime.value import LifetimeValue, Retention, in_currency
from cxkit.metrics._projection.models import Geometric
from cxkit.metrics._projection.rates import RetentionRate, as_decimal, exact_number
from cxkit.tallies import Interval

BAIN_RANGE = Interval(0.25, 0.95)
"""By how much profits are said to rise with 5 points of retention: Reichheld and Sasser 1990; Reichheld 1996."""
BAIN_CHANGE = 5
GRID = [Fraction(step, 20) for step in range(1, 20)]
ChangeUnit = Literal["points", "percent"]


@attrs.frozen
class RetentionWhatIf(_charts.Charted):
    """What a customer is worth, and what one would be worth with another retention and all else as it is.

    All else: the margin, the cost to serve, prices and referrals. Those are what is said to make a loyal customer worth more
    over time, and none of it is assumed here.

    Attributes:
        before: The value as it is.
        after: The value with the changed retention.
        change: By how much the retention changes.
        unit: `"points"` of the retention, or `"percent"` of it.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import DiscountRate, RetentionRate, lifetime_value, retention_what_if
    >>> value = lifetime_value(
    ...     margin=100,
    ...     retention=RetentionRate(0.6, per=years(1)),
    ...     discount=DiscountRate(0.10, per=years(1)),
    ...     convention="immediate",
    ...     currency="EUR",
    ... )
    >>> more = retention_what_if(value, points=5)
    >>> more.before.value, more.after.value, more.lift, round(more.relative_lift, 3), more.beside_bain
    (Decimal('220.00'), Decimal('244.44'), Decimal('24.44'), 0.111, 'below')
    """

    before: LifetimeValue
    after: LifetimeValue
    change: Decimal
    unit: ChangeUnit

    @property
    def lift(self) -> Decimal:
        """How much more a customer is worth, rounded once."""
        return _lift(self.before, self.after)

    @property
    def relative_lift(self) -> float:
        """The same over what one is worth now; raises `UndefinedMetricError` where that is 0."""
        found = _relative(self.before, self.after)
        if found is None:
            msg = "the relative lift is undefined: the value before is 0; use lift instead"
            raise UndefinedMetricError(msg)
        return found

    @property
    def beside_bain(self) -> Literal["below", "within", "above"] | None:
        """Where the lift lies beside the 25 % to 95 % that 5 points of retention are said to bring.

        `None` for another change than 5; those who quote the range say both 5 points and 5 %. It was said of profits, which
        differ from this value by all that is not assumed here.
        """
        found = _relative(self.before, self.after)
        if self.change != BAIN_CHANGE or found is None:
            return None
        return "below" if found < BAIN_RANGE.low else "above" if found > BAIN_RANGE.high else "within"

    @property
    def bain_lift(self) -> tuple[Decimal, Decimal]:
        """The 25 % and the 95 % of what a customer is worth now, as money, to compare with `lift`."""
        low, high = (Fraction(str(end)) * self.before.exact for end in BAIN_RANGE)
        return in_currency(low, self.before.currency), in_currency(high, self.before.currency)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each of some retentions, from 5 % to 95 %, and for the one that it is (`here`).

        A value that is infinite is `None`.
        """
        own = _first(self.before.retention)
        levels = [
            level for level in GRID if 0 < _changed(level, self.change, self.unit) < 1 and float(level) != float(own)
        ]
        return [self._row(level, is_here=level == own) for level in sorted([*levels, own])]

    def _row(self, level: Fraction, *, is_here: bool) -> dict[str, object]:
        to = _changed(level, self.change, self.unit)
        before, after = _with(self.before, level), _with(self.before, to)
        known = None if before is None or after is None else (before, after)
        return {
            "retention": float(level),
            "changed to": float(to),
            "value": before and before.value,
            "changed value": after and after.value,
            "lift": known and _lift(*known),
            "relative lift": known and _relative(*known),
            "here": is_here,
        }

    @override
    def chart(self) -> _charts.Spec:
        """Return the relative lift by retention, with the shop's own as a point and 25 % to 95 % as a band, for Vega-Lite v5."""
        names = ("retention", "relative lift", "here")
        encoding = {"x": {"field": names[0], "type": "quantitative"}, "y": {"field": names[1], "type": "quantitative"}}
        band = {
            "data": {"values": [BAIN_RANGE._asdict()]},
            "mark": {"type": "rect", "opacity": 0.15},
            "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
        }
        own = {"type": "point", "filled": True, "size": 80, "tooltip": True}
        return {
            "$schema": _charts.SCHEMA,
            "title": f"What {self.change:+} {self.unit} of retention would bring",
            "data": {"values": [{name: row[name] for name in names} for row in self.rows()]},
            "layer": [
                *([band] if self.change == BAIN_CHANGE else []),
                {"mark": {"type": "line", "tooltip": True}, "encoding": encoding},
                {"transform": [{"filter": "datum.here"}], "mark": own, "encoding": encoding},
            ],
        }


def retention_what_if(
    value: LifetimeValue, *, points: Decimal | float | None = None, percent: Decimal | float | None = None
) -> RetentionWhatIf:
    """Return what a customer would be worth with more retention, or with less.

    A model of customers who differ keeps how much they do, `1 / (alpha + beta)`: it is the mean retention of new customers
    that changes, and each later one with it.

    Args:
        value: What a customer is worth as it is.
        points: By how many percentage points the retention changes: 5 makes 80 % to 85 %.
        percent: By how much of itself it changes, instead: 5 makes 80 % to 84 %.

    Raises:
        InvalidValueError: Both or neither are given, or the retention would not stay between 0 and 1.
        UndefinedMetricError: The value would be infinite.
    """
    if not isinstance(value, LifetimeValue):
        msg = f"expected a LifetimeValue, as lifetime_value(...) returns it, got {value!r}"
        raise InvalidTypeError(msg, value)
    given = points if percent is None else percent
    if given is None or (points is not None and percent is not None):
        msg = "give either points= (5 makes 80 % to 85 %) or percent= (5 makes 80 % to 84 %)"
        raise InvalidValueError(msg, given)
    unit: ChangeUnit = "percent" if points is None else "points"
    change = exact_number(given, unit)
    after = attrs.evolve(value, retention=_at(value.retention, _changed(_first(value.retention), change, unit)))
    return RetentionWhatIf(value, after, change, unit)


def _first(retention: Retention) -> Fraction:
    """Return the share of new customers that stays for a second period."""
    return Fraction(retention.value if isinstance(retention, RetentionRate) else retention.retention_rate(1))


def _changed(level: Fraction, change: Decimal, unit: ChangeUnit) -> Fraction:
    share = Fraction(change) / 100
    return level + share if unit == "points" else level * (1 + share)


def _at(retention: Retention, level: Fraction) -> Retention:
    """Return the same kind of retention at another level."""
    if not 0 <= level <= 1:
        msg = f"the retention must stay between 0 and 1, got {float(level):.4g}"
        raise InvalidValueError(msg, level)
    if isinstance(retention, RetentionRate):
        return attrs.evolve(retention, value=as_decimal(level))
    if isinstance(retention, Geometric):
        return attrs.evolve(retention, churn=float(1 - level))
    size = retention.alpha + retention.beta
    return attrs.evolve(retention, alpha=float(1 - level) * size, beta=float(level) * size)


def _with(value: LifetimeValue, level: Fraction) -> LifetimeValue | None:
    """Return the value at another level of retention; `None` where it is infinite."""
    try:
        return attrs.evolve(value, retention=_at(value.retention, level))
    except UndefinedMetricError:
        return None


def _lift(before: LifetimeValue, after: LifetimeValue) -> Decimal:
    return in_currency(after.exact - before.exact, before.currency)


def _relative(before: LifetimeValue, after: LifetimeValue) -> float | None:
    return float(after.exact / before.exact - 1) if before.exact else None
