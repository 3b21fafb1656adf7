"""Due messages: the laws, and the answer that looking at every quarter of an hour gives."""

from datetime import timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st
from message_oracle import DAY, POLICIES, QUARTER, START, contacts, expected, journeys, may_go_out, moments, rules

from cxkit.aftersales import SentMessage, due_messages
from cxkit.journey import Journey

policies = st.sampled_from(POLICIES)


def told(decision):
    """Return what of a decision the oracle knows."""
    codes = tuple(reason.code for reason in decision.reasons)
    return decision.touchpoint, decision.outcome, codes, decision.retry_at, decision.due_at, decision.expires_at


@settings(max_examples=300)
@given(journeys(), rules(), policies, moments(6), moments(6))
def test_a_decision_is_what_its_documentation_says(journey, rule, policy, first, second):
    first, second = sorted([first, second])
    before = due_messages(journey, [rule], policy=policy, as_of=first)
    wanted = expected(journey, rule, policy, [], first)
    assert [told(decision) for decision in before] == [one.told for one in wanted]

    history = [decision.sent(at=first) for decision in before if decision.outcome == "send"]
    sent = [one.occasion for one in wanted if one.outcome == "send"]
    decisions = due_messages(journey, [rule], policy=policy, history=history, as_of=second)
    assert [told(decision) for decision in decisions] == [
        one.told for one in expected(journey, rule, policy, sent, second)
    ]
    if decisions:
        assert rule.explain(journey, policy=policy, history=history, as_of=second) == decisions[-1]


@settings(max_examples=40)
@given(journeys(), st.lists(rules(), min_size=1, max_size=2), policies)
def test_a_replay_sends_nothing_twice_and_wakes_nobody(journey, several, policy):
    several = [attrs.evolve(rule, id=f"rule {number}") for number, rule in enumerate(several)]
    history = []
    for step in range(6 * 96):
        now = START + step * QUARTER
        decisions = due_messages(journey, several, policy=policy, history=history, as_of=now)
        for decision in decisions:
            assert decision.reasons
            assert (decision.outcome in ("hold", "not_due")) == (decision.retry_at is not None)
            assert decision.retry_at is None or now < decision.retry_at
            if decision.outcome == "send":
                assert may_go_out(now, several[int(decision.rule[-1])], policy)
                assert decision.due_at <= now < decision.expires_at
                history.append(decision.sent(at=now))
    assert len({(message.rule, message.contact) for message in history}) == len(history)
    for rule in several:
        triggering = sum(contact.name == rule.after for contact in journey)
        assert sum(message.rule == rule.id for message in history) <= triggering


@given(journeys(), rules(), policies, moments(6), st.data())
def test_nothing_changes_before_the_moment_to_ask_again(journey, rule, policy, as_of, data):
    """If nothing else happens, that is: in the journey as it is known now."""
    known = journey.as_of(as_of)
    for place, decision in enumerate(due_messages(known, [rule], policy=policy, as_of=as_of)):
        if decision.retry_at is None:
            continue
        waiting = data.draw(st.integers(0, (decision.retry_at - as_of) // QUARTER - 1))
        for moment in (as_of + waiting * QUARTER, decision.retry_at - timedelta(microseconds=1)):
            still = due_messages(known, [rule], policy=policy, as_of=moment)[place]
            assert (still.outcome, still.retry_at) == (decision.outcome, decision.retry_at)
        then = due_messages(known, [rule], policy=policy, as_of=decision.retry_at)[place]
        assert then.outcome != decision.outcome
        assert decision.outcome == "not_due" or then.outcome == "send"


@given(journeys(), rules(), policies, moments(6), st.data())
def test_without_a_moment_to_ask_again_time_changes_nothing_but_a_chance_missed(journey, rule, policy, as_of, data):
    known = journey.as_of(as_of)
    for place, decision in enumerate(due_messages(known, [rule], policy=policy, as_of=as_of)):
        if decision.retry_at is None:
            later = data.draw(moments(9).filter(lambda moment: moment >= as_of))
            then = due_messages(known, [rule], policy=policy, as_of=later)[place]
            if decision.outcome == "send":  # and the host did not
                assert then.outcome in ("send", "hold", "expired")
            else:
                assert then.outcome == decision.outcome


@given(journeys(), rules(), policies, moments(4), st.lists(contacts(), max_size=3), st.data())
def test_nothing_later_changes_an_answer(journey, rule, policy, as_of, more, data):
    late = [attrs.evolve(contact, recorded_at=max(contact.at, as_of + QUARTER)) for contact in more]
    where = data.draw(st.integers(0, len(journey)))
    longer = Journey("anna", [*journey.touchpoints[:where], *late, *journey.touchpoints[where:]])
    decisions = due_messages(journey, [rule], policy=policy, as_of=as_of)
    history = [
        SentMessage("anna", rule.id, decision.contact, "email", as_of + timedelta(microseconds=1))
        for decision in decisions
    ]

    assert due_messages(longer, [rule], policy=policy, history=history, as_of=as_of) == decisions
    assert due_messages(journey, [rule], policy=policy, as_of=as_of) == decisions


@given(journeys(), rules(), policies, moments(6), st.randoms(use_true_random=False))
def test_the_order_of_history_and_rules_changes_no_outcome(journey, rule, policy, as_of, chance):
    other = attrs.evolve(rule, id="other", delay=rule.delay + QUARTER)
    decisions = due_messages(journey, [rule, other], policy=policy, as_of=as_of)
    history = [decision.sent(at=as_of) for decision in decisions if decision.outcome == "send"]
    shuffled = chance.sample(history, len(history))

    one = due_messages(journey, [rule, other], policy=policy, history=iter(history), as_of=as_of + DAY)
    two = due_messages(journey, iter([other, rule]), policy=policy, history=shuffled, as_of=as_of + DAY)
    assert sorted(one, key=lambda found: found.rule) == sorted(two, key=lambda found: found.rule)
