"""Attribution: which touchpoints are credited with what came of them."""

from cxkit.journey._attribution.attribution import Attribution
from cxkit.journey._attribution.comparison import LabelComparison, ModelComparison, compare_models
from cxkit.journey._attribution.conversion_paths import ConversionPath, ConversionPaths
from cxkit.journey._attribution.crediting import attribute
from cxkit.journey._attribution.decision import AttributionDecision, AttributionOutcome, TouchCredit
from cxkit.journey._attribution.markov import Markov
from cxkit.journey._attribution.models import AttributionModel
from cxkit.journey._attribution.path_models import First, Last, Linear, PathModel, PositionBased, TimeDecay
from cxkit.journey._attribution.shapley import Shapley, ShapleyReading, ShapleyWorth, shapley_values

__all__ = [
    "Attribution",
    "AttributionDecision",
    "AttributionModel",
    "AttributionOutcome",
    "ConversionPath",
    "ConversionPaths",
    "First",
    "LabelComparison",
    "Last",
    "Linear",
    "Markov",
    "ModelComparison",
    "PathModel",
    "PositionBased",
    "Shapley",
    "ShapleyReading",
    "ShapleyWorth",
    "TimeDecay",
    "TouchCredit",
    "attribute",
    "compare_models",
    "shapley_values",
]
