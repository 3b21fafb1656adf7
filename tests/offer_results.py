"""Short ways to apply offers to lines and to say what came of them, for expectations worked out by hand."""

from decimal import Decimal

from cxkit.loyalty import Basket, Line, Offer, Receipt, apply_offers

TEA = Line.fields.tags.contains("tea")
COFFEE = Line.fields.tags.contains("coffee")
HOT = TEA | COFFEE
ANY = Line.fields.sku.is_known()


def line(sku: str, price: str, number: int = 1, **more: object) -> Line:
    """Return units of a thing, tagged with the first word of its sku."""
    return Line(sku, Decimal(price), quantity=number, tags={sku.split(maxsplit=1)[0]}, **more)


def receipt_of(lines: list[Line], *offers: Offer, **options: object) -> Receipt:
    """Apply offers to a basket in euros."""
    return apply_offers(Basket(lines, currency="EUR"), offers, **options)


def saved(receipt: Receipt) -> dict[str, str]:
    """Say what each offer that applied took off."""
    return {found.offer: str(found.discount) for found in receipt.trace if found.outcome == "applied"}


def costs(receipt: Receipt) -> dict[str, str]:
    """Say what is paid for each thing."""
    return {each.line.sku: str(each.total) for each in receipt.lines}


def units(receipt: Receipt, sku: str) -> list[tuple[int, str]]:
    """Say how many units of a thing cost how much, the cheapest first."""
    (found,) = [each for each in receipt.lines if each.line.sku == sku]
    return [(group.number, str(group.price)) for group in found.groups]
