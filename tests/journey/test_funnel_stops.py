"""Why a customer stops on the way through a funnel, in reasons and in words."""

import pytest
from funnel_logs import MINUTE, journey

from cxkit.journey import (
    Exclusion,
    Funnel,
    Step,
)


@pytest.mark.parametrize(
    ("options", "log", "code", "found", "line"),
    [
        ({}, "a@0 b@1 c@2", "completed", "c@2", "completed: all steps were filled"),
        ({}, "a@0 b@1", "absent", None, "dropped: 'c' did not come"),
        ({}, "c@0 a@1 b@2", "too_early", "c@0", "dropped: 'c' came before its turn, at 2026-03-02 12:00:00+00:00"),
        (
            {"within": 5 * MINUTE},
            "a@0 b@1 c@7",
            "too_late",
            "c@7",
            "dropped: 'c' came at 2026-03-02 12:07:00+00:00, and the time was up at 2026-03-02 12:05:00+00:00",
        ),
        (
            {"within": 2 * MINUTE},
            "a@0 b@1 c@4 a@5",
            "too_late",
            "c@4",
            "dropped: 'c' came at 2026-03-02 12:04:00+00:00, and the time was up at 2026-03-02 12:02:00+00:00",
        ),
        (
            {"within": 5 * MINUTE, "ties": "input"},
            "a@0 c@5 b@5",
            "too_early",
            "c@5",
            "dropped: 'c' came before its turn, at 2026-03-02 12:05:00+00:00",
        ),
        ({"order": "strict"}, "a@0 b@1", "absent", None, "dropped: 'c' did not come"),
        (
            {"order": "strict"},
            "a@0 b@1 x@2 c@3",
            "interrupted",
            "x@2",
            "dropped: 'x' came instead of 'c', at 2026-03-02 12:02:00+00:00",
        ),
        (
            {"without": ["x"]},
            "a@0 x@1 b@2 c@3",
            "excluded",
            "x@1",
            "excluded: 'x' came in between, at 2026-03-02 12:01:00+00:00",
        ),
        (
            {"without": [Exclusion("x", 1)]},
            "a@0 x@1 b@2 x@3",
            "excluded",
            "x@3",
            "excluded: 'x' came in between, at 2026-03-02 12:03:00+00:00",
        ),
        (
            {"without": ["x"]},
            "a@0 x@0 x@3",
            "excluded",
            "x@3",
            "excluded: 'x' came in between, at 2026-03-02 12:03:00+00:00",
        ),
        (
            {"without": ["x"], "order": "any"},
            "a@0 x@1 b@2",
            "excluded",
            "x@1",
            "dropped: 'x' came in between, at 2026-03-02 12:01:00+00:00",
        ),
        ({"order": "any"}, "a@0 b@1", "absent", None, "dropped: another step did not come"),
        ({}, "b@0 c@1", "no_entry", None, "not entered: 'a' did not come"),
    ],
)
def test_a_funnel_tells_why(options, log, code, found, line):
    stop = Funnel(["a", "b", "c"], **options).explain(journey(*log.split()))
    reason = stop.reasons[0]

    assert (stop.reason, str(stop).splitlines()[0]) == (code, line)
    assert reason.found == (None if found is None else journey(found).touchpoints[0])
    assert [(why.code, why.found) for why in stop.reasons[1:]] == [
        ("filled", touchpoint) for touchpoint in stop.touchpoints if touchpoint
    ]


def test_it_tells_what_filled_each_step():
    stop = Funnel(["a", Step("gift", "g", optional=True), "b"]).explain(journey("a@0", "g@1"))

    assert str(stop).splitlines()[1:] == [
        "- 'a' by 'a' at 2026-03-02 12:00:00+00:00",
        "- 'gift' by 'g' at 2026-03-02 12:01:00+00:00",
    ]
    assert [reason.step for reason in stop.reasons] == ["b", "a", "gift"]
