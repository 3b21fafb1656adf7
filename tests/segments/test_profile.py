"""What a customer is, and what they did."""

import copy
import pickle
from collections import UserDict
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from described import MISSING, Customer, build
from hypothesis import given
from strategies import descriptions, journeys, records

from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey, Touchpoint
from cxkit.segments import Profile, events

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ANNA = Journey("anna", [Touchpoint("order", NOON)])


@given(descriptions(), records(), journeys())
def test_a_profile_answers_for_its_attributes(description, record, journey):
    p = build(description)
    assert p.matches(Profile(record, journey)) is p.matches(Profile(record)) is p.matches(record)


@given(descriptions(), journeys())
def test_a_bare_journey_has_no_attributes(description, journey):
    p = build(description)
    assert p.matches(journey) is p.matches({})


@pytest.mark.parametrize(
    "attributes",
    [{"country": "DE"}, UserDict(country="DE"), SimpleNamespace(country="DE")],
    ids=["dict", "mapping", "object"],
)
def test_attributes_are_a_mapping_or_an_object(attributes: object):
    assert (Customer.country == "DE").matches(Profile(attributes))
    assert Customer.orders.is_missing().matches(Profile(attributes))


def test_a_mapping_of_attributes_is_copied():
    attributes = {"country": "DE"}
    profile = Profile(attributes, ANNA)
    attributes["country"] = "FR"
    assert (Customer.country == "DE").matches(profile)
    with pytest.raises(InvalidTypeError, match="read-only"):
        profile.attributes["country"] = "FR"


@pytest.mark.parametrize("journey", ["anna", [Touchpoint("order", NOON)], ()], ids=["name", "list", "tuple"])
def test_the_journey_of_a_profile_is_a_journey(journey: object):
    with pytest.raises(InvalidTypeError) as caught:
        Profile({}, journey)
    assert str(caught.value) == f"the journey of a profile must be a Journey, got {journey!r}"
    assert caught.value.found is journey


@pytest.mark.parametrize("attributes", ["anna", 3, None, ["country"]], ids=repr)
def test_what_can_hold_no_values_is_no_record_of_a_profile_either(attributes: object):
    with pytest.raises(InvalidTypeError):
        Profile(attributes)


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_an_attribute_that_is_missing_is_missing_in_the_profile(mark: object):
    assert Customer.country.is_missing().matches(Profile({"country": mark}))


def test_equal_profiles_are_equal_and_hash_alike():
    one, other = Profile({"country": "DE"}, ANNA), Profile(UserDict(country="DE"), ANNA)
    assert one == other
    assert hash(one) == hash(other)
    assert one != Profile({"country": "DE"})
    assert one != Profile({"country": "FR"}, ANNA)


@pytest.mark.parametrize("profile", [Profile({"country": "DE"}), Profile({}, ANNA)], ids=["attributes", "journey"])
def test_a_profile_prints_as_the_code_that_makes_it_and_survives_copies(profile: Profile):
    import datetime as dt

    names = {"Profile": Profile, "Journey": Journey, "Touchpoint": Touchpoint, "datetime": dt}
    assert eval(repr(profile), names) == profile  # noqa: S307
    assert pickle.loads(pickle.dumps(profile)) == copy.deepcopy(profile) == profile  # noqa: S301


def test_a_profile_without_a_journey_prints_without_one():
    assert repr(Profile({"country": "DE"})) == "Profile({'country': 'DE'})"
    assert repr(Profile({}, Journey("anna"))) == "Profile({}, Journey('anna', []))"


@pytest.mark.parametrize("subject", [Profile({}), {}, SimpleNamespace(journey=ANNA)], ids=["profile", "dict", "object"])
def test_behaviour_of_a_subject_without_a_journey_is_missing(subject: object):
    count = events("order").count()
    assert not count.is_known().matches(subject, as_of=NOON)
    assert not (count >= 0).matches(subject, as_of=NOON)
    assert (~(count >= 0)).matches(subject, as_of=NOON)


@pytest.mark.parametrize("subject", [Profile({}, ANNA), ANNA], ids=["profile", "journey"])
def test_behaviour_is_read_from_the_journey(subject: object):
    assert (events("order").count() == 1).matches(subject, as_of=NOON)
