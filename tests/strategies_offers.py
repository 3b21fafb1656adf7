"""Small baskets and offers to draw, as the oracle describes them."""

from hypothesis import strategies as st
from offer_deals import Amount, Benefit, Deal, Free, House, Need, Set, Single, Thing

SKUS = "abcd"


@st.composite
def things(draw: st.DrawFn, *, units: int = 8, floors: bool = False, ties: bool = False) -> list[Thing]:
    """Draw baskets of few units, whose things differ in price unless `ties`."""
    cents = st.sampled_from([100, 150, 199]) if ties else st.integers(60, 999)
    prices = draw(st.lists(cents, min_size=1, max_size=len(SKUS), unique=not ties))
    found, left = [], units - len(prices)
    for sku, price in zip(SKUS, prices, strict=False):
        quantity = draw(st.integers(1, 1 + min(left, 4)))
        left -= quantity - 1
        floor = draw(st.sampled_from([0, 0, price // 2, price])) if floors else 0
        found.append(Thing(sku, price, quantity, floor, draw(st.sampled_from([True] * 7 + [False]))))
    return found


def ranges() -> st.SearchStrategy[frozenset[str] | None]:
    """Draw ranges of a basket."""
    return st.none() | st.frozensets(st.sampled_from(SKUS), min_size=1, max_size=3)


def picks() -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, "cheapest", "dearest"])


@st.composite
def free(draw: st.DrawFn) -> Free:
    """Draw what frees units, in each reading."""
    options = {
        "pick": draw(picks()),
        "percent": draw(st.sampled_from([100, 100, 50, 33])),
        "reading": draw(st.sampled_from([None, "in_basket", "included", "separate"])),
    }
    buy, get = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    if options["reading"] == "included":
        return Free(buy=buy + get, get=get, items=draw(ranges()), **options)
    if draw(st.booleans()):
        return Free(buy=buy, get=get, items=draw(ranges()), **options)
    return Free(buy=buy, get=get, items=draw(ranges()), rewards=draw(ranges()), **options)


@st.composite
def each(draw: st.DrawFn) -> Single:
    """Draw what is about each unit on its own."""
    kind = draw(st.sampled_from(["percent", "percent", "amount", "price"]))
    return Single(
        items=draw(ranges()), **{kind: draw(st.integers(5, 100) if kind == "percent" else st.integers(1, 700))}
    )


@st.composite
def some(draw: st.DrawFn) -> Single:
    """Draw what is about so many units, or groups of them, or has a cap."""
    single = draw(each())
    limits = draw(st.sampled_from(["units", "groups", "both", "cap"]))
    return Single(
        percent=single.percent or (10 if limits == "cap" else None),
        amount=None if limits == "cap" else single.amount,
        price=None if limits == "cap" else single.price,
        items=single.items,
        units=draw(st.integers(1 if limits == "units" else 2, 5)) if limits in ("units", "both") else None,
        groups_of=draw(st.integers(2, 3)) if limits == "groups" else 2 if limits == "both" else 1,
        cap=draw(st.integers(1, 500)) if limits == "cap" else None,
        pick=draw(picks()),
    )


@st.composite
def sets(draw: st.DrawFn) -> Set:
    """Draw bundles of one range, or of two that have nothing in common."""
    price = draw(st.integers(50, 1500))
    if draw(st.booleans()):
        return Set(price=price, parts=((draw(st.integers(1, 3)), draw(ranges())),))
    both = draw(st.permutations(SKUS))
    parts = (draw(st.integers(1, 2)), frozenset(both[:2])), (draw(st.integers(1, 2)), frozenset(both[2:]))
    return Set(price=price, parts=parts)


def amounts() -> st.SearchStrategy[Amount]:
    return st.builds(Amount, amount=st.integers(1, 900), items=ranges())


def benefits() -> st.SearchStrategy[Benefit]:
    """Draw any benefit that the oracle knows."""
    return st.one_of(free(), each(), each(), some(), sets(), amounts())


@st.composite
def needs(draw: st.DrawFn) -> Need:
    """Draw conditions that are not used up."""
    kind = draw(st.sampled_from(["units", "spend", "kinds"]))
    least = {"units": st.integers(1, 5), "spend": st.integers(100, 3000), "kinds": st.integers(1, 3)}[kind]
    return Need(items=draw(ranges()), price=draw(st.sampled_from(["running", "list"])), **{kind: draw(least)})


@st.composite
def deals(
    draw: st.DrawFn, gives: st.SearchStrategy[Benefit] | None = None, *, most: int = 4, lanes: int = 1
) -> list[Deal]:
    """Draw offers that compete in all ways that there are."""
    found, partners = [], st.sampled_from([None] * 4 + [frozenset("g"), frozenset("gh"), frozenset()])
    for name in "wxyz"[: draw(st.integers(1, most))]:
        conditions = draw(st.lists(needs(), max_size=2)) if draw(st.integers(0, 2)) == 0 else ()
        exclusive = draw(st.sampled_from([False] * 6 + [True]))
        found.append(
            Deal(
                id=name,
                gives=draw(benefits() if gives is None else gives),
                needs=tuple(conditions),
                lane=draw(st.integers(0, lanes - 1)),
                priority=draw(st.integers(0, 2)),
                exclusive=exclusive,
                group=draw(st.sampled_from([None, None, "g", "h"])),
                combines_with=None if exclusive else draw(partners),
                per_order=draw(st.sampled_from([None] * 5 + [1, 2])),
            )
        )
    return draw(st.permutations(found))


def simple(gives: st.SearchStrategy[Benefit] | None = None, *, most: int = 4) -> st.SearchStrategy[list[Deal]]:
    """Draw offers of one lane with nothing but a benefit."""
    several = st.lists(benefits() if gives is None else gives, min_size=1, max_size=most)
    return several.map(lambda drawn: [Deal(id=name, gives=given) for name, given in zip("wxyz", drawn, strict=False)])


@st.composite
def houses(draw: st.DrawFn, **settled: str) -> House:
    """Draw policies."""
    modes = st.sampled_from(["best", "first", "all"])
    options = {
        "within": modes,
        "lanes": st.dictionaries(st.integers(0, 2), modes, max_size=2),
        "stacking": st.sampled_from(["lanes", "lanes", "sequence"]),
        "rounding": st.sampled_from(["half_up", "half_up", "half_down", "half_even", "up", "down"]),
        "pick": st.sampled_from(["cheapest", "dearest"]),
        "payers": st.sampled_from(["cheapest", "dearest"]),
        "exclusive": st.sampled_from(["best", "priority"]),
    }
    return House(**{name: draw(found) for name, found in options.items()} | settled)
