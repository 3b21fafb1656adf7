"""Fits: the model that renewals lead to, or why they lead to none."""

import attrs
from typing_extensions import override

from cxkit._tables import aligned
from cxkit.errors import UndefinedMetricError
from cxkit.metrics._fits import Fitted, ModelT_co
from cxkit.metrics._projection.counts import RenewalCounts
from cxkit.metrics._projection.likelihood import RetentionFitReason

_SAID = {
    "churn_does_not_fall": "churn does not fall with tenure, so that the limit fits best: customers who are all alike",
    "no_losses": "nobody was lost, so that all that is known is a churn of 0",
    "only_losses": "everybody was lost at the first renewal they came to, so that nobody is left",
    "no_later_losses": "nobody was lost after the first renewal, so that the limit fits best: some leave at once, some never",
    "one_renewal": "with one renewal, only the mean churn is known, not how customers differ; wait for another renewal",
    "no_renewals": "nobody has come to a renewal",
}


@attrs.frozen(kw_only=True, repr=False)
class RetentionFit(Fitted[ModelT_co]):
    """The model under which what happened at renewals was most likely.

    Attributes:
        counts: What happened.
        status: `"ok"`; `"boundary"` where the best model is a limit of the family (`model` is that limit);
            `"not_identified"` where many models fit as well, so that there is none to project with.
        reason: Why it is not `"ok"`.
        mean_churn: The share of new customers that the model loses at the first renewal; it is known even where the model is
            not, unless nobody has come to a renewal.
        log_likelihood: The log of the likelihood there; `None` where nobody has come to a renewal.

    >>> from cxkit.calendar import years
    >>> from cxkit.metrics import RenewalCounts, ShiftedBetaGeometric
    >>> fit = ShiftedBetaGeometric.fit(RenewalCounts.from_survivors([1000, 800], per=years(1)))
    >>> fit.status, fit.reason, fit.mean_churn
    ('not_identified', 'one_renewal', 0.2)
    """

    counts: RenewalCounts
    reason: RetentionFitReason | None
    mean_churn: float | None

    @property
    def model(self) -> ModelT_co:
        """The model; raises `UndefinedMetricError` where it is not identified."""
        if self._model is None:
            msg = f"the model is not identified: {_SAID[self.reason or 'no_renewals']}"
            raise UndefinedMetricError(msg)
        return self._model

    def rows(self) -> list[dict[str, object]]:
        """Return a row."""
        return [
            {
                "status": self.status,
                "reason": self.reason,
                "mean churn": self.mean_churn,
                "log likelihood": self.log_likelihood,
                "model": self._model,
            }
        ]

    @override
    def __str__(self) -> str:
        said = f"\n{_SAID[self.reason]}" if self.reason else ""
        return f"{aligned(self.rows())}{said}"
