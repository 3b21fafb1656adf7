"""How well it goes: metrics as tallies, which add, have a value and say how sure it is.

Each metric is built from data or from counts, keeps its counts, and answers `.value`, `.interval()`, `.is_defined` and
`.value_or(default)`. One without data has no value: never 0, never NaN.

>>> from cxkit.metrics import Nps, churn_rate
>>> march = Nps.from_scores([10, 9, 9, 8, 7, 6, 3])
>>> low, high = march.interval()
>>> round(march.value, 1), round(low, 1), round(high, 1)
(14.3, -43.5, 63.1)
>>> Nps().value_or(None), churn_rate(start=500, end=450).value
(None, 0.1)
"""

from typing import TYPE_CHECKING

from cxkit._forms import register_late
from cxkit._late import late
from cxkit.metrics._churn import churn_rate, inactivity_churn
from cxkit.metrics._repeat import repeat_purchase_rate
from cxkit.tallies import Interval, PopulationRate, Rate, RateDifference, Tally

if TYPE_CHECKING:
    from cxkit.metrics._nps.planning import (
        PlanningMethod,
        nps_detectable_change,
        nps_sample_size,
        nps_sample_size_per_group,
    )
    from cxkit.metrics._nps.score import MissingPolicy, Nps, NpsDifference, NpsMethod

__all__ = [
    "Interval",
    "MissingPolicy",
    "Nps",
    "NpsDifference",
    "NpsMethod",
    "PlanningMethod",
    "PopulationRate",
    "Rate",
    "RateDifference",
    "Tally",
    "churn_rate",
    "inactivity_churn",
    "nps_detectable_change",
    "nps_sample_size",
    "nps_sample_size_per_group",
    "repeat_purchase_rate",
]

# What few programs ask for is imported when it is asked for. The rooms are private packages, and this names their modules.
_LATE = {
    "_nps.planning": (
        "PlanningMethod",
        "nps_detectable_change",
        "nps_sample_size",
        "nps_sample_size_per_group",
    ),
    "_nps.score": ("MissingPolicy", "Nps", "NpsDifference", "NpsMethod"),
}
register_late("cxkit.metrics._nps.score", "metrics.nps")

if not TYPE_CHECKING:
    __getattr__ = late(__name__, _LATE)
    __dir__ = __all__.copy  # what is imported late stands there, too
