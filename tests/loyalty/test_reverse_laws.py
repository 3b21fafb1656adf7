"""Returns: what holds for every purchase, every order of returns and every policy."""

from collections import Counter
from decimal import Decimal
from itertools import accumulate, pairwise

import attrs
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.loyalty import (
    AmountOff,
    Basket,
    Bundle,
    BuyXGetY,
    DistinctSkus,
    Entitlement,
    FixedPrice,
    Gift,
    Limits,
    Line,
    Offer,
    Part,
    PercentOff,
    PointsFactor,
    ReturnPolicy,
    Reversal,
    ShippingOff,
    Spend,
    Tiered,
    TierStep,
    UnitCount,
    apply_offers,
    reverse,
)

TEA = Line.fields.tags.contains("tea")
A_MUG = Line("mug", 3)
BENEFITS = [
    BuyXGetY(buy=2, get=1, items=TEA),
    BuyXGetY(buy=1, get=1, items=~TEA, percent=50),
    PercentOff(Decimal("33.3"), TEA),
    PercentOff(10, cap=2),
    AmountOff(Decimal("2.50")),
    FixedPrice(1, TEA, units=2),
    Bundle(4, [Part(1, TEA), Part(1, ~TEA)]),
    Tiered([TierStep(5, percent=5), TierStep(12, percent=20)], by="spend", price="list"),
]
EXTRAS = [
    Gift(A_MUG),
    BuyXGetY(buy=2, get=1, items=TEA, reading="added"),
    PointsFactor(2, TEA),
    Entitlement("preview"),
    ShippingOff(),
]
CONDITIONS = [(), UnitCount(4), Spend(6, price="list"), Spend(5, price="running"), DistinctSkus(2)]
LIMITS = [Limits(), Limits(in_all=10), Limits(budget=3), Limits(per_order=1, per_customer=2)]


@st.composite
def an_offer(draw, name, benefits):
    return Offer(
        name,
        draw(st.sampled_from(benefits)),
        conditions=draw(st.sampled_from(CONDITIONS)),
        lane=draw(st.integers(0, 1)),
        exclusive=draw(st.sampled_from([False] * 5 + [True])),
        limits=draw(st.sampled_from(LIMITS)),
    )


def offers(benefits):
    return st.sets(st.sampled_from("xyz")).flatmap(
        lambda names: st.tuples(*[an_offer(name, benefits) for name in sorted(names)])
    )


@st.composite
def baskets(draw, kinds=("goods",)):
    """Draw baskets whose lines have ids, which some of them share everything else with."""
    lines = []
    for place in range(draw(st.integers(1, 4))):
        sku = draw(st.sampled_from("abc"))
        lines.append(
            Line(
                sku,
                {"a": Decimal("0.99"), "b": Decimal(2), "c": Decimal("3.35")}[sku],
                quantity=draw(st.integers(1, 4)),
                id=f"line {place}",
                tags={"a": {"tea"}, "b": set(), "c": {"tea"}}[sku],
            )
        )
    if "shipping" in kinds and draw(st.booleans()):
        lines.append(Line("parcel", Decimal("4.90"), kind="shipping", id="parcel"))
    return Basket(lines, currency="EUR", customer="anna")


def receipts(benefits=BENEFITS, kinds=("goods",)):
    return st.builds(apply_offers, baskets(kinds), offers(benefits))


ALL = receipts([*BENEFITS, *EXTRAS], ("goods", "shipping"))
POLICIES = st.builds(
    ReturnPolicy,
    st.sampled_from(["as_paid", "recompute"]),
    gifts=st.sampled_from(["return", "keep", "charge"]),
    shipping=st.sampled_from(["keep", "refund_with_last"]),
    claims=st.sampled_from(["release", "keep"]),
)


def names(receipt):
    """Return all units as the name by which each comes back."""
    return [line.line.id or line.line.sku for line in receipt.lines for _ in range(line.line.quantity)]


@st.composite
def parcels(draw, receipt, *, whole):
    """Draw the units that come back in each of several returns."""
    units = sorted(draw(st.permutations(names(receipt))), key="abc".__contains__)  # gifts of what was bought come last
    if not whole:
        units = units[: draw(st.integers(0, len(units) - 1))]
    cuts = sorted(draw(st.sets(st.integers(0, len(units)), max_size=4)) | {0, len(units)})
    return [Counter(units[first:last]) for first, last in pairwise(cuts)]


def chain(receipt, returns, policies):
    found = []
    for returned, policy in zip(returns, policies, strict=True):
        back = found[-1].returned.get("parcel", 0) if found else 0  # it may have gone back with the last of the goods
        if left := returned - Counter(parcel=back):
            found.append(reverse(found[-1] if found else receipt, left, policy=policy))
    return found


def draw_chain(data, receipt, *, whole, policies=POLICIES):
    returns = data.draw(parcels(receipt, whole=whole))
    return chain(receipt, returns, [data.draw(policies) for _ in returns])


def as_reached(reversal):
    """Return where a return leads, without how it got there."""
    lines = [(line.line, line.returned, line.after) for line in reversal.lines]
    return reversal.total, reversal.refunded, reversal.kept, reversal.broken, lines


@given(ALL, st.data())
def test_refunds_of_returns_that_end_full_add_up_to_what_was_paid(receipt, data):
    found = draw_chain(data, receipt, whole=True)

    assert sum(reversal.refund for reversal in found) == found[-1].refunded
    if any(line.line.kind == "shipping" for line in receipt.lines):
        assert "parcel" in found[-1].returned
    assert (found[-1].refunded, found[-1].total, found[-1].kept) == (receipt.total, 0, None)


@given(ALL, st.data())
def test_every_refund_lies_between_nothing_and_what_was_paid(receipt, data):
    for reversal in draw_chain(data, receipt, whole=False):
        assert 0 <= reversal.refund <= reversal.refunded <= receipt.total
        assert reversal.shortfall >= 0
        assert receipt.total - reversal.refunded == reversal.total - reversal.shortfall
        assert not (reversal.refund and reversal.shortfall)


@given(ALL, st.data())
def test_lines_add_up_to_the_refund(receipt, data):
    short, paid = 0, receipt.total
    for reversal in draw_chain(data, receipt, whole=False):
        assert sum(line.before for line in reversal.lines) == paid
        assert sum(line.refund for line in reversal.lines) == reversal.refund - reversal.shortfall + short
        short, paid = reversal.shortfall, reversal.total


@given(receipts(), st.data())
def test_as_paid_no_line_gets_less_than_nothing_and_the_order_of_returns_does_not_matter(receipt, data):
    returns = data.draw(parcels(receipt, whole=False))
    found = chain(receipt, returns, ["as_paid"] * len(returns))
    together = sum(returns, Counter())
    if not together:
        return

    assert all(line.refund >= 0 for reversal in found for line in reversal.lines)
    assert not any(reversal.shortfall for reversal in found)
    assert as_reached(found[-1]) == as_reached(reverse(receipt, together, policy="as_paid"))
    assert sum(reversal.refund for reversal in found) == reverse(receipt, together, policy="as_paid").refund


@given(receipts(), st.data())
def test_as_paid_equal_units_get_within_a_cent_of_what_equal_units_cost_on_average(receipt, data):
    together = sum(data.draw(parcels(receipt, whole=False)), Counter())
    if not together:
        return
    skus = {line.line.id: line.line.sku for line in receipt.lines}

    due = Decimal(0)
    for name, units in together.items():
        equal = [line for line in receipt.lines if line.line.sku == skus[name]]
        due += units * sum(line.total for line in equal) / sum(line.line.quantity for line in equal)
    # each line is off by half a cent from its even share at the most, and so is what comes back of it
    assert abs(reverse(receipt, together, policy="as_paid").refund - due) <= Decimal("0.015") * len(together)


@given(receipts(), st.data())
def test_buying_what_is_kept_costs_as_much_as_buying_all_and_returning_the_rest(receipt, data):
    found = draw_chain(data, receipt, whole=False, policies=st.just("recompute"))
    if not found:
        return

    direct = apply_offers(found[-1].kept, receipt.offers)
    assert found[-1].total == direct.total
    assert found[-1].refunded == max([0, *(receipt.total - reversal.total for reversal in found)])
    if not found[-1].shortfall:
        assert receipt.total - found[-1].refunded == direct.total
    applied = {decision.offer for decision in receipt.trace if decision.outcome == "applied"}
    now = {decision.offer: decision for decision in direct.trace if decision.outcome != "applied"}
    assert list(found[-1].broken) == [now[name] for name in sorted(applied & set(now))]


@given(ALL, st.data())
def test_a_full_return_restores_the_starting_point(receipt, data):
    policy = data.draw(POLICIES.map(lambda drawn: attrs.evolve(drawn, claims="release")))
    found = draw_chain(data, receipt, whole=True, policies=st.just(policy))

    back = Counter[object]()
    for effect in (effect for reversal in found for effect in reversal.effects if effect.kind == "release_claim"):
        back[effect.offer, effect.name, effect.details.get("key")] += effect.amount
    assert all(back[claim.offer, claim.limit, claim.key] >= claim.amount for claim in receipt.claims)
    if policy.refund == "as_paid":
        assert len(back) == len(receipt.claims)
        assert sum(back.values()) == sum(claim.amount for claim in receipt.claims)
    assert {lost.offer for lost in found[-1].broken} == {
        decision.offer for decision in receipt.trace if decision.outcome == "applied"
    }


@given(ALL, st.data())
def test_nothing_is_taken_back_twice_or_that_was_not_given(receipt, data):
    found = draw_chain(data, receipt, whole=data.draw(st.booleans()))
    asked = [effect for reversal in found for effect in reversal.effects]

    back, gifts = Counter[object](), Counter[object]()
    for effect in asked:
        if effect.kind == "release_claim":
            back[effect.offer, effect.name, effect.details.get("key")] += effect.amount
        elif effect.kind == "return_gift":
            gifts[effect.line.sku] += effect.line.quantity
    assert back <= Counter({(one.offer, one.limit, one.key): one.amount for one in receipt.claims})
    given = Counter[object]()
    for line in receipt.lines:
        given[line.line.sku] += line.line.quantity if line.line.kind == "gift" else 0
    assert gifts <= given
    for factor in (effect for effect in receipt.effects if effect.kind == "points_factor"):
        of_it = [effect.amount for effect in asked if effect.kind == "points_back" and effect.offer == factor.offer]
        assert sum(of_it) <= sum(line.total for line in receipt.lines if "tea" in line.line.tags)
        assert all(amount > 0 for amount in of_it)
    lost = [effect.offer for effect in asked if effect.kind == "withdraw_entitlement"]
    assert len(lost) == len(set(lost))


@given(ALL, st.data())
def test_returns_do_not_depend_on_the_order_of_lines_and_offers(receipt, data):
    lines = data.draw(st.permutations(receipt.basket.lines))
    turned = apply_offers(attrs.evolve(receipt.basket, lines=lines), data.draw(st.permutations(receipt.offers)))
    returned = sum(data.draw(parcels(receipt, whole=False)), Counter())
    policy = data.draw(POLICIES)
    if not returned:
        return

    one, other = (reverse(bought, returned, policy=policy) for bought in (receipt, turned))
    assert (one, one.total, one.shortfall) == (other, other.total, other.shortfall)


@given(ALL, st.data())
def test_a_reversal_survives_storage(receipt, data):
    for reversal in draw_chain(data, receipt, whole=False)[-1:]:
        loaded = from_dict(to_dict(reversal), Reversal)
        assert loaded == reversal
        assert to_dict(loaded) == to_dict(reversal)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(0, 2000), st.integers(1, 300))
def test_as_paid_parts_of_a_line_are_the_differences_of_rounded_sums(parts, cents, cut):
    # an independent account in exact decimals: what the first k units cost, rounded half to even
    quantity = sum(parts)
    receipt = apply_offers(
        Basket([Line("a", Decimal(cents).scaleb(-2), quantity=quantity)], currency="EUR"),
        [Offer("off", AmountOff(Decimal(cut).scaleb(-2)))],
    )
    paid = max(Decimal(0), Decimal(cents * quantity - cut).scaleb(-2))
    sums = [round(paid * k / quantity, 2) for k in accumulate(parts, initial=0)]

    found = chain(receipt, [Counter(a=part) for part in parts], ["as_paid"] * len(parts))
    assert [reversal.refund for reversal in found] == [b - a for a, b in pairwise(sums)]
