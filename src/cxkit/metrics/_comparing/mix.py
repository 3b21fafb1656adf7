"""What a change of a score is made of: groups that changed, and a mix of groups that changed."""

from collections.abc import Hashable, Mapping
from fractions import Fraction

import attrs
from typing_extensions import override

from cxkit import _charts
from cxkit._tables import aligned
from cxkit.errors import UndefinedMetricError
from cxkit.metrics._comparing.answers import Answers, Comparable
from cxkit.metrics._comparing.groups import alike, by_group, in_both, overall


@attrs.frozen
class MixEffect:
    """What one group has to do with a change.

    Attributes:
        group: Which group.
        after: Its tally in the later period.
        before: Its tally in the earlier one.
        share_after: Its share of all answers in the later period, exact.
        share_before: The same in the earlier one.
        within: What comes of its own change, exact, in the unit of the value.
        mix: What comes of the change of its share, exact.
    """

    group: Hashable
    after: Comparable
    before: Comparable
    share_after: Fraction
    share_before: Fraction
    within: Fraction
    mix: Fraction

    @property
    def total(self) -> Fraction:
        """Both effects together, exact."""
        return self.within + self.mix


@attrs.frozen
class MixDecomposition(_charts.Charted):
    """A change of a score or of a rate, split exactly into what changed within groups and what changed in their mix.

    A group with the shares `w` of all answers and the scores `s` adds `(w1 + w0) / 2 * (s1 - s0)` within, and
    `(w1 - w0) * ((s1 + s0) / 2 - S)` by the mix, where `S` is the mean of both overall scores (Kitagawa 1955, Journal of
    the American Statistical Association 50:1168-1194; `S` adds nothing in all, and makes it good news only where a group
    above the average grows). Nothing is left over, and with the periods exchanged every number changes its sign.

    A group without answers in one of the periods has no score there, so it cannot have changed within: it counts with the
    score that it has, and all it adds is mix.

    Attributes:
        after: The groups of the later period: an `Nps`, `BoxScore`, `Rate` or `PopulationRate` each.
        before: Those of the earlier one.

    >>> from cxkit.metrics import MixDecomposition, Nps
    >>> change = MixDecomposition(
    ...     after={"web": Nps(30, 10, 10), "shop": Nps(20, 15, 15)},
    ...     before={"web": Nps(12, 4, 4), "shop": Nps(32, 24, 24)},
    ... )
    >>> float(change.total), float(change.within), float(change.mix)
    (9.0, 0.0, 9.0)
    >>> change.within + change.mix == change.total
    True
    """

    after: Mapping[Hashable, Comparable] = attrs.field(converter=by_group)
    before: Mapping[Hashable, Comparable] = attrs.field(converter=by_group)

    def __attrs_post_init__(self) -> None:
        alike((overall(self.after), overall(self.before)))

    @property
    def is_defined(self) -> bool:
        """Whether there are answers in both periods."""
        return overall(self.after).is_defined and overall(self.before).is_defined

    @property
    def total(self) -> Fraction:
        """The change of the overall score, exact; raises `UndefinedMetricError` where a period has no answers."""
        self._check()
        return Answers.of(overall(self.after)).value - Answers.of(overall(self.before)).value

    @property
    def within(self) -> Fraction:
        """What comes of changes within the groups, exact."""
        return sum((effect.within for effect in self.effects), start=Fraction())

    @property
    def mix(self) -> Fraction:
        """What comes of the changed mix of the groups, exact."""
        return sum((effect.mix for effect in self.effects), start=Fraction())

    @property
    def effects(self) -> tuple[MixEffect, ...]:
        """What each group adds, in the order of the groups before and then of those that are new."""
        self._check()
        whole = overall(self.after), overall(self.before)
        return tuple(_effect(group, pair, whole) for group, pair in in_both(self.after, self.before).items())

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each group, with its shares, its scores and its effects."""
        if not self.is_defined:
            return [
                _row(group, (None, None), pair, (None, None, None))
                for group, pair in in_both(self.after, self.before).items()
            ]
        return [
            _row(
                effect.group,
                (float(effect.share_after), float(effect.share_before)),
                (effect.after, effect.before),
                (float(effect.within), float(effect.mix), float(effect.total)),
            )
            for effect in self.effects
        ]

    def _check(self) -> None:
        if not self.is_defined:
            msg = "the change is undefined: a period has no answers; ask is_defined where that can happen"
            raise UndefinedMetricError(msg)

    @override
    def chart(self) -> _charts.Spec:
        rows = [
            {"group": row["group"], "effect": effect, "change": row[effect]}
            for row in self.rows()
            for effect in ("within", "mix")
        ]
        return _charts.stacked(
            rows, category="group", part="effect", number="change", title="What the change is made of"
        )

    @override
    def __str__(self) -> str:
        if not self.is_defined:
            return aligned(self.rows())
        effects = float(self.within), float(self.mix), float(self.total)
        return aligned([*self.rows(), _row("(all)", (1.0, 1.0), (overall(self.after), overall(self.before)), effects)])


def _effect(group: Hashable, tallies: tuple[Comparable, Comparable], whole: tuple[Comparable, Comparable]) -> MixEffect:
    parts, all_ = [Answers.of(tally) for tally in tallies], [Answers.of(tally) for tally in whole]
    share_after, share_before = (Fraction(part.total, sum_.total) for part, sum_ in zip(parts, all_, strict=True))
    known = [part.value for part in parts if part.total]
    within = mix = Fraction()
    if known:
        score_after, score_before = known[0], known[-1]
        reference = (all_[0].value + all_[1].value) / 2
        within = (share_after + share_before) / 2 * (score_after - score_before)
        mix = (share_after - share_before) * ((score_after + score_before) / 2 - reference)
    return MixEffect(group, *tallies, share_after, share_before, within, mix)


def _row(
    group: Hashable,
    shares: tuple[float | None, float | None],
    tallies: tuple[Comparable, Comparable],
    effects: tuple[float | None, float | None, float | None],
) -> dict[str, object]:
    (share_after, share_before), (after, before), (within, mix, total) = shares, tallies, effects
    return {
        "group": group,
        "share before": share_before,
        "share after": share_after,
        "before": before.value_or(None),
        "after": after.value_or(None),
        "within": within,
        "mix": mix,
        "total": total,
    }
