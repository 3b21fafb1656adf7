"""Attribution: the value of conversions, shared among the touches that led to them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, Generic, Self

import attrs
from typing_extensions import TypeVar, override

from cxkit import _charts
from cxkit._checks import FrozenDict, a_count, an_instant
from cxkit._forms import INTEGER, MOMENT, TEXT, Form, Json, Reader, form_of, many, nested, optional, record, stored
from cxkit._money import minor_unit
from cxkit._tables import aligned
from cxkit.errors import InvalidTypeError, InvalidValueError, UndefinedMetricError
from cxkit.journey._attribution.conversion_paths import ConversionPaths
from cxkit.journey._attribution.decision import AttributionDecision, decided
from cxkit.journey._attribution.markov import Chain, Markov, chain_of
from cxkit.journey._attribution.models import AttributionModel, Counts, a_model, amount_of, method_of
from cxkit.journey._contacts import contact_words
from cxkit.journey._journey import Journey

NUMBERS = ("conversions", "units", "unattributed_units", "unlabelled", "unvalued")
AmountT_co = TypeVar("AmountT_co", bound=Decimal | Fraction, default=Any, covariant=True)


def _counts(counts: Counts) -> Any:
    """Keep counts in an order of their own."""
    if not isinstance(counts, Mapping) or not all(isinstance(key, tuple) and key for key in counts):
        msg = f"counts must be a mapping from tuples, got {counts!r}"
        raise InvalidTypeError(msg, counts)
    for number in counts.values():
        a_count(number, "a count")
    return FrozenDict(sorted(counts.items(), key=repr))  # type: ignore[arg-type]


def _load_part(data: Json, reader: Reader) -> str | int:
    return TEXT.load(data, reader) if isinstance(data, str) else INTEGER.load(data, reader)


_KEY = many(Form[str | int](lambda part: str.__str__(part) if isinstance(part, str) else part, _load_part))
_COUNT = record(lambda key, number: (key, number), {"key": _KEY, "number": INTEGER})


def _dump_counts(counts: Counts) -> Json:
    return [{"key": _KEY.dump(key), "number": number} for key, number in counts.items()]


_COUNTS: Form[Counts] = Form(_dump_counts, lambda data, reader: dict(many(_COUNT).load(data, reader)))


@stored(
    "journey.attribution",
    model=nested(object),
    paths=form_of(ConversionPaths),
    currency=optional(TEXT),
    as_of=optional(MOMENT),
    conversions=INTEGER,
    units=INTEGER,
    unattributed_units=INTEGER,
    unlabelled=INTEGER,
    unvalued=INTEGER,
    counts=_COUNTS,
)
@attrs.frozen(kw_only=True)
class Attribution(_charts.Charted, Generic[AmountT_co]):
    """Who brought the conversions: the credit of each label, and what could not be credited.

    A population tally: it adds over disjoint customers, under one model and one rule for paths. It keeps what the
    model counts, so that the sum of two is what both together would give, to the bit; money is rounded only when it
    is shown, by largest remainder. `attribute([], ...)` is the identity.

    Attributes:
        model: The model.
        paths: The rule by which touches belong to conversions.
        currency: The currency of the value that is shared; `None` where conversions are counted.
        as_of: The moment that it is about, in UTC.
        conversions: How many conversions there are.
        units: What they are worth, in minor units of the currency, or their number.
        unattributed_units: How much of that has no touches to credit.
        unlabelled: How many touchpoints of the paths were passed over because they have no label.
        unvalued: How many conversions have no value, and count as worth nothing.
        counts: What the model counts.
    """

    model: AttributionModel = attrs.field(validator=lambda _, __, model: a_model(model))
    paths: ConversionPaths
    currency: str | None = None
    as_of: datetime | None = None
    conversions: int = 0
    units: int = 0
    unattributed_units: int = 0
    unlabelled: int = 0
    unvalued: int = 0
    counts: Counts = attrs.field(factory=dict, converter=_counts)
    _solved: dict[str, Any] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for name in NUMBERS:
            a_count(getattr(self, name), name)
        units = self.units - self.unattributed_units
        if units < 0 or not method_of(self.model).is_sound(self.counts, units):
            msg = f"counts must be what {self.model!r} counts, and add up to what is attributed"
            raise InvalidValueError(msg, self.counts)
        if self.currency is not None:
            minor_unit(self.currency)
        if self.as_of is not None:
            object.__setattr__(self, "as_of", an_instant(self.as_of, "as_of"))

    @property
    def total(self) -> AmountT_co:
        """What all conversions are worth, or their number."""
        return amount_of(self.units, self.currency)  # type: ignore[no-any-return]

    @property
    def unattributed(self) -> AmountT_co:
        """What the conversions without a touch are worth, or their number."""
        return amount_of(self.unattributed_units, self.currency)  # type: ignore[no-any-return]

    @property
    def credits(self) -> dict[str, AmountT_co]:
        """The credit of each label, the largest first; with `unattributed` they sum to `total`, exactly.

        Money is rounded to the minor unit by largest remainder, and between equal ones by label. Numbers of
        conversions are fractions.
        """
        if self.currency is None:
            return dict(self.exact)  # type: ignore[arg-type]
        return {label: amount_of(units, self.currency) for label, units in _rounded(self.exact).items()}

    @property
    def exact(self) -> dict[str, Fraction]:
        """The credit of each label before it is rounded, in minor units or in conversions; the largest first."""
        if "exact" not in self._solved:
            credited = method_of(self.model).credits(self.counts, self.units - self.unattributed_units)
            self._solved["exact"] = dict(sorted(credited.items(), key=lambda item: (-item[1], item[0])))
        return dict(self._solved["exact"])

    @property
    def p_conversion(self) -> Fraction | None:
        """How likely a path with a touch is to convert, in the chain of `Markov`; `None` for other models."""
        return self._chain.p_conversion if isinstance(self.model, Markov) and self.counts else None

    @property
    def removal_effects(self) -> dict[str, Fraction] | None:
        """What part of the conversions is lost without each label, by `Markov`; `None` for other models."""
        return dict(self._chain.removal_effects) if isinstance(self.model, Markov) else None

    @property
    def _chain(self) -> Chain:
        if "chain" not in self._solved:
            self._solved["chain"] = chain_of(self.counts)
        return self._solved["chain"]  # type: ignore[no-any-return]

    def share(self, label: str) -> float:
        """Return the part of the total that a label is credited with, before it is rounded.

        Raises:
            UndefinedMetricError: The total is 0.
        """
        if not self.units:
            msg = "the share of a label is undefined: no conversions of any value; rows() shows None there"
            raise UndefinedMetricError(msg, label)
        return float(self.exact.get(label, 0) / Fraction(self.units))

    def explain(self, journey: Journey) -> AttributionDecision:
        """Say what one journey's conversions credit under this model, and why not the rest; not for `Markov` and `Shapley`."""
        return decided(journey, self.model, self.paths, self.currency, self.as_of)

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each label, and one for what has no touches to credit: its credit and its share of the total.

        Under `Markov`, its removal effect stands beside them.
        """
        credited: list[tuple[str, Any]] = [*self.credits.items()]
        if self.unattributed_units:
            credited.append(("(unattributed)", self.unattributed))
        return [self._row(label, credit) for label, credit in credited]

    def _row(self, label: str, credit: Any) -> dict[str, object]:
        total: Any = self.total
        row: dict[str, object] = {
            "label": label,
            "credit": credit if self.currency else float(credit),
            "share": float(Fraction(credit) / Fraction(total)) if self.units else None,
        }
        if self.removal_effects is not None:
            row["removal_effect"] = float(self.removal_effects[label]) if label in self.removal_effects else None
        return row

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        for part in ("model", "paths", "currency", "as_of"):
            if getattr(self, part) != getattr(other, part):
                ours, theirs = getattr(self, part), getattr(other, part)
                msg = f"cannot add attributions with two values of {part}: {ours!r} and {theirs!r}"
                raise InvalidValueError(msg, other)
        counts = Counter(self.counts)
        counts.update(other.counts)  # which keeps what is 0, as `+` does not
        sums = {name: getattr(self, name) + getattr(other, name) for name in NUMBERS}
        return attrs.evolve(self, counts=counts, **sums)

    @override
    def chart(self) -> _charts.Spec:
        """Return the credits as bars, as a Vega-Lite v5 specification."""
        rows = [{**row, "credit": float(row["credit"])} for row in self.rows()]  # type: ignore[arg-type]
        return _charts.bars(rows, category="label", number="credit", title=f"Credit by {self.paths.by}")

    @override
    def __str__(self) -> str:
        return "\n".join([aligned(self.rows()), *self._remarks()])

    def _remarks(self) -> Iterator[str]:
        """Say what there was nothing of: its name may be misspelt."""
        if not self.conversions:
            yield f"no conversions: {contact_words(self.paths.conversion)} did not come"
        elif self.unlabelled and not self.counts:
            yield f"nothing to credit: {self.unlabelled:,} touches have no {self.paths.by!r}"


def _rounded(exact: Mapping[str, Fraction]) -> dict[str, int]:
    """Round credits that sum to a whole number, so that they still do: by largest remainder, and then by label."""
    units = {label: floor(credit) for label, credit in exact.items()}
    left = int(sum(exact.values())) - sum(units.values())
    for label in sorted(exact, key=lambda label: (units[label] - exact[label], label))[:left]:
        units[label] += 1
    return units
