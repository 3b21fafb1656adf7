"""The baskets that offers are tried on: in order, from small to large, until a budget is used up."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Picks: TypeAlias = Mapping[int, int]
"""How many units of each line of a shelf are in a basket, by the place of the line."""

MOST_LINES = 4


def baskets_of(ladders: Sequence[Sequence[int]]) -> Iterator[dict[int, int]]:
    """Yield baskets of up to four lines, each in one of the quantities of its ladder.

    Baskets of one line come first. The others follow by how far they reach up their ladders in all, so that the first
    quantities of many lines are tried before the last ones of few.
    """
    for place, rungs in enumerate(ladders):
        for number in rungs:
            yield {place: number}
    longest = max(map(len, ladders), default=0)
    for level in range(2, MOST_LINES * longest + 1):
        for picks in _of_level(ladders, 0, level, MOST_LINES, longest):
            if len(picks) > 1:
                yield dict(reversed(picks))


def _of_level(
    ladders: Sequence[Sequence[int]], first: int, level: int, lines: int, longest: int
) -> Iterator[list[tuple[int, int]]]:
    """Yield the baskets, without the lines before the first, that reach up so far."""
    if not level:
        yield []
    elif level <= lines * longest:
        for place in range(first, len(ladders)):
            for rung, number in enumerate(ladders[place][:level], 1):
                for rest in _of_level(ladders, place + 1, level - rung, lines - 1, longest):
                    yield [*rest, (place, number)]
