"""Predicates over columns: one answer for each row of a table."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations, repeat
from typing import Any

from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, UnknownFieldError
from cxkit.predicates._compile import Matcher, Writer, compiled
from cxkit.predicates._field import FieldSource
from cxkit.predicates._predicate import Predicate
from cxkit.predicates._records import Path, Record, record_of
from cxkit.predicates._source import Source


def mask(predicate: Predicate, columns: Mapping[str, Sequence[Any]], *, as_of: datetime | None) -> list[bool]:
    """Say for each row whether it passes."""
    if not isinstance(columns, Mapping) and hasattr(columns, "columns"):  # a dataframe
        columns = {str(name): columns[name] for name in columns.columns}
    if not isinstance(columns, Mapping):
        msg = f"columns must be a mapping from the keys of fields to their values, got a {type(columns).__name__}"
        raise InvalidTypeError(msg, columns)
    paths = dict.fromkeys(map(_path, predicate.sources))
    for path in paths:
        if ".".join(path) not in columns:
            raise UnknownFieldError.among("the table", ".".join(path), columns, what="column")
    names = sorted(paths)
    if any(other[: len(one)] == one for one, other in combinations(names, 2)):
        msg = f"a table cannot hold a record and its parts both, got {'.'.join(names[0])!r} among {len(names)} columns"
        raise InvalidValueError(msg, columns)
    if len({len(column) for column in columns.values()}) > 1:
        lengths = {name: len(column) for name, column in columns.items()}
        msg = f"the columns of a table are of one length, got {lengths}"
        raise InvalidValueError(msg, lengths)
    read = {path: columns[".".join(path)] for path in paths}
    writer = Writer(predicate, as_of)
    if paths and not writer.reads_subject:
        try:
            return _at_once(writer, read)
        except Exception:  # noqa: BLE001, S110 - some value needs care: row by row, as below
            pass
    return _one_by_one(compiled(predicate, strict=False, as_of=as_of), read, max(map(len, columns.values()), default=0))


def _one_by_one(match: Matcher, columns: Mapping[Path, Sequence[Any]], count: int) -> list[bool]:
    answers: list[bool] = []
    try:
        answers.extend(map(match, _rows(columns, count)))
    except CxError as error:
        error.add_note(f"in row {len(answers)}, counted from 0")
        raise
    return answers


def _path(source: Source) -> Path:
    base = source.base
    if not isinstance(base, FieldSource):
        msg = f"a table has no column for {source!r}; match records one by one"
        raise InvalidTypeError(msg, source)
    return base.path


def _at_once(writer: Writer, columns: Mapping[Path, Sequence[Any]]) -> list[bool]:
    """Go through all columns in one comprehension."""
    names = {path: f"column_{number}" for number, path in enumerate(columns)}
    cell: ast.expr = ast.Tuple([ast.Name(name, ast.Store()) for name in names.values()], ast.Store())
    zipped = ast.Call(writer.bind(zip), [ast.Name("columns", ast.Load())], [])
    zipped.args = [ast.Starred(zipped.args[0], ast.Load())]
    loop = ast.comprehension(cell, zipped, [], 0)
    answer = writer.answer(lambda path: ast.Name(names[path], ast.Load()))
    answers: list[bool] = writer.function(["columns"], [ast.Return(ast.ListComp(answer, [loop]))])(columns.values())
    return answers


def _rows(columns: Mapping[Path, Sequence[Any]], count: int) -> Iterator[Record]:
    """Yield the rows as records."""
    rows = zip(*columns.values(), strict=True) if columns else repeat((), count)
    return (record_of(zip(columns, row, strict=True)) for row in rows)
