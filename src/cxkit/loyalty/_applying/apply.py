"""Applying offers to a basket."""

from collections.abc import Iterable, Mapping, Sequence

from cxkit import _money
from cxkit._checks import a_count, a_name, distinct, each
from cxkit.errors import InvalidTypeError
from cxkit.loyalty._applying.lanes import Run, run
from cxkit.loyalty._applying.lines import effects_of, receipt_lines
from cxkit.loyalty._applying.trace import Trace
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._offers.admission import admit, budget_left, claims_of, code_of
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._offers.limits import Usage
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._offers.policy import OfferPolicy
from cxkit.loyalty._receipt import Receipt
from cxkit.loyalty._stock import MixedError, Things

SHUT = frozenset({"not_eligible", "not_started", "expired", "closed", "no_code", "limit_reached"})
"""The outcomes of offers that were not open to a basket, whatever it held."""
NEW = Usage()


def apply_offers(
    basket: Basket,
    offers: Iterable[Offer],
    *,
    policy: OfferPolicy = OfferPolicy(),  # noqa: B008 - a frozen value
    profile: object = None,
    codes: Iterable[str] = (),
    used: Mapping[str, Usage] | None = None,
    nodes: int = 5_000,
) -> Receipt:
    """Apply offers to a basket: a pure function, whose result does not depend on the order of lines or offers.

    Lanes run one after the other, each on the prices that those before it left. Within a lane a unit serves one offer at
    most, and the combination of offers wins that saves most, unless the policy says otherwise.

    Args:
        basket: What is bought.
        offers: The offers, each of an id of its own.
        policy: How they stand together, how money is rounded, and which units are picked.
        profile: The customer's record or `Profile`, for offers that ask who it is; nothing is known of them, unless given.
        codes: What the customer typed.
        used: What was used of limited offers before, by their ids; nothing, unless given.
        nodes: How many partial combinations may be looked at for the best one; see `Receipt.optimal` and `Receipt.gap`.

    Raises:
        DuplicateError: Two offers have the same id.
        InvalidValueError: An offer needs the moment, the customer or the tax rates of the basket, which are not known.

    >>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer, apply_offers
    >>> offer = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=Line.fields.tags.contains("tea")))
    >>> apply_offers(Basket([Line("assam", 4, tags={"tea"}, quantity=3)], currency="EUR"), [offer]).total
    Decimal('8.00')
    """
    if not isinstance(basket, Basket):
        msg = f"offers apply to a Basket, got {basket!r}"
        raise InvalidTypeError(msg, basket)
    if not isinstance(policy, OfferPolicy):
        msg = f"policy must be an OfferPolicy, got {policy!r}"
        raise InvalidTypeError(msg, policy)
    a_count(nodes, "nodes")
    given = distinct(offers, Offer)
    typed, usages = _codes(codes), _usages(used or {}, given)
    fold = policy.codes == "any_case"
    shut: dict[str, OfferDecision] = {}
    for offer in given:
        refused = admit(offer, basket, profile=profile, codes=typed, usage=usages.get(offer.id, NEW), fold_codes=fold)
        if refused:
            shut[offer.id] = refused
    return _receipt(basket, given, policy, shut, typed, usages, nodes)


def recomputed(receipt: Receipt, basket: Basket, *, nodes: int = 5_000) -> Receipt:
    """Apply the offers of a receipt to another basket: those that were open to the first one, and none else.

    Who the customer is, when it was, and what was typed and used before are not asked again.
    """
    shut = {decision.offer: decision for decision in receipt.trace if _was_shut(decision)}
    return _receipt(basket, receipt.offers, receipt.policy, shut, receipt.codes, receipt.used, nodes)


def _was_shut(decision: OfferDecision) -> bool:
    """Whether an offer was not open to a basket, whatever it held; a budget may hold less than one basket would take."""
    return decision.outcome in SHUT and decision.reason != "budget_left"


def _receipt(
    basket: Basket,
    given: Sequence[Offer],
    policy: OfferPolicy,
    shut: Mapping[str, OfferDecision],
    codes: frozenset[str],
    used: Mapping[str, Usage],
    nodes: int,
) -> Receipt:
    usages = {offer.id: used.get(offer.id, NEW) for offer in given}
    open_to = [offer for offer in given if offer.id not in shut]
    budgets = {
        offer.id: _money.to_minor(budget, basket.currency, what=f"the budget left of {offer.id!r}")
        for offer in open_to
        if (budget := budget_left(offer, usages[offer.id])) is not None
    }
    things, runs = _run(basket, open_to, policy, budgets, nodes)
    found = runs[0]
    trace = Trace(runs, basket.currency)
    decisions = tuple(shut.get(offer.id) or trace.of(offer) for offer in given)
    fold = policy.codes == "any_case"
    claims = [
        claim
        for offer, decision in sorted(zip(given, decisions, strict=True), key=lambda pair: pair[0].id)
        if decision.outcome == "applied"
        for claim in claims_of(
            offer, basket, code_of(offer, codes, usages[offer.id], fold_codes=fold), decision.discount, usages[offer.id]
        )
    ]
    gap = max(run_.bound for run_ in runs) - found.value if policy.exclusive == "best" else found.bound - found.value
    return Receipt(
        basket=basket,
        lines=receipt_lines(basket, things, found),
        trace=decisions,
        offers=tuple(sorted(given, key=lambda offer: offer.id)),
        effects=effects_of(found),
        claims=tuple(claims),
        policy=policy,
        codes=codes,
        used=used,
        unknown_codes=_unknown(codes, given, fold=fold),
        optimal=gap == 0,
        gap=_money.from_minor(gap, basket.currency),
    )


def _run(
    basket: Basket, offers: Sequence[Offer], policy: OfferPolicy, budgets: Mapping[str, int], nodes: int
) -> tuple[Things, list[Run]]:
    try:
        things = Things(basket)
        return things, _scenarios(things, basket, offers, policy, budgets, nodes)
    except MixedError:
        things = Things(basket, by_id=True)
        return things, _scenarios(things, basket, offers, policy, budgets, nodes)


def _scenarios(
    things: Things, basket: Basket, offers: Sequence[Offer], policy: OfferPolicy, budgets: Mapping[str, int], nodes: int
) -> list[Run]:
    """Run all offers that are not exclusive, and each exclusive one alone; return what the policy prefers first."""
    exclusive = sorted((offer for offer in offers if offer.exclusive), key=lambda offer: (-offer.priority, offer.id))
    together = run(things, basket, [offer for offer in offers if not offer.exclusive], policy, budgets, nodes)
    alone = [run(things, basket, [offer], policy, budgets, nodes) for offer in exclusive]
    runs = [together, *alone]
    if policy.exclusive == "priority":
        first = next((found for found in alone if found.takings), together)
    else:
        first = max(runs, key=lambda found: (found.value, bool(found.takings)))
    return [first, *(found for found in runs if found is not first)]


def _codes(given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, str):
        msg = f"codes must be a list or set of texts, got {given!r}; write [{given!r}]"
        raise InvalidTypeError(msg, given)
    return frozenset(a_name(code, "a code") for code in each(given, "codes"))


def _usages(given: Mapping[str, Usage], offers: Iterable[Offer]) -> dict[str, Usage]:
    """Check what was used before, and keep what is about these offers."""
    if not isinstance(given, Mapping):
        msg = f"used must map the ids of offers to a Usage, got {given!r}"
        raise InvalidTypeError(msg, given)
    for offer, usage in given.items():
        if not isinstance(usage, Usage):
            msg = f"used must map the ids of offers to a Usage, got {usage!r} for {offer!r}"
            raise InvalidTypeError(msg, usage)
    known = {offer.id for offer in offers}
    return {offer: usage for offer, usage in given.items() if offer in known}


def _unknown(codes: frozenset[str], offers: Iterable[Offer], *, fold: bool) -> tuple[str, ...]:
    known = {code.casefold() if fold else code for offer in offers for code in offer.codes}
    return tuple(sorted(code for code in codes if (code.casefold() if fold else code) not in known))
