"""Attribution models side by side, and where they disagree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import FrozenDict, a_name, each
from cxkit.calendar import Length
from cxkit.errors import DuplicateError, InvalidValueError
from cxkit.journey._attribution.attribution import Attribution
from cxkit.journey._attribution.conversion_paths import ConversionPaths
from cxkit.journey._attribution.crediting import attributed
from cxkit.journey._attribution.models import AttributionModel, amount_of
from cxkit.journey._contacts import Contact
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label


def _read_only(mapping: Mapping[str, Any]) -> Any:
    return FrozenDict.of(mapping, "a mapping of models")


@attrs.frozen
class LabelComparison:
    """What several models say of one label.

    Attributes:
        label: The label, such as a channel.
        credits: Its credit under each model, by the name of the model.
        ranks: Its rank under each model, from 1; labels with equal credit share the better rank.
        spread: By how much its largest share of the total exceeds its smallest; `None` where there is nothing to share.
    """

    label: str
    credits: Mapping[str, Any] = attrs.field(converter=_read_only)
    ranks: Mapping[str, int] = attrs.field(converter=_read_only)
    spread: float | None

    @property
    def is_robust(self) -> bool:
        """Whether it has the same rank under all models."""
        return len(set(self.ranks.values())) == 1


@attrs.frozen
class ModelComparison(_charts.Charted):
    """The credits of several models for the same paths.

    Attributes:
        attributions: What each model says, by its name.
        labels: The labels that any of them knows, those with the most credit over all models first.
    """

    attributions: Mapping[str, Attribution[Any]] = attrs.field(converter=_read_only)
    labels: tuple[LabelComparison, ...] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(_compared(self.attributions)))

    @property
    def robust(self) -> tuple[str, ...]:
        """The labels that have the same rank under all models."""
        return tuple(each.label for each in self.labels if each.is_robust)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each label: its credit under each model, its spread, and whether it is robust."""
        return [
            {
                "label": each.label,
                **{
                    name: float(credit) if isinstance(credit, Fraction) else credit
                    for name, credit in each.credits.items()
                },
                "spread": each.spread,
                "robust": each.is_robust,
            }
            for each in self.labels
        ]

    @override
    def chart(self) -> _charts.Spec:
        """Return the credits as bars, a group for each label, as a Vega-Lite v5 specification."""
        rows = [
            {"label": each.label, "model": name, "credit": float(credit)}
            for each in self.labels
            for name, credit in each.credits.items()
        ]
        chart = _charts.bars(rows, category="label", number="credit", title="Credit by model")
        chart["encoding"] |= {
            "yOffset": {"field": "model", "type": "nominal", "sort": None},
            "color": {"field": "model", "type": "nominal", "sort": None},
        }
        return chart


def compare_models(
    journeys: Iterable[Journey],
    models: Sequence[AttributionModel] | Mapping[str, AttributionModel],
    *,
    conversion: Contact,
    by: Label = "channel",
    currency: str | None = None,
    lookback: Length | None = None,
    touches: Contact | None = None,
    reuse: bool = False,
    include_conversion: bool = False,
    as_of: datetime | None = None,
) -> ModelComparison:
    """Attribute the same conversions by several models, in one pass over the journeys.

    Args:
        journeys: What happened, read one by one.
        models: The models, or the models by the names to call them; by themselves, they are called as they are written.
        conversion: Which touchpoints convert; this and what follows is as in `attribute`.
        by: What is credited.
        currency: The currency of the value of the conversions; without one, their number is shared.
        lookback: For how long a touch counts.
        touches: Which touchpoints are touches.
        reuse: Whether a touch may be credited for each later conversion.
        include_conversion: Whether a conversion is itself a touch.
        as_of: The moment.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import First, Journey, Last, Linear, Touchpoint, compare_models
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> visits = [Touchpoint("visit", day(n), channel=channel) for n, channel in ((1, "ads"), (2, "mail"))]
    >>> anna = Journey("anna", [*visits, Touchpoint("order", day(3))])
    >>> models = {"first": First(), "last": Last(), "linear": Linear()}
    >>> print(compare_models([anna], models, conversion="order"))
    label  first  last  linear  spread  robust
    ads        1     0     0.5       1  False
    mail       0     1     0.5       1  False
    """
    named = _named(models)
    paths = ConversionPaths(
        conversion, by=by, touches=touches, lookback=lookback, reuse=reuse, include_conversion=include_conversion
    )
    empty = [Attribution(model=model, paths=paths, currency=currency, as_of=as_of) for model in named.values()]
    return ModelComparison(dict(zip(named, attributed(journeys, *empty), strict=True)))


def _named(models: Sequence[AttributionModel] | Mapping[str, AttributionModel]) -> Mapping[str, AttributionModel]:
    """Give each model a name."""
    named: dict[str, AttributionModel] = {}
    pairs = models.items() if isinstance(models, Mapping) else _by_repr(models)
    for name, model in pairs:
        if name in named:
            msg = f"two of the models to compare are {name}"
            raise DuplicateError(msg, model)
        named[a_name(name, "the name of a model")] = model
    if not named:
        msg = "there must be a model to compare"
        raise InvalidValueError(msg, models)
    return named


def _by_repr(models: Iterable[AttributionModel]) -> Iterator[tuple[str, AttributionModel]]:
    return ((repr(model), model) for model in each(models, "models"))


def _compared(attributions: Mapping[str, Attribution[Any]]) -> Iterator[LabelComparison]:
    """Yield what is said of each label, those with the most credit over all models first."""
    exact = {name: attribution.exact for name, attribution in attributions.items()}
    shown = {name: attribution.credits for name, attribution in attributions.items()}
    sample = next(iter(attributions.values()))
    credited = {label: Fraction(0) for found in exact.values() for label in found}
    for found in exact.values():
        for label, units in found.items():
            credited[label] += units
    ranks = {name: _ranks(found, credited) for name, found in exact.items()}
    for label in sorted(credited, key=lambda label: (-credited[label], label)):
        shares = [found.get(label, 0) / Fraction(sample.units or 1) for found in exact.values()]
        yield LabelComparison(
            label,
            {name: found.get(label, amount_of(0, sample.currency)) for name, found in shown.items()},
            {name: found[label] for name, found in ranks.items()},
            float(max(shares) - min(shares)) if sample.units else None,
        )


def _ranks(exact: Mapping[str, Fraction], labels: Iterable[str]) -> Mapping[str, int]:
    """Return the rank of each label: one more than how many have more credit."""
    units = {label: exact.get(label, Fraction(0)) for label in labels}
    in_order = sorted(units.values(), reverse=True)
    first = {credit: place for place, credit in reversed([*enumerate(in_order, start=1)])}
    return {label: first[credit] for label, credit in units.items()}
