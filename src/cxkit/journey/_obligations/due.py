"""Dues: what is planned for a customer and has not happened yet, such as an invoice, an appointment or a birthday."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

import attrs
from typing_extensions import override

from cxkit._checks import FrozenDict, a_name, an_instant
from cxkit._forms import ATTRIBUTES, DECIMAL, MOMENT, TEXT, Form, Json, Reader, form_of, optional, stored
from cxkit._money import from_minor, to_minor
from cxkit.calendar import LENGTH_FORM, Length, Period, a_length, later
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.journey._contacts import CONTACT_FORM, Contact, a_contact, is_contact
from cxkit.journey._labels import a_label
from cxkit.journey._touchpoint import Touchpoint
from cxkit.predicates import Fields, Moment, Money, Text, moment, money, text

AT_ONCE = timedelta(0)
_PERIOD = form_of(Period)


class DueFields(Fields, label="Due.fields"):
    """What predicates can ask of a due."""

    name: Text = text()
    id: Text = text()
    reference: Text = text()
    due_at: Moment = moment()
    overdue_at: Moment = moment()
    amount: Money = money()
    currency: Text = text()


def _dump_when(at: datetime | Period) -> Json:
    return _PERIOD.dump(at) if isinstance(at, Period) else MOMENT.dump(at)


def _load_when(data: Json, reader: Reader) -> datetime | Period:
    return _PERIOD.load(data, reader) if isinstance(data, dict) else MOMENT.load(data, reader)


WHEN_FORM: Form[datetime | Period] = Form(_dump_when, _load_when)


def a_match(match: str | None, reference: str | None) -> None:
    """Check which property of a touchpoint must be which reference."""
    if reference is not None:
        a_name(reference, "reference")
    if match is None:
        return
    if not isinstance(match, str):
        msg = f"match must be a text such as 'properties.invoice', got {match!r}"
        raise InvalidTypeError(msg, match)
    label_of(match)
    if reference is None:
        msg = f"match={match!r} needs the reference= that it must be"
        raise InvalidValueError(msg, match)


def is_about(
    touchpoint: Touchpoint, contact: Contact, since: datetime | None, match: str | None, reference: str | None
) -> bool:
    """Whether a touchpoint settles or cancels what is planned: it is meant, came since, and carries the reference."""
    if (since is not None and touchpoint.at < since) or not is_contact(contact, touchpoint):
        return False
    return match is None or label_of(match)(touchpoint) == reference


@lru_cache(64)
def label_of(match: str) -> Callable[[Touchpoint], str | None]:
    """Return what reads the property that is matched."""
    return a_label(match, "match")


def _identity(due: "Due") -> str:
    if due.reference is not None:
        return f"{due.name} {due.reference}"
    return f"{due.name} {due.at if isinstance(due.at, Period) else an_instant(due.at, 'at').isoformat()}"


@stored(
    "journey.due",
    name=TEXT,
    at=WHEN_FORM,
    reference=optional(TEXT),
    settled_by=optional(CONTACT_FORM),
    cancelled_by=optional(CONTACT_FORM),
    match=optional(TEXT),
    amount=optional(DECIMAL),
    currency=optional(TEXT),
    grace=LENGTH_FORM,
    raised_at=optional(MOMENT),
    recorded_at=optional(MOMENT),
    properties=ATTRIBUTES,
    id=TEXT,
)
@attrs.frozen(repr=False)
class Due:
    """One thing that is planned for a customer: due from a moment on, or through a day, and overdue after it.

    Attributes:
        name: What is planned, as in `"invoice"`.
        at: When it is due: a moment, or a day (or another period) on the calendar of a zone.
        reference: The number by which the shop and its touchpoints know it.
        settled_by: Which touchpoints settle it; nothing does, and it is never overdue, unless given.
        cancelled_by: Which touchpoints cancel it.
        match: Which property of such a touchpoint must be the reference, as in `"properties.invoice"`.
        amount: How much has to come in, as the `value` of the touchpoints that settle it; one of them does unless given.
        currency: The currency of the amount.
        grace: For how long it is not yet overdue after `at`.
        raised_at: When it came to be, as when an invoice was written; earlier touchpoints leave it alone. It may be
            left out only where `match` says which touchpoints are meant.
        recorded_at: When it became known; `raised_at` unless given, and from the beginning of time without either.
        properties: What else is known of it.
        id: Its identity; its name with its reference, or else with its date, unless given.
        due_at: The first moment at which it is due, in UTC.
        overdue_at: The first moment at which it is overdue, in UTC: it is due in `[due_at, overdue_at)`.

    >>> from datetime import date, datetime, timezone
    >>> from cxkit.calendar import Period
    >>> from cxkit.journey import Due
    >>> birthday = Due("birthday", Period("day", date(2026, 5, 4), tz="Europe/Berlin"))
    >>> birthday.id, birthday.due_at.isoformat(), birthday.overdue_at.isoformat()
    ('birthday 2026-05-04', '2026-05-03T22:00:00+00:00', '2026-05-04T22:00:00+00:00')
    """

    fields: ClassVar[type[DueFields]] = DueFields

    name: str
    at: datetime | Period
    reference: str | None = attrs.field(default=None, kw_only=True)
    settled_by: Contact | None = attrs.field(default=None, kw_only=True)
    cancelled_by: Contact | None = attrs.field(default=None, kw_only=True)
    match: str | None = attrs.field(default=None, kw_only=True)
    amount: Decimal | None = attrs.field(default=None, kw_only=True)
    currency: str | None = attrs.field(default=None, kw_only=True)
    grace: Length = attrs.field(default=AT_ONCE, kw_only=True)
    raised_at: datetime | None = attrs.field(default=None, kw_only=True)
    recorded_at: datetime | None = attrs.field(default=None, kw_only=True)
    properties: Mapping[str, object] = attrs.field(factory=FrozenDict, kw_only=True)
    id: str = attrs.field(kw_only=True, default=attrs.Factory(_identity, takes_self=True))
    due_at: datetime = attrs.field(init=False, eq=False)
    overdue_at: datetime = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "name", a_name(self.name, "the name of a due"))
        keep(self, "id", a_name(self.id, "the id of a due"))
        due_at, end = self._window()
        keep(self, "due_at", due_at)
        keep(self, "overdue_at", later(end, a_length(self.grace, "grace")))
        keep(self, "amount", self._amount())
        keep(self, "properties", FrozenDict.of(self.properties, "properties"))
        if self.raised_at is not None:
            keep(self, "raised_at", an_instant(self.raised_at, "raised_at"))
        recorded = self.raised_at if self.recorded_at is None else an_instant(self.recorded_at, "recorded_at")
        keep(self, "recorded_at", recorded)
        self._check_contacts()

    def _window(self) -> tuple[datetime, datetime]:
        """Check when it is due, and return from when and until when that is."""
        if isinstance(self.at, Period):
            return self.at.window
        if not isinstance(self.at, datetime):
            msg = f"a due is due at a moment or in a period such as Period('day', date(2026, 5, 4), tz='Europe/Berlin'), got {self.at!r}"
            raise InvalidTypeError(msg, self.at)
        object.__setattr__(self, "at", an_instant(self.at, "at"))
        return self.at, self.at

    def _amount(self) -> Decimal | None:
        if self.amount is None and self.currency is None:
            return None
        if self.amount is None or self.currency is None:
            msg = f"amount and currency go together, got {self.amount!r} and {self.currency!r}"
            raise InvalidValueError(msg, self.amount)
        units = to_minor(self.amount, self.currency)
        if units <= 0:
            msg = f"amount must be more than 0, got {self.amount}"
            raise InvalidValueError(msg, self.amount)
        return from_minor(units, self.currency)

    def _check_contacts(self) -> None:
        a_match(self.match, self.reference)
        contacts = {"settled_by": self.settled_by, "cancelled_by": self.cancelled_by}
        given = {what: a_contact(contact, what) for what, contact in contacts.items() if contact is not None}
        if given and self.raised_at is None and self.match is None:
            msg = f"{' and '.join(given)} must come with raised_at= or match=, or a touchpoint of long ago would count"
            raise InvalidValueError(msg, self)
        if self.amount is not None and self.settled_by is None:
            msg = f"an amount needs settled_by=, the touchpoints that pay it, got {self.amount}"
            raise InvalidValueError(msg, self.amount)

    @override
    def __repr__(self) -> str:
        shown = [repr(self.name), repr(self.at)]
        defaults = {field.name: field.default for field in attrs.fields(Due)[2:-2]}
        defaults |= {"recorded_at": self.raised_at, "properties": {}, "id": _identity(self)}
        given = [(name, value) for name, default in defaults.items() if (value := getattr(self, name)) != default]
        return f"Due({', '.join([*shown, *(f'{name}={value!r}' for name, value in given)])})"
