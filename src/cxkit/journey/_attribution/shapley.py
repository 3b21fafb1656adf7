"""Attribution by the Shapley value: what each label adds, on average over all orders in which they may come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial, isfinite, lcm
from typing import Literal, TypeAlias

import attrs

from cxkit._checks import a_name, each, one_of
from cxkit._forms import Form, choice, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._attribution.conversion_paths import ConversionPath

MOST_PLAYERS = 12  # of whom there are 4096 sets
VALUE, CONVERTED, LOST = 0, 1, 2  # what is counted of each set of labels

Number: TypeAlias = int | float | Decimal | Fraction
ShapleyWorth: TypeAlias = Callable[[frozenset[str]], Number]
"""What a set of labels is worth."""
ShapleyReading: TypeAlias = Literal["cumulative", "observed"]
"""What a set of labels is worth, by the paths: see `Shapley`."""
Counts: TypeAlias = Mapping[tuple[str | int, ...], int]


def shapley_values(players: Iterable[str], worth: ShapleyWorth) -> dict[str, Fraction]:
    """Share the worth of all players among them by their Shapley values, exactly.

    The value of a player is what it adds to those before it, on average over all orders (Shapley 1953). The values
    sum to `worth(everyone) - worth(nobody)`.

    Args:
        players: Up to 12 names.
        worth: What a set of players is worth; it is asked once of each set. A float counts as the binary fraction that
            it is.

    >>> from cxkit.journey import shapley_values
    >>> runway = {"A": 8, "B": 11, "C": 13}
    >>> {name: str(value) for name, value in shapley_values(runway, lambda who: max(map(runway.get, who), default=0)).items()}
    {'A': '8/3', 'B': '25/6', 'C': '37/6'}
    """
    names = sorted({a_name(player, "a player") for player in each(players, "players")})
    if len(names) > MOST_PLAYERS:
        msg = (
            f"the exact Shapley value asks for the worth of every set, which is done for up to {MOST_PLAYERS} labels, "
            f"got {len(names)}; group them, or take Shapley(), which has a closed form"
        )
        raise InvalidValueError(msg, players)
    sets = [members for size in range(len(names) + 1) for members in combinations(names, size)]
    worths = [_exact(worth(frozenset(members))) for members in sets]
    scale = lcm(*(value.denominator for value in worths))
    gains, losses = dict.fromkeys(names, 0), 0
    for members, value in zip(sets, worths, strict=True):
        units = value.numerator * (scale // value.denominator)
        loss = units * _orders(len(members) + 1, len(names))
        gain = units * _orders(len(members), len(names)) + loss
        losses += loss  # of all players, of which the members have it back
        for name in members:
            gains[name] += gain
    return {name: Fraction(gain - losses, scale * factorial(len(names))) for name, gain in gains.items()}


def _orders(size: int, players: int) -> int:
    """Return in how many orders one player comes last of so many, before all others."""
    return factorial(size - 1) * factorial(players - size) if 0 < size <= players else 0


def _exact(value: Number) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        msg = f"a worth must be a number, got {value!r}"
        raise InvalidTypeError(msg, value)
    if not isfinite(value):
        msg = f"a worth must be finite, got {value!r}"
        raise InvalidValueError(msg, value)
    return Fraction(value)


def _dump_worth(worth: ShapleyReading | ShapleyWorth) -> str:
    if not isinstance(worth, str):
        msg = f"a Shapley model is stored by the name of its worth; a function has no stored form, got {worth!r}"
        raise InvalidTypeError(msg, worth)
    return worth


@stored("journey.shapley", worth=Form(_dump_worth, choice("cumulative", "observed").load))
@attrs.frozen
class Shapley:
    """Credit by the Shapley value: what each label adds, on average over all orders in which labels may come.

    The order of touches in a path plays no part, and neither does how often a label comes.

    Attributes:
        worth: What a set of labels is worth.

            - `"cumulative"`: the conversions of all paths with no other labels. The exact value has a closed form for any
              number of labels, and is that of `Linear(distinct=True)`.
            - `"observed"`: the conversion rate of the paths with just these labels, and 0 where there are none. Each set
              is a game of its own, scaled to the conversions of that set. What one popular package does
              (marketing_attribution_models 2.1); sets that nobody happened to see move credit, and credit may be
              negative.
            - a function of your own, of the set of labels: one game of all labels, scaled to the total.

    >>> from cxkit.journey import Shapley
    >>> Shapley("observed")
    Shapley(worth='observed')
    """

    worth: ShapleyReading | ShapleyWorth = "cumulative"

    def __attrs_post_init__(self) -> None:
        if not callable(self.worth):
            one_of(self.worth, ("cumulative", "observed"), "worth")


@attrs.frozen
class BySets:
    """How `Shapley` works: it counts paths by the set of their labels, and credits what a set is worth."""

    worth: ShapleyReading | ShapleyWorth

    def counts(self, path: ConversionPath, units: int) -> Iterable[tuple[tuple[str | int, ...], int]]:
        """Return what a path adds to the counts of sets of labels."""
        labels = sorted(set(path.labels))
        if path.conversion is None:
            return [((LOST, *labels), 1)]
        return [((CONVERTED, *labels), 1), ((VALUE, *labels), units)]

    def credits(self, counts: Counts, units: int) -> Mapping[str, Fraction]:
        """Return the credit of each label, from the counts of sets of labels."""
        sets = _of_kind(VALUE, counts)
        if callable(self.worth):
            return _scaled(shapley_values(frozenset[str]().union(*sets), self.worth), units) if sets else {}
        share = _equal if self.worth == "cumulative" else _by_rate(counts)
        credited = defaultdict[str, Fraction](Fraction)
        for labels, value in sets.items():
            for label, credit in share(labels, value).items():
                credited[label] += credit
        return credited

    def is_sound(self, counts: Counts, units: int) -> bool:
        """Whether the counts are of sets of labels, and sum to what is attributed."""
        shaped = all(
            kind in (VALUE, CONVERTED, LOST) and labels and all(map(_is_text, labels)) for kind, *labels in counts
        )
        return shaped and sum(_of_kind(VALUE, counts).values()) == units


def _is_text(label: str | int) -> bool:
    return isinstance(label, str)


def _of_kind(wanted: int, counts: Counts) -> Mapping[frozenset[str], int]:
    """Return one of the counts of each set of labels."""
    return {frozenset(map(str, labels)): number for (kind, *labels), number in counts.items() if kind == wanted}


def _equal(labels: frozenset[str], units: int) -> Mapping[str, Fraction]:
    """Share what a set brought in.

    The game of all sets is a sum of games, in each of which all members of one set are needed: its Shapley value is an
    equal share (Shapley 1953).
    """
    return dict.fromkeys(labels, Fraction(units, len(labels)))


def _by_rate(counts: Counts) -> Callable[[frozenset[str], int], Mapping[str, Fraction]]:
    """Return what shares what a set brought in by the conversion rates of just those sets that there are."""
    converted, lost = _of_kind(CONVERTED, counts), _of_kind(LOST, counts)

    def rate(labels: frozenset[str]) -> Fraction:
        conversions = converted.get(labels, 0)
        return Fraction(conversions, conversions + lost.get(labels, 0) or 1)

    return lambda labels, units: _scaled(shapley_values(labels, rate), units)


def _scaled(values: Mapping[str, Fraction], units: int) -> Mapping[str, Fraction]:
    total = sum(values.values())
    if not total:
        msg = "all labels together must be worth something, got a worth of 0: there is nothing to share by"
        raise InvalidValueError(msg, values)
    return {label: value * units / total for label, value in values.items()}
