"""Share of voice: how much of what is said about some brands is about each."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal, Self, get_args

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._checks import a_count, a_name, each, one_of
from cxkit._forms import INTEGER, TEXT, choice, form_of, many, stored
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError, UndefinedMetricError, UnknownFieldError
from cxkit.metrics._voice.mention import Mention
from cxkit.tallies import Rate, refused

VoiceUnit = Literal["brand_mention", "split_mention", "reach"]
"""What counts as one: a brand named in a mention, a mention split over the brands it names, or a person reached."""
UNITS: tuple[VoiceUnit, ...] = get_args(VoiceUnit)


def _sorted(given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        msg = f"brands must be a list of texts, got {given!r}"
        raise InvalidTypeError(msg, given)
    return tuple(sorted({a_name(brand, "a brand") for brand in each(given, "a list of brands")}))


@stored("metrics.named_together", brands=many(TEXT), mentions=INTEGER, reach=INTEGER, without_reach=INTEGER)
@attrs.frozen
class NamedTogether:
    """The mentions that name just these brands of a set.

    Attributes:
        brands: The brands, in order; none for mentions that name none of the set.
        mentions: How many mentions.
        reach: How many people they may have reached, those of each mention counted anew.
        without_reach: Of how many of them the reach is not known.
    """

    brands: tuple[str, ...] = attrs.field(converter=_sorted)
    mentions: int = 0
    reach: int = 0
    without_reach: int = 0

    def __attrs_post_init__(self) -> None:
        for what in ("mentions", "reach", "without_reach"):
            a_count(getattr(self, what), what)
        if self.without_reach > self.mentions or (self.without_reach == self.mentions and self.reach):
            msg = f"the reach of no more mentions is unknown than there are, got {self!r}"
            raise InvalidValueError(msg, self)

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if self.brands != other.brands:
            raise refused(self, other, "they name other brands")
        return attrs.evolve(
            self,
            mentions=self.mentions + other.mentions,
            reach=self.reach + other.reach,
            without_reach=self.without_reach + other.without_reach,
        )


def _weight(group: NamedTogether, unit: VoiceUnit) -> Fraction:
    """Return what each of the brands has of the mentions that name them."""
    if unit == "reach":
        return Fraction(group.reach)
    return Fraction(group.mentions, len(group.brands) if unit == "split_mention" else 1)


def _summed(given: Iterable[NamedTogether]) -> tuple[NamedTogether, ...]:
    """Put groups of the same brands together, leave out empty ones, and order them."""
    together: dict[tuple[str, ...], NamedTogether] = {}
    for group in each(given, "groups of mentions"):
        if not isinstance(group, NamedTogether):
            msg = f"expected a NamedTogether, got {group!r}"
            raise InvalidTypeError(msg, group)
        before = together.get(group.brands)
        together[group.brands] = group if before is None else before + group
    return tuple(group for _, group in sorted(together.items()) if group.mentions)


def _a_set(given: Iterable[str]) -> tuple[str, ...]:
    """Check a brand and its competitors."""
    if isinstance(given, str):
        msg = f"brands must be a list of texts, got {given!r}; name the competitors, too"
        raise InvalidTypeError(msg, given)
    brands = tuple(a_name(brand, "a brand") for brand in each(given, "a list of brands"))
    if len(set(brands)) < len(brands):
        msg = f"the brands must differ, got {brands!r}"
        raise DuplicateError(msg, given)
    if len(brands) < 2:  # noqa: PLR2004 - us and them
        msg = f"a share of voice is that of a brand among competitors, got {brands!r}; name two or more"
        raise InvalidValueError(msg, given)
    return brands


@stored("metrics.share_of_voice", brands=many(TEXT), unit=choice(*UNITS), groups=many(form_of(NamedTogether)))
@attrs.frozen
class ShareOfVoice(_charts.Charted):
    """How much of what is said about some brands is about each of them.

    An event tally: it adds over time and over shards, for one set of brands and one unit. It keeps which brands are named
    together, so that the same counts can be read in another unit; the shares sum to exactly 1 in each.

    Attributes:
        brands: The brand and its competitors.
        unit: What counts as one. `"brand_mention"`: a mention counts once for each of the brands that it names;
            `"split_mention"`: it counts once in all, in equal parts; `"reach"`: it counts for each by the people that it
            may have reached, and not at all where that is not known.
        groups: The mentions, by the brands that they name.

    >>> from cxkit.metrics import ShareOfVoice
    >>> march = ShareOfVoice.from_counts({"us": 30, "them": 50, "others": 20})
    >>> march.share("us"), march.rate("us").interval().high < 0.4
    (0.3, True)
    """

    brands: tuple[str, ...] = attrs.field(converter=_a_set, eq=frozenset)
    unit: VoiceUnit = attrs.field(kw_only=True)
    groups: tuple[NamedTogether, ...] = attrs.field(default=(), kw_only=True, converter=_summed)

    def __attrs_post_init__(self) -> None:
        one_of(self.unit, UNITS, "unit")
        for group in self.groups:
            for brand in group.brands:
                self._known(brand)

    @classmethod
    def from_counts(cls, counts: Mapping[str, int]) -> Self:
        """Take a number of mentions for each brand, as another tool counted them: these are brand mentions."""
        if not isinstance(counts, Mapping):
            msg = f"counts must be a mapping from brands to numbers, got {counts!r}"
            raise InvalidTypeError(msg, counts)
        groups = [NamedTogether([brand], number, without_reach=number) for brand, number in counts.items()]
        return cls(tuple(counts), unit="brand_mention", groups=groups)

    def by(self, unit: VoiceUnit) -> Self:
        """Return the same mentions, counted in a unit."""
        return attrs.evolve(self, unit=unit)

    @property
    def mentions(self) -> int:
        """How many mentions name any of the brands."""
        return sum(group.mentions for group in self.groups if group.brands)

    @property
    def unrelated(self) -> int:
        """How many mentions name none of them, and do not count."""
        return sum(group.mentions for group in self.groups if not group.brands)

    @property
    def without_reach(self) -> int:
        """Of how many of the mentions that name any of the brands the reach is not known."""
        return sum(group.without_reach for group in self.groups if group.brands)

    def named(self, brand: str) -> int:
        """Return how many mentions name a brand."""
        self._known(brand)
        return sum(group.mentions for group in self.groups if brand in group.brands)

    def weight(self, brand: str) -> Fraction:
        """Return what a brand has, in the unit: a whole number, unless mentions are split."""
        self._known(brand)
        return sum((_weight(group, self.unit) for group in self.groups if brand in group.brands), start=Fraction())

    @property
    def total(self) -> Fraction:
        """What all of the brands have together, in the unit."""
        return sum(map(self.weight, self.brands), start=Fraction())

    @property
    def is_defined(self) -> bool:
        """Whether there is anything to have a share of."""
        return self.total > 0

    def share(self, brand: str) -> float:
        """Return the share of a brand, from 0 to 1; raises `UndefinedMetricError` where there is nothing to share."""
        weight, total = self.weight(brand), self.total
        if not total:
            raise UndefinedMetricError.no_data("share of voice", _NAMES[self.unit])  # noqa: EM101 - not a message
        return float(weight / total)

    def rate(self, brand: str) -> Rate:
        """Return the share of a brand as a rate, whose interval takes each brand mention for one observation.

        Raises:
            InvalidValueError: The unit is another one: what is split or reached is not a number of observations.
        """
        self._known(brand)
        if self.unit != "brand_mention":
            msg = f"only brand mentions are counts that have an interval, got the unit {self.unit!r}; see by('brand_mention')"
            raise InvalidValueError(msg, self.unit)
        return Rate(int(self.weight(brand)), int(self.total), name=f"share of voice of {brand}", unit="brand mentions")

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each brand, in their order; split mentions are shown as decimal numbers."""
        total = self.total
        return [
            {
                "brand": brand,
                "mentions": self.named(brand),
                _NAMES[self.unit]: _plain(self.weight(brand)),
                "share": self.share(brand) if total else None,
            }
            for brand in self.brands
        ]

    def _known(self, brand: str) -> None:
        if brand not in self.brands:
            raise UnknownFieldError.among("the share of voice", brand, self.brands, what="brand")  # noqa: EM101 - a factory

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if set(self.brands) != set(other.brands):
            raise refused(self, other, "they have other brands, so that a share of one is none of the other")
        if self.unit != other.unit:
            raise refused(self, other, "they have two units; see by(...)")
        return attrs.evolve(self, groups=(*self.groups, *other.groups))

    @override
    def chart(self) -> _charts.Spec:
        return _charts.bars(self.rows(), category="brand", number="share", title="Share of voice")


_NAMES: Mapping[VoiceUnit, str] = {
    "brand_mention": "brand mentions",
    "split_mention": "split mentions",
    "reach": "reach",
}


def _plain(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)


def share_of_voice(mentions: Iterable[Mention], *, brands: Iterable[str], unit: VoiceUnit) -> ShareOfVoice:
    """Count how much of what is said about some brands is about each of them.

    Args:
        mentions: The mentions, read one by one; other brands that they name do not count.
        brands: The brand and its competitors, as mentions call them.
        unit: What counts as one; see `ShareOfVoice`.

    >>> from datetime import datetime, timezone
    >>> from cxkit.metrics import Mention, share_of_voice
    >>> at = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
    >>> said = [Mention("better than theirs", at, brands={"us", "theirs"}, reach=900), Mention("nice", at, brands={"us"}, reach=100)]
    >>> print(share_of_voice(said, brands=["us", "theirs"], unit="brand_mention"))
    brand   mentions  brand mentions   share
    us             2               2  0.6667
    theirs         1               1  0.3333
    """
    ours = ShareOfVoice(_a_set(brands), unit=unit)
    known = frozenset(ours.brands)
    counts: dict[frozenset[str], list[int]] = {}
    for mention in each(mentions, "mentions"):
        if not isinstance(mention, Mention):
            msg = f"expected a Mention, got {mention!r}"
            raise InvalidTypeError(msg, mention)
        count = counts.setdefault(mention.brands & known, [0, 0, 0])
        count[0] += 1
        count[1] += mention.reach or 0
        count[2] += mention.reach is None
    return attrs.evolve(ours, groups=[NamedTogether(named, *count) for named, count in counts.items()])
