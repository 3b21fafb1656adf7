"""Predicates about one kind of record: what rules of the library take, checked and stored."""

from typing import TypeVar

from cxkit._forms import Form
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates._fields import Fields
from cxkit.predicates._predicate import Predicate, as_predicate
from cxkit.predicates._source import Source
from cxkit.predicates._source_form import SOURCE_FORM
from cxkit.predicates._stored import PREDICATE_FORM

T = TypeVar("T")


def a_predicate(predicate: Predicate, fields: type[Fields], what: str) -> Predicate:
    """Check a predicate that must be about some fields only."""
    try:
        predicate = as_predicate(predicate)
    except InvalidTypeError as error:
        msg = f"{what} must be a predicate about {fields.label}, got {predicate!r}"
        raise InvalidTypeError(msg, predicate) from error
    if not all(issubclass(subject, fields) for subject in predicate.about):
        msg = f"{what} must be a predicate about {fields.label} only, got {predicate!r}"
        raise InvalidValueError(msg, predicate)
    if predicate.timed:
        msg = f"{what} must hold of a thing at any time, and {predicate!r} speaks of the moment of the question"
        raise InvalidValueError(msg, predicate)
    return predicate


def predicate_form(fields: type[Fields]) -> Form[Predicate]:
    """Return the form of predicates about fields of the library's own, which no reader has to give."""
    return _knowing(fields, PREDICATE_FORM)


def source_form(fields: type[Fields]) -> Form[Source]:
    """Return the form of fields of the library's own, and of what is derived from them."""
    return _knowing(fields, SOURCE_FORM)


def _knowing(fields: type[Fields], form: Form[T]) -> Form[T]:
    return Form(form.dump, lambda data, reader: form.load(data, reader._replace(fields=(*reader.fields, fields))))
