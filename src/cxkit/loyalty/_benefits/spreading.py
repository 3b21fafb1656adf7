"""How money is spread over units: exactly, never more than a unit can bear, and by a stated rule for what does not divide."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import attrs

from cxkit import _money
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._stock import Shelf


class Off(NamedTuple):
    """What is taken off some equal units: the place of their group, how many they are, and the amount for all of them."""

    place: int
    number: int
    amount: int


@attrs.frozen
class Terms:
    """What a lane tells a benefit.

    Attributes:
        shelf: The units that the lane found.
        policy: How money is rounded and which units are picked.
        currency: The currency of the basket.
        offer: The id of the offer.
        floor: The price below which this offer takes no unit.
        multiple: How many times over its conditions are met.
        rooms: How much this offer may take off a unit of each group.
    """

    shelf: Shelf
    policy: OfferPolicy
    currency: str
    offer: str
    floor: int = 0
    multiple: int = 1
    rooms: Sequence[int] = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.shelf.rooms(self.floor), takes_self=True)
    )

    def minor(self, amount: Decimal, what: str) -> int:
        """Count an amount in minor units of the currency of the basket."""
        return _money.to_minor(amount, self.currency, what=f"the {what} of {self.offer!r}")


def worked_out(
    taken: Mapping[int, int], each: Mapping[int, int], scale: int, terms: Terms, cap: int | None = None
) -> tuple[Off, ...]:
    """Round what is to be taken off units, as the policy says.

    Args:
        taken: How many units of each group.
        each: What is taken off one unit of a group, as so many parts of `scale`.
        scale: How many parts make a minor unit.
        terms: The rules of rounding.
        cap: The most that may be taken off in all.
    """
    rounding = terms.policy.rounding
    weights = {place: number * each[place] for place, number in taken.items() if number and each[place]}
    if scale == 1:
        amounts = weights
    elif terms.policy.round_each == "unit":
        amounts = {
            place: min(_money.round_minor(each[place], scale, rounding), terms.rooms[place]) * taken[place]
            for place in weights
        }
    elif terms.policy.round_each == "line":
        amounts = _line_by_line(weights, scale, taken, terms)
    else:
        total = _money.round_minor(sum(weights.values()), scale, rounding)
        amounts = filled(total if cap is None else min(total, cap), weights, taken, terms)
    if cap is not None and sum(amounts.values()) > cap:
        amounts = filled(cap, amounts, taken, terms)
    return _offs(amounts, taken)


def _line_by_line(weights: Mapping[int, int], scale: int, taken: Mapping[int, int], terms: Terms) -> dict[int, int]:
    """Round what is taken off the units of each line, whatever earlier lanes made of their prices."""
    lines: dict[int, dict[int, int]] = {}
    for place, weight in weights.items():
        lines.setdefault(terms.shelf.groups[place].thing, {})[place] = weight
    amounts: dict[int, int] = {}
    for parts in lines.values():
        total = _money.round_minor(sum(parts.values()), scale, terms.policy.rounding)
        amounts |= filled(total, parts, taken, terms)
    return amounts


def rounded(taken: Mapping[int, int], each: Mapping[int, int], scale: int, terms: Terms, cap: int | None = None) -> int:
    """Return what `worked_out` takes off in all; the arguments are the same."""
    if scale != 1 and terms.policy.round_each != "offer":
        return sum(off.amount for off in worked_out(taken, each, scale, terms, cap))
    whole = sum([number * each[place] for place, number in taken.items()])
    total = whole if scale == 1 else _money.round_minor(whole, scale, terms.policy.rounding)
    return total if cap is None else min(total, cap)


def slack_of(places: Collection[int], scale: int, terms: Terms) -> int:
    """Return by how much rounding may raise what is taken off the units of some groups, in minor units."""
    if scale == 1:
        return 0
    each = {"offer": 1, "line": len(places), "unit": sum(terms.shelf.left[place] for place in places)}
    return each[terms.policy.round_each]


def _offs(amounts: Mapping[int, int], taken: Mapping[int, int]) -> tuple[Off, ...]:
    return tuple(Off(place, taken[place], amount) for place, amount in sorted(amounts.items()) if amount)


def spread(total: int, taken: Mapping[int, int], terms: Terms) -> tuple[Off, ...]:
    """Spread an amount over units in proportion to their price; what a unit cannot bear goes to the others."""
    weights = {place: number * terms.shelf.groups[place].price for place, number in taken.items() if terms.rooms[place]}
    return _offs(filled(total, weights, taken, terms), taken)


def filled(total: int, weights: Mapping[int, int], taken: Mapping[int, int], terms: Terms) -> dict[int, int]:
    """Share an amount in proportion to weights; what is more than some units can bear goes to the others."""
    rooms = {place: taken[place] * terms.rooms[place] for place in weights}
    rest, open_weights = min(total, sum(rooms.values())), dict(weights)
    full: dict[int, int] = {}
    while True:
        amounts = shared(rest, open_weights, terms)
        over = [place for place, amount in amounts.items() if amount > rooms[place]]
        if not over:
            return full | amounts
        for place in over:
            full[place] = rooms[place]
            rest -= rooms[place]
            del open_weights[place]


def shared(total: int, weights: Mapping[int, int], terms: Terms) -> dict[int, int]:
    """Share an amount in proportion to weights; who gets what does not divide is the policy's to say."""
    if terms.policy.remainder == "largest":
        places = sorted(weights)
        return dict(zip(places, _money.allocate(total, [weights[place] for place in places]), strict=True))
    places = sorted(weights, key=terms.shelf.line_order)
    amounts = _in_line_order(total, [weights[place] for place in places], terms.policy.remainder)
    return dict(zip(places, amounts, strict=True))


def _in_line_order(total: int, weights: Sequence[int], remainder: str) -> list[int]:
    """Round each share, and settle the difference at the first lines, one minor unit each, or at the last line."""
    rounding: _money.Rounding = "half_down" if remainder == "rounded_first" else "down"
    whole = sum(weights)
    amounts = [_money.round_minor(total * weight, whole, rounding) for weight in weights]
    rest = total - sum(amounts)
    if remainder == "last" and amounts:
        amounts[-1] += rest
        return amounts
    able = [place for place, amount in enumerate(amounts) if rest > 0 or amount]
    for place in able[: abs(rest)]:
        amounts[place] += 1 if rest > 0 else -1
    return amounts
