"""One funnel by the rules of several systems, and where their answers differ."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs
from typing_extensions import override

from cxkit import _tables
from cxkit.errors import UnsupportedError
from cxkit.journey._funnels.count import Count
from cxkit.journey._funnels.course import Course
from cxkit.journey._funnels.funnel import READINGS, Funnel
from cxkit.journey._funnels.result import FunnelResult
from cxkit.journey._journey import Journey, each_journey

AS_GIVEN = "as given"


@attrs.frozen
class ReadingDifference:
    """A customer whom two systems tell differently.

    Attributes:
        customer: Who.
        depths: How many steps the customer filled by the rules of each reading.
    """

    customer: str
    depths: Mapping[str, int]


@attrs.frozen
class FunnelReadings:
    """A funnel by the rules of each system that knows such a funnel.

    Attributes:
        results: What each reading counted; `"as given"` is the funnel itself.
        differences: The customers who do not come equally far by all of them.
    """

    results: Mapping[str, FunnelResult]
    differences: tuple[ReadingDifference, ...]

    def rows(self) -> list[dict[str, object]]:
        """Return a row for each reading: how many reached each step."""
        return [
            {"reading": reading, **_reached(result), "excluded": result.excluded}
            for reading, result in self.results.items()
        ]

    @override
    def __str__(self) -> str:
        return _tables.aligned(self.rows())


def _reached(result: FunnelResult) -> dict[str, object]:
    """Return how many reached each step; a name may stand for several of them."""
    return {f"{number} {step.name}": step.reached for number, step in enumerate(result.steps, 1)}


def read_all(funnel: Funnel, journeys: Iterable[Journey], as_of: datetime | None) -> FunnelReadings:
    """Run a funnel as it is and by the rules of each system."""
    funnels = {AS_GIVEN: funnel, **_under_all(funnel)}
    courses = {reading: Course(other, as_of) for reading, other in funnels.items()}
    counts = {reading: Count(other) for reading, other in funnels.items()}
    differences = []
    for journey in each_journey(journeys):
        depths = {}
        for reading, course in courses.items():
            passage = course.passage(journey)
            counts[reading].add([passage.outcome], [passage.moments])
            depths[reading] = passage.depth
        if len(set(depths.values())) > 1:
            differences.append(ReadingDifference(journey.customer, depths))
    moment = courses[AS_GIVEN].as_of
    return FunnelReadings({reading: count.result(moment) for reading, count in counts.items()}, tuple(differences))


def _under_all(funnel: Funnel) -> dict[str, Funnel]:
    found: dict[str, Funnel] = {}
    for reading in READINGS:
        try:
            found[reading] = funnel.under(reading)
        except UnsupportedError:
            continue
    return found
