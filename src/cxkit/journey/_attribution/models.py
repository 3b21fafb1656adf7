"""Attribution models: what each counts of the paths, and how credits are made of the counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

import attrs

from cxkit._money import from_minor, to_minor
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._attribution.conversion_paths import ConversionPath
from cxkit.journey._attribution.markov import ByChain, Markov
from cxkit.journey._attribution.path_models import PathModel
from cxkit.journey._attribution.shapley import BySets, Shapley

AttributionModel: TypeAlias = PathModel | Markov | Shapley
"""What shares the conversions: `First`, `Last`, `Linear`, `PositionBased`, `TimeDecay`, `Markov`, `Shapley`, or one of your
own."""
Key: TypeAlias = tuple[str | int, ...]
Counts: TypeAlias = Mapping[Key, int]


class Method(Protocol):
    """How a model works: what it counts of each path, and how it makes credits of the counts."""

    def counts(self, path: ConversionPath, units: int) -> Iterable[tuple[Key, int]]:
        """Return what a path adds to the counts."""
        ...

    def credits(self, counts: Counts, units: int) -> Mapping[str, Fraction]:
        """Return the credit of each label in units, of which so many are to be credited."""
        ...

    def is_sound(self, counts: Counts, units: int) -> bool:
        """Whether counts, which may come from a document, are such as paths make that are worth so many units."""
        ...


@attrs.frozen
class _ByPath:
    """Sharing each conversion within its own path. Credits are counted by their denominator, so that none is rounded."""

    model: PathModel

    def counts(self, path: ConversionPath, units: int) -> Iterable[tuple[Key, int]]:
        if path.conversion is None:
            return ()
        weights = weights_of(self.model, path)
        parts = sum(weights)
        return [((label, parts), units * weight) for label, weight in zip(path.labels, weights, strict=True)]

    def credits(self, counts: Counts, units: int) -> Mapping[str, Fraction]:  # noqa: ARG002 - they are counted
        credited = dict.fromkeys((str(label) for label, _ in counts), Fraction(0))
        for (label, parts), credit in counts.items():
            credited[str(label)] += Fraction(credit, int(parts))
        return credited

    def is_sound(self, counts: Counts, units: int) -> bool:
        if not all(len(key) == 2 and isinstance(key[0], str) and _is_positive(key[1]) for key in counts):  # noqa: PLR2004
            return False
        sums = Counter[int]()
        for (_, parts), credit in counts.items():
            sums[int(parts)] += credit
        wholes = [divmod(credit, parts) for parts, credit in sums.items()]
        return sum(whole for whole, _ in wholes) == units and not any(rest for _, rest in wholes)


def _is_positive(parts: str | int) -> bool:
    return isinstance(parts, int) and parts > 0


def method_of(model: AttributionModel) -> Method:
    """Return how a model works."""
    if isinstance(model, Markov):
        return ByChain()
    return BySets(model.worth) if isinstance(model, Shapley) else _ByPath(model)


def a_model(model: AttributionModel) -> AttributionModel:
    """Check a model."""
    if isinstance(model, type) or not (
        isinstance(model, Markov | Shapley) or callable(getattr(model, "weights", None))
    ):
        msg = f"a model must be one such as Linear(), or have a method weights(path), got {model!r}"
        raise InvalidTypeError(msg, model)
    return model


def weights_of(model: PathModel, path: ConversionPath) -> Sequence[int]:
    """Return the weights that a model gives to a path, checked: it may be one of the host's own."""
    weights = model.weights(path)
    whole = isinstance(weights, Sequence) and all(type(weight) is int and weight >= 0 for weight in weights)
    if not whole or len(weights) != len(path.labels) or not any(weights):
        msg = (
            f"a model must give a whole number to each of {len(path.labels)} touches, none below 0 and not all 0; "
            f"{model!r} gave {weights!r}"
        )
        raise InvalidValueError(msg, weights)
    return weights


def amount_of(units: int, currency: str | None) -> Any:
    """Return units as an amount of money, or as a number of conversions."""
    return Fraction(units) if currency is None else from_minor(units, currency)


def units_of(path: ConversionPath, currency: str | None) -> int:
    """Return what the conversion of a path is worth: in minor units, or as one conversion."""
    if path.conversion is None:
        return 0
    if currency is None:
        return 1
    if path.conversion.value is None:
        return 0
    units = to_minor(path.conversion.value, currency, what="the value of a conversion")
    if units < 0:
        msg = f"the value of a conversion must not be negative, got {path.conversion!r}; say which touchpoints convert with a predicate"
        raise InvalidValueError(msg, path.conversion)
    return units
