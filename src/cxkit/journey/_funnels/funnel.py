"""Funnels: how far customers come along some steps."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import attrs
from typing_extensions import override

from cxkit._checks import a_flag, one_of
from cxkit._forms import ELAPSED, FLAG, choice, form_of, many, optional, stored
from cxkit.calendar import LENGTH_FORM, Length, a_length
from cxkit.errors import InvalidValueError, UnsupportedError
from cxkit.journey._funnels.steps import Exclusion, Step, as_exclusions, as_given, as_steps
from cxkit.journey._journey import Journey
from cxkit.journey._labels import Label
from cxkit.tallies import Durations

if TYPE_CHECKING:
    from cxkit.journey._funnels.readings import FunnelReadings
    from cxkit.journey._funnels.result import FunnelBreakdown, FunnelResult
    from cxkit.journey._funnels.stop import FunnelStop

StepOrder = Literal["ordered", "strict", "any"]
"""In which order steps are to be filled: in theirs, in theirs with nothing else in between, or in any."""
Anchor = Literal["any_entry", "first_entry"]
"""Which touchpoint of the first step starts the window: any, whichever serves best, or only the first that there is."""
FunnelTies = Literal["favourable", "input", "strict"]
"""What touchpoints of one instant do: they count in whichever order is best, in that of the log, or not after each other."""
Reading = Literal["amplitude", "clickhouse", "mixpanel_classic", "posthog"]
"""Whose rules a funnel is to be read by."""
Touch = Literal["first", "last"]
"""Which touchpoint of an attempt gives the label by which a funnel is broken down."""
ORDERS: tuple[StepOrder, ...] = ("ordered", "strict", "any")
ANCHORS: tuple[Anchor, ...] = ("any_entry", "first_entry")
TIES: tuple[FunnelTies, ...] = ("favourable", "input", "strict")
READINGS: tuple[Reading, ...] = ("amplitude", "clickhouse", "mixpanel_classic", "posthog")
_RULES: Mapping[Reading, Mapping[str, Any]] = {
    "amplitude": {"anchor": "any_entry", "ties": "input"},
    "clickhouse": {"anchor": "any_entry", "ties": "favourable", "reuse": True},  # windowFunnel without a mode
    "mixpanel_classic": {"anchor": "first_entry", "ties": "input"},  # before "optimized re-entry"
    "posthog": {"anchor": "any_entry", "ties": "favourable"},
}
_STRICT_RULES: Mapping[Reading, Mapping[str, Any]] = {
    "clickhouse": {"anchor": "first_entry", "ties": "input", "repeats": True},  # its strict_order
    "posthog": {"repeats": True},
}


@stored(
    "journey.funnel",
    steps=many(form_of(Step)),
    within=optional(LENGTH_FORM),
    order=choice(*ORDERS),
    anchor=choice(*ANCHORS),
    ties=choice(*TIES),
    without=many(form_of(Exclusion)),
    repeats=FLAG,
    reuse=FLAG,
    resolution=ELAPSED,
)
@attrs.frozen(repr=False)
class Funnel:
    """Steps that customers are to take one after the other, and how to tell how far they come.

    Systems differ in what a funnel means; each choice is an option here, and `under` gives those of one system. An
    attempt begins with the first step. A customer is told by the attempt that came furthest, of those by the one that
    was there first, and of those by the one that began last.

    Attributes:
        steps: At least one: names of touchpoints, predicates about `Touchpoint.fields`, or `Step` values.
        within: How long an attempt has, from its first touchpoint, ends included; without it, for ever.
        order: `"ordered"` (whatever may come in between), `"strict"` (nothing else may), or `"any"` (a step of the
            result is then how many were filled).
        anchor: Whether `"any_entry"` may start the window or only the `"first_entry"`.
        ties: Whether touchpoints of one instant count in the most `"favourable"` order, in that of the `"input"`, or,
            being no later than each other, do not follow each other: `"strict"`.
        without: What ends an attempt between two steps: contacts, or `Exclusion` values. In order, the attempt does not
            count at all, and one who has no other is told apart as excluded; in any order, it counts as far as it came.
        repeats: Whether in a strict order a step that was just filled may come again.
        reuse: Whether one touchpoint may fill several steps.
        resolution: The unit in which times to convert are counted.

    >>> from datetime import datetime, timedelta, timezone
    >>> from cxkit.journey import Funnel, journeys
    >>> log = journeys([("anna", "visit", "2026-03-01T09:00Z"), ("anna", "order", "2026-03-01T10:00Z")])
    >>> result = Funnel(["visit", "order"], within=timedelta(days=1)).run(log)
    >>> [step.reached for step in result.steps], result.times(0, 1).median
    ([1, 1], datetime.timedelta(seconds=3600))
    """

    steps: tuple[Step, ...] = attrs.field(converter=as_steps)
    within: Length | None = attrs.field(default=None, kw_only=True)
    order: StepOrder = attrs.field(default="ordered", kw_only=True)
    anchor: Anchor = attrs.field(default="any_entry", kw_only=True)
    ties: FunnelTies = attrs.field(default="favourable", kw_only=True)
    without: tuple[Exclusion, ...] = attrs.field(default=(), converter=as_exclusions, kw_only=True)
    repeats: bool = attrs.field(default=False, kw_only=True)
    reuse: bool = attrs.field(default=False, kw_only=True)
    resolution: timedelta = attrs.field(default=timedelta(seconds=1), kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.within is not None:
            a_length(self.within, "within")
        one_of(self.order, ORDERS, "order")
        one_of(self.anchor, ANCHORS, "anchor")
        one_of(self.ties, TIES, "ties")
        a_flag(self.repeats, "repeats")
        a_flag(self.reuse, "reuse")
        Durations(self.resolution)  # checks it
        self._check_steps()
        self._check_exclusions()
        if self.repeats and self.order != "strict":
            msg = f"repeats is about a strict order, got order={self.order!r}"
            raise InvalidValueError(msg, self.repeats)
        if self.reuse and (self.order, self.ties) != ("ordered", "favourable"):
            msg = f"reuse is about order='ordered' and ties='favourable', got {self.order!r} and {self.ties!r}"
            raise InvalidValueError(msg, self.reuse)

    def _check_steps(self) -> None:
        if not self.steps:
            msg = "a funnel needs at least one step, got none"
            raise InvalidValueError(msg, self.steps)
        passed_by = [step for step in self.steps if step.optional]
        if passed_by and self.order != "ordered":
            msg = f"a step may be optional where order is 'ordered', got {passed_by[0]!r} and order={self.order!r}"
            raise InvalidValueError(msg, passed_by[0])
        if self.steps[0].optional or self.steps[-1].optional:
            msg = f"the first and the last step of a funnel cannot be optional, got {self.steps!r}"
            raise InvalidValueError(msg, self.steps)

    def _check_exclusions(self) -> None:
        if self.without and self.order == "strict":
            msg = "in a strict order whatever else comes ends an attempt; leave without= out"
            raise InvalidValueError(msg, self.without)
        last = len([step for step in self.steps if not step.optional]) - 1
        for exclusion in self.without:
            if not exclusion.start < exclusion.last(last + 1) <= last:
                msg = f"an exclusion must start and end at steps from 0 to {last}, got {exclusion!r}"
                raise InvalidValueError(msg, exclusion)
            if self.order == "any" and (exclusion.start, exclusion.last(last + 1)) != (0, last):
                msg = f"in any order an exclusion holds from the first step to the last, got {exclusion!r}"
                raise InvalidValueError(msg, exclusion)

    def run(self, journeys: Iterable[Journey], *, as_of: datetime | None = None) -> "FunnelResult":
        """Count how far customers came.

        Args:
            journeys: One for each customer; read one by one.
            as_of: The moment of the question: nothing later counts, and who still has time is told as open. Without
                it the log counts as given, and nobody is open.
        """
        from cxkit.journey._funnels.count import counted

        return counted(self, journeys, as_of)

    def breakdown(
        self,
        journeys: Iterable[Journey],
        *,
        by: Label,
        touch: Touch = "first",
        as_of: datetime | None = None,
    ) -> "FunnelBreakdown":
        """Count how far customers came, by a label of a touchpoint of the attempt that is told of them.

        Args:
            journeys: One for each customer; read one by one.
            by: What to group by, such as `"channel"` or `"properties.campaign"`.
            touch: Whether the `"first"` or the `"last"` touchpoint of the attempt that has the label says it.
            as_of: The moment of the question.
        """
        from cxkit.journey._funnels.count import broken_down

        return broken_down(self, journeys, by, touch, as_of)

    def explain(self, journey: Journey, *, as_of: datetime | None = None) -> "FunnelStop":
        """Tell how far one customer came, by which touchpoints, and what was missing."""
        from cxkit.journey._funnels.stop import stop

        return stop(self, journey, as_of)

    def under(self, reading: Reading) -> "Funnel":
        """Return this funnel by the rules of another system, as far as they are known; see the page on funnels.

        Raises:
            UnsupportedError: The system has no such order.
        """
        one_of(reading, READINGS, "reading")
        if reading == "clickhouse" and self.order == "any":
            msg = "windowFunnel of ClickHouse knows no steps in any order"
            raise UnsupportedError(msg)
        rules = {"repeats": False, "reuse": False, **_RULES[reading]}
        if self.order != "ordered":
            rules |= {"reuse": False}
        if self.order == "strict":
            rules |= _STRICT_RULES.get(reading, {})
        return attrs.evolve(self, **rules)

    def readings(self, journeys: Iterable[Journey], *, as_of: datetime | None = None) -> "FunnelReadings":
        """Run this funnel as it is and by the rules of each other system, and tell where the answers differ."""
        from cxkit.journey._funnels.readings import read_all

        return read_all(self, journeys, as_of)

    @override
    def __repr__(self) -> str:
        given = [repr([as_given(step) for step in self.steps])]
        for field in attrs.fields(Funnel)[1:]:
            value = getattr(self, field.name)
            if value != field.default:
                given.append(f"{field.name}={list(value) if isinstance(value, tuple) else value!r}")
        return f"Funnel({', '.join(given)})"
