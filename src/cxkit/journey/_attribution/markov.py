"""Attribution by a Markov chain: what would be lost without a channel, solved exactly."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import attrs

from cxkit._forms import stored
from cxkit.journey._attribution.conversion_paths import ConversionPath

State: TypeAlias = str | int
Transitions: TypeAlias = Mapping[tuple[State, ...], int]
Rows: TypeAlias = list[list[int]]
START, CONVERSION, NULL = 0, 1, 2  # the states that are no labels, which are texts


class Chain(NamedTuple):
    """What a chain says: how likely a path is to convert, and what part of the conversions is lost without a label."""

    p_conversion: Fraction
    removal_effects: Mapping[str, Fraction]


@stored("journey.markov")
@attrs.frozen
class Markov:
    """Credit in proportion to the removal effect in a Markov chain of the first order.

    The states are the start, the labels, the conversion, and null, where the paths end that did not convert. A
    transition is as likely as it is frequent among all paths. Without a label, what went to it goes to null; its
    removal effect is the part of the conversions that this loses, `1 - P(conversion without it) / P(conversion)`
    (Anderl, Becker, von Wangenheim and Schumann 2016). The effects of all labels are scaled to 1 at once, not within
    each path. They are exact fractions: nothing is simulated, and no path is cut off.

    Without paths that did not convert, every chain converts for certain, and an effect says only how often a label
    is met. The value of the conversions is shared in the same proportion as their number.

    >>> from cxkit.journey import Markov
    >>> Markov()
    Markov()
    """


class ByChain:
    """How `Markov` works: it counts transitions, and credits removal effects."""

    def counts(self, path: ConversionPath, units: int) -> Iterable[tuple[tuple[State, ...], int]]:  # noqa: ARG002
        """Return what a path adds to the counts of transitions."""
        end = NULL if path.conversion is None else CONVERSION
        states: Sequence[State] = (START, *path.labels, end)
        return [(step, 1) for step in pairwise(states)]

    def credits(self, counts: Transitions, units: int) -> Mapping[str, Fraction]:
        """Return the credit of each label, from the counts of transitions."""
        effects = chain_of(counts).removal_effects
        total = sum(effects.values())
        return {label: effect * units / total for label, effect in effects.items()}

    def is_sound(self, counts: Transitions, units: int) -> bool:
        """Whether the transitions are such as paths make: as many leave a label as come to it, and all come to an end."""
        if not all(len(step) == 2 and _is_step(*step) for step in counts):  # noqa: PLR2004
            return False
        flow = Counter[State]()
        for (state, other), count in counts.items():
            flow[state] -= count
            flow[other] += count
        converts = flow[CONVERSION] > 0 or not units
        flow[CONVERSION] += flow.pop(NULL, 0) + flow.pop(START, 0)
        return not any(flow.values()) and _all_end(counts) and converts


def _is_step(state: State, other: State) -> bool:
    starts, ends = state == START, other in (CONVERSION, NULL)
    return (isinstance(state, str) or starts) and (isinstance(other, str) or ends) and not (starts and ends)


def _all_end(counts: Transitions) -> bool:
    """Whether every label leads to a conversion or to null, so that the chain has a solution."""
    states = {state for state, _ in counts}
    ending: set[State] = {CONVERSION, NULL}
    while more := {state for (state, other), count in counts.items() if count and other in ending} - ending:
        ending |= more
    return states <= ending


def chain_of(counts: Transitions) -> Chain:
    """Solve the absorbing chain of some transitions, exactly.

    Once all labels but one have been eliminated, a path either converts from the start without that label, or comes to
    the label and converts from there. What is lost without the label is the second part.
    """
    labels = sorted({state for step in counts for state in step if isinstance(state, str)})
    starts = sum(count for (state, _), count in counts.items() if state == START)
    p_conversion, effects = Fraction(0), {}
    for label, ((stays, converts), (comes, direct)), determinant in _alone(labels, _tableau(labels, counts), 1):
        through, past = -comes * converts, direct * stays
        p_conversion = Fraction(through + past, stays * determinant * starts)
        if through + past:
            effects[label] = Fraction(through, through + past)
    return Chain(p_conversion, effects)


def _tableau(labels: Sequence[str], counts: Transitions) -> Rows:
    """Return the equations of the chain: a row for each label, and one for the start.

    A row holds what goes from there to each label, as a loss, and last what converts. All that leaves a label stands
    where it would go to itself, less what does.
    """
    states: Sequence[State] = (*labels, START)
    rows = [[-counts.get((state, label), 0) for label in labels] for state in states]
    places = {label: place for place, label in enumerate(labels)}
    for (state, _), count in counts.items():
        if isinstance(state, str):
            rows[places[state]][places[state]] += count
    return [[*row, counts.get((state, CONVERSION), 0)] for state, row in zip(states, rows, strict=True)]


def _alone(labels: Sequence[str], rows: Rows, determinant: int) -> Iterator[tuple[str, Rows, int]]:
    """Yield for each label the tableau from which all others have been eliminated, and its determinant.

    Each half of the labels is eliminated once for all of the other half, so that all labels together take little more
    than twice the steps of one.
    """
    if len(labels) < 2:  # noqa: PLR2004
        yield from ((label, rows, determinant) for label in labels)
        return
    half, end = len(labels) // 2, len(labels)
    yield from _alone(labels[half:], *_eliminated(half, rows, determinant))
    order = [*range(half, end), *range(half), end]
    turned = [[rows[place][other] for other in order] for place in order]
    yield from _alone(labels[:half], *_eliminated(end - half, turned, determinant))


def _eliminated(number: int, rows: Rows, determinant: int) -> tuple[Rows, int]:
    """Eliminate the first labels of a tableau in whole numbers: every division is exact (Bareiss 1968).

    No pivot is 0: these are leading minors of equations in which every label leads to an end. Two labels at a time
    take half the divisions.
    """
    for _ in range(number // 2):
        (a, b, *first), (c, d, *second), *others = rows
        pivot = (a * d - b * c) // determinant
        rows = []
        for e, f, *row in others:
            ours, theirs = (f * c - e * d) // determinant, (e * b - f * a) // determinant
            rows.append(
                [(pivot * x + ours * y + theirs * z) // determinant for x, y, z in zip(row, first, second, strict=True)]
            )
        determinant = pivot
    if number % 2:
        (a, *first), *others = rows
        rows = [[(a * x - e * y) // determinant for x, y in zip(row, first, strict=True)] for e, *row in others]
        determinant = a
    return rows, determinant
