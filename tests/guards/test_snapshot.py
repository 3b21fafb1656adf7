"""The comparison of the public API with the last release sees every break."""

import snapshot

RELEASED = [
    "cxkit.journey",
    "cxkit.journey.Journey(customer: str)",
    "cxkit.journey.Journey.duration: timedelta",
    "cxkit.journey.slice(journey: Journey) -> Journey",
]


def test_an_addition_breaks_nothing():
    assert snapshot.broken(RELEASED, [*RELEASED, "cxkit.journey.Map(name: str)"]) == []


def test_a_changed_signature_is_a_break():
    now = [*RELEASED[:3], "cxkit.journey.slice(trip: Journey) -> Journey"]

    assert snapshot.broken(RELEASED, now) == ["cxkit.journey.slice"]


def test_a_class_goes_with_its_members():
    now = [RELEASED[0], RELEASED[3]]

    assert snapshot.broken(RELEASED, now) == ["cxkit.journey.Journey"]


def test_a_break_is_named_where_the_changelog_tells_what_is_unreleased():
    changelog = "## [Unreleased]\n- `journey.slice` takes a window\n\n## [0.0.1]\n- `journey.Journey`\n"

    assert snapshot.unnamed(["cxkit.journey.slice", "cxkit.journey.Journey"], changelog) == ["cxkit.journey.Journey"]
