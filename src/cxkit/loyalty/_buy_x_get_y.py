"""Buy X, get Y: the benefit of free units."""

from collections.abc import Sequence

import attrs

from cxkit._checks import a_count
from cxkit._forms import INTEGER, stored
from cxkit.loyalty._basket import ITEMS_FORM, LineFields
from cxkit.loyalty._units import Taking, Units, cheapest
from cxkit.predicates import Predicate, a_predicate


@stored("loyalty.buy_x_get_y", buy=INTEGER, get=INTEGER, items=ITEMS_FORM)
@attrs.frozen(kw_only=True)
class BuyXGetY:
    """Of every `buy + get` units of a range in the basket, `get` are free.

    The free units are the cheapest of the whole range. All of them must be in the basket: the free ones are not added.

    Attributes:
        buy: How many are paid.
        get: How many are free with them.
        items: Which lines count, as a predicate about `Line.fields`.

    >>> from cxkit.loyalty import BuyXGetY, Line
    >>> BuyXGetY(buy=5, get=1, items=Line.fields.tags.contains("coffee"))
    BuyXGetY(buy=5, get=1, items=Line.fields.tags.contains('coffee'))
    """

    buy: int
    get: int
    items: Predicate

    def __attrs_post_init__(self) -> None:
        a_count(self.buy, "buy", least=1)
        a_count(self.get, "get", least=1)
        a_predicate(self.items, LineFields, "items")

    def take(self, units: Sequence[Units]) -> Taking:
        """Take the free units, and those that pay for them, from units of the range sorted by price.

        The paying ones are the next cheapest, which leaves the dearest for other offers.
        """
        groups = sum(group.number for group in units) // (self.buy + self.get)
        return Taking(cheapest(units, groups * self.get), cheapest(units, groups * (self.buy + self.get)))

    def units_missing(self, units: Sequence[Units]) -> int:
        """Return how many more units of the range would earn a first free one."""
        return max(0, self.buy + self.get - sum(group.number for group in units))
