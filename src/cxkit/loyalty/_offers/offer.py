"""Offers: what a shop promises, to whom, when and how often."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import attrs

from cxkit._checks import a_flag, a_name, each
from cxkit._forms import DECIMAL, FLAG, INTEGER, TEXT, form_of, many, nested, optional, stored
from cxkit.calendar import BusinessCalendar
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._benefits.benefit import Benefit, money_off
from cxkit.loyalty._brief import brief
from cxkit.loyalty._line import NAMES, LineFields, some_names
from cxkit.loyalty._offers.conditions import CONDITION_FORM, Condition, a_condition
from cxkit.loyalty._offers.decision import OfferDecision
from cxkit.loyalty._offers.limits import Limits, Usage
from cxkit.loyalty._offers.policy import OfferPolicy, a_lane
from cxkit.loyalty._offers.validity import OfferWindow
from cxkit.predicates import PREDICATE_FORM, Predicate, as_predicate


def _conditions(given: Condition | Iterable[Condition]) -> tuple[Condition, ...]:
    if isinstance(given, Condition):
        return (given,)
    return tuple([a_condition(condition) for condition in each(given, "a condition, or a list of them")])


def _who(given: object) -> Predicate | None:
    if given is None:
        return None
    try:
        who = as_predicate(given)
    except InvalidTypeError as error:
        msg = f"who must be a predicate or a segment, got {given!r}"
        raise InvalidTypeError(msg, given) from error
    if any(issubclass(subject, LineFields) for subject in who.about):
        msg = f"who asks about the customer, and {who!r} is about lines; conditions= asks about those"
        raise InvalidValueError(msg, given)
    return who


def _channels(given: Iterable[str]) -> frozenset[str]:
    return some_names(given, "channels", "a channel")


def _codes(given: Iterable[str]) -> frozenset[str]:
    return some_names(given, "codes", "a code")


def _combines_with(given: Iterable[str] | None) -> frozenset[str] | None:
    return None if given is None else some_names(given, "combines_with", "a group")


def _floor(given: Decimal | int | None) -> Decimal | None:
    return None if given is None else money_off(given, "floor", or_zero=True)


@stored(
    "loyalty.offer",
    name=TEXT,
    benefit=nested(Benefit),
    id=TEXT,
    conditions=many(CONDITION_FORM),
    who=optional(PREDICATE_FORM),
    channels=NAMES,
    window=optional(form_of(OfferWindow)),
    hours=optional(form_of(BusinessCalendar)),
    codes=NAMES,
    lane=INTEGER,
    priority=INTEGER,
    exclusive=FLAG,
    group=optional(TEXT),
    combines_with=optional(NAMES),
    limits=form_of(Limits),
    floor=optional(DECIMAL),
)
@attrs.frozen(repr=False)
class Offer:
    """A promise of the shop.

    Attributes:
        name: What customers are told.
        benefit: What they get.
        id: Its identity; the name, unless given.
        conditions: What the basket must hold: one condition, or several, all of which must be met.
        who: Which customers may have it: a predicate, or a segment.
        channels: Where it holds; everywhere, unless given.
        window: From when to when it holds.
        hours: At which hours it holds.
        codes: The codes of which the customer types one; none is asked for, unless given.
        lane: Lanes run in order of their number, each on the prices that those before it left.
        priority: Which offer of a lane comes first: the one with the higher number.
        exclusive: Whether it applies alone in the whole basket.
        group: A name; at most one offer of a group applies.
        combines_with: The groups whose offers it applies beside; beside all, unless given. Both sides are asked.
        limits: How often it may be used.
        floor: The price below which it takes no unit.

    >>> from cxkit.loyalty import Basket, BuyXGetY, Line, Offer
    >>> offer = Offer("3 for 2", BuyXGetY(buy=2, get=1, items=Line.fields.tags.contains("tea")))
    >>> decision = offer.explain(Basket([Line("assam", 4, tags={"tea"}, quantity=2)], currency="EUR"))
    >>> decision.outcome, decision.units_missing
    ('not_met', 1)
    """

    name: str
    benefit: Benefit
    id: str = attrs.field(kw_only=True, default=attrs.Factory(lambda self: self.name, takes_self=True))
    conditions: tuple[Condition, ...] = attrs.field(default=(), kw_only=True, converter=_conditions)
    who: Predicate | None = attrs.field(default=None, kw_only=True, converter=_who)
    channels: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=_channels)
    window: OfferWindow | None = attrs.field(default=None, kw_only=True)
    hours: BusinessCalendar | None = attrs.field(default=None, kw_only=True)
    codes: frozenset[str] = attrs.field(default=frozenset(), kw_only=True, converter=_codes)
    lane: int = attrs.field(default=0, kw_only=True)
    priority: int = attrs.field(default=0, kw_only=True)
    exclusive: bool = attrs.field(default=False, kw_only=True)
    group: str | None = attrs.field(default=None, kw_only=True)
    combines_with: frozenset[str] | None = attrs.field(default=None, kw_only=True, converter=_combines_with)
    limits: Limits = attrs.field(default=Limits(), kw_only=True)
    floor: Decimal | None = attrs.field(default=None, kw_only=True, converter=_floor)

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "the name of an offer")
        a_name(self.id, "the id of an offer")
        _check_kinds(self)
        a_lane(self.lane, "lane")
        a_lane(self.priority, "priority")
        a_flag(self.exclusive, "exclusive")
        if self.group is not None:
            a_name(self.group, "group")
        _check_sense(self)

    __repr__ = brief

    @property
    def needs_moment(self) -> bool:
        """Whether it depends on when the basket is bought."""
        return self.window is not None or self.hours is not None or (self.who is not None and self.who.timed)

    def combines(self, other: "Offer") -> bool:
        """Whether it may apply beside another offer of the same basket."""
        if self.exclusive or other.exclusive or (self.group is not None and self.group == other.group):
            return False
        return _lets(self, other) and _lets(other, self)

    def explain(
        self,
        basket: Basket,
        *,
        policy: OfferPolicy = OfferPolicy(),  # noqa: B008 - a frozen value
        profile: object = None,
        codes: Iterable[str] = (),
        used: Usage = Usage(),  # noqa: B008
    ) -> OfferDecision:
        """Say what would become of this offer alone on a basket; the arguments are those of `apply_offers`.

        Args:
            basket: What is bought.
            policy: How money is rounded, and which units are picked.
            profile: The customer's record or profile.
            codes: What the customer typed.
            used: What was used of this offer before.
        """
        from cxkit.loyalty import apply_offers  # noqa: PLC0415 - which applies offers, and so imports this module

        receipt = apply_offers(basket, [self], policy=policy, profile=profile, codes=codes, used={self.id: used})
        return receipt.trace[0]


def _lets(offer: Offer, other: Offer) -> bool:
    return offer.combines_with is None or other.group in offer.combines_with


def _check_kinds(offer: Offer) -> None:
    kinds: Mapping[str, type] = {"benefit": Benefit, "window": OfferWindow, "hours": BusinessCalendar, "limits": Limits}
    for name, kind in kinds.items():
        given = getattr(offer, name)
        if not isinstance(given, kind) and not (given is None and name in ("window", "hours")):
            hint = "; such as PercentOff(10)" if name == "benefit" else ""
            msg = f"{name} must be a {kind.__name__}, got {given!r}{hint}"
            raise InvalidTypeError(msg, given)


def _check_sense(offer: Offer) -> None:
    """Refuse what contradicts itself."""
    if offer.limits.per_code is not None and not offer.codes:
        msg = f"the limit per_code of {offer.id!r} counts the uses of its codes, and it has none; give it codes="
        raise InvalidValueError(msg, offer.limits)
    if offer.exclusive and offer.combines_with is not None:
        msg = f"{offer.id!r} is exclusive, so it combines with none; leave combines_with out"
        raise InvalidValueError(msg, offer.combines_with)
