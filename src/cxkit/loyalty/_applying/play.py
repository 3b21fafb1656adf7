"""Plays: an offer on the shelf of one lane, with its conditions and limits."""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from cxkit import _money
from cxkit.loyalty._applying.conditions import Measured
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.deal import NOTHING, Added, Draw, Short, Taking
from cxkit.loyalty._benefits.spreading import Off, Terms
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._stock import Left, Shelf, without

TRIES = 1_000  # of how many times to apply, where more may be worth less


class Play:
    """An offer that may take units of a shelf.

    Attributes:
        offer: The offer.
        deal: Its benefit there.
        shorts: What its conditions lack; it takes nothing while there are any.
        alone: How many times it would apply if it had the whole shelf to itself.
        places: The groups whose units it may use.
        unitwise: Whether it shares units with others of its kind, each going to the one that saves most on it.
        slack: By how much rounding may make it exceed its rates, in minor units.
    """

    def __init__(self, offer: Offer, shelf: Shelf, basket: Basket, policy: OfferPolicy, budget: int | None) -> None:
        """Put an offer on a shelf.

        Args:
            offer: The offer, which is open to this basket.
            shelf: What the lane found.
            basket: What is bought.
            policy: How money is rounded and units are picked.
            budget: How much it may still take off, in minor units; `None` for no limit.
        """
        floor = (
            0
            if offer.floor is None
            else _money.to_minor(offer.floor, basket.currency, what=f"the floor of {offer.id!r}")
        )
        terms = Terms(shelf, policy, basket.currency, offer.id, floor)
        measured = [Measured(condition, terms, basket) for condition in offer.conditions]
        multiple = _multiple(measured, shelf.left, offer.limits.per_order)
        self.offer = offer
        self.deal = offer.benefit.__cxkit_deal__(terms if multiple == 1 else attrs.evolve(terms, multiple=multiple))
        self.shorts: tuple[Short, ...] = tuple(
            short for each in measured if (short := each.short(shelf.left)) is not None
        )
        self._consuming = [each for each in measured if each.condition.consume]
        self._rounds_at_most = max((int(each.found(shelf.left) // each.needed) for each in self._consuming), default=1)
        self._budget, self._per_order, self._full = budget, offer.limits.per_order, shelf.left
        self.places = frozenset(self.deal.places).union(*(each.places for each in self._consuming))
        self.unitwise = self.deal.unitwise and not self._consuming and budget is None
        self.slack = self.deal.slack
        self.alone = 0 if self.shorts else self.often(shelf.left)
        self.order = (-offer.priority, offer.id)

    def most(self, left: Left) -> int:
        """Return how many times it can apply."""
        if self._consuming:
            return sum(times for times, _, _ in self._rounds(left, self._per_order))
        most = self.deal.most(left)
        most = most if self._per_order is None else min(most, self._per_order)
        freely = self._budget is None or self.deal.divisible or not self.deal.rising
        return most if freely or self._budget is None else self._affordable(left, most, self._budget)

    def often(self, left: Left) -> int:
        """Return how many times it applies if no other offer wants the units: as often as that saves most."""
        if self.deal.rising or self._consuming:
            return self.most(left)
        return max(((draw.value, times) for times, draw in self.draws(left)), default=(0, 0))[1]

    def _affordable(self, left: Left, most: int, budget: int) -> int:
        """Return the most applications that a budget holds."""
        least, most = 0, most + 1
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (middle, most) if self.deal.take(left, middle).saving <= budget else (least, middle)
        return least

    def take(self, left: Left, times: int) -> Taking:
        """Apply it so many times, which must be possible."""
        if not self._consuming:
            return self.deal.take(left, times, cap=self._budget)
        used: dict[int, int] = {}
        off: list[Off] = []
        added: list[Added] = []
        effects = NOTHING.effects
        done = 0
        for again, once, units in self._rounds(left, times):
            done += again
            for place, number in units.items():
                used[place] = used.get(place, 0) + again * number
            off += [Off(cut.place, cut.number * again, cut.amount * again) for cut in once.off]
            for each in once.added:
                number = again if not each.once else 1 if done == again else 0
                added += [Added(each.line, each.number * number, each.worth * number)] if number else []
            effects = once.effects
        return Taking(done, used, tuple(off), tuple(added), effects) if done else NOTHING

    def _rounds(self, left: Left, most: int | None) -> Iterator[tuple[int, Taking, Mapping[int, int]]]:
        """Yield how often an application with the same units comes in turn, what one takes, and all units that it uses."""
        budget = self._budget
        while (most is None or most) and self.deal.most(left):
            once = self.deal.take(left, 1, cap=budget)
            used = self._with_conditions(left, once)
            if not used or (budget is not None and once.saving > budget):
                return
            times = min(left[place] // number for place, number in used.items())
            times = times if most is None else min(times, most)
            if budget is not None and once.saving:
                times = min(times, budget // once.saving)
                budget -= times * once.saving
            yield times, once, used
            left = without(left, {place: times * number for place, number in used.items()})
            most = None if most is None else most - times
            if budget == 0:
                return

    def _with_conditions(self, left: Left, once: Taking) -> dict[int, int] | None:
        """Return the units that one application uses, with those that its conditions use up."""
        used = dict(once.used)
        for condition in self._consuming:
            more = condition.used_up(without(left, used), used)
            if more is None:
                return None
            for place, number in more.items():
                used[place] = used.get(place, 0) + number
        return used

    def short(self, left: Left) -> Short | None:
        """Return what it lacks to apply a first time to some units, or `None` where it lacks nothing."""
        shorts = [self.deal.short(left), *(condition.short(left) for condition in self._consuming)]
        return next((short for short in shorts if short), None)

    @property
    def unaffordable(self) -> Taking | None:
        """What it would take once if its budget held that much; `None` where its budget does not stop it."""
        if self._budget is None or self.shorts or self.alone or not self.deal.most(self._full):
            return None
        once = self.deal.take(self._full, 1)
        return once if once.saving > self._budget else None

    def bound(self, left: Left) -> int:
        """Return a value that it cannot exceed on these units, or on fewer."""
        bound = self.deal.bound(left)
        if self._rounds_at_most > 1:
            times = self._rounds_at_most
            bound = bound + times * self.slack if self.deal.bounds_all else times * bound
        return min(bound, self._budget) if self._budget is not None and self.deal.divisible else bound

    def rates(self) -> Mapping[int, tuple[int, int]] | None:
        """Return the most that it can save for each unit it uses, as parts of a scale."""
        return None if self._consuming and self.slack else self.deal.rates()  # each application is rounded

    def draws(self, left: Left) -> Iterator[tuple[int, Draw]]:
        """Yield how often it can apply, from the most times to one, and what it would take."""
        if self._consuming:
            return self._draws_in_rounds(left)
        if not self.deal.rising:
            return self._affordable_draws(left)
        freely = self._budget is None or self.deal.divisible
        return self.deal.draws(left, self._per_order if freely else self.most(left), cap=self._budget)

    def _affordable_draws(self, left: Left) -> Iterator[tuple[int, Draw]]:
        """Yield what applications take of which more may be worth less; of very many, some from the most to one."""
        most = self.most(left)
        for times in range(most, 0, -max(1, -(-most // TRIES))):
            draw = self.deal.draw(left, times)
            if self._budget is None or draw.value <= self._budget:
                yield times, draw

    @property
    def is_sampled(self) -> bool:
        """Whether only some of the numbers of times that it can apply are tried."""
        return not (self.deal.rising or self._consuming or self.shorts) and self.most(self._full) > TRIES

    def _draws_in_rounds(self, left: Left) -> Iterator[tuple[int, Draw]]:
        """Yield what applications take that use up conditions, all of them first, and then one less each time."""
        rounds = list(self._rounds(left, self._per_order))
        used: dict[int, int] = {}
        times = value = 0
        for again, once, units in rounds:
            for place, number in units.items():
                used[place] = used.get(place, 0) + again * number
            value += again * _again(once) + (0 if times else once.value - _again(once))
            times += again
        for again, once, units in reversed(rounds):
            for _ in range(again):
                yield times, Draw({place: number for place, number in used.items() if number}, value)
                times -= 1
                value -= _again(once) if times else once.value
                for place, number in units.items():
                    used[place] -= number

    def draw(self, left: Left, times: int) -> Draw:
        """Return what `take` would use and be worth."""
        if not self._consuming:
            return self.deal.draw(left, times, cap=self._budget)
        taking = self.take(left, times)
        return Draw(taking.used, taking.value)

    def taking(self, left: Left) -> Taking:
        """Return the most that it can take."""
        times = 0 if self.shorts else self.often(left)
        found = self.take(left, times) if times else NOTHING
        return found if found.is_something else NOTHING


def _again(once: Taking) -> int:
    """Return what an application is worth that is not the first."""
    return once.value - sum(added.worth for added in once.added if added.once)


def _multiple(measured: Iterable[Measured], left: Left, per_order: int | None) -> int:
    """Return how many times over conditions are met that use up nothing; at least once, and no more often than it may be."""
    asked = [each for each in measured if each.needed and not each.condition.consume]
    times = min((int(each.found(left) // each.needed) for each in asked), default=1)
    return max(1, times if per_order is None else min(times, per_order))
