"""Which answers make a promoter, a passive and a detractor."""

from decimal import Decimal
from math import isnan, nan
from numbers import Rational, Real
from operator import index
from typing import Any, Literal, SupportsIndex

import attrs

from cxkit._checks import shown, text_hint
from cxkit._forms import INTEGER, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates import is_missing

NpsGroup = Literal["promoter", "passive", "detractor", "missing"]
"""What an answer makes of who gave it, or did not."""
POINTS = 100


@stored("metrics.nps_scale", low=INTEGER, passive=INTEGER, promoter=INTEGER, high=INTEGER)
@attrs.frozen(kw_only=True)
class NpsScale:
    """Which answers to a question make a promoter, a passive and a detractor.

    The question is the standard one, from 0 to 10, unless another scale is stated: five stars are no ten, and nothing
    is rescaled. The higher answer is the better one. An answer between two grades, such as 8.5, counts with the lower.

    Attributes:
        low: The lowest answer; it is a detractor's.
        passive: The lowest answer of a passive.
        promoter: The lowest answer of a promoter; the same as `passive` if nobody is a passive.
        high: The highest answer.

    >>> from cxkit.metrics import Nps, NpsScale
    >>> stars = NpsScale(low=1, passive=4, promoter=5, high=5)
    >>> stars.group(4), stars.group(3.5), stars.group(None)
    ('passive', 'detractor', 'missing')
    >>> Nps.from_scores([5, 5, 4, 1], scale=stars).value
    25.0
    """

    low: int
    passive: int
    promoter: int
    high: int

    def __attrs_post_init__(self) -> None:
        grades = (self.low, self.passive, self.promoter, self.high)
        for grade in grades:
            if type(grade) is not int:
                msg = f"a grade of an nps scale must be an int, got {grade!r}"
                raise InvalidTypeError(msg, grade)
        if not self.low < self.passive <= self.promoter <= self.high:
            msg = f"the grades of an nps scale must rise: low < passive <= promoter <= high, got {self!r}"
            raise InvalidValueError(msg, grades)

    def group(self, score: float | Decimal | None) -> NpsGroup:
        """Return what an answer makes of who gave it; `None` and NaN are missing answers.

        Raises:
            InvalidTypeError: The score is no number; a bool is not one.
            InvalidValueError: The score is not on the scale.
        """
        number = score if type(score) is int or type(score) is float else self._number(score)
        if self.low <= number <= self.high:
            return "promoter" if number >= self.promoter else "passive" if number >= self.passive else "detractor"
        if isinstance(number, float) and isnan(number):
            return "missing"
        msg = f"nps score must be between {self.low} and {self.high}, got {shown(score)}"
        raise InvalidValueError(msg, score)

    def _number(self, score: object) -> Any:
        """Return an answer as a number, such as one of numpy's; NaN if it is missing."""
        if is_missing(score):
            return nan
        if isinstance(score, bool) or not isinstance(score, Real | Decimal | SupportsIndex):
            msg = f"nps score must be a number between {self.low} and {self.high}, got {shown(score)}{text_hint(score)}"
            raise InvalidTypeError(msg, score)
        if isinstance(score, Rational | Decimal):  # which compare as they are, however large
            return score
        return float(score) if isinstance(score, Real) else index(score)


ZERO_TO_TEN = NpsScale(low=0, passive=7, promoter=9, high=10)  # Reichheld 2003
