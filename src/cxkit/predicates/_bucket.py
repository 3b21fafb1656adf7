"""Buckets: a share of customers that stays the same from run to run, and from machine to machine."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any, overload

import attrs
from typing_extensions import override

from cxkit._checks import a_name, one_of
from cxkit._forms import TEXT, choice, stored
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates._derived import Derived
from cxkit.predicates._kinds import REAL_KIND
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source
from cxkit.predicates._source_form import SOURCE_FORM
from cxkit.predicates._values import Real, Value

ALGORITHM = "md5-52"  # its name stands in stored forms: another algorithm will have another name
DIGITS = 13  # hexadecimal ones, of four bits each: as many as a float holds exactly


@stored("predicates.bucket", of=SOURCE_FORM, salt=TEXT, algorithm=choice(ALGORITHM))
@attrs.frozen(repr=False)
class Bucket(Derived):
    """Where a key falls between 0 and 1, by the hash of a salt and the key."""

    of: Source
    salt: str = attrs.field(kw_only=True)
    algorithm: str = attrs.field(kw_only=True)

    saying = "the bucket of {of} ({self.salt})"
    shapes = ("text", "ordered text", "number")
    gives = REAL_KIND
    least = 0.0
    most = 1 - 2.0**-52

    @override
    def check(self) -> None:
        a_name(self.salt, "the salt of a bucket")
        one_of(self.algorithm, (ALGORITHM,), "the algorithm of a bucket")
        if self.of.kind.shape == "number" and self.of.kind.name != "an integer":
            msg = f"a bucket is found by a text or a whole number, such as an id, got {self.of!r}"
            raise InvalidTypeError(msg, self.of)

    @override
    def derive(self, value: Any, as_of: datetime | None) -> float:
        from hashlib import md5

        key = str.__str__(value) if isinstance(value, str) else int(value)  # of an enum, what it equals
        digest = md5(f"{self.salt}:{key}".encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        return int(digest[:DIGITS], 16) / float(16**DIGITS)

    @property
    @override
    def label(self) -> str:
        return f"bucket({self.of.label}, salt={self.salt!r})"

    @override
    def key(self) -> Hashable:
        return ("bucket", self.salt, self.algorithm, self.of.key())

    @override
    def __repr__(self) -> str:
        return f"bucket({self.of!r}, salt={self.salt!r})"


@overload
def bucket(field: Value[Any], *, salt: str) -> Real: ...
@overload
def bucket(field: Value[Any], *, salt: str, share: float) -> Predicate: ...
def bucket(field: Value[Any], *, salt: str, share: float | None = None) -> Real | Predicate:
    """Pick a share of customers, the same ones in every run: for holdouts, experiments and rollouts.

    A key falls on a number from 0 up to 1: the first 52 bits of the MD5 of `salt:key` in UTF-8, over 2^52. A larger
    share holds the smaller one; another salt picks others, independently. A missing key is in no share, not even in all.

    Args:
        field: What tells customers apart: a text or a whole number.
        salt: The name of the experiment.
        share: How large a share passes, from 0 to 1; without it, the number itself is returned, to be cut into arms.

    >>> from cxkit.predicates import Fields, bucket, text
    >>> class Customer(Fields):
    ...     id = text()
    >>> holdout = bucket(Customer.id, salt="spring sale", share=0.1)
    >>> holdout
    bucket(Customer.id, salt='spring sale') < 0.1
    >>> sum(holdout.matches({"id": f"customer {number}"}) for number in range(1_000))
    113
    """
    if not isinstance(field, Value):
        msg = f"a bucket is found by a field, such as Customer.id, got {field!r}"
        raise InvalidTypeError(msg, field)
    position = Real(Bucket(field.source, salt=salt, algorithm=ALGORITHM))
    if share is None:
        return position
    if isinstance(share, bool) or not isinstance(share, int | float):
        msg = f"share must be a number from 0 to 1, got {share!r}"
        raise InvalidTypeError(msg, share)
    if not 0 <= share <= 1:
        msg = f"share must be a number from 0 to 1, got {share!r}"
        raise InvalidValueError(msg, share)
    return position < share
