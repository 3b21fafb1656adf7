"""Buy X, get Y: the benefit of free units, in the four readings that the field has of it."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import get_args

import attrs
from typing_extensions import override

from cxkit._checks import a_count, one_of
from cxkit._forms import DECIMAL, INTEGER, choice, optional, stored
from cxkit.errors import InvalidValueError
from cxkit.loyalty._benefits.benefit import Benefit, a_percentage, the_items
from cxkit.loyalty._benefits.deal import Added, Deal, Draw, Short, Taking
from cxkit.loyalty._benefits.spreading import Terms, rounded, slack_of, worked_out
from cxkit.loyalty._benefits.unit_cuts import PICK, percent_of, picked
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import ITEMS_FORM, LineFields
from cxkit.loyalty._offers.policy import Pick, Reading
from cxkit.loyalty._stock import Left, taken_in_order, units
from cxkit.predicates import Predicate, a_predicate

READINGS = get_args(Reading)


class FreeUnits(Deal):
    """Some units pay, others are free or cheaper, in groups of `buy` and `get`."""

    bounds_all = True

    def __init__(self, terms: Terms, benefit: "BuyXGetY", buy: int, get: int) -> None:
        """Find the range that pays and the range that is freed, which may be the same."""
        pick = benefit.pick or terms.policy.pick
        items = terms.shelf.range(benefit.items)
        rewards = items if benefit.rewards is None else terms.shelf.range(benefit.rewards)
        super().__init__(terms, dict.fromkeys((*items, *rewards)))
        self.buy, self.get, self.items = buy, get, benefit.items
        self._of_rewards, self._wanted = benefit.rewards, get
        self._payers = picked(items, terms.policy.payers)
        self._rewards = picked(rewards, pick)
        self._both = frozenset(items) & frozenset(rewards)
        self.rising = items == rewards or not self._both  # otherwise more applications leave others to be free
        each, self._scale = percent_of(benefit.percent, rewards, terms)
        self._each = {place: min(cut, terms.rooms[place] * self._scale) for place, cut in each.items()}
        self._dearest = sorted(rewards, key=self._each.__getitem__, reverse=True)
        self.slack = slack_of(rewards, self._scale, terms)
        self._averages = items == rewards and pick == "cheapest" and _rises([self._each[place] for place in rewards])

    @override
    def most(self, left: Left) -> int:
        paying, free = units(left, self._payers), units(left, self._rewards)
        in_all = paying + free - units(left, self._both)
        return min(paying // self.buy, free // self.get, in_all // (self.buy + self.get))

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        return self._taking(left, self._free(left, times), times, times * self.buy)

    def _freed(self, left: Left, number: int, of_both: int) -> dict[int, int]:
        """Take the free units, and of those that could pay as well no more than can be spared."""
        taken: dict[int, int] = {}
        for place in self._rewards:
            spare = min(left[place], number, of_both) if place in self._both else min(left[place], number)
            if spare:
                taken[place] = spare
                number -= spare
                of_both -= spare if place in self._both else 0
        return taken

    def _taking(self, left: Left, free: Mapping[int, int], times: int, number: int) -> Taking:
        return Taking(times, self._used(left, free, number), worked_out(free, self._each, self._scale, self.terms))

    def _used(self, left: Left, free: Mapping[int, int], number: int) -> dict[int, int]:
        """Return the free units with so many that pay for them."""
        used = dict(free)
        for place in self._payers:
            if number <= 0:
                break
            paying = min(left[place] - free.get(place, 0), number)
            if paying:
                used[place] = used.get(place, 0) + paying
                number -= paying
        return used

    @override
    def draw(self, left: Left, times: int, *, cap: int | None = None) -> Draw:
        free = self._free(left, times)
        value = rounded(free, self._each, self._scale, self.terms)
        return Draw(self._used(left, free, times * self.buy), value)

    def _free(self, left: Left, times: int) -> dict[int, int]:
        return self._freed(left, times * self.get, units(left, self._payers) - times * self.buy)

    @override
    def bound(self, left: Left) -> int:
        freed = taken_in_order(left, self._dearest, self.most(left) * self.get)
        return sum(number * self._each[place] for place, number in freed.items()) // self._scale + self.slack

    @override
    def rates(self) -> Mapping[int, tuple[int, int]] | None:
        if self._averages:  # the free ones are the cheapest of those used, so at most their share of the price
            share = self.buy + self.get
            return {place: (cut * self.get, self._scale * share) for place, cut in self._each.items()}
        return {place: (self._each.get(place, 0), self._scale) for place in self.places}

    @override
    def short(self, left: Left) -> Short | None:
        short = super().short(left)
        if short and self._of_rewards is not None:  # which of the two ranges it is that lacks units
            paying, free = self.buy - units(left, self._payers), self._wanted - units(left, self._rewards)
            lacking = self._of_rewards if paying <= 0 else self.items if free <= 0 else None
            return short._replace(of=lacking)
        return short

    @override
    def missing(self, left: Left) -> int:
        paying, free = units(left, self._payers), units(left, self._rewards)
        in_all = paying + free - units(left, self._both)
        return max(0, self.buy - paying, self.get - free, self.buy + self.get - in_all)


class SeparatePools(FreeUnits):
    """The units that pay are only counted: those that become free may be among them, and fewer may be there."""

    def __init__(self, terms: Terms, benefit: "BuyXGetY", buy: int, get: int) -> None:
        """Find both ranges; more applications only add free units."""
        super().__init__(terms, benefit, buy, get)
        self.rising, self._wanted = True, 1

    @override
    def most(self, left: Left) -> int:
        return min(units(left, self._payers) // self.buy, -(-units(left, self._rewards) // self.get))

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        return self._taking(left, self._free(left, times), times, times * self.buy)

    @override
    def _free(self, left: Left, times: int) -> dict[int, int]:
        return taken_in_order(left, self._rewards, times * self.get)

    @override
    def rates(self) -> Mapping[int, tuple[int, int]]:
        return {place: (self._each.get(place, 0), self._scale) for place in self.places}

    @override
    def missing(self, left: Left) -> int:
        return max(0, self.buy - units(left, self._payers), 1 - units(left, self._rewards))


class AddedUnits(FreeUnits):
    """The free units are none of the basket: they are added to it."""

    @override
    def most(self, left: Left) -> int:
        return units(left, self._payers) // self.buy

    @override
    def take(self, left: Left, times: int, *, cap: int | None = None) -> Taking:
        used = taken_in_order(left, self._payers, times * self.buy)
        first = next(place for place in self._rewards if left[place])
        number = times * self.get
        worth = number * self.terms.shelf.groups[first].price
        return Taking(times, used, added=(Added(self.terms.shelf.line(first), number, worth),))

    @override
    def draw(self, left: Left, times: int, *, cap: int | None = None) -> Draw:
        return Deal.draw(self, left, times)

    @override
    def bound(self, left: Left) -> int:
        return (
            self.most(left) * self.get * max((self.terms.shelf.groups[place].price for place in self.places), default=0)
        )

    @override
    def rates(self) -> Mapping[int, tuple[int, int]] | None:
        return None

    @override
    def missing(self, left: Left) -> int:
        return max(0, self.buy - units(left, self._payers))


def _rises(cuts: list[int]) -> bool:
    return all(first <= second for first, second in pairwise(cuts))


def _rewards(given: Predicate | None) -> Predicate | None:
    return the_items(given, "rewards")


def _reading(given: Reading | None) -> Reading | None:
    return None if given is None else one_of(given, READINGS, "reading")


@stored(
    "loyalty.buy_x_get_y",
    buy=INTEGER,
    get=INTEGER,
    items=ITEMS_FORM,
    rewards=optional(ITEMS_FORM),
    reading=optional(choice(*READINGS)),
    pick=optional(PICK),
    percent=DECIMAL,
)
@attrs.frozen(kw_only=True)
class BuyXGetY(Benefit):
    """Some units free with others.

    What "buy 5, get 1" means differs from shop to shop, so each reading has a name:

    - `in_basket`: of every 5 + 1 units of the range in the basket, 1 is free. Whole groups only.
    - `included`: of every 5 units, 1 is free: `buy=3, get=1` is "3 for 2".
    - `added`: for every 5 units, 1 more is added to the basket as a gift.
    - `separate`: for every 5 units bought, 1 unit of `rewards` is free, as far as the basket holds any.

    The free units are the cheapest of the whole range, not of each group.

    Attributes:
        buy: How many are bought.
        get: How many are free with them.
        items: Which units count, as a predicate about `Line.fields`.
        rewards: Which units become free; those of `items`, unless given.
        reading: What it means; the policy says, unless given, and it says `in_basket`, unless told otherwise.
        pick: Which units become free: the `cheapest` or the `dearest`; the policy says, unless given.
        percent: How much of their price they lose; 50 makes "second at half price" of `buy=1, get=1`.

    >>> from cxkit.loyalty import BuyXGetY, Line
    >>> BuyXGetY(buy=5, get=1, items=Line.fields.tags.contains("coffee")).get
    1
    """

    buy: int
    get: int
    items: Predicate
    rewards: Predicate | None = attrs.field(default=None, converter=_rewards)
    reading: Reading | None = attrs.field(default=None, converter=_reading)
    pick: Pick | None = None
    percent: Decimal = attrs.field(default=Decimal(100), converter=a_percentage)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        a_count(self.buy, "buy", least=1)
        a_count(self.get, "get", least=1)
        a_predicate(self.items, LineFields, "items")
        if self.pick is not None:
            one_of(self.pick, ("cheapest", "dearest"), "pick")
        if self.reading is not None:
            self._check(self.reading)

    def _check(self, reading: Reading) -> None:
        if reading == "included" and (self.rewards is not None or self.get >= self.buy):
            of = "it" if self.rewards is None else repr(self.rewards)
            msg = f"of every {self.buy} units of one range, fewer must be free, got {self.get} of {of}"
            raise InvalidValueError(msg, self.get)
        if reading == "added" and (self.rewards is not None or self.percent != 100):  # noqa: PLR2004 - the whole price
            msg = (
                "units are added to the basket in full and of the range that was bought; leave rewards and percent out"
            )
            raise InvalidValueError(msg, self.rewards)

    @override
    def __cxkit_deal__(self, terms: Terms) -> Deal:
        reading = self.reading or terms.policy.reading
        self._check(reading)
        if reading == "included":
            return FreeUnits(terms, self, self.buy - self.get, self.get)
        kinds = {"in_basket": FreeUnits, "separate": SeparatePools, "added": AddedUnits}
        return kinds[reading](terms, self, self.buy, self.get)
