"""Checks of offers: what is likely not meant, each with a small basket that shows it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import get_args

import attrs

from cxkit._checks import a_count, an_amount, an_instant, distinct, each, one_of
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._line import Line
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._returns.policy import RefundRule, ReturnPolicy
from cxkit.loyalty._trials import hazards
from cxkit.loyalty._trials.anatomy import Anatomy
from cxkit.loyalty._trials.finding import OfferCheck, OfferFindingKind
from cxkit.loyalty._trials.hazards import Hazard
from cxkit.loyalty._trials.never import without_effect
from cxkit.loyalty._trials.plans import baskets_of
from cxkit.loyalty._trials.scenes import scenes
from cxkit.loyalty._trials.search import Search
from cxkit.loyalty._trials.shelf import ladder, made_up, representatives
from cxkit.loyalty._trials.trial import Trial

EMPTY = Basket((), currency="EUR", prices="gross")
KINDS: tuple[OfferFindingKind, ...] = get_args(OfferFindingKind)


def check_offers(
    offers: Iterable[Offer],
    *,
    catalogue: Iterable[Line] | None = None,
    policy: OfferPolicy = OfferPolicy(),  # noqa: B008 - a frozen value
    kinds: Iterable[OfferFindingKind] | None = None,
    least_share: Decimal | None = None,
    most_off: Decimal | None = None,
    returns: RefundRule | ReturnPolicy = "as_paid",
    like: Basket = EMPTY,
    as_of: datetime | None = None,
    baskets: int = 2_000,
) -> OfferCheck:
    """Look for what is likely not meant: try offers together on many small baskets, and ask each what cannot be.

    What is looked for is told at `OfferFinding`. The baskets tried are those of up to four lines in telling quantities, from
    small to large, at the moments and in the channels where offers meet. Whoever may have an offer has it, all codes are typed,
    and no limit was used before. Of lines that all offers treat alike, the cheapest, the dearest and the most reduced are tried.
    The same offers give the same answer in every run; no findings are no proof.

    Args:
        offers: The offers.
        catalogue: What is sold; without it, lines are made up that the offers ask about.
        policy: How offers are applied.
        kinds: What to look for; everything, unless given.
        least_share: The share of its list price that a unit must cost, for `below_share`, which is not looked for
            without it.
        most_off: The share of a basket that several offers may take off together, for `stacking`, which is not looked
            for without it.
        returns: How returns are worked out, for `farming`.
        like: What the baskets tried are like: their currency, their customer, and whether their prices hold the tax; what
            is in it does not matter.
        as_of: The moment from which on the offers are to make sense; windows that are over by then are found.
        baskets: How many baskets are tried at most.

    >>> from cxkit.loyalty import Line, Offer, PercentOff, Spend, check_offers
    >>> offer = Offer("30 % from 50", PercentOff(30), conditions=Spend(50, price="list"))
    >>> check = check_offers([offer], catalogue=[Line("cup", 10)])
    >>> for finding in check.findings:
    ...     print(finding)
    cliff: '30 % from 50' on 4 cup at 10: costs 40.00, and as 5 cup at 10 only 35.00
    farming: '30 % from 50' on 5 cup at 10: all but 1 cup at 10 returned: that cost 7.00, alone it costs 10.00
    """
    given = distinct(offers, Offer)
    anatomies = [Anatomy.of(offer) for offer in given]
    moment = None if as_of is None else an_instant(as_of, "as_of")
    wanted, empty = _kinds(kinds), _emptied(like)
    looked_for = _hazards(least_share, most_off, returns)
    shelf = made_up(anatomies, empty.currency) if catalogue is None else representatives(catalogue, anatomies)
    search = Search({kind: hazard for kind, hazard in looked_for.items() if kind in wanted})
    search.run(
        [
            Trial(scene.offers, shelf, policy, attrs.evolve(empty, at=scene.at, channel=scene.channel))
            for scene in scenes(given, moment)
        ],
        baskets_of([ladder(line, anatomies) for line in shelf]),
        a_count(baskets, "baskets"),
    )
    settled = [*search.always_beaten(), *without_effect(given, () if catalogue is None else shelf, moment)]
    findings = [*search.findings, *(found for found in settled if found.kind in wanted)]
    said = {offer for found in settled for offer in found.offers if found.kind != "never_combines"}
    left = [anatomy for anatomy in anatomies if anatomy.offer.id not in search.reached | said]
    touched = {anatomy.offer.id for anatomy in left if any(map(anatomy.touches, shelf))}
    return OfferCheck(
        findings=tuple(sorted(findings, key=lambda found: (KINDS.index(found.kind), found.offers))),
        tried=search.tried,
        complete=search.complete,
        untouched=tuple(anatomy.offer.id for anatomy in left if anatomy.offer.id not in touched),
        unreached=tuple(anatomy.offer.id for anatomy in left if anatomy.offer.id in touched),
    )


def _kinds(given: Iterable[OfferFindingKind] | None) -> frozenset[OfferFindingKind]:
    kinds = KINDS if given is None else given
    return frozenset([one_of(kind, KINDS, "a kind") for kind in each(kinds, "kinds of findings")])


def _emptied(like: Basket) -> Basket:
    if not isinstance(like, Basket):
        msg = f"like must be a Basket, as in Basket([], currency='EUR'), got {like!r}"
        raise InvalidTypeError(msg, like)
    return attrs.evolve(like, lines=())


def _hazards(
    least_share: Decimal | None, most_off: Decimal | None, returns: RefundRule | ReturnPolicy
) -> dict[OfferFindingKind, Hazard]:
    found: dict[OfferFindingKind, Hazard] = {
        "order": hazards.order,
        "below_floor": hazards.below_floor,
        "cliff": hazards.cliff,
        "farming": hazards.farming(returns),
    }
    if least_share is not None:
        found["below_share"] = hazards.below_share(_a_share(least_share, "least_share"))
    if most_off is not None:
        found["stacking"] = hazards.stacking(_a_share(most_off, "most_off"))
    return found


def _a_share(given: Decimal, what: str) -> Decimal:
    share = an_amount(given, what)
    if not 0 < share <= 1:
        msg = f"{what} must be a share above 0 and at most 1, got {share}; write Decimal('0.5') for half"
        raise InvalidValueError(msg, given)
    return share
