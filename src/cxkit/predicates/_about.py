"""Predicates about one kind of record: what rules of the library take, checked and stored."""

from cxkit._forms import Form
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates._fields import Fields
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._stored import PREDICATE_FORM


def a_predicate(predicate: Predicate, fields: type[Fields], what: str) -> Predicate:
    """Check a predicate that must be about some fields only."""
    if not isinstance(predicate, Predicate):
        msg = f"{what} must be a predicate about {fields.label}, got {predicate!r}"
        raise InvalidTypeError(msg, predicate)
    if predicate.about != {fields}:
        msg = f"{what} must be a predicate about {fields.label} only, got {predicate!r}"
        raise InvalidValueError(msg, predicate)
    return predicate


def predicate_form(fields: type[Fields]) -> Form[Predicate]:
    """Return the form of predicates about fields of the library's own, which no reader has to give."""
    return Form(
        PREDICATE_FORM.dump,
        lambda data, reader: PREDICATE_FORM.load(data, reader._replace(fields=(*reader.fields, fields))),
    )
