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

from typing import TYPE_CHECKING

from cxkit._late import late
from cxkit.predicates._about import a_predicate as a_predicate  # this and the like: for the other packages of cxkit
from cxkit.predicates._about import predicate_form as predicate_form
from cxkit.predicates._about import source_form as source_form
from cxkit.predicates._explain import Explanation, LeafReason
from cxkit.predicates._fields import Fields, choice, day, flag, integer, moment, money, nested, real, tags, text
from cxkit.predicates._kinds import INTEGER_KIND as INTEGER_KIND
from cxkit.predicates._kinds import MOMENT_KIND as MOMENT_KIND
from cxkit.predicates._kinds import REAL_KIND as REAL_KIND
from cxkit.predicates._kinds import Kind
from cxkit.predicates._kinds import choice_kind as choice_kind
from cxkit.predicates._nodes import Leaf, all_of, any_of, not_
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._predicate import as_predicate as as_predicate
from cxkit.predicates._source import Source
from cxkit.predicates._source_form import SOURCE_FORM as SOURCE_FORM
from cxkit.predicates._stored import PREDICATE_FORM as PREDICATE_FORM
from cxkit.predicates._subject import Subject as Subject
from cxkit.predicates._subject import a_record as a_record
from cxkit.predicates._subject import is_missing as is_missing
from cxkit.predicates._turns import next_turn as next_turn
from cxkit.predicates._values import (
    Choice,
    Day,
    Flag,
    Integer,
    Moment,
    Money,
    Ordered,
    OrderedText,
    Real,
    Tags,
    Text,
    Value,
)
from cxkit.predicates._values import value_of as value_of
from cxkit.predicates._visitor import Visitor

if TYPE_CHECKING:
    from cxkit.predicates._bucket import bucket
    from cxkit.predicates._check import FieldReason, RecordCheck
    from cxkit.predicates._compile import of_values as of_values
    from cxkit.predicates._compile import sources_of as sources_of
    from cxkit.predicates._derived import Derived as Derived
    from cxkit.predicates._derived import span_words as span_words
    from cxkit.predicates._examples import Example
    from cxkit.predicates._fields_of import fields_of
    from cxkit.predicates._lint import Finding, lint
    from cxkit.predicates._nearest import Change, Step
    from cxkit.predicates._reasoning import Difference
    from cxkit.predicates._sql import SqlCondition, Storage

__all__ = [
    "Change",
    "Choice",
    "Day",
    "Difference",
    "Example",
    "Explanation",
    "FieldReason",
    "Fields",
    "Finding",
    "Flag",
    "Integer",
    "Kind",
    "Leaf",
    "LeafReason",
    "Moment",
    "Money",
    "Ordered",
    "OrderedText",
    "Predicate",
    "Real",
    "RecordCheck",
    "Source",
    "SqlCondition",
    "Step",
    "Storage",
    "Tags",
    "Text",
    "Value",
    "Visitor",
    "all_of",
    "any_of",
    "bucket",
    "choice",
    "day",
    "fields_of",
    "flag",
    "integer",
    "lint",
    "moment",
    "money",
    "nested",
    "not_",
    "real",
    "tags",
    "text",
]

# What few programs ask for is imported when it is asked for.
_LATE = {
    "_bucket": ("bucket",),
    "_check": (
        "FieldReason",
        "RecordCheck",
    ),
    "_compile": (
        "of_values",
        "sources_of",
    ),
    "_derived": ("Derived", "span_words"),
    "_examples": ("Example",),
    "_fields_of": ("fields_of",),
    "_lint": (
        "Finding",
        "lint",
    ),
    "_nearest": (
        "Change",
        "Step",
    ),
    "_reasoning": ("Difference",),
    "_sql": (
        "SqlCondition",
        "Storage",
    ),
}

if not TYPE_CHECKING:
    __getattr__ = late(__name__, _LATE)
    __dir__ = __all__.copy  # what is imported late stands there, too
