"""Conditions as values: one language for customers, basket lines, touchpoints and answers.

Declare what your records hold as a `Fields` class; its fields make predicates, which compose with `&`, `|` and `~`,
say whether a record matches, and explain why. Types are checked when a predicate is built. A value that is missing
passes no test, and `~` is the exact complement, so a predicate and its complement split everyone in two.

>>> from cxkit.predicates import Fields, flag, integer, text
>>> class Customer(Fields):
...     country = text()
...     orders = integer()
...     churned = flag()
>>> regular = Customer.country.is_in(["DE", "FR"]) & (Customer.orders >= 3)
>>> regular.matches({"country": "DE", "orders": 4})
True
>>> regular.explain({"country": "DE"}).missing
(LeafReason(code='missing', found=None, needed='>= 3', field='orders'),)
>>> Customer.orders >= "3"
Traceback (most recent call last):
    ...
cxkit.errors.InvalidTypeError: Customer.orders is an integer: expected an int, got '3'
"""

from cxkit.predicates._about import a_predicate as a_predicate  # this and the like: for the other packages of cxkit
from cxkit.predicates._about import predicate_form as predicate_form
from cxkit.predicates._explain import Explanation, LeafReason
from cxkit.predicates._fields import Fields, day, flag, integer, moment, money, real, tags, text
from cxkit.predicates._kinds import INTEGER_KIND as INTEGER_KIND
from cxkit.predicates._kinds import Kind as Kind
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source as Source
from cxkit.predicates._stored import PREDICATE_FORM as PREDICATE_FORM
from cxkit.predicates._subject import Subject as Subject
from cxkit.predicates._subject import a_record as a_record
from cxkit.predicates._subject import is_missing as is_missing
from cxkit.predicates._values import Day, Flag, Integer, Moment, Money, Ordered, Real, Tags, Text, Value

__all__ = [
    "Day",
    "Explanation",
    "Fields",
    "Flag",
    "Integer",
    "LeafReason",
    "Moment",
    "Money",
    "Ordered",
    "Predicate",
    "Real",
    "Tags",
    "Text",
    "Value",
    "day",
    "flag",
    "integer",
    "moment",
    "money",
    "real",
    "tags",
    "text",
]
