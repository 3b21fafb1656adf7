"""Why a journey's conversions credit the touches that they do."""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs
from typing_extensions import override

from cxkit._money import allocate, from_minor
from cxkit._tables import aligned
from cxkit.answers import Decision, Reason
from cxkit.errors import UnsupportedError
from cxkit.journey._attribution.conversion_paths import ConversionPath, ConversionPaths
from cxkit.journey._attribution.markov import Markov
from cxkit.journey._attribution.models import AttributionModel, units_of, weights_of
from cxkit.journey._attribution.path_models import PathModel
from cxkit.journey._attribution.shapley import Shapley
from cxkit.journey._contacts import is_contact
from cxkit.journey._journey import Journey, known_touchpoints
from cxkit.journey._labels import a_label
from cxkit.journey._touchpoint import Touchpoint

AttributionOutcome: TypeAlias = Literal["credited", "unattributed", "no_conversion"]
"""Whether a touch is credited, or there was none to credit, or nothing converted."""


@attrs.frozen
class TouchCredit:
    """The credit of one touch for one conversion.

    Attributes:
        touch: The touchpoint that is credited.
        label: What it is credited as, such as its channel.
        conversion: What it is credited for.
        share: Its part of the conversion, exactly.
        credit: Its part of the value, to the minor unit within this conversion; without a currency, the share.
    """

    touch: Touchpoint
    label: str
    conversion: Touchpoint
    share: Fraction
    credit: Decimal | Fraction


@attrs.frozen(kw_only=True)
class AttributionDecision(Decision[AttributionOutcome]):
    """What a journey's conversions credit, and why not the rest.

    Attributes:
        reasons: `credited` for each touch that is; `no_touch` for each conversion without one; and why the other
            touchpoints are not: `no_label`, `not_a_touch`, `outside_lookback`, `after_conversion` (nothing converted after
            it) or `no_credit` (the model gives it none). `no_conversion` alone where nothing converted.
        credits: The credits, in order.
    """

    credits: tuple[TouchCredit, ...] = ()

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each credit."""
        return [
            {
                "touch": each.touch.name,
                "at": each.touch.at.isoformat(),
                "label": each.label,
                "conversion": each.conversion.at.isoformat(),
                "share": float(each.share),
                "credit": each.credit if isinstance(each.credit, Decimal) else float(each.credit),
            }
            for each in self.credits
        ]

    @override
    def __str__(self) -> str:
        return aligned(self.rows())


def decided(
    journey: Journey, model: AttributionModel, paths: ConversionPaths, currency: str | None, as_of: datetime | None
) -> AttributionDecision:
    """Share the conversions of one journey."""
    if isinstance(model, Markov | Shapley):
        msg = f"{model!r} credits labels over all journeys, and not the touches of one; see credits and removal_effects"
        raise UnsupportedError(msg, model)
    found = [path for path in paths.of([journey], as_of=as_of) if path.conversion is not None]
    if not found:
        return AttributionDecision(outcome="no_conversion", reasons=(Reason("no_conversion", None, paths.conversion),))
    credited = tuple(credit for path in found for credit in _credits(path, model, currency))
    reasons = [
        *(Reason("credited", credit.touch, model) for credit in credited),
        *(Reason("no_touch", path.conversion) for path in found if not path.labels),
        *_others(paths, known_touchpoints(journey, as_of), found, {id(credit.touch) for credit in credited}),
    ]
    outcome: AttributionOutcome = "credited" if credited else "unattributed"
    return AttributionDecision(outcome=outcome, reasons=tuple(reasons), credits=credited)


def _credits(path: ConversionPath, model: PathModel, currency: str | None) -> Iterator[TouchCredit]:
    """Share one conversion among its touches."""
    if not path.labels or path.conversion is None:
        return
    weights = weights_of(model, path)
    units = None if currency is None else allocate(units_of(path, currency), weights)
    for place, (touch, label, weight) in enumerate(zip(path.touches, path.labels, weights, strict=True)):
        if weight:
            share = Fraction(weight, sum(weights))
            credit = share if units is None or currency is None else from_minor(units[place], currency)
            yield TouchCredit(touch, label, path.conversion, share, credit)


def _others(
    paths: ConversionPaths, contacts: Sequence[Touchpoint], found: Sequence[ConversionPath], credited: Container[int]
) -> Iterator[Reason]:
    """Say why the other touchpoints are not credited."""
    label_of = a_label(paths.by, "by")
    met = {id(touch) for path in found for touch in path.touches}
    last = max(place for place, contact in enumerate(contacts) if contact is found[-1].conversion)
    for place, contact in enumerate(contacts):
        if id(contact) in credited or is_contact(paths.conversion, contact):
            continue
        if id(contact) in met:
            yield Reason("no_credit", contact)
        elif paths.touches is not None and not is_contact(paths.touches, contact):
            yield Reason("not_a_touch", contact, paths.touches)
        elif label_of(contact) is None:
            yield Reason("no_label", contact, paths.by)
        elif place > last:
            yield Reason("after_conversion", contact, paths.conversion)
        else:
            yield Reason("outside_lookback", contact, paths.lookback)
