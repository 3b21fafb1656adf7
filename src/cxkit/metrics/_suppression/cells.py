"""Groups that are shown or hidden, and what can be known of the hidden ones."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from functools import reduce
from operator import add
from typing import Any, Generic, Literal, TypeVar

import attrs

from cxkit._checks import a_name, each, frozen, shown
from cxkit.answers import Decision, Reason
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics._suppression.parts import answers

HiddenReason = Literal["too_small", "complementary"]
"""Why a group is hidden: it has too few answers, or it would give away one that has."""
LEAST = 5  # answers that a group needs in most survey tools
TOTAL = "(total)"

T = TypeVar("T")
KeyT = TypeVar("KeyT", bound=Hashable)


@attrs.frozen
class HiddenGroup:
    """What can be known of a group that is not shown.

    Attributes:
        reason: Why it is hidden. It is for the host: shown to readers, it says on which side of `k` the group is.
        low: The fewest answers that it may have by what is shown, the parts of tallies included.
        high: The most; `None` where nothing bounds it.
    """

    reason: HiddenReason
    low: int
    high: int | None


@attrs.frozen
class Suppressed(Generic[KeyT, T]):
    """What the two kinds of result share: which groups are shown, and how well the others are hidden.

    Attributes:
        k: The fewest answers of a group that may be shown.
        shown: What may be shown, by group.
        hidden: What can be known of the others; their values are not kept here.
    """

    k: int
    shown: Mapping[KeyT, T]
    hidden: Mapping[KeyT, HiddenGroup]

    @property
    def exposed(self) -> tuple[KeyT, ...]:
        """The groups that are not protected: shown with too few answers, or hidden and yet to be worked out."""
        small = [key for key, value in self.shown.items() if 0 < answers(value) < self.k]
        return (*small, *(key for key, group in self.hidden.items() if _is_exposed(group, self.k)))

    @property
    def is_safe(self) -> bool:
        """Whether no group is exposed.

        Then no group of fewer than `k` answers is shown, none that holds a hidden group can be worked out by adding and
        subtracting, and no hidden number of answers is certain; nor by the parts of tallies, such as the promoters.
        """
        return not self.exposed

    def explain(self, key: KeyT) -> Decision[Literal["shown", "hidden"]]:
        """Return whether a group is shown, and why not; for the host, not for readers."""
        if key in self.hidden:
            group = self.hidden[key]
            most = "any number" if group.high is None else group.high
            found = f"{group.low} to {most} by what is shown"
            return Decision(outcome="hidden", reasons=(Reason(group.reason, found=found, needed=f"{self.k} answers"),))
        if key not in self.shown:
            msg = f"expected one of the groups, {shown([*self.shown, *self.hidden])}, got {key!r}"
            raise InvalidValueError(msg, key)
        return Decision(outcome="shown")

    def _answers(self, key: KeyT) -> int | None:
        return answers(self.shown[key]) if key in self.shown else None

    def _value(self, key: KeyT) -> object:
        tally: Any = self.shown.get(key)
        return None if tally is None else tally.value_or(None)

    @property
    def _has_values(self) -> bool:
        return any(hasattr(tally, "value_or") for tally in self.shown.values())


def _is_exposed(group: HiddenGroup, k: int) -> bool:
    return group.high is not None and (group.high < k or group.low == group.high)


def combined(values: Iterable[Any]) -> Any:
    """Return the tally of several groups together."""
    return reduce(add, values)


def checked(groups: Mapping[str, T], what: str) -> Mapping[Any, T]:
    """Check groups by name; they must be of one kind."""
    if not isinstance(groups, Mapping):
        msg = f"{what} must be a mapping from names, got {shown(groups)}"
        raise InvalidTypeError(msg, groups)
    for name in groups:
        if a_name(name, "the name of a group") == TOTAL:
            msg = f"a group must not be called {TOTAL!r}, which is what the total is called"
            raise InvalidValueError(msg, name)
    return groups


def check_alike(values: Iterable[object]) -> None:
    """Check that groups are counts, or tallies of one class."""
    kinds = {type(value) for value in values}
    if len(kinds) > 1:
        names = ", ".join(sorted(kind.__name__ for kind in kinds))
        msg = f"groups must be of one kind, so that they add, got {names}"
        raise InvalidTypeError(msg, kinds)


def told(
    sizes: Mapping[KeyT, int], ranges: Mapping[KeyT, tuple[int, int | None]], k: int
) -> Mapping[KeyT, HiddenGroup]:
    """Return what is to be said of the groups that are hidden, by their sizes and by what can be known of them."""
    return frozen(
        {key: HiddenGroup("too_small" if sizes[key] < k else "complementary", *ends) for key, ends in ranges.items()}
    )


def hideable(hide: Collection[KeyT], keys: Collection[KeyT]) -> set[KeyT]:
    """Check that what is to be hidden is there."""
    chosen = [*each(hide, "groups to hide")]
    unknown = [key for key in chosen if key not in keys]
    if unknown:
        msg = f"expected groups of those there are to hide, got {unknown[0]!r}"
        raise InvalidValueError(msg, unknown[0])
    return {*chosen}


def rest(values: Mapping[KeyT, T], hidden: Collection[KeyT]) -> Mapping[KeyT, T]:
    """Return what is not hidden."""
    return frozen({key: value for key, value in values.items() if key not in hidden})
