"""The MRR roll-forward: from the recurring revenue at the start of a period to that at its end."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, Self, TypeAlias

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_flag, an_instant
from cxkit._forms import MOMENT, TEXT, Form, Json, form_of, optional, pair, record, register
from cxkit._money import EXACT, from_minor, minor_unit
from cxkit.metrics._revenue.amounts import FRACTION, ZERO, MoneyRatio, exact, signed, to_money, to_units, total_of
from cxkit.metrics._revenue.policy import MrrPolicy, an_mrr_policy
from cxkit.metrics._windows import window_of
from cxkit.tallies import refused

Amount: TypeAlias = Decimal | int | Fraction
MrrLine = Literal["start", "new_business", "reactivation", "expansion", "contraction", "churn", "fx", "end"]
"""A line of a roll-forward."""
_SIGNS: Mapping[MrrLine, int] = {
    "start": 1,
    "new_business": 1,
    "reactivation": 1,
    "expansion": 1,
    "contraction": -1,
    "churn": -1,
    "fx": 1,
}
_LOSSES = [line for line, sign in _SIGNS.items() if sign < 0]
_REACTIVATION: tuple[MrrLine, ...] = ("reactivation",)
_ONE = {"currency": "currency", "policy": "definition", "window": "period", "as_of": "moment"}


def _amount(amount: Amount) -> Fraction:
    return signed(amount, "a line of a roll-forward")


@attrs.frozen(repr=False)
class MrrRollForward(_charts.Charted):
    """How recurring revenue went from the start of a period to its end, as a population tally in one currency.

    MRR at the start + new business + reactivation + expansion - contraction - churn + fx = MRR at the end. It is kept exact, in
    fractions of the currency. As money, the start and every sum up to a line are rounded half to even, and a line is what it
    adds to the sum: so the lines add up to the end, to the cent, and none is a cent or more from its exact amount.

    Attributes:
        currency: The currency.
        policy: By which definition, which says what the rates count; `MrrPolicy.standard()` unless given.
        window: From when until before when, in UTC; a `Period` serves as well. Only roll-forwards of one window, policy and
            currency add, over different customers.
        as_of: The moment up to which things were known, where one was given.

    Lines are given as `Decimal`, `int` or `Fraction`: `start`, `new_business`, `reactivation`, `expansion`, `contraction` and
    `churn`, none of them below 0, and `fx`, which is below 0 for a loss. Each is a property, as money.

    >>> from cxkit.metrics import MrrPolicy, MrrRollForward
    >>> march = MrrRollForward("EUR", start=1000, new_business=300, reactivation=50, expansion=100, contraction=80, churn=120)
    >>> march.end, march.net_new, march.gross_mrr_churn_rate().value
    (Decimal('1250.00'), Decimal('250.00'), 0.2)
    >>> print(march)
    line           amount
    start         1000.00
    new_business   300.00
    reactivation    50.00
    expansion      100.00
    contraction    -80.00
    churn         -120.00
    fx               0.00
    end           1250.00
    """

    currency: str
    _start: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="start")
    _new_business: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="new_business")
    _reactivation: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="reactivation")
    _expansion: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="expansion")
    _contraction: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="contraction")
    _churn: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="churn")
    _fx: Fraction = attrs.field(default=ZERO, converter=_amount, kw_only=True, alias="fx")
    policy: MrrPolicy = attrs.field(factory=MrrPolicy.standard, kw_only=True)
    window: tuple[datetime, datetime] | None = attrs.field(
        default=None, converter=attrs.converters.optional(window_of), kw_only=True
    )
    as_of: datetime | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        minor_unit(self.currency)
        an_mrr_policy(self.policy)
        for line, amount in self.exact.items():
            if line != "fx":
                exact(amount, "what is left at the end" if line == "end" else line)
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))

    @property
    def exact(self) -> Mapping[MrrLine, Fraction]:
        """The lines, exact, and what they add up to; losses stand without a sign."""
        lines: dict[MrrLine, Fraction] = {line: getattr(self, f"_{line}") for line in _SIGNS}
        return {**lines, "end": total_of(sign * lines[line] for line, sign in _SIGNS.items())}

    @property
    def start(self) -> Decimal:
        """The MRR of all just before the period."""
        return self._money("start")

    @property
    def new_business(self) -> Decimal:
        """The MRR of customers who pay for the first time, or come back too late for a reactivation."""
        return self._money("new_business")

    @property
    def reactivation(self) -> Decimal:
        """The MRR of customers who came back."""
        return self._money("reactivation")

    @property
    def expansion(self) -> Decimal:
        """By how much more customers pay."""
        return self._money("expansion")

    @property
    def contraction(self) -> Decimal:
        """By how much less customers pay who have not left; without a sign."""
        return self._money("contraction")

    @property
    def churn(self) -> Decimal:
        """The MRR of customers who left; without a sign."""
        return self._money("churn")

    @property
    def fx(self) -> Decimal:
        """What changed exchange rates did, or other adjustments; below 0 for a loss."""
        return self._money("fx")

    @property
    def end(self) -> Decimal:
        """The MRR of all just before the end of the period."""
        return self._money("end")

    @property
    def net_new(self) -> Decimal:
        """By how much it grew: the end less the start, as money."""
        return EXACT.subtract(self.end, self.start)

    @property
    def is_complete(self) -> bool:
        """Whether the period was over when it was looked at."""
        return self.as_of is None or self.window is None or self.as_of >= self.window[1]

    def gross_mrr_churn_rate(self) -> MoneyRatio:
        """Return what was lost over MRR at the start: (churn + contraction) / start."""
        return self._of_start("gross MRR churn rate", "churn", "contraction")

    def net_mrr_churn_rate(self, *, reactivation: bool | None = None) -> MoneyRatio:
        """Return what was lost less what customers added: (churn + contraction - expansion [- reactivation]) / start.

        It is below 0 where customers added more than was lost.

        Args:
            reactivation: Whether returns count as added, as with ChartMogul; what the policy says unless given.
        """
        counted = _flag(reactivation, self.policy.reactivation_in_net_churn, "reactivation")
        lost: tuple[MrrLine, ...] = ("churn", "contraction")
        return self._of_start("net MRR churn rate", *lost, less=("expansion", *_REACTIVATION[:counted]))

    def gross_revenue_retention(self) -> MoneyRatio:
        """Return what is left of MRR at the start without any gain: (start - contraction - churn) / start, at most 1.

        Where each customer's net change counts, it is the sum of the smaller of start and end over the sum of the starts.
        Where each change does, losses of what was gained within the period count as well, so that it may be lower, even below
        0.
        """
        return self._of_start("gross revenue retention", "start", less=("contraction", "churn"))

    def net_revenue_retention(self, *, contraction: bool | None = None) -> MoneyRatio:
        """Return what the MRR at the start became: (start + expansion - contraction - churn) / start.

        New business, returns and exchange rates have no part in it.

        Args:
            contraction: Whether contraction is subtracted; the formula that Baremetrics prints has no such term. What the
                policy says unless given.
        """
        counted = _flag(contraction, self.policy.contraction_in_retention, "contraction")
        less: tuple[MrrLine, ...] = ("churn", "contraction")
        return self._of_start("net revenue retention", "start", "expansion", less=less[: 1 + counted])

    def quick_ratio(self, *, reactivation: bool = False) -> MoneyRatio:
        """Return what was gained over what was lost: (new business + expansion [+ reactivation]) / (contraction + churn).

        It is undefined where nothing was lost.

        Args:
            reactivation: Whether returns count as gained; with Baremetrics they do not.
        """
        counted = _flag(reactivation, False, "reactivation")  # noqa: FBT003 - the default
        gained = self._sum("new_business", "expansion", *_REACTIVATION[:counted])
        return MoneyRatio(gained, self._sum("contraction", "churn"), name="quick ratio", of="losses")

    def growth_rate(self) -> MoneyRatio:
        """Return by how much MRR grew over MRR at the start: (end - start) / start."""
        return self._of_start("MRR growth rate", "end", less=("start",))

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each line, losses below 0, so that what comes before the end adds up to it."""
        return [{"line": line, "amount": from_minor(units, self.currency)} for line, units in self._footed().items()]

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        for what in ("currency", "policy", "window", "as_of"):
            if getattr(self, what) != getattr(other, what):
                raise refused(self, other, f"they differ in their {what}; a roll-forward is of one {_ONE[what]}")
        ours, theirs = self.exact, other.exact
        lines: dict[str, Any] = {line: ours[line] + theirs[line] for line in _SIGNS}
        return attrs.evolve(self, **lines)

    @override
    def chart(self) -> _charts.Spec:
        return _waterfall(self.rows(), title=f"MRR in {self.currency}")

    @override
    def __repr__(self) -> str:
        parts = [repr(self.currency)]
        parts += [f"{line}={self._shown(amount)}" for line, amount in self.exact.items() if amount and line != "end"]
        if self.policy != MrrPolicy.standard():
            parts.append(f"policy={self.policy!r}")
        parts += [f"{what}={given!r}" for what in ("window", "as_of") if (given := getattr(self, what)) is not None]
        return f"{type(self).__name__}({', '.join(parts)})"

    def _shown(self, amount: Fraction) -> str:
        money = to_money(amount, self.currency)
        return repr(money if money == amount else amount)

    def _money(self, line: MrrLine) -> Decimal:
        return from_minor(_SIGNS.get(line, 1) * self._footed()[line], self.currency)

    def _footed(self) -> Mapping[MrrLine, int]:
        """Return the lines in minor units that add up: each is what it adds to the rounded sum of those up to it."""
        found: dict[MrrLine, int] = {}
        lines, total, units = self.exact, ZERO, 0
        for line, sign in _SIGNS.items():
            total += sign * lines[line]
            before, units = units, to_units(total, self.currency)
            found[line] = units - before
        return {**found, "end": units}

    def _sum(self, *lines: MrrLine) -> Fraction:
        return total_of(map(self.exact.__getitem__, lines))

    def _of_start(self, name: str, *lines: MrrLine, less: tuple[MrrLine, ...] = ()) -> MoneyRatio:
        return MoneyRatio(self._sum(*lines) - self._sum(*less), self._start, name=name, of="MRR at the start")


def _flag(given: bool | None, default: bool, what: str) -> bool:  # noqa: FBT001 - they are what is chosen from
    return default if given is None else a_flag(given, what)


def _waterfall(rows: list[dict[str, object]], *, title: str) -> _charts.Spec:
    """Return a chart with a bar for each line, from the sum before it to the sum after it."""
    bars, total = list[dict[str, object]](), 0.0
    for row in rows:
        is_sum = row["line"] in ("start", "end")
        after = float(str(row["amount"])) + (0.0 if is_sum else total)
        kind = "sum" if is_sum else "loss" if after < total or row["line"] in _LOSSES else "gain"
        bars.append({**row, "amount": str(row["amount"]), "from": 0.0 if is_sum else total, "to": after, "kind": kind})
        total = after
    spec = _charts.columns(bars, category="line", number="to", title=title)
    spec["encoding"]["y"]["title"] = title
    spec["encoding"]["y2"] = {"field": "from"}
    spec["encoding"]["color"] = {"field": "kind", "type": "nominal", "sort": None}
    return spec


_FORMS: Mapping[str, Form[Any]] = {
    "currency": TEXT,
    **{str(line): FRACTION for line in _SIGNS},
    "policy": form_of(MrrPolicy),
    "window": optional(pair(MOMENT)),
    "as_of": optional(MOMENT),
}


def _dump(roll: MrrRollForward) -> Json:
    return {key: form.dump(getattr(roll, f"_{key}" if key in _SIGNS else key)) for key, form in _FORMS.items()}


_DEFAULTS = frozenset(_FORMS) - {"currency"}
register("metrics.mrr_roll_forward", MrrRollForward, Form(_dump, record(MrrRollForward, _FORMS, _DEFAULTS).load))
