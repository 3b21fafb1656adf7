"""Deals: a benefit as it stands on the shelf of one lane, ready to take units."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from typing_extensions import override

from cxkit.answers import Reason
from cxkit.loyalty._benefits.spreading import Off, Terms
from cxkit.loyalty._effects import Effect
from cxkit.loyalty._line import Line
from cxkit.loyalty._stock import Left, units
from cxkit.predicates import Predicate


class Added(NamedTuple):
    """Units that an offer puts into the basket as a gift, what they are worth in minor units, and whether they come once."""

    line: Line
    number: int
    worth: int
    once: bool = False


class Taking(NamedTuple):
    """What an offer takes of a shelf.

    Attributes:
        times: How often it applies.
        used: The units that no other offer of the lane may use, by their group.
        off: What is taken off units, all of them among the used.
        added: What comes into the basket.
        effects: What else happens.
    """

    times: int = 0
    used: Mapping[int, int] = {}
    off: tuple[Off, ...] = ()
    added: tuple[Added, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def saving(self) -> int:
        """What it takes off, in minor units."""
        return sum(off.amount for off in self.off)

    @property
    def value(self) -> int:
        """What it is worth to the customer, with what is added, in minor units."""
        return self.saving + sum(added.worth for added in self.added)

    @property
    def is_something(self) -> bool:
        """Whether it changes anything."""
        return bool(self.added or self.effects or self.off)


class Draw(NamedTuple):
    """What an offer would take, without where the money goes: all that a search for the best combination asks.

    Attributes:
        used: The units that no other offer of the lane may use, by their group.
        value: What it is worth to the customer, in minor units.
    """

    used: Mapping[int, int]
    value: int


NOTHING = Taking()


class Short(NamedTuple):
    """How far something is from applying: why, and how many units or minor units of money it lacks of which range."""

    reason: Reason
    units: int = 0
    money: int = 0
    of: Predicate | None = None


DealT = TypeVar("DealT", bound="Deal")


class Deal(ABC):
    """A benefit on a shelf.

    Attributes:
        terms: What the lane says.
        places: The groups whose units it may use, in the order in which it looks at them.
        items: The range that it is about, to say what is missing.
        divisible: Whether a part of it can be given, where a budget holds no more.
        unitwise: Whether what it takes off a unit depends on nothing but that unit.
        bounds_all: Whether its bound holds for any number of applications on units of their own together.
        rising: Whether it is never worth less if it applies more often.
        effectual: Whether it does something beside what it is worth.
        slack: By how much rounding may make it exceed its rates, in minor units.
    """

    divisible = False
    unitwise = False
    bounds_all = False
    rising = True
    effectual = False
    slack = 0

    def __init__(self, terms: Terms, places: Iterable[int]) -> None:
        """Keep what every deal knows."""
        self.terms = terms
        self.places: tuple[int, ...] = tuple(places)
        self.items: Predicate | None = None

    @abstractmethod
    def most(self, left: Left) -> int:
        """Return how many times it can apply."""

    @abstractmethod
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        """Apply it so many times, which must be possible; a cap limits what a divisible deal takes off."""

    def draw(self, left: Left, times: int, *, cap: int | None = None) -> Draw:
        """Return what `take` would use and be worth, at less cost where a deal knows how."""
        taking = self.take(left, times, cap=cap)
        return Draw(taking.used, taking.value)

    def draws(self, left: Left, most: int | None, *, cap: int | None = None) -> Iterator[tuple[int, Draw]]:
        """Yield how often it may apply, from the most times that it can, or may, to one, with what it would take."""
        there = self.most(left)
        for times in range(there if most is None else min(there, most), 0, -1):
            yield times, self.draw(left, times, cap=cap)

    @abstractmethod
    def bound(self, left: Left) -> int:
        """Return an amount that it cannot exceed, on these units or on fewer."""

    def rates(self) -> Mapping[int, tuple[int, int]] | None:
        """Return the most that it can take off for each unit it uses, as parts of a scale; `None` where that says nothing."""
        return None

    def missing(self, left: Left) -> int:  # noqa: ARG002 - only some lack units
        """Return how many more units would let it apply a first time."""
        return 0

    def short(self, left: Left) -> Short | None:
        """Return what it lacks to apply a first time, or `None` where it lacks nothing."""
        missing, found = self.missing(left), units(left, self.places)
        return Short(Reason("units", found=found, needed=found + missing), missing, of=self.items) if missing else None

    def bearable(self, left: Left) -> int:
        """Return all that could be taken off its units."""
        return sum([left[place] * self.terms.rooms[place] for place in self.places])


class Idle(Deal):
    """What does not apply, whatever units are left: a threshold that is not reached, or nothing to take off."""

    def __init__(self, terms: Terms, places: Iterable[int], short: Short) -> None:
        """Keep what it lacks."""
        super().__init__(terms, places)
        self._short = short

    @override
    def most(self, left: Left) -> int:
        return 0

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        return NOTHING

    @override
    def bound(self, left: Left) -> int:
        return 0

    @override
    def short(self, left: Left) -> Short:
        return self._short


def about(items: Predicate | None, deal: DealT) -> DealT:
    """Return a deal that knows which range it is about."""
    deal.items = items
    return deal
