"""Sources: where the value of a test comes from. Other packages add sources of their own."""

from collections.abc import Hashable

from cxkit.predicates._kinds import Kind
from cxkit.predicates._subject import Subject


class Source:
    """Where a typed value comes from: a field of a record, a count of events, ...

    A source reads the subject, says what kind of value it gives, and prints as the code that makes it. It has a stored
    form of its own. This is the protocol that other kinds of leaf fulfil.
    """

    __slots__ = ()

    timed = False
    """Whether what it reads depends on `as_of`."""

    @property
    def kind(self) -> Kind:
        """What its values are."""
        raise NotImplementedError

    @property
    def about(self) -> type:
        """The `Fields` class, or another type, whose subjects it reads."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What reasons and errors call it."""
        return repr(self)

    def key(self) -> Hashable:
        """Return its identity, for the normal form."""
        raise NotImplementedError

    def read(self, subject: Subject) -> object:
        """Return the value; `None` where it is missing."""
        raise NotImplementedError
