"""Predicates as plain functions, as fast as those that are written by hand.

The function is built from nodes of `ast`, never from text: field names are constants, whatever is compared stands in the
function's own namespace under a name that is made here, and there are no builtins in it. It has a quick way for records
that need no care; where that raises, because a value is missing in a rarer way or is ill-typed, the closures of the
predicate answer, or say what is wrong.
"""

import ast
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from types import CodeType, FunctionType
from typing import Any

from cxkit._checks import FrozenDict
from cxkit.errors import InvalidTypeError
from cxkit.predicates._field import FieldSource
from cxkit.predicates._nodes import And, Leaf, Not, Or
from cxkit.predicates._operators import OPERATORS, tagged
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._source import Source
from cxkit.predicates._subject import NEVER_MISSING, Subject, a_record, is_missing

Matcher = Callable[[object], bool]
Access = Callable[[tuple[str, ...]], ast.expr]
_SIGNS: Mapping[str, type[ast.cmpop]] = {"eq": ast.Eq, "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE}
_RECORD = "record"


def compiled(predicate: Predicate, *, strict: bool, as_of: datetime | None) -> Matcher:
    """Return a function that says whether a record passes; equal predicates share one."""
    matcher = _compiled(predicate, as_of if predicate.timed else None)
    return _strictly(predicate, matcher) if strict else matcher


@lru_cache(maxsize=256)
def _compiled(predicate: Predicate, as_of: datetime | None) -> Matcher:
    writer = Writer(predicate, as_of)

    def slowly(record: object) -> bool:
        return predicate.holds(Subject.of(record, as_of))

    last: tuple[type, Matcher] = (dict, slowly)

    def otherwise(record: object) -> bool:
        """Match a record that is no dict, as its class asks for; most often it is the class of the record before."""
        nonlocal last
        seen, matcher = last
        if record.__class__ is not seen:
            matcher = slowly
            keeper = getattr(type(record), "__cxkit_record__", None)
            if keeper is not None and not writer.reads_subject:
                matcher = of_kept(keeper)
            elif keeper is None and not isinstance(record, Mapping):
                a_record(record)
                matcher = of_objects()
            last = (record.__class__, matcher)
        return matcher(record)

    def of_kept(keeper: Callable[[object], object]) -> Matcher:
        """Match what keeps its values in a record of its own: most quickly where that is a dict."""

        def matching(keeping: object) -> bool:
            record = keeper(keeping)
            return match(record) if record.__class__ is dict else slowly(keeping)

        return matching

    @cache
    def of_objects() -> Matcher:
        return writer.matcher(writer.attribute, slowly, None)

    match = writer.matcher(writer.item, slowly, otherwise)
    return match


def sources_of(predicates: Iterable[Predicate]) -> list[Source]:
    """Return the sources of some predicates that are no fields of records, each once."""
    found = {
        source.key(): source
        for predicate in predicates
        for source in predicate.sources
        if not isinstance(source, FieldSource)
    }
    return list(found.values())


def of_values(predicate: Predicate, sources: Sequence[Source]) -> Callable[[Subject, Sequence[Any]], bool]:
    """Return a function of a subject and the values of some sources, among which are all of `sources_of` it."""
    writer = Writer(predicate, None, {source.key(): place for place, source in enumerate(sources)})
    record = ast.Assign([ast.Name(_RECORD, ast.Store())], ast.Attribute(_load("subject"), "record", ast.Load()))
    handler = ast.ExceptHandler(writer.bind(Exception), None, [ast.Pass()])
    slowly = ast.Return(_call(writer.bind(predicate.holds), _load("subject")))
    class_ = ast.Attribute(_load(_RECORD), "__class__", ast.Load())
    is_dict = _compare(class_, ast.In(), writer.bind(frozenset({dict, FrozenDict})))
    quick = ast.Try([ast.If(is_dict, [ast.Return(writer.answer(writer.item))], [])], [handler], [], [])
    return writer.function(["subject", "values"], [record, quick, slowly])


def _strictly(predicate: Predicate, matcher: Matcher) -> Matcher:
    fields = {source.base: None for source in predicate.sources}

    def match(record: object) -> bool:
        subject = Subject.of(record, None)
        for source in fields:
            if isinstance(source, FieldSource):
                value = subject.value(source.path)
                if value is not None and not source.kind.fits(value):
                    msg = f"{source.label} must be {source.kind.name}, got {value!r}"
                    raise InvalidTypeError(msg, value)
        return matcher(record)

    return match


class Writer:
    """Writes the functions of one predicate; keeps what they refer to."""

    def __init__(
        self, predicate: Predicate, as_of: datetime | None, places: Mapping[Hashable, int] | None = None
    ) -> None:
        self.predicate = predicate
        self.places = places
        self.names: dict[str, object] = {"__builtins__": {}}
        self.temporaries = 0
        self.subject = self.bind(lambda record: Subject.of(record, as_of))
        self.reads_subject = not all(isinstance(source, FieldSource) for source in predicate.sources)

    def matcher(self, access: Access, slowly: Matcher, otherwise: Matcher | None) -> Matcher:
        """Build the function that matches one record, reading its fields in one way."""
        body: list[ast.stmt] = []
        if otherwise is not None:
            is_dict = _compare(ast.Attribute(_load(_RECORD), "__class__", ast.Load()), ast.IsNot(), self.bind(dict))
            body.append(ast.If(is_dict, [ast.Return(_call(self.bind(otherwise), _load(_RECORD)))], []))
        quick: list[ast.stmt] = [ast.Return(self.answer(access))]
        if self.reads_subject:
            made = _call(self.subject, _load(_RECORD))
            quick.insert(0, ast.Assign([ast.Name("subject", ast.Store())], made))
        handler = ast.ExceptHandler(self.bind(Exception), None, [ast.Pass()])
        body += [ast.Try(quick, [handler], [], []), ast.Return(_call(self.bind(slowly), _load(_RECORD)))]
        return self.function([_RECORD], body)

    def function(self, parameters: list[str], body: list[ast.stmt]) -> Callable[..., Any]:
        arguments = ast.arguments([], [ast.arg(name) for name in parameters], None, [], [], None, [])
        definition = ast.FunctionDef("match", arguments, body, [])
        definition.__dict__["type_params"] = []  # which Python asks for from 3.12 on
        module = ast.fix_missing_locations(ast.Module([definition], []))
        [code] = [part for part in compile(module, "<predicate>", "exec").co_consts if isinstance(part, CodeType)]
        return FunctionType(code, self.names, "match")

    def bind(self, value: object) -> ast.expr:
        """Put a value into the namespace, and return the name that it has there."""
        name = f"_{len(self.names)}"
        self.names[name] = value
        return _load(name)

    def item(self, path: tuple[str, ...]) -> ast.expr:
        """Read a value from a dict."""
        if len(path) == 1:
            return _call(ast.Attribute(_load(_RECORD), "get", ast.Load()), ast.Constant(path[0]))
        return self.walk(path)

    def attribute(self, path: tuple[str, ...]) -> ast.expr:
        """Read a value from an object."""
        if len(path) == 1:
            return _call(self.bind(getattr), _load(_RECORD), ast.Constant(path[0]), ast.Constant(None))
        return self.walk(path)

    def walk(self, path: tuple[str, ...]) -> ast.expr:
        return _call(self.bind(lambda record: Subject(record, record, None).value(path)), _load(_RECORD))

    def answer(self, access: Access) -> ast.expr:
        """Write the whole predicate; what its comparisons give may be like a bool only, so it is made one."""
        return ast.IfExp(self.term(self.predicate, access), ast.Constant(True), ast.Constant(False))  # noqa: FBT003

    def term(self, predicate: Predicate, access: Access) -> ast.expr:
        match predicate:
            case And(()) | Or(()):
                return ast.Constant(isinstance(predicate, And))
            case And(terms) | Or(terms):
                sign = ast.And() if isinstance(predicate, And) else ast.Or()
                return ast.BoolOp(sign, [self.term(term, access) for term in terms])
            case Not(term):
                return ast.UnaryOp(ast.Not(), self.term(term, access))
            case Leaf():
                return self.test(predicate, access)
            case _:
                raise NotImplementedError

    def test(self, leaf: Leaf, access: Access) -> ast.expr:
        if leaf.operator in ("true", "false") and isinstance(leaf.source, FieldSource):
            return self.flag(leaf.source, access, asked=leaf.operator == "true")
        # A moment has the order of its UTC against a literal, which is in UTC; two of one zone go by their wall clocks.
        in_order = leaf.operator in ("lt", "le", "gt", "ge", "between") and len(leaf.sources) == 1
        store, value = self.read(leaf.source, access, in_order=in_order)
        is_there = [_compare(store, ast.IsNot(), ast.Constant(None))]
        if isinstance(leaf.stated, Source):
            store, other = self.read(leaf.stated, access, in_order=False)
            is_there.append(_compare(store, ast.IsNot(), ast.Constant(None)))
            return ast.BoolOp(ast.And(), [*is_there, _compare(value, _SIGNS[leaf.operator](), other)])
        return ast.BoolOp(ast.And(), [*is_there, self.operation(leaf, value)])

    def read(self, source: Source, access: Access, *, in_order: bool) -> tuple[ast.expr, ast.expr]:
        """Write how a value is read into a variable, and how the variable is."""
        if isinstance(source, FieldSource):
            found = access(source.path)
            as_it_is = source.kind.read is None or (source.kind.shape == "moment" and in_order)
            return self.variable(found if as_it_is else _call(self.bind(_taking(source)), found))
        if self.places is None:
            return self.variable(_call(self.bind(source.read), _load("subject")))
        return self.variable(ast.Subscript(_load("values"), ast.Constant(self.places[source.key()]), ast.Load()))

    def variable(self, found: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Write how a value is put into a variable, unless it is one, and how the variable is."""
        if isinstance(found, ast.Name):
            return found, found
        self.temporaries += 1
        name = f"value_{self.temporaries}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), found), _load(name)

    def flag(self, source: FieldSource, access: Access, *, asked: bool) -> ast.expr:
        """Write `value is True or (value is of a rarer kind, such as NumPy's, and true)`, or the same for False."""
        store, value = self.variable(access(source.path))
        rarer = _call(self.bind(_taking(source)), value)
        return ast.BoolOp(
            ast.Or(),
            [
                _compare(store, ast.Is(), ast.Constant(asked)),
                ast.BoolOp(
                    ast.And(),
                    [
                        _compare(value, ast.IsNot(), ast.Constant(not asked)),
                        _compare(value, ast.IsNot(), ast.Constant(None)),
                        _compare(rarer, ast.Is(), ast.Constant(asked)),
                    ],
                ),
            ],
        )

    def operation(self, leaf: Leaf, value: ast.expr) -> ast.expr:
        """Write the test of a value that is there."""
        stated = leaf.stated
        match leaf.operator:
            case "eq" | "lt" | "le" | "gt" | "ge":
                return _compare(value, _SIGNS[leaf.operator](), self.bind(stated))
            case "between":
                low, high = map(self.bind, stated)
                return ast.Compare(low, [ast.LtE(), ast.LtE()], [value, high])
            case "in":
                return _compare(value, ast.In(), self.bind(frozenset(stated)))
            case "contains":
                return _compare(self.bind(stated), ast.In(), value)
            case "has":
                return _compare(self.bind(stated), ast.In(), _call(self.bind(tagged), value))
            case "starts_with" | "ends_with":
                method = leaf.operator.replace("_", "")
                return _call(ast.Attribute(value, method, ast.Load()), self.bind(stated))
            case "known":
                class_ = ast.Attribute(value, "__class__", ast.Load())
                plain = _compare(class_, ast.In(), self.bind(NEVER_MISSING))
                return ast.BoolOp(ast.Or(), [plain, ast.UnaryOp(ast.Not(), _call(self.bind(is_missing), value))])
            case operator:
                return _call(self.bind(OPERATORS[operator].holds), value, self.bind(stated))


def _taking(field: FieldSource) -> Callable[[object], object]:
    """Return what brings a value of a field into the form in which it is tested; `None` where it is missing."""
    taken = field.taken
    return lambda value: None if value is None or is_missing(value) else taken(value)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: ast.expr, *arguments: ast.expr) -> ast.Call:
    return ast.Call(function, list(arguments), [])


def _compare(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.Compare(left, [sign], [right])
