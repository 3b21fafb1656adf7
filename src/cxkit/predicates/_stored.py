"""The stored form of predicates.

A document names the `Fields` that it is about; the reader gives the classes, and the fields and what they are compared
with are checked against them as if the predicate had been written in code.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cxkit._forms import Form, Json, Reader, many, register, register_late
from cxkit.predicates._nodes import And, Leaf, Not, Or, all_of, any_of, not_
from cxkit.predicates._operators import COMPARISONS, OPERATORS, TESTS
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source
from cxkit.predicates._source_form import SOURCE_FORM
from cxkit.predicates._values import Value, value_of

STATED = (set[str](), {"than"}, {"than", "currency"}, {"than_value"})  # the keys beside value and test of a leaf


def _dump(predicate: Predicate) -> dict[str, Json]:
    match predicate:
        case And(()) | Or(()):
            return {"always": isinstance(predicate, And)}
        case And(terms):
            return {"all": [_dump(term) for term in terms]}
        case Or(terms):
            return {"any": [_dump(term) for term in terms]}
        case Not(term):
            return {"not": _dump(term)}
        case Leaf(source, operator, stated):
            return {"value": SOURCE_FORM.dump(source), "test": operator, **_dump_stated(source, operator, stated)}
        case _:
            raise NotImplementedError


def _dump_stated(source: Source, operator: str, stated: Any) -> dict[str, Json]:
    match OPERATORS[operator].arity:
        case "none":
            return {}
        case "one" if isinstance(stated, Source):
            return {"than_value": SOURCE_FORM.dump(stated)}
        case "one" if operator == "matches":
            return {"than": stated.text}
        case "one":
            than = source.kind.form.dump(stated)
        case _:
            than = [source.kind.form.dump(value) for value in stated]
    return {"than": than} if source.kind.currency is None else {"than": than, "currency": source.kind.currency}


def _load(data: Json, reader: Reader) -> Predicate:
    match data:
        case {"all": terms, **rest} if not rest:
            return _load_junction(all_of, terms, reader.at("all"))
        case {"any": terms, **rest} if not rest:
            return _load_junction(any_of, terms, reader.at("any"))
        case {"not": term, **rest} if not rest:
            return reader.build(not_, _load(term, reader.at("not")))
        case {"always": bool(always), **rest} if not rest:
            return all_of() if always else any_of()
        case {"value": source, "test": operator, **rest} if rest.keys() in STATED:
            return _load_leaf(source, operator, rest, reader)
        case _:
            raise reader.expected("one of all, any, not, always, or value with test", data)


def _load_junction(junction: Callable[..., Predicate], terms: Json, reader: Reader) -> Predicate:
    loaded = many(PREDICATE_FORM).load(terms, reader)
    if not loaded:  # an `all` of nothing would let everyone in
        raise reader.fault("expected one term or more")
    return reader.build(junction, loaded)


def _load_leaf(source: Json, operator: Json, rest: Mapping[Any, Json], reader: Reader) -> Predicate:
    value = value_of(SOURCE_FORM.load(source, reader.at("value")))
    if not isinstance(operator, str) or operator not in TESTS[value.kind.shape]:
        raise reader.at("test").expected(f"a test of {value.kind.name}", operator)
    if "currency" in rest and rest["currency"] != value.kind.currency:
        raise reader.at("currency").expected(f"{value.kind.currency}, as the field is declared", rest["currency"])
    if (OPERATORS[operator].arity == "none") is bool(rest):
        raise reader.fault(f"unknown key {min(rest)!r}" if rest else "missing key 'than'")
    return reader.build(value.test, operator, _load_stated(value, operator, rest, reader) if rest else None)


def _load_stated(value: Value[Any], operator: str, rest: Mapping[Any, Json], reader: Reader) -> object:
    if "than_value" in rest:
        if operator not in COMPARISONS:
            raise reader.at("test").expected("a comparison beside than_value", operator)
        return value_of(SOURCE_FORM.load(rest["than_value"], reader.at("than_value")))
    stated, reader = rest["than"], reader.at("than")
    if operator == "matches" and not reader.trusted:
        raise reader.fault("a regular expression is read with trusted=True only")
    if OPERATORS[operator].arity == "one":
        return value.kind.form.load(stated, reader)
    loaded = many(value.kind.form).load(stated, reader)
    if OPERATORS[operator].arity == "range" and len(loaded) != 2:  # noqa: PLR2004 - low and high
        raise reader.expected("a list of two bounds", stated)
    return loaded


def _load_document(data: Json, reader: Reader) -> Predicate:
    match data:
        case {"where": where, **rest} if rest.keys() <= {"type"}:
            return _load(where, reader.at("where"))
        case _:
            raise reader.expected("an object with the key 'where'", data)


PREDICATE_FORM: Form[Predicate] = Form(_dump, _load)
register("predicates.predicate", Predicate, Form(lambda predicate: {"where": _dump(predicate)}, _load_document))
register_late(
    "cxkit.predicates._derived",
    *(
        f"predicates.{name}"
        for name in [
            "casefolded",
            "date_part",
            "days_since",
            "days_until_anniversary",
            "elapsed_days",
            "hour",
            "local_day",
            "within",
        ]
    ),
)
register_late("cxkit.predicates._bucket", "predicates.bucket")
