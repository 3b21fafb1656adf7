"""What the touchpoints of a ticket mean, and cutting journeys into tickets."""

import pickle
from datetime import datetime, timedelta, timezone

import pytest

from cxkit.codec import from_dict, to_dict
from cxkit.errors import DuplicateError, InvalidTypeError, InvalidValueError
from cxkit.journey import Journey, Touchpoint, journeys
from cxkit.metrics import TicketEvents, TicketMoment, tickets

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
MAILS = TicketEvents(
    opened="mail",
    customer_message="mail",
    agent_reply=(Touchpoint.fields.name == "answer") & (Touchpoint.fields.actor != "bot"),
    bot_reply=(Touchpoint.fields.name == "answer") & (Touchpoint.fields.actor == "bot"),
)


def at(minute):
    """Give a moment so many minutes after the start."""
    return START + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("touchpoint", "meant"),
    [
        (Touchpoint("mail", START), {"opened", "customer_message"}),
        (Touchpoint("answer", START, actor="eve"), {"agent_reply"}),
        (Touchpoint("answer", START, actor="bot"), {"bot_reply"}),
        (Touchpoint("answer", START), {"agent_reply"}),
        (Touchpoint("note", START), set()),
        (Touchpoint("resolved", START), {"resolved"}),
    ],
)
def test_a_touchpoint_means_what_its_name_and_the_predicates_say(touchpoint, meant):
    assert MAILS.of(touchpoint) == meant


def test_a_name_and_a_predicate_can_mean_the_same_touchpoint():
    vip = Touchpoint.fields.channel == "phone"
    assert TicketEvents(handoff=vip).of(Touchpoint("opened", START, channel="phone")) == {"opened", "handoff"}


def test_each_event_is_called_as_it_is_unless_named():
    assert TicketEvents().of(Touchpoint("bot_resolved", START)) == {"bot_resolved"}


def test_moments_leave_out_what_means_nothing():
    mail, note, answer = (Touchpoint(name, at(place)) for place, name in enumerate(("mail", "note", "answer")))
    ticket = Journey("T-1", [answer, note, mail])

    found = MAILS.moments(ticket)
    assert found == (
        TicketMoment(at(0), frozenset({"opened", "customer_message"}), mail),
        TicketMoment(at(2), frozenset({"agent_reply"}), answer),
    )
    assert TicketEvents().moments(ticket) == ()


def test_moments_are_what_was_known():
    late = Touchpoint("answer", at(1), recorded_at=at(9))
    ticket = Journey("T-1", [Touchpoint("mail", at(0)), late, Touchpoint("resolved", at(5))])

    assert [moment.at for moment in MAILS.moments(ticket, as_of=at(4))] == [at(0)]
    assert [moment.at for moment in MAILS.moments(ticket, as_of=at(8))] == [at(0), at(5)]
    assert [moment.at for moment in MAILS.moments(ticket, as_of=at(9))] == [at(0), at(1), at(5)]


def test_moments_of_a_log_by_name_are_those_of_its_touchpoints():
    [ticket] = journeys([("T-1", "opened", at(0)), ("T-1", "resolved", at(1))])
    assert [moment.events for moment in TicketEvents().moments(ticket)] == [{"opened"}, {"resolved"}]


def test_events_compare_print_pickle_and_are_stored():
    assert eval(repr(TicketEvents(opened="mail"))) == TicketEvents(opened="mail")  # noqa: S307 - our own
    assert pickle.loads(pickle.dumps(MAILS)).of(Touchpoint("mail", START)) == MAILS.of(Touchpoint("mail", START))  # noqa: S301 - our own
    assert hash(TicketEvents()) == hash(TicketEvents())
    loaded = from_dict(to_dict(MAILS), TicketEvents)
    assert loaded == MAILS
    assert loaded.of(Touchpoint("answer", START, actor="bot")) == {"bot_reply"}


def test_events_refuse_what_names_no_touchpoints():
    with pytest.raises(InvalidTypeError, match="opened must be the name of a touchpoint"):
        TicketEvents(opened=["mail", "chat"])
    with pytest.raises(InvalidValueError, match="must not be blank"):
        TicketEvents(resolved=" ")
    with pytest.raises(InvalidTypeError, match="a ticket is a Journey"):
        TicketEvents().moments([Touchpoint("mail", START)])


def test_journeys_are_cut_into_tickets_one_by_one():
    anna = Journey(
        "anna",
        [
            Touchpoint("visit", at(0)),
            Touchpoint("opened", at(1), properties={"ticket": "T-1"}),
            Touchpoint("opened", at(2), properties={"ticket": "T-2"}),
            Touchpoint("resolved", at(3), properties={"ticket": "T-1"}),
        ],
    )
    ben = Journey("ben", [Touchpoint("opened", at(0), properties={"ticket": "T-3"})])

    found = [
        (ticket.customer, [each.name for each in ticket]) for ticket in tickets([anna, ben], ticket="properties.ticket")
    ]
    assert found == [("T-1", ["opened", "resolved"]), ("T-2", ["opened"]), ("T-3", ["opened"])]


def test_a_ticket_is_one_customers():
    one, other = (Journey(who, [Touchpoint("opened", START, properties={"ticket": 7})]) for who in ("anna", "ben"))
    with pytest.raises(DuplicateError, match="ticket '7' is in the journeys of 'anna' and 'ben'"):
        list(tickets([one, other], ticket="properties.ticket"))


def test_the_label_of_a_ticket_is_checked_before_anything_is_read():
    with pytest.raises(AttributeError, match="did you mean"):
        tickets([], ticket="chanel")
