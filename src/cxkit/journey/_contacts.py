"""Contacts by name or by predicate: how every rule says which touchpoints it means."""

from typing import TypeAlias

from cxkit._checks import a_name
from cxkit._forms import TEXT, Form, Json, Reader
from cxkit.errors import InvalidTypeError
from cxkit.journey._touchpoint import Touchpoint, TouchpointFields
from cxkit.predicates import Predicate, a_predicate, predicate_form

Contact: TypeAlias = str | Predicate
"""Which touchpoints are meant: their name, or a predicate about `Touchpoint.fields`."""


def a_contact(contact: Contact, what: str) -> Contact:
    """Check what says which touchpoints are meant: their name, or a predicate about `Touchpoint.fields`."""
    if isinstance(contact, str):
        return a_name(contact, what)
    if not isinstance(contact, Predicate):
        hint = (
            "; write Touchpoint.fields.name.is_in([...]) for several names" if isinstance(contact, list | tuple) else ""
        )
        msg = f"{what} must be the name of a touchpoint or a predicate about Touchpoint.fields, got {contact!r}{hint}"
        raise InvalidTypeError(msg, contact)
    return a_predicate(contact, TouchpointFields, what)


def is_contact(contact: Contact, touchpoint: Touchpoint) -> bool:
    """Whether a touchpoint is one of those that are meant."""
    return touchpoint.name == contact if isinstance(contact, str) else contact.matches(touchpoint)


def contact_words(contact: Contact) -> str:
    """Say which touchpoints are meant."""
    return repr(contact) if isinstance(contact, str) else f"contacts of which {contact}"


_PREDICATE = predicate_form(TouchpointFields)


def _dump(contact: Contact) -> Json:
    return contact if isinstance(contact, str) else _PREDICATE.dump(contact)


def _load(data: Json, reader: Reader) -> Contact:
    return TEXT.load(data, reader) if isinstance(data, str) else _PREDICATE.load(data, reader)


CONTACT_FORM: Form[Contact] = Form(_dump, _load)
