"""Contact policies: when a shop may reach a customer at all."""

from datetime import datetime

import attrs

from cxkit._forms import form_of, optional, stored
from cxkit.calendar import QuietHours
from cxkit.errors import InvalidTypeError


@stored("aftersales.contact_policy", quiet_hours=optional(form_of(QuietHours)))
@attrs.frozen(kw_only=True)
class ContactPolicy:
    """When a shop may reach a customer, whatever the rule.

    Attributes:
        quiet_hours: When nobody is to be woken; transactional messages pass.

    >>> from cxkit.aftersales import ContactPolicy
    >>> from cxkit.calendar import QuietHours
    >>> ContactPolicy(quiet_hours=QuietHours("21:00", "08:00", tz="Europe/Berlin")).quiet_hours.start
    '21:00'
    """

    quiet_hours: QuietHours | None = None

    def __attrs_post_init__(self) -> None:
        if self.quiet_hours is not None and not isinstance(self.quiet_hours, QuietHours):
            msg = f"quiet_hours must be QuietHours, got {self.quiet_hours!r}"
            raise InvalidTypeError(msg, self.quiet_hours)

    def open_from(self, moment: datetime, *, transactional: bool) -> datetime:
        """Return the first moment from `moment` on at which a message may go out."""
        if transactional or self.quiet_hours is None:
            return moment
        return self.quiet_hours.release(moment)
