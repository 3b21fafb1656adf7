"""Sources: where the value of a test comes from. Other packages add sources of their own."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from cxkit.errors import UnsupportedError
from cxkit.predicates._kinds import Kind
from cxkit.predicates._subject import Subject


class Source:
    """Where a typed value comes from: a field of a record, a part of a date, a count of events.

    A source reads the subject, says what kind of value it gives, and prints as the code that makes it. It has a stored
    form of its own. This is the protocol that other kinds of leaf fulfil; what it does not say about itself, reasoning
    about predicates takes to be unknown.
    """

    __slots__ = ()

    timed: bool = False
    """Whether what it reads depends on `as_of`."""
    depth: int = 0
    """How deep the predicates are that it holds."""
    least: object = None
    """The least value that it can give, where there is one."""
    most: object = None
    """The greatest value that it can give, where there is one."""
    is_periodic: bool = False
    """Whether it comes back to the same values again and again, as an anniversary does."""
    timing: Literal["calendar", "rolling"] | None = None
    """Which kind of window of time it looks through, where it does."""

    @property
    def kind(self) -> Kind:
        """What its values are."""
        raise NotImplementedError

    @property
    def about(self) -> type:
        """The `Fields` class, or another type, whose subjects it reads."""
        raise NotImplementedError

    @property
    def subjects(self) -> frozenset[type]:
        """All that it reads: more than one where it is made of several sources."""
        return frozenset({self.about})

    @property
    def label(self) -> str:
        """What reasons and errors call it."""
        return repr(self)

    @property
    def words(self) -> str:
        """What a colleague calls it."""
        return self.label

    @property
    def base(self) -> "Source":
        """The source that it reads its value from: itself, unless it is derived from another."""
        return self

    def key(self) -> Hashable:
        """Return its identity, for the normal form."""
        raise NotImplementedError

    def read(self, subject: Subject) -> object:
        """Return the value; `None` where it is missing."""
        raise NotImplementedError

    def turn(self, subject: Subject, stated: Sequence[Any] | None) -> datetime | None:  # noqa: ARG002 - the protocol
        """Return the next moment after `as_of` at which a test may answer otherwise, if nothing else happens.

        Args:
            subject: What is asked about.
            stated: What the tests of this source state; `None` where they compare it with another source.

        Raises:
            UnsupportedError: It depends on time in a way that it cannot tell.
        """
        if self.timed:
            msg = f"{self!r} cannot tell when it will change"
            raise UnsupportedError(msg)
        return None

    def origins(self, value: object) -> Iterable[object]:
        """Yield values of the base that give a value, as far as that can be told."""
        return (value,)
