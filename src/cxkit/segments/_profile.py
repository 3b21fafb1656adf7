"""Profiles: what a customer is and what they did."""

from collections.abc import Mapping

import attrs
from typing_extensions import override

from cxkit._checks import FrozenDict
from cxkit.errors import InvalidTypeError
from cxkit.journey import Journey
from cxkit.predicates import Subject, a_record


@attrs.frozen(repr=False)
class Profile:
    """A customer's attributes, and their journey where there is one.

    Attributes:
        attributes: A mapping, which is copied, or an object with attributes.
        journey: What the customer did; every question about behaviour is missing without one.

    >>> from cxkit.journey import Journey
    >>> from cxkit.segments import Profile
    >>> Profile({"country": "DE"}, Journey("anna"))
    Profile({'country': 'DE'}, Journey('anna', []))
    """

    attributes: object
    journey: Journey | None = None

    def __attrs_post_init__(self) -> None:
        if self.journey is not None and not isinstance(self.journey, Journey):
            msg = f"the journey of a profile must be a Journey, got {self.journey!r}"
            raise InvalidTypeError(msg, self.journey)
        a_record(self.attributes)
        if isinstance(self.attributes, Mapping):
            object.__setattr__(self, "attributes", FrozenDict.of(self.attributes, "attributes"))

    def __cxkit_record__(self) -> object:
        """Say where the fields of a customer are."""
        return self.attributes

    @override
    def __repr__(self) -> str:
        journey = "" if self.journey is None else f", {self.journey!r}"
        return f"Profile({self.attributes!r}{journey})"


def journey_of(subject: Subject) -> Journey | None:
    """Return the journey of a subject: its own if it is one, that of a profile, or none."""
    source = subject.source
    if isinstance(source, Journey):
        return source
    return source.journey if isinstance(source, Profile) else None
