"""Attributing: one pass over journeys, under one model or several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, overload

import attrs

from cxkit.calendar import Length
from cxkit.journey._attribution.attribution import Attribution
from cxkit.journey._attribution.conversion_paths import ConversionPath, ConversionPaths
from cxkit.journey._attribution.models import AttributionModel, method_of, units_of
from cxkit.journey._contacts import Contact
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label


@overload
def attribute(
    journeys: Iterable[Journey],
    *,
    conversion: Contact,
    model: AttributionModel,
    by: Label = ...,
    currency: str,
    lookback: Length | None = ...,
    touches: Contact | None = ...,
    reuse: bool = ...,
    include_conversion: bool = ...,
    as_of: datetime | None = ...,
) -> Attribution[Decimal]: ...


@overload
def attribute(
    journeys: Iterable[Journey],
    *,
    conversion: Contact,
    model: AttributionModel,
    by: Label = ...,
    currency: None = ...,
    lookback: Length | None = ...,
    touches: Contact | None = ...,
    reuse: bool = ...,
    include_conversion: bool = ...,
    as_of: datetime | None = ...,
) -> Attribution[Fraction]: ...


def attribute(
    journeys: Iterable[Journey],
    *,
    conversion: Contact,
    model: AttributionModel,
    by: Label = "channel",
    currency: str | None = None,
    lookback: Length | None = None,
    touches: Contact | None = None,
    reuse: bool = False,
    include_conversion: bool = False,
    as_of: datetime | None = None,
) -> Attribution[Any]:
    """Share conversions among the touches that led to them.

    Args:
        journeys: What happened, read one by one.
        conversion: Which touchpoints convert: their name, or a predicate about `Touchpoint.fields`.
        model: How credit is shared, such as `Linear()`.
        by: What is credited: `"channel"`, `"properties.campaign"`, or a value of `Touchpoint.fields`.
        currency: The currency of the value of the conversions, which is shared to the minor unit. Without one, the
            number of conversions is shared, in fractions.
        lookback: For how long a touch counts; for ever unless given. See `ConversionPaths` for this and what follows.
        touches: Which touchpoints are touches; all that do not convert, unless given.
        reuse: Whether a touch may be credited for each later conversion, and not for the next one alone.
        include_conversion: Whether a conversion is itself a touch.
        as_of: The moment; nothing that came to be known later counts. The log counts as given without it.

    >>> from datetime import datetime, timezone
    >>> from cxkit.journey import Journey, Last, Touchpoint, attribute
    >>> day = lambda number: datetime(2026, 3, number, tzinfo=timezone.utc)
    >>> visits = [Touchpoint("visit", day(1), channel="ads"), Touchpoint("visit", day(2), channel="direct")]
    >>> anna = Journey("anna", [*visits, Touchpoint("order", day(3))])
    >>> print(attribute([anna], conversion="order", model=Last(skip="direct")))
    label   credit  share
    ads          1      1
    direct       0      0
    """
    paths = ConversionPaths(
        conversion, by=by, touches=touches, lookback=lookback, reuse=reuse, include_conversion=include_conversion
    )
    [attribution] = attributed(journeys, Attribution(model=model, paths=paths, currency=currency, as_of=as_of))
    return attribution


def attributed(journeys: Iterable[Journey], *empty: Attribution[Any]) -> list[Attribution[Any]]:
    """Count the paths of journeys under models that differ in nothing else, in one pass."""
    paths, currency, as_of = empty[0].paths, empty[0].currency, empty[0].as_of
    methods = [(method_of(each.model), Counter[Any]()) for each in empty]
    numbers = Counter[Any]()
    for path in paths.of(journeys, as_of=as_of):
        units = units_of(path, currency)
        numbers.update(_numbers(path, units, currency is not None))
        if path.labels:
            for method, counts in methods:
                for key, number in method.counts(path, units):
                    counts[key] += number
    found: Mapping[str, Any] = numbers
    return [attrs.evolve(each, counts=counts, **found) for each, (_, counts) in zip(empty, methods, strict=True)]


def _numbers(path: ConversionPath, units: int, valued: bool) -> Mapping[str, int]:  # noqa: FBT001 - internal
    """Return what a path adds to the totals."""
    conversion = path.conversion
    return {
        "conversions": int(conversion is not None),
        "units": units,
        "unattributed_units": 0 if path.labels else units,
        "unlabelled": path.unlabelled,
        "unvalued": int(valued and conversion is not None and conversion.value is None),
    }
