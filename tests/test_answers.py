"""Answers: an outcome with its reasons."""

from datetime import datetime

import attrs
import pytest

from cxkit.aftersales import MessageDecision
from cxkit.answers import Decision, Reason
from cxkit.predicates import Explanation

at = datetime.fromisoformat
QUIET = Reason("quiet_hours", found="22:00", needed="08:00")


def test_a_decision_names_its_outcome_and_why():
    decision = Decision(outcome="hold", reasons=(QUIET, Reason("cap")), retry_at=at("2026-03-07T07:00Z"))

    assert decision.outcome == "hold"
    assert decision.reason == "quiet_hours"
    assert [reason.code for reason in decision.reasons] == ["quiet_hours", "cap"]
    assert decision.retry_at == at("2026-03-07T07:00Z")


def test_a_decision_without_reasons_has_no_first_one():
    decision = Decision(outcome="send")

    assert (decision.reasons, decision.reason, decision.retry_at) == ((), None, None)


def test_a_reason_says_what_was_found_and_what_was_needed():
    assert (QUIET.code, QUIET.found, QUIET.needed) == ("quiet_hours", "22:00", "08:00")
    assert Reason("cap") == Reason("cap", found=None, needed=None)
    assert Reason("cap", 3) != Reason("cap", 4)


def test_the_parts_of_a_decision_are_named():
    with pytest.raises(TypeError):
        Decision("hold")


@pytest.mark.parametrize("area", [Explanation, MessageDecision])
def test_an_area_adds_its_words_beside_the_shared_ones(area):
    assert issubclass(area, Decision)
    assert {"outcome", "reasons", "retry_at"} < {field.name for field in attrs.fields(area)}
