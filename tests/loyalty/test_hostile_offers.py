"""Inputs that are wrong, huge, deep or contradictory: clean errors or exact answers, and never a hang."""

import copy
from decimal import Decimal

import pytest
from offer_results import ANY, COFFEE, TEA, line, receipt_of, saved

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError
from cxkit.loyalty import (
    AmountOff,
    AmountOffEach,
    Basket,
    Bundle,
    BuyXGetY,
    Cut,
    Effect,
    Entitlement,
    FixedPrice,
    Gift,
    Limits,
    Line,
    Offer,
    OfferPolicy,
    Part,
    PercentOff,
    PointsFactor,
    Receipt,
    ReceiptLine,
    ShippingOff,
    Spend,
    Tiered,
    TierStep,
    Together,
    UnitCount,
    UnitGroup,
    Usage,
    apply_offers,
)
from cxkit.predicates import Fields, text

TEN = Offer("ten", PercentOff(10))
BASKET = Basket([line("tea", "4.00", 3), line("coffee", "3.00", 2, id="c")], currency="EUR")
BILLION = 10**9


class Customer(Fields):
    tier = text()


# What is passed to apply_offers


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"offers": None}, InvalidTypeError, "expected a list of Offer values, got None"),
        ({"offers": TEN}, InvalidTypeError, "expected a list of Offer values, got Offer('ten'"),
        ({"offers": 5}, InvalidTypeError, "expected a list of Offer values, got 5"),
        ({"offers": {"ten": TEN}}, InvalidTypeError, "expected an Offer, got 'ten'"),
        ({"offers": [PercentOff(10)]}, InvalidTypeError, "expected an Offer, got PercentOff"),
        ({"policy": None}, InvalidTypeError, "policy must be an OfferPolicy, got None"),
        ({"policy": "best"}, InvalidTypeError, "policy must be an OfferPolicy, got 'best'"),
        ({"nodes": -1}, InvalidValueError, "nodes must be at least 0, got -1"),
        ({"nodes": 1.5}, InvalidTypeError, "nodes must be an int, got 1.5"),
        ({"nodes": True}, InvalidTypeError, "nodes must be an int, got True"),
        ({"nodes": float("nan")}, InvalidTypeError, "nodes must be an int, got nan"),
        ({"nodes": 10**60}, InvalidValueError, "nodes must be below 10**60"),
        ({"codes": "SPRING"}, InvalidTypeError, "codes must be a list or set of texts, got 'SPRING'; write ['SPRING']"),
        ({"codes": None}, InvalidTypeError, "expected codes, got None"),
        ({"codes": [5]}, InvalidTypeError, "a code must be text, got 5"),
        ({"codes": [""]}, InvalidValueError, "a code must not be blank, got ''"),
        ({"used": [5]}, InvalidTypeError, "used must map the ids of offers to a Usage, got [5]"),
        ({"used": Usage()}, InvalidTypeError, "used must map the ids of offers to a Usage, got Usage()"),
        ({"used": {"ten": 5}}, InvalidTypeError, "used must map the ids of offers to a Usage, got 5 for 'ten'"),
        ({"used": {"ten": None}}, InvalidTypeError, "used must map the ids of offers to a Usage, got None for 'ten'"),
    ],
)
def test_what_makes_no_sense_is_refused(options, error, message):
    offers = options.pop("offers", [TEN])
    with pytest.raises(error) as caught:
        apply_offers(BASKET, offers, **options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("profile", [5, "gold", ["gold"]], ids=repr)
def test_a_profile_that_is_none_is_refused(profile):
    with pytest.raises(InvalidTypeError, match="a record must be a mapping or an object with attributes"):
        apply_offers(BASKET, [Offer("gold", PercentOff(10), who=Customer.tier == "gold")], profile=profile)


# Huge numbers


def test_amounts_of_many_digits_are_exact():
    price = Decimal(10) ** 26 - 1
    offers = [Offer("third", PercentOff(Decimal("33.333333333333333333333333"))), Offer("off", AmountOff(1), lane=1)]
    receipt = receipt_of([Line("rug", price)], *offers)

    # In cents, 33333333333333333333333333 parts in 10**26 of (10**26 - 1) * 100, halves up.
    off = (33333333333333333333333333 * (10**26 - 1) * 100 * 2 + 10**26) // (2 * 10**26)
    assert receipt.decision("third").discount * 100 == off
    assert receipt.total == price - Decimal(off) / 100 - 1


@pytest.mark.parametrize(
    ("benefit", "discount"),
    [
        (PercentOff(10), 10**24 // 2),
        (AmountOff(10**24), 10**24),
        (AmountOffEach(1), 10**24),
        (FixedPrice(4), 10**24),
        (FixedPrice(10**29), 0),
        (BuyXGetY(buy=1, get=1, items=ANY), 10**24 // 2 * 5),
        (BuyXGetY(buy=10**59, get=10**59, items=ANY), 0),
        (Bundle(4, [Part(1)]), 10**24),
        (Bundle(4, [Part(10**59)]), 0),
        (Tiered([TierStep(10**24, percent=10)]), 10**24 // 2),
        (Tiered([TierStep(0, percent=10)], by="units", marginal=True), 10**24 // 2),
        (Together([PercentOff(10), AmountOffEach(1)]), 10**24 // 2 * 3),
    ],
    ids=repr,
)
def test_ten_to_the_twenty_four_units_are_no_trouble(benefit, discount):
    assert receipt_of([line("tea", "5.00", 10**24)], Offer("x", benefit)).discount == discount


@pytest.mark.parametrize("number", [10**40, 10**59])
@pytest.mark.parametrize(
    "benefit", [PercentOff(10), AmountOffEach(1), Bundle(4, [Part(1)]), BuyXGetY(buy=1, get=1, items=ANY)]
)
def test_more_money_than_can_be_counted_is_a_clean_error(number, benefit):
    with pytest.raises(InvalidValueError):
        receipt_of([Line("rug", 10**29, quantity=number)], Offer("x", benefit))


def an_offer(number):
    """Return one of many offers of all kinds, which compete for everything."""
    kinds = [
        BuyXGetY(buy=1 + number % 4, get=1, items=ANY),
        PercentOff(1 + number),
        AmountOff(1 + number, COFFEE),
        Bundle(5, [Part(2 + number % 3)]),
        FixedPrice(2, units=1 + number),
        Together([AmountOffEach(1, TEA), PercentOff(1)]),
        BuyXGetY(buy=2, get=1, items=TEA, rewards=COFFEE, percent=50),
    ]
    conditions = [[], UnitCount(3, consume=True), Spend(9, price="running"), Spend(7, TEA, price="list", consume=True)]
    return Offer(
        f"offer {number}",
        kinds[number % len(kinds)],
        conditions=conditions[number // 7 % 4],
        group="odd" if number % 10 == 9 else None,
        combines_with={"odd"} if number % 25 == 24 else None,
        limits=Limits(budget=50) if number % 11 == 10 else Limits(),
    )


@pytest.mark.parametrize(
    "policy", [OfferPolicy(), OfferPolicy(within="all"), OfferPolicy(stacking="sequence", base="list")]
)
def test_fifty_offers_on_a_thousand_million_units_come_to_an_end(policy):
    lines = [line(f"{kind} {price}", f"{price}.00", BILLION) for kind in ("tea", "coffee") for price in (1, 4, 9)]
    offers = [an_offer(number) for number in range(50)]
    receipt = receipt_of(lines, *offers, policy=policy, nodes=200)

    assert 0 <= receipt.total < receipt.subtotal == 28 * BILLION
    assert receipt.gap >= 0
    assert receipt.discount == sum(found.discount for found in receipt.trace)


@pytest.mark.parametrize(
    ("benefit", "limits", "most"),
    [
        (Bundle(4, [Part(2)]), Limits(), BILLION),
        (Bundle(4, [Part(2)]), Limits(per_order=1), 1),
        (Bundle(4, [Part(2)]), Limits(budget=7), 3),
        (Bundle(4, [Part(1, TEA), Part(1, COFFEE)]), Limits(per_order=2), 2),
        (BuyXGetY(buy=1, get=1, items=ANY), Limits(per_order=1), 1),
        (BuyXGetY(buy=1, get=1, items=ANY), Limits(budget=7), 2),
        (BuyXGetY(buy=1, get=1, items=ANY, reading="separate"), Limits(per_order=3), 3),
        (BuyXGetY(buy=1, get=1, items=ANY, reading="added"), Limits(per_order=3), 3),
    ],
    ids=repr,
)
def test_a_few_applications_on_a_thousand_million_units_come_to_an_end(benefit, limits, most):
    lines = [line("tea", "5.00", BILLION), line("coffee", "3.00", BILLION)]
    others = [Offer("free", BuyXGetY(buy=4, get=1, items=ANY)), Offer("tenth", PercentOff(10))]
    receipt = receipt_of(lines, Offer("x", benefit, limits=limits), *others)

    # A tenth of everything is one way.
    assert receipt.discount >= 8 * BILLION // 10
    assert receipt.decision("x").times <= most


# Deep, and contradictory


def deep(levels):
    items = TEA
    for _ in range(levels):
        items = ~(items & ~COFFEE)
    return items


def test_ranges_as_deep_as_can_be_are_asked():
    assert receipt_of(list(BASKET.lines), Offer("x", PercentOff(10, deep(15)))).trace[0].outcome == "applied"
    with pytest.raises(InvalidValueError, match="a predicate has up to 32 levels"):
        deep(50)


def test_a_range_of_which_nothing_can_be_is_not_met():
    nothing = TEA & ~TEA
    offers = [
        Offer("a", PercentOff(10, nothing)),
        Offer("b", Bundle(1, [Part(1, nothing), Part(1)]), conditions=UnitCount(1, nothing)),
    ]

    assert [found.outcome for found in apply_offers(BASKET, offers).trace] == ["not_met", "not_met"]
    assert [found.units_missing for found in apply_offers(BASKET, offers).trace] == [1, 1]


def test_offers_none_of_which_goes_with_another_leave_the_best_one():
    offers = [Offer(f"{number} %", PercentOff(number), combines_with=()) for number in range(1, 31)]
    receipt = apply_offers(BASKET, offers)

    assert saved(receipt) == {"30 %": "5.40"}
    assert {found.beaten_by for found in receipt.trace if found.offer != "30 %"} == {("30 %",)}


def test_an_offer_that_goes_only_with_its_own_group_stands_alone():
    offers = [
        Offer(name, AmountOffEach(1, items), group="x", combines_with={"x"})
        for name, items in (("a", TEA), ("b", COFFEE))
    ]

    assert saved(apply_offers(BASKET, offers)) == {"a": "3.00"}


def test_floors_that_contradict_a_fixed_price_hold():
    offer = Offer("one", FixedPrice(1), floor=3)

    assert saved(receipt_of([line("tea", "4.00", floor_price=Decimal(2))], offer)) == {"one": "1.00"}


def test_an_empty_basket_makes_no_trouble():
    receipt = receipt_of([], *(an_offer(number) for number in range(50)))

    assert (receipt.total, receipt.lines, receipt.optimal) == (0, (), True)
    assert {found.outcome for found in receipt.trace} == {"not_met"}


def test_no_offer_makes_no_trouble():
    receipt = receipt_of([line("tea", "4.00")])

    assert (receipt.total, receipt.trace, receipt.claims, receipt.effects, receipt.optimal) == (4, (), (), (), True)


# Stored documents

WELL_FORMED = [
    BuyXGetY(buy=2, get=1, items=TEA, rewards=COFFEE, reading="separate", pick="dearest", percent=50),
    PercentOff(10, TEA, units=4, groups_of=2, pick="dearest", cap=5),
    AmountOff(5, TEA),
    AmountOffEach(1, TEA, units=4, groups_of=2, pick="cheapest"),
    FixedPrice(1, TEA, units=4, groups_of=2),
    Bundle(20, [Part(2, TEA), Part(1)], pick="cheapest"),
    Tiered([TierStep(0, percent=5), TierStep(10, percent=10)], TEA, by="units", price="list", marginal=True),
    ShippingOff(percent=50),
    Gift(Line("tin", 1), each_time=True),
    PointsFactor(2, TEA),
    Entitlement("early access", {"days": 2}),
    Together([PercentOff(10), ShippingOff()]),
    OfferPolicy(lanes={1: "first"}),
    apply_offers(
        BASKET,
        [TEN, Offer("tin", Gift(Line("tin", 1)), limits=Limits(in_all=5), codes={"X"})],
        codes=["X", "Y"],
        used={"tin": Usage(in_all=2)},
    ),
]
HARM = [
    None, True, -1, 0, 1.5, 10**39, 10**41, "", " ", "x", "NaN", "Infinity", "-1", "0", "1e999999999", "9" * 31, [], [[]], {}, [None],
    {"type": "loyalty.line"}, {"type": "loyalty.none"}, {"x": {"x": {}}}, "\ud800", "\0",
]  # fmt: skip


def faults(document, cls):
    with pytest.raises(DocumentError) as caught:
        from_dict(document, cls)
    return [str(fault) for fault in caught.value.exceptions]


def leaves(document, path=()):
    """Yield the paths of all parts of a document."""
    if path:
        yield path
    if isinstance(document, dict | list):
        for key, part in document.items() if isinstance(document, dict) else enumerate(document):
            yield from leaves(part, (*path, key))


def replaced(document, path, part):
    """Return a document with another part at a path."""
    found = copy.deepcopy(document)
    at = found
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = part
    return found


@pytest.mark.parametrize("value", WELL_FORMED, ids=lambda value: type(value).__name__)
def test_a_hostile_document_is_refused_or_means_what_it_says(value):
    """No part of a document, replaced by what does harm, leads to anything but a fault or a value that is stored again."""
    document = to_dict(value)
    paths = list(leaves(document))
    step = 1 if len(paths) < 60 else 6  # a receipt is large: a part of the harm at each place
    refused = 0
    for place, path in enumerate(paths):
        for part in HARM[place % step :: step]:
            try:
                found = from_dict(replaced(document, path, part), type(value))
            except DocumentError:
                refused += 1
            else:
                assert from_dict(to_dict(found), type(value)) == found
    assert refused > len(HARM)


@pytest.mark.parametrize("value", WELL_FORMED, ids=lambda value: type(value).__name__)
def test_a_document_with_a_part_too_many_is_refused(value):
    assert faults({**to_dict(value), "surplus": 1}, type(value)) == ["$.surplus: unknown key"]


def test_benefits_in_benefits_in_benefits_are_refused():
    inner = {key: part for key, part in to_dict(Together([PercentOff(10)])).items() if key != "cxkit"}
    document = inner
    for _ in range(20):
        document = {**inner, "benefits": [document]}

    (fault,) = faults({"cxkit": 1, **document}, Together)
    assert "what is given together must be benefits" in fault


# Receipts, and their parts


GROUP = ("lines", 0, "groups", 0)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ((*GROUP, "number"), -5),
        ((*GROUP, "number"), 0),
        ((*GROUP, "number"), 4),  # of a line of three
        ((*GROUP, "price"), "-3"),
        ((*GROUP, "price"), "0.001"),
        ((*GROUP, "cuts", 0, "amount"), "-1"),
        ((*GROUP, "cuts", 0, "amount"), "0.001"),
        (("lines", 0, "currency"), "USD"),
        (("lines", 0, "currency"), "XXX"),
        (("lines",), []),
        (("gap",), "-1"),
    ],
    ids=str,
)
def test_a_stored_receipt_that_cannot_be_is_refused(path, part):
    with pytest.raises(DocumentError):
        from_dict(replaced(to_dict(apply_offers(BASKET, [TEN])), path, part), Receipt)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (UnitGroup, (-1, Decimal(1))),
        (UnitGroup, (1.5, Decimal(1))),
        (UnitGroup, (1, 1.5)),
        (UnitGroup, (1, Decimal(-1))),
        (Cut, ("x", 0.5)),
        (Cut, ("x", Decimal(-1))),
        (Cut, ("", Decimal(1))),
        (Effect, ("none", "x")),
        (Effect, ("gift", "")),
        (ReceiptLine, (Line("tea", 1), "XXX", ())),
        (ReceiptLine, (Line("tea", 1), "EUR", (UnitGroup(5, Decimal(1)),))),
    ],
    ids=repr,
)
def test_a_part_of_a_receipt_that_makes_no_sense_is_refused(kind, parts):
    with pytest.raises(CxError):
        kind(*parts)
