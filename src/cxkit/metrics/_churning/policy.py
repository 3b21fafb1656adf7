"""Churn policies: what counts as lost, and of how many."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, Self, get_args

import attrs

from cxkit._checks import a_name, one_of
from cxkit._forms import TEXT, choice, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length, days
from cxkit.errors import InvalidTypeError
from cxkit.metrics._churning.spans import LEAST

JoinedAndLeft = Literal["counted", "excluded", "in_both"]
"""What becomes of who came within the period and left again: counted as lost, ignored, or counted as lost and as one of all."""
Returned = Literal["counted", "excluded"]
"""Whether who was lost and came back within the period counts as lost."""
Repeated = Literal["events", "customers"]
"""What is counted: every loss, or every customer who was lost."""
Denominator = Literal["start", "start_and_new", "everyone", "average", "daily"]
"""Of how many: those at the start, those and the new ones, all who were there at any time, the mean of start and end, or day by day."""
CountedKinds = Literal["all", "voluntary", "involuntary"]
"""Which ends count."""
ChurnDay = Literal["first_inactive", "last_active"]
"""When somebody counts as lost: at the first moment without them, or at the last one with them."""

NO_GRACE = days(0)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "joined_and_left": get_args(JoinedAndLeft),
    "returned": get_args(Returned),
    "repeated": get_args(Repeated),
    "denominator": get_args(Denominator),
    "kinds": get_args(CountedKinds),
    "churn_day": get_args(ChurnDay),
}


@stored("metrics.churn_policy", name=TEXT, grace=LENGTH_FORM, **{key: choice(*words) for key, words in CHOICES.items()})
@attrs.frozen(kw_only=True)
class ChurnPolicy:
    """A definition of churn.

    What systems disagree on has no default; the presets carry the name of the system whose published definition they follow.
    What a system does not publish stays as a preset has it. `attrs.evolve(ChurnPolicy.stripe(), name="ours", grace=days(14))`
    changes it; without a `name=` of its own, it would still be called `"stripe"`.

    Those at the start were there just before the period began, so that somebody who joins at its first moment is new. A
    period is half-open. In a rate by day, everything that is said of the period holds for each day.

    Attributes:
        name: What it is called, in tables.
        joined_and_left: What becomes of those who were not there at the start, came, and left again: `"counted"` as lost,
            `"excluded"` from the lost and from the new, or `"in_both"`: counted as lost, and in the denominator too.
        returned: Whether a loss after which the customer came back within the period is `"counted"` or `"excluded"`.
        repeated: Whether all `"events"` count, or `"customers"`, each once, with their last loss.
        denominator: Of how many: those at the `"start"`; `"start_and_new"`, with those who came for the first time;
            `"everyone"` who was there at any time of the period; the `"average"` of start and end; or `"daily"`: the sum
            over the days of those lost on a day over those at its start.
        grace: Whoever comes back before so much time has passed was never away.
        kinds: Which ends count: `"all"`, or the `"voluntary"` or `"involuntary"` ones.
        churn_day: Whether somebody is lost on the `"first_inactive"` day, so that those there + new - lost are those there on
            the next day, or on the `"last_active"` one, which puts who has paid until the end of March into March.

    >>> from cxkit.calendar import days
    >>> from cxkit.metrics import ChurnPolicy
    >>> ours = ChurnPolicy(
    ...     name="ours",
    ...     joined_and_left="excluded",
    ...     returned="excluded",
    ...     repeated="customers",
    ...     denominator="start",
    ...     grace=days(14),
    ... )
    >>> ours.is_proportion, ChurnPolicy.stripe().is_proportion
    (True, False)
    """

    name: str = "custom"
    joined_and_left: JoinedAndLeft
    returned: Returned
    repeated: Repeated
    denominator: Denominator
    grace: Length = NO_GRACE
    kinds: CountedKinds = "all"
    churn_day: ChurnDay = "first_inactive"

    def __attrs_post_init__(self) -> None:
        a_name(self.name, "name")
        a_length(self.grace, "grace")
        for key, words in CHOICES.items():
            one_of(getattr(self, key), words, key)

    @property
    def is_proportion(self) -> bool:
        """Whether it gives a share: each customer counts once at most, and is one of those of whom the share is taken.

        Only then is there an interval. Losses are no customers, a sum over days is none, and whoever came and left again is
        not one of those at the start.
        """
        if self.repeated == "events" or self.denominator in ("average", "daily"):
            return False
        return self.joined_and_left != "counted" or self.denominator == "everyone"

    @property
    def dated_back(self) -> timedelta:
        """By how much the moment as of which somebody counts as lost precedes the end."""
        return LEAST if self.churn_day == "last_active" else timedelta(0)

    @classmethod
    def classical(cls) -> Self:
        """Return the textbook's: those at the start who are not there at the end, over those at the start.

        Whoever comes within the period has no part in it. It is that of `churn_of_sets(...)`, for who was there just before the
        period and just before its end, and of `churn_rate(...)` from counts.
        """
        return cls(name="classical", **_ONLY_THE_START)

    @classmethod
    def chartmogul(cls) -> Self:
        """Return ChartMogul's standard (B2B) customer churn rate: those lost over those at the start.

        Whoever joined and left, and whoever left and came back, within the period, is left out (help.chartmogul.com,
        articles 203359321 and 207340419: "Customer churn rate"). The end of one of several subscriptions is a contraction. It
        counts like `classical()`.
        """
        return cls(name="chartmogul", **_ONLY_THE_START)

    @classmethod
    def daily_summed(cls) -> Self:
        """Return the sum over the days of those lost on a day over those at its start.

        It is ChartMogul's B2C formula, the sum of 1 - (at the end of the day, of those at its start) / (at its start) (article
        203359321), after Shopify's (Noble 2011). Where many come and go within a month, it takes in the risk of those who
        were not there at the start; it is no share, and may exceed 1.
        """
        return cls(name="daily_summed", **_ONLY_THE_START | {"denominator": "daily"})

    @classmethod
    def stripe(cls) -> Self:
        """Return Stripe's subscriber churn rate: losses over those at the start plus those who are new.

        Whoever joined and left is in both, and a second loss of one who came back counts again (support.stripe.com,
        "Calculating subscriber churn rate in Billing"). Stripe looks at the last 30 days, in UTC: give those as the period. A
        subscription that is past due is still active; one that is unpaid or cancelled has ended.
        """
        return cls(
            name="stripe",
            joined_and_left="in_both",
            returned="counted",
            repeated="events",
            denominator="start_and_new",
        )

    @classmethod
    def profitwell(cls) -> Self:
        """Return that of ProfitWell Metrics: those lost over those at the start of the calendar month.

        Whoever joined and left in the month counts neither as new nor as lost (paddle.com/help/profitwell-metrics, "Are
        cancellations in the first month counted as churn?"). Churn is dated at the end of the paid term, and that of who
        does not pay after the time for reminders: end the spans then.
        """
        return cls(
            name="profitwell",
            joined_and_left="excluded",
            returned="counted",
            repeated="customers",
            denominator="start",
        )

    @classmethod
    def baremetrics(cls) -> Self:
        """Return Baremetrics' user churn: customers who cancelled in the last 30 days over those 30 days ago.

        Whoever signed up and cancelled within them counts as lost (help.baremetrics.com, article 5380347, and its changelog,
        "Churn Update"), though not as one of those at the start; so it is no share. Give the 30 days as the period. Who has
        not paid for 30 days counts as cancelled.
        """
        return cls(
            name="baremetrics",
            joined_and_left="counted",
            returned="counted",
            repeated="customers",
            denominator="start",
        )

    @classmethod
    def recurly(cls) -> Self:
        """Return Recurly's subscriber churn: subscribers all of whose subscriptions have expired over those at the start.

        It counts at expiration, not when somebody cancels (recurly.com, "Key terms related to churn, defined"): end the spans
        then. All who churned in the month count, so also who joined in it; who is back is no churned subscriber
        (support.recurly.com, article 360040092571).
        """
        return cls(
            name="recurly",
            joined_and_left="counted",
            returned="excluded",
            repeated="customers",
            denominator="start",
        )


_ONLY_THE_START: Any = {
    "joined_and_left": "excluded",
    "returned": "excluded",
    "repeated": "customers",
    "denominator": "start",
}


def a_policy(policy: ChurnPolicy) -> ChurnPolicy:
    """Check that something is a churn policy."""
    if not isinstance(policy, ChurnPolicy):
        msg = f"policy must be a ChurnPolicy such as ChurnPolicy.chartmogul(), got {policy!r}"
        raise InvalidTypeError(msg, policy)
    return policy
