"""The stored form of predicates.

A document names the `Fields` that it is about; the reader gives the classes, and the fields and what they are compared
with are checked against them as if the predicate had been written in code.
"""

from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import TypeIs

from cxkit._forms import Form, Json, Reader, many, nested, register
from cxkit.predicates._fields import Fields, FieldSource
from cxkit.predicates._operators import OPERATORS, TESTS
from cxkit.predicates._predicate import And, Leaf, Not, Or, Predicate
from cxkit.predicates._source import Source
from cxkit.predicates._values import Value, value_of

SOURCE = nested(Source)


STATED = (set[str](), {"than"}, {"than", "currency"})  # the keys beside the value and the test of a leaf


def _dump(predicate: Predicate) -> dict[str, Json]:
    match predicate:
        case And(terms):
            return {"all": [_dump(term) for term in terms]}
        case Or(terms):
            return {"any": [_dump(term) for term in terms]}
        case Not(term):
            return {"not": _dump(term)}
        case Leaf(source, operator, stated):
            return {"value": _dump_source(source), "test": operator, **_dump_stated(source, operator, stated)}
        case _:
            raise NotImplementedError


def _dump_source(source: Source) -> Json:
    return repr(source) if isinstance(source, FieldSource) else SOURCE.dump(source)


def _dump_stated(source: Source, operator: str, stated: Any) -> dict[str, Json]:
    match OPERATORS[operator].arity:
        case "none":
            return {}
        case "one":
            than = source.kind.form.dump(stated)
        case _:
            than = [source.kind.form.dump(value) for value in stated]
    return {"than": than} if source.kind.currency is None else {"than": than, "currency": source.kind.currency}


def _load(data: Json, reader: Reader) -> Predicate:
    match data:
        case {"all": terms, **rest} if not rest:
            return _load_junction(And, terms, reader.at("all"))
        case {"any": terms, **rest} if not rest:
            return _load_junction(Or, terms, reader.at("any"))
        case {"not": term, **rest} if not rest:
            return ~_load(term, reader.at("not"))
        case {"value": source, "test": operator, **rest} if rest.keys() in STATED:
            return _load_leaf(source, operator, rest, reader)
        case _:
            raise reader.expected("one of all, any, not, or value with test", data)


def _load_junction(junction: Callable[..., Predicate], terms: Json, reader: Reader) -> Predicate:
    loaded = many(PREDICATE_FORM).load(terms, reader)
    if len(loaded) < 2:  # noqa: PLR2004 - what & and | join
        raise reader.fault("expected two terms or more")
    return junction(loaded)


def _load_leaf(source: Json, operator: Json, rest: Mapping[Any, Json], reader: Reader) -> Predicate:
    value = _load_value(source, reader.at("value"))
    if not isinstance(operator, str) or operator not in TESTS[value.kind.shape]:
        raise reader.at("test").expected(f"a test of {value.kind.name}", operator)
    if "currency" in rest and rest["currency"] != value.kind.currency:
        raise reader.at("currency").expected(f"{value.kind.currency}, as the field is declared", rest["currency"])
    if (OPERATORS[operator].arity == "none") is bool(rest):
        raise reader.fault("unknown key 'than'" if rest else "missing key 'than'")
    stated = _load_stated(value, operator, rest["than"], reader.at("than")) if rest else None
    return reader.build(value.test, operator, stated)


def _load_stated(value: Value[Any], operator: str, stated: Json, reader: Reader) -> object:
    if OPERATORS[operator].arity == "one":
        return value.kind.form.load(stated, reader)
    loaded = many(value.kind.form).load(stated, reader)
    if OPERATORS[operator].arity == "range" and len(loaded) != 2:  # noqa: PLR2004 - low and high
        raise reader.expected("a list of two bounds", stated)
    return loaded


def _load_value(data: Json, reader: Reader) -> Value[Any]:
    if not isinstance(data, str):
        return value_of(SOURCE.load(data, reader))
    classes = [fields for fields in reader.fields if _is_fields(fields)]
    for fields in classes:
        value = fields.fields.get(data.rpartition(".")[2])
        if value is not None and repr(value) == data:
            return value
    known = ", ".join(fields.label for fields in classes) or "none"
    raise reader.fault(f"unknown field {data!r}; this call was given fields={known}", data)


def _load_document(data: Json, reader: Reader) -> Predicate:
    match data:
        case {"where": where, **rest} if rest.keys() <= {"type"}:
            return _load(where, reader.at("where"))
        case _:
            raise reader.expected("an object with the key 'where'", data)


def _is_fields(cls: type) -> TypeIs[type[Fields]]:
    return issubclass(cls, Fields)


PREDICATE_FORM: Form[Predicate] = Form(_dump, _load)
register("predicates.predicate", Predicate, Form(lambda predicate: {"where": _dump(predicate)}, _load_document))
