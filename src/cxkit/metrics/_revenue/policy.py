"""MRR policies: how changes of recurring revenue are told apart, and which of them a rate counts."""

from typing import Literal, Self

import attrs

from cxkit._checks import a_flag, a_name, one_of
from cxkit._forms import FLAG, TEXT, choice, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, days
from cxkit.errors import InvalidTypeError
from cxkit.metrics._revenue.billing import COUPON_RULES, CouponRule

MrrCounted = Literal["each_change", "net"]
"""What is classified: each change of a customer's MRR, or the net change over the period."""
MrrJoinedAndLeft = Literal["counted", "excluded"]
"""Whether who is new in a period and gone at its end counts as new and as churn, or as neither."""
COUNTED: tuple[MrrCounted, ...] = ("each_change", "net")
JOINED_AND_LEFT: tuple[MrrJoinedAndLeft, ...] = ("counted", "excluded")


@stored(
    "metrics.mrr_policy",
    name=TEXT,
    counted=choice(*COUNTED),
    joined_and_left=choice(*JOINED_AND_LEFT),
    reactivation_within=optional(LENGTH_FORM),
    coupons=choice(*COUPON_RULES),
    reactivation_in_net_churn=FLAG,
    contraction_in_retention=FLAG,
)
@attrs.frozen(kw_only=True)
class MrrPolicy:
    """A definition of MRR movements.

    What systems disagree on has no default; the presets carry the name of the system whose published definition they follow,
    and say what it leaves open. `attrs.evolve(MrrPolicy.stripe(), name="ours", counted="net")` changes one;
    without a `name=` of its own, it would still be called `"stripe"`.

    When a subscription ends is no part of it: who pays until the end of March has a subscription that ends then (ProfitWell,
    Recurly, ChartMogul by default), or when notice was given (Stripe, Chargify).

    Attributes:
        name: What it is called, in tables.
        counted: Whether `"each_change"` of a customer's MRR is classified, or only the `"net"` one between the start and the
            end of the period. Under `"net"`, gross revenue retention is that of the pairs of start and end.
        joined_and_left: Whether who is new within the period and gone at its end is `"counted"` as new and as churn, or
            `"excluded"` from both.
        reactivation_within: For how long after churn a return is a reactivation, to the instant; later it is new business.
            `None`: always.
        coupons: Which coupons lower MRR: those that last `"forever"`, or `"all"`, each while it lasts.
        reactivation_in_net_churn: Whether the net churn rate subtracts reactivation, too.
        contraction_in_retention: Whether net revenue retention subtracts contraction.

    >>> from cxkit.metrics import MrrPolicy
    >>> MrrPolicy.chargify().reactivation_within, MrrPolicy.profitwell().reactivation_within
    (days(90), None)
    """

    name: str = "custom"
    counted: MrrCounted
    joined_and_left: MrrJoinedAndLeft = "counted"
    reactivation_within: Length | None
    coupons: CouponRule
    reactivation_in_net_churn: bool
    contraction_in_retention: bool = True

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "name")
        one_of(self.counted, COUNTED, "counted")
        one_of(self.joined_and_left, JOINED_AND_LEFT, "joined_and_left")
        if self.reactivation_within is not None:
            a_length(self.reactivation_within, "reactivation_within")
        one_of(self.coupons, COUPON_RULES, "coupons")
        a_flag(self.reactivation_in_net_churn, "reactivation_in_net_churn")
        a_flag(self.contraction_in_retention, "contraction_in_retention")

    @classmethod
    def standard(cls) -> Self:
        """Return the definition of the formulas: each customer's MRR at the start against that at the end.

        Every customer has one movement at most. Neither net churn nor retention counts a return, and gross revenue retention
        is the sum of the smaller of start and end over the sum of the starts. Every coupon lowers MRR while it lasts.
        """
        return cls(
            name="standard",
            counted="net",
            reactivation_within=None,
            coupons="all",
            reactivation_in_net_churn=False,
        )

    @classmethod
    def chartmogul(cls) -> Self:
        """Return ChartMogul's: each change is a movement, and net churn subtracts reactivation.

        Any return is a reactivation; a discount that is added is a contraction, and one that ends an expansion
        (help.chartmogul.com, articles 203299912 and 203359341, "Standard" setting). It draws changes within an hour together
        unless told otherwise, and that is not done here.
        """
        return cls(
            name="chartmogul",
            counted="each_change",
            reactivation_within=None,
            coupons="all",
            reactivation_in_net_churn=True,
        )

    @classmethod
    def stripe(cls) -> Self:
        """Return Stripe's: each change is a movement, and only a coupon that lasts forever lowers MRR.

        (docs.stripe.com, "Billing metric definitions"; support.stripe.com, "Billing analytics".) Who came and left is in both
        new and churned MRR. Its days are those of UTC. Whether its net churn subtracts reactivation is left open; here it
        does not.
        """
        return cls(
            name="stripe",
            counted="each_change",
            reactivation_within=None,
            coupons="forever",
            reactivation_in_net_churn=False,
        )

    @classmethod
    def baremetrics(cls) -> Self:
        """Return Baremetrics': each change is a movement, and its net revenue retention has no term for contraction.

        It prints 100 % - (churned - expansion) / MRR 30 days ago, for both retention and net churn (changelog.baremetrics.com,
        "Net Revenue Retention", "Net MRR Churn"), though the text on the latter speaks of downgrades as well. Who came and
        left within the 30 days counts as churn ("Churn Update"). Coupons and returns are left open; here all coupons count,
        and any return is a reactivation.
        """
        return cls(
            name="baremetrics",
            counted="each_change",
            reactivation_within=None,
            coupons="all",
            reactivation_in_net_churn=False,
            contraction_in_retention=False,
        )

    @classmethod
    def profitwell(cls) -> Self:
        """Return that of ProfitWell Metrics: who came and left in a calendar month is neither new nor churn.

        Any return is a reactivation, and every discount is subtracted before MRR is taken (paddle.com/help/profitwell-metrics,
        "ProfitWell vs Maxio"). A pause is an amount of 0, hence churn. Give a calendar month as the period. Whether its net
        churn subtracts reactivation is left open; here it does not.
        """
        return cls(
            name="profitwell",
            counted="each_change",
            joined_and_left="excluded",
            reactivation_within=None,
            coupons="all",
            reactivation_in_net_churn=False,
        )

    @classmethod
    def chargify(cls) -> Self:
        """Return that of Chargify (now Maxio): a return within 90 days is a reactivation, a later one is new.

        Who came and left within a month is both new and churn; discounts are subtracted (paddle.com/help/profitwell-metrics,
        "ProfitWell vs Maxio"). MRR goes when notice is given: end the subscriptions then. Its net churn is left open; here it
        does not subtract reactivation.
        """
        return cls(
            name="chargify",
            counted="each_change",
            reactivation_within=days(90),
            coupons="all",
            reactivation_in_net_churn=False,
        )


def an_mrr_policy(policy: MrrPolicy) -> MrrPolicy:
    """Check that something is an MRR policy."""
    if not isinstance(policy, MrrPolicy):
        msg = f"policy must be an MrrPolicy such as MrrPolicy.chartmogul(), got {policy!r}"
        raise InvalidTypeError(msg, policy)
    return policy
