"""Findings: what a check of offers turned up, each with a basket that shows it."""

from collections.abc import Mapping
from typing import Literal, NoReturn

import attrs
from typing_extensions import override

from cxkit._tables import Tabled, aligned
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._trials.orders import bought

OfferFindingKind = Literal[
    "order",
    "below_floor",
    "below_share",
    "stacking",
    "cliff",
    "farming",
    "always_beaten",
    "never_applies",
    "never_combines",
    "dead_window",
]
"""What may be wrong with offers; see `OfferFinding`."""

_SAYS: Mapping[OfferFindingKind, str] = {
    "order": "costs {found}, in another order {needed}",
    "below_floor": "a unit costs {found}, below the floor of {needed}",
    "below_share": "a unit costs {found}, below the {needed} that it must cost",
    "stacking": "{found} comes off, more than {needed}",
    "cliff": "costs {needed}, and as {then} only {found}",
    "farming": "all but {then} returned: that cost {found}, alone it costs {needed}",
    "always_beaten": "{found}, as in every basket tried",
    "never_applies": "{found}",
    "never_combines": "{found}",
    "dead_window": "{found}",
}


@attrs.frozen(kw_only=True)
class OfferFinding:
    """Something about offers that is likely not meant.

    Attributes:
        kind: `order`: the order in which offers are taken changes the price. `below_floor`: a unit costs less than the floor of
            an offer that applies to it, as others take more off. `below_share`: a unit costs less than a share of its list price, and not because one
            offer makes it free. `stacking`: several offers together take off more than a share. `cliff`: one unit more makes the
            basket cheaper. `farming`: what is kept after a return cost less than it costs alone. `never_applies`,
            `never_combines`, `always_beaten` and `dead_window`: an offer, or a part of it, has no effect.
        offers: The ids of the offers that it takes, in order: with fewer of them it is not found.
        basket: A basket that shows it, as small as could be found; `None` where it does not hang on one.
        then: What it becomes: with one unit more (`cliff`), or what is kept of it (`farming`).
        found: What was found: what the customer pays or saves, or a text.
        needed: What it would have to be at least, at most, or in its place; `None` where `found` says all.
    """

    kind: OfferFindingKind
    offers: tuple[str, ...]
    basket: Basket | None = None
    then: Basket | None = None
    found: object = None
    needed: object = None

    @override
    def __str__(self) -> str:
        where = "" if self.basket is None else f" on {bought(self.basket)}"
        then = "" if self.then is None else bought(self.then)
        said = _SAYS[self.kind].format(found=self.found, needed=self.needed, then=then)
        return f"{self.kind}: {', '.join(map(repr, self.offers))}{where}: {said}"


@attrs.frozen(kw_only=True)
class OfferCheck(Tabled):
    """What a check of offers turned up.

    A check without findings is no proof: it has tried some baskets, and no others.

    Attributes:
        findings: What was found, by kind.
        tried: How many baskets were tried.
        complete: Whether all that were planned were tried; otherwise the budget ended the search before.
        untouched: The offers in whose range no line is that was tried.
        unreached: The other offers that applied to no basket tried: what they ask for is beyond it.
    """

    findings: tuple[OfferFinding, ...]
    tried: int
    complete: bool
    untouched: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each finding."""
        return [
            {
                "kind": found.kind,
                "offers": ", ".join(found.offers),
                "basket": None if found.basket is None else bought(found.basket),
                "then": None if found.then is None else bought(found.then),
                "found": found.found,
                "needed": found.needed,
            }
            for found in self.findings
        ]

    @override
    def __str__(self) -> str:
        ended = "" if self.complete else ", then the budget was used up"
        left = "".join(
            f"; {what}: {', '.join(offers)}"
            for what, offers in (("untouched", self.untouched), ("unreached", self.unreached))
            if offers
        )
        said = f"{len(self.findings)} findings, {self.tried} baskets tried{ended}{left}"
        return "\n".join([*([aligned(self.rows())] if self.findings else []), said])

    def __bool__(self) -> NoReturn:
        msg = "a check is neither true nor false; write check.findings == (), or count check.findings"
        raise InvalidTypeError(msg, self)
