"""Projections: retention as a model goes on from what was observed, and how far off it was where that can be seen."""

import attrs
from typing_extensions import override

from cxkit import _charts, _measured
from cxkit._checks import a_count
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.metrics._projection.counts import RenewalCounts
from cxkit.metrics._projection.fits import RetentionFit
from cxkit.metrics._projection.models import Geometric, RetentionModel, ShiftedBetaGeometric
from cxkit.metrics._projection.rates import a_number_of_periods


@attrs.frozen
class HoldoutError(_measured.Measured):
    """How far a projection was from what happened at renewals that it was not fitted to.

    Attributes:
        observed: The share that was left after each of these renewals.
        projected: The share that was projected.
    """

    observed: tuple[float, ...]
    projected: tuple[float, ...]

    @property
    def is_defined(self) -> bool:
        """Whether there were such renewals."""
        return bool(self.observed)

    @property
    def value(self) -> float:
        """The mean absolute error of the share that is left; raises `UndefinedMetricError` where nothing was held out."""
        self._check()
        return sum(self._errors()) / len(self.observed)

    @property
    def mape(self) -> float:
        """The mean absolute percentage error, as a share: each error over what was observed.

        Raises `UndefinedMetricError` where nothing was held out, or nobody was left.
        """
        self._check()
        if not self.observed[-1]:
            msg = "the percentage error is undefined: nobody was left; use value instead"
            raise UndefinedMetricError(msg)
        return sum(error / share for error, share in zip(self._errors(), self.observed, strict=True)) / len(
            self.observed
        )

    def _errors(self) -> list[float]:
        return [abs(share - found) for share, found in zip(self.projected, self.observed, strict=True)]

    def _check(self) -> None:
        if not self.observed:
            raise UndefinedMetricError.no_data("hold-out error", "renewals after those fitted")  # noqa: EM101 - not a message


@attrs.frozen
class Projection(_charts.Charted):
    """Retention as observed and as a model has it.

    Attributes:
        counts: What was observed.
        fit: The model, and what it was fitted to.
        periods: To how many renewals it reaches.
    """

    counts: RenewalCounts
    fit: RetentionFit[RetentionModel]
    periods: int

    @property
    def fitted(self) -> int:
        """To how many renewals the model was fitted."""
        return len(self.fit.counts.at_risk)

    @property
    def survivors(self) -> tuple[float, ...]:
        """The share of new customers that the model has left after each renewal, from the first on."""
        return self.fit.model.survivors(self.periods)

    @property
    def holdout(self) -> HoldoutError:
        """How far off the model was at the renewals observed that it was not fitted to."""
        observed = self.counts.survivors[self.fitted : self.periods]
        return HoldoutError(observed, self.survivors[self.fitted : self.fitted + len(observed)])

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each renewal, as observed and as projected; `None` where nothing was observed."""
        observed = self.counts.rows()
        model = self.fit.model
        rows: list[dict[str, object]] = []
        for renewal, share in enumerate(self.survivors, start=1):
            seen = observed[renewal - 1] if renewal <= len(observed) else {}
            rows.append(
                {
                    "renewal": renewal,
                    "fitted": renewal <= self.fitted,
                    "churn": seen.get("churn"),
                    "projected churn": model.churn_rate(renewal),
                    "survivor": seen.get("survivor"),
                    "projected survivor": share,
                }
            )
        return rows

    @override
    def chart(self) -> _charts.Spec:
        """Return the shares that are left, observed as points and projected as a line, as a Vega-Lite v5 specification."""
        rows = [{"renewal": 0, "survivor": 1.0, "projected survivor": 1.0}, *self.rows()]
        return {
            "$schema": _charts.SCHEMA,
            "title": "Customers who are left after each renewal",
            "data": {"values": rows},
            "encoding": {"x": {"field": "renewal", "type": "quantitative"}},
            "layer": [
                {
                    "mark": {"type": "line", "tooltip": True},
                    "encoding": {"y": {"field": "projected survivor", "type": "quantitative", "title": "share left"}},
                },
                {
                    "mark": {"type": "point", "filled": True, "tooltip": True},
                    "encoding": {"y": {"field": "survivor", "type": "quantitative"}},
                },
                {
                    "data": {"values": [{"fitted": self.fitted}]},
                    "mark": {"type": "rule", "strokeDash": [4, 4]},
                    "encoding": {"x": {"field": "fitted", "type": "quantitative"}},
                },
            ],
        }


def project(
    counts: RenewalCounts,
    *,
    periods: int,
    fitted: int | None = None,
    model: type[Geometric] | type[ShiftedBetaGeometric] = ShiftedBetaGeometric,
) -> Projection:
    """Fit a model to the first renewals, and go on with it.

    With fewer renewals fitted than observed, the others show how well it projects.

    Args:
        counts: What happened at renewals.
        periods: To how many renewals to project, from the first on; at most 10,000.
        fitted: To how many of the first renewals to fit; all of them unless given.
        model: What to fit.

    Raises:
        UndefinedMetricError: There is no one model to project with, as with a single renewal; the message says why.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import Geometric, RenewalCounts, project
    >>> counts = RenewalCounts.from_survivors([1000, 869, 743, 653, 593, 551, 517, 491, 468], per=years(1))
    >>> found = project(counts, periods=8, fitted=4)
    >>> round(found.holdout.value, 3), round(project(counts, periods=8, fitted=4, model=Geometric).holdout.value, 3)
    (0.038, 0.081)
    """
    if model not in (Geometric, ShiftedBetaGeometric):
        msg = f"model must be Geometric or ShiftedBetaGeometric, got {model!r}"
        raise InvalidTypeError(msg, model)
    if not isinstance(counts, RenewalCounts):
        msg = f"expected RenewalCounts, got {counts!r}"
        raise InvalidTypeError(msg, counts)
    number = a_number_of_periods(periods, "periods", least=1)
    known = len(counts.at_risk)
    if fitted is not None and a_count(fitted, "fitted", least=1) > known:
        msg = f"fitted must not exceed the {known} renewals observed, got {fitted}"
        raise InvalidValueError(msg, fitted)
    fit = model.fit(counts if fitted is None else counts.first(fitted))
    _ = fit.model  # raises where there is none
    return Projection(counts, fit, number)
