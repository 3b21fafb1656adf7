"""Bundles: several units for one price."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import TypeAlias

import attrs
from typing_extensions import override

from cxkit._checks import a_count, as_tuple, one_of
from cxkit._forms import DECIMAL, INTEGER, form_of, many, optional, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._benefits.benefit import Benefit, a_price, the_items
from cxkit.loyalty._benefits.deal import NOTHING, Deal, Draw, Short, Taking
from cxkit.loyalty._benefits.spreading import Terms, spread
from cxkit.loyalty._benefits.unit_cuts import PICK, picked
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import ITEMS_FORM
from cxkit.loyalty._offers.policy import Pick
from cxkit.loyalty._stock import Left, units
from cxkit.predicates import Predicate


@stored("loyalty.part", quantity=INTEGER, items=optional(ITEMS_FORM))
@attrs.frozen
class Part:
    """So many units of a range, as a part of a bundle.

    Attributes:
        quantity: How many.
        items: Of which range, as a predicate about `Line.fields`; all goods, unless given.
    """

    quantity: int
    items: Predicate | None = attrs.field(default=None, converter=the_items)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        a_count(self.quantity, "quantity", least=1)


def _parts(given: Iterable[Part]) -> tuple[Part, ...]:
    parts = as_tuple([given] if isinstance(given, Part) else given)
    for part in parts:
        if not isinstance(part, Part):
            msg = f"a bundle is made of Part(quantity, items), got {part!r}"
            raise InvalidTypeError(msg, part)
    if not parts:
        msg = "a bundle must have at least one part"
        raise InvalidValueError(msg, parts)
    return parts


@stored("loyalty.bundle", price=DECIMAL, parts=many(form_of(Part)), pick=optional(PICK))
@attrs.frozen
class Bundle(Benefit):
    """Some units together for one price, as often as they are there; never dearer than they were.

    Attributes:
        price: What they cost together.
        parts: Which units make a bundle: `[Part(3)]` is "any 3".
        pick: Which units go first into a bundle: the `dearest`, unless given, which is best for the customer.

    >>> from decimal import Decimal
    >>> from cxkit.loyalty import Basket, Bundle, Line, Offer, Part, apply_offers
    >>> basket = Basket([Line("sock", Decimal("8.00"), quantity=4)], currency="EUR")
    >>> apply_offers(basket, [Offer("3 for 20", Bundle(20, [Part(3)]))]).total
    Decimal('28.00')
    """

    price: Decimal = attrs.field(converter=a_price)
    parts: tuple[Part, ...] = attrs.field(converter=_parts)
    pick: Pick | None = attrs.field(default=None, kw_only=True)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        if self.pick is not None:
            one_of(self.pick, ("cheapest", "dearest"), "pick")

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        return Bundles(terms, self)


Run: TypeAlias = tuple[int, Mapping[int, int], int]
"""How often a bundle of the same units comes in turn, its units, and what one saves."""


class Bundles(Deal):
    """Bundles of the units of a shelf, those of the units that go first before the others."""

    bounds_all = True

    def __init__(self, terms: Terms, bundle: Bundle) -> None:
        """Find which groups serve which part."""
        self._parts = bundle.parts
        self._ranges = [frozenset(terms.shelf.range(part.items)) for part in bundle.parts]
        self._quantities = [part.quantity for part in bundle.parts]
        super().__init__(terms, picked(frozenset().union(*self._ranges), bundle.pick or "dearest"))
        self._price = terms.minor(bundle.price, "price")
        apart = len(self.places) == sum(map(len, self._ranges))
        self._apart = [[place for place in self.places if place in range_] for range_ in self._ranges] if apart else []

    @override
    def most(self, left: Left) -> int:
        return sum(times for times, _, _ in self._runs(left))

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        done, used, saved = _made(_at_most(self._runs(left), times))
        return Taking(done, used, spread(saved, used, self.terms)) if done else NOTHING

    @override
    def draw(self, left: Left, times: int, *, cap: int | None = None) -> Draw:
        _, used, saved = _made(_at_most(self._runs(left), times))
        return Draw(used, saved)

    @override
    def draws(self, left: Left, most: int | None, *, cap: int | None = None) -> Iterator[tuple[int, Draw]]:
        runs = list(_at_most(self._runs(left), most))  # few, however many bundles there are
        done, used, saved = _made(runs)
        for times, bundle, saving in reversed(runs):
            for _ in range(times):
                yield done, Draw(used, saved)
                used = {place: number - bundle.get(place, 0) for place, number in used.items()}
                done, saved = done - 1, saved - saving

    def _runs(self, left: Left) -> Iterator[Run]:
        """Yield how often a bundle of the same units comes in turn, its units, and what one saves."""
        groups, rooms = self.terms.shelf.groups, self.terms.rooms
        rest = dict(left)
        waiting = [[place for place in reversed(places) if rest[place]] for places in self._apart]
        while bundle := self._first(rest, waiting) if waiting else self._fitted(rest):
            worth = sum([number * groups[place].price for place, number in bundle.items()])
            saving = min(worth - self._price, sum([number * rooms[place] for place, number in bundle.items()]))
            if saving <= 0:
                return
            times = min([rest[place] // number for place, number in bundle.items()])
            yield times, bundle, saving
            for place, number in bundle.items():
                rest[place] -= times * number

    def _first(self, rest: Left, waiting: Iterable[list[int]]) -> dict[int, int] | None:
        """Fill the parts of one bundle, which have no unit in common, each from the end of the groups that wait for it."""
        taken: dict[int, int] = {}
        for places, quantity in zip(waiting, self._quantities, strict=True):
            while places and not rest[places[-1]]:
                places.pop()
            lacking = quantity
            for place in reversed(places):
                taken[place] = min(rest[place], lacking)
                lacking -= taken[place]
                if not lacking:
                    break
            if lacking:
                return None
        return taken

    def _fitted(self, rest: Left) -> dict[int, int] | None:
        """Fill the parts of one bundle with the units that go first; a unit gives way to another where it fits elsewhere."""
        flow, lacking = self._flow(rest)
        if lacking:
            return None
        taken: dict[int, int] = {}
        for place, number in chain.from_iterable(given.items() for given in flow):
            if number:
                taken[place] = taken.get(place, 0) + number
        return taken

    def _flow(self, rest: Left) -> tuple[list[dict[int, int]], int]:
        """Return the units of each part of one bundle, and how many units it lacks."""
        flow: list[dict[int, int]] = [{} for _ in self._ranges]
        lacking = sum(self._quantities)
        for place in self.places:
            spare = rest[place]
            while spare and lacking and (pushed := self._push(flow, place, spare)):
                spare, lacking = spare - pushed, lacking - pushed
        return flow, lacking

    def _push(self, flow: list[dict[int, int]], place: int, most: int) -> int:
        """Put units of a group into a part, moving others on where their part is full; return how many."""
        came_from: dict[int, tuple[int | None, int]] = {
            part: (None, place) for part, range_ in enumerate(self._ranges) if place in range_
        }
        for part in (waiting := list(came_from)):
            spare = self._quantities[part] - sum(flow[part].values())
            if spare:
                return _move(flow, came_from, part, min(most, spare))
            for held, number in flow[part].items():
                for other, range_ in enumerate(self._ranges):
                    if number and other not in came_from and held in range_:
                        came_from[other] = (part, held)
                        waiting.append(other)
        return 0

    @override
    def short(self, left: Left) -> Short | None:
        short = super().short(left)
        if short is None:
            return None
        flow, _ = self._flow(left)
        filled = zip(self._parts, flow, strict=True)
        lacking = [part.items for part, given in filled if sum(given.values()) < part.quantity]
        return short._replace(of=lacking[0] if len(lacking) == 1 else None)

    @override
    def bound(self, left: Left) -> int:
        if units(left, self.places) < sum(self._quantities):
            return 0
        worth = sum([left[place] * self.terms.shelf.groups[place].price for place in self.places])
        return max(0, min(worth - self._price, self.bearable(left)))

    @override
    def rates(self) -> Mapping[int, tuple[int, int]]:
        # However the price is shared over the parts, a bundle saves no more than its units cost above their shares.
        groups = self.terms.shelf.groups
        parts = self._apart or [list(self.places)] * len(self._ranges)
        means = [sum(groups[place].price for place in part) // len(part) if part else 0 for part in parts]
        whole = sum(mean * quantity for mean, quantity in zip(means, self._quantities, strict=True)) or 1
        return {
            place: (max(0, groups[place].price * whole - self._price * mean), whole)
            for part, mean in zip(parts, means, strict=True)
            for place in part
        }

    @override
    def missing(self, left: Left) -> int:
        _, lacking = self._flow(left)
        return lacking


def _move(flow: list[dict[int, int]], came_from: Mapping[int, tuple[int | None, int]], part: int, number: int) -> int:
    """Move units along the path that ends at a part with room; return how many went."""
    steps: list[tuple[int | None, int, int]] = []
    at: int | None = part
    while at is not None:
        before, held = came_from[at]
        if before is not None:
            number = min(number, flow[before][held])
        steps.append((before, held, at))
        at = before
    for before, held, after in steps:
        flow[after][held] = flow[after].get(held, 0) + number
        if before is not None:
            flow[before][held] -= number
    return number


def _at_most(runs: Iterable[Run], most: int | None) -> Iterator[Run]:
    """Yield the first so many bundles of those that come in turn; all of them for none."""
    for there, bundle, saving in runs:
        times = there if most is None else min(there, most)
        if not times:
            return
        yield times, bundle, saving
        most = None if most is None else most - times


def _made(runs: Iterable[Run]) -> tuple[int, dict[int, int], int]:
    """Return how many bundles come in turn, their units, and what they save."""
    used: dict[int, int] = {}
    saved, done = 0, 0
    for times, bundle, saving in runs:
        saved, done = saved + times * saving, done + times
        for place, number in bundle.items():
            used[place] = used.get(place, 0) + times * number
    return done, used, saved
