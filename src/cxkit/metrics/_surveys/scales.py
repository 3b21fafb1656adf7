"""Scales: what the scores of a survey question mean, and which number sums them up."""

from typing import Literal

import attrs

from cxkit._checks import a_count, a_name, one_of
from cxkit._forms import INTEGER, TEXT, choice, stored
from cxkit.errors import InvalidTypeError, InvalidValueError

ScaleDirection = Literal["higher_is_better", "lower_is_better"]
"""Which end of a scale is the good one."""
Statistic = Literal["top_box", "bottom_box", "net", "mean"]
"""The number that sums up the answers: the share of a box, the top box less the bottom box in points, or the mean."""
DIRECTIONS: tuple[ScaleDirection, ...] = ("higher_is_better", "lower_is_better")
STATISTICS: tuple[Statistic, ...] = ("top_box", "bottom_box", "net", "mean")
MOST = 101  # points, as a slider from 0 to 100 has


@stored(
    "metrics.scale_spec",
    low=INTEGER,
    high=INTEGER,
    direction=choice(*DIRECTIONS),
    statistic=choice(*STATISTICS),
    top_box=INTEGER,
    bottom_box=INTEGER,
    name=TEXT,
)
@attrs.frozen
class ScaleSpec:
    """A declared scale: which whole scores there are, which end is good, and what counts.

    The top box is the best scores and the bottom box the worst, whichever way the scale runs. Scores on two scales
    never add, and neither do two numbers made of one scale, or two questions: all of that is the scale.

    Attributes:
        low: The lowest score.
        high: The highest score.
        direction: Which end is the good one. It has no default: the same "effort score" runs both ways.
        statistic: The number that sums up the answers.
        top_box: How many of the best scores count as good; 0 for a scale without a top box.
        bottom_box: How many of the worst scores count as bad; 0 for a scale without a bottom box.
        name: What is asked, or whose definition it is; used in errors and tables.

    >>> from cxkit.metrics import ScaleSpec
    >>> effort = ScaleSpec(1, 5, direction="lower_is_better", statistic="net", top_box=2, bottom_box=1)
    >>> effort.top_scores, effort.bottom_scores
    ((1, 2), (5,))
    """

    low: int
    high: int
    direction: ScaleDirection = attrs.field(kw_only=True)
    statistic: Statistic = attrs.field(kw_only=True)
    top_box: int = attrs.field(default=0, kw_only=True)
    bottom_box: int = attrs.field(default=0, kw_only=True)
    name: str = attrs.field(default="score", kw_only=True)

    def __attrs_post_init__(self) -> None:
        for end in (self.low, self.high):
            if type(end) is not int:
                msg = f"a scale runs from one int to another, got {end!r}"
                raise InvalidTypeError(msg, end)
        if not 1 <= self.high - self.low < MOST:
            msg = f"a scale has from 2 to {MOST} scores, got one from {self.low} to {self.high}"
            raise InvalidValueError(msg, self.high)
        one_of(self.direction, DIRECTIONS, "direction")
        one_of(self.statistic, STATISTICS, "statistic")
        a_name(self.name, "name")
        self._check_boxes()

    def _check_boxes(self) -> None:
        boxes = {"top_box": a_count(self.top_box, "top_box"), "bottom_box": a_count(self.bottom_box, "bottom_box")}
        scores = self.high - self.low + 1
        if sum(boxes.values()) > scores or scores in boxes.values():
            msg = (
                f"boxes must not overlap, nor be the whole scale of {scores} scores, got a top box of {self.top_box} "
                f"and a bottom box of {self.bottom_box}"
            )
            raise InvalidValueError(msg, self.top_box)
        needed = {"net": ("top_box", "bottom_box"), "mean": ()}.get(self.statistic, (self.statistic,))
        for box in needed:
            if not boxes[box]:
                msg = f"the statistic {self.statistic!r} needs to know how many scores are in the {box}; give {box}="
                raise InvalidValueError(msg, boxes[box])

    @property
    def scores(self) -> tuple[int, ...]:
        """All scores, from the lowest."""
        return tuple(range(self.low, self.high + 1))

    @property
    def top_scores(self) -> tuple[int, ...]:
        """The scores of the top box, from the lowest."""
        return self._end(self.top_box, highest=self.direction == "higher_is_better")

    @property
    def bottom_scores(self) -> tuple[int, ...]:
        """The scores of the bottom box, from the lowest."""
        return self._end(self.bottom_box, highest=self.direction == "lower_is_better")

    def _end(self, size: int, *, highest: bool) -> tuple[int, ...]:
        """Return so many scores from one end of the scale."""
        return self.scores[len(self.scores) - size :] if highest else self.scores[:size]
