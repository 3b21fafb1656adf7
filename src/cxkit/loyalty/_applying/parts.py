"""The parts of a lane: offers that share no units and may all be combined are planned apart."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from cxkit.loyalty._applying.play import Play


def components(plays: Sequence[Play]) -> list[list[Play]]:
    """Split offers into parts that share no units and may all be combined, in order."""
    parents = list(range(len(plays)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    owners: dict[int, int] = {}
    for number, play in enumerate(plays):
        for place in play.places:
            parents[root(number)] = root(owners.setdefault(place, number))
    for number, other in conflicts(plays):
        parents[root(number)] = root(other)
    parts: dict[int, list[Play]] = {}
    for number, play in enumerate(plays):
        parts.setdefault(root(number), []).append(play)
    return list(parts.values())


def conflicts(plays: Sequence[Play]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of offers that may not be combined."""
    choosy = [place for place, play in enumerate(plays) if play.offer.combines_with is not None]
    groups: dict[str | None, list[int]] = {}
    for place, play in enumerate(plays):
        groups.setdefault(play.offer.group, []).append(place)
    for group, members in groups.items():
        if group is not None:
            yield from combinations(members, 2)
    for place in choosy:
        for other, play in enumerate(plays):
            if other != place and not plays[place].offer.combines(play.offer):
                yield place, other
