"""SQLite's words for predicates."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

from cxkit import _money
from cxkit.calendar import elapsed
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.predicates._derived import Casefolded, DatePart, DaysSince, Derived, Hour, LocalDay, Within, today
from cxkit.predicates._kinds import TAGS_KIND, Kind
from cxkit.predicates._nodes import Leaf
from cxkit.predicates._sql import SqlCondition, Storage, filled, joined, listed

DIGITS = 15  # of a decimal number, which no two of share a float
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
EXACT_SECONDS = 2**33  # from 1697 to 2242
MICROSECOND = timedelta(microseconds=1)
_COLUMNS_OF_JSON = frozenset(
    ["key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root", "rowid", "oid", "_rowid_"]
)
_PARTS: Mapping[str, str] = {"year": "%Y", "month": "%m", "day": "%d"}


class Sqlite:
    """The dialect of SQLite 3.38 and later."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def name(self, name: str) -> str:
        """Quote in backticks: what stands in double quotes and is no column would be a text to SQLite."""
        if not isinstance(name, str) or not name or "\0" in name:
            msg = f"the name of a column or table must be text, got {name!r}"
            raise InvalidTypeError(msg, name)
        return "`" + name.replace("`", "``") + "`"

    def value(self, value: Any, kind: Kind) -> object:
        """Return a value as a column of its kind holds it."""
        match value:
            case Enum():
                return self.value(value.value, kind)
            case bool():
                return int(value)
            case int() if not -(2**63) <= value < 2**63:
                raise _beyond("a whole number of 64 bits", value)
            case str() if any("\ud800" <= sign <= "\udfff" for sign in value):
                raise _beyond("text without lone surrogates", value)
            case Decimal():
                return self.amount(value, kind)
            case datetime():
                return self.moment(value)
            case date():
                return value.isoformat()
            case _:
                return value

    def amount(self, value: Decimal, kind: Kind) -> int | float:
        if self.storage.money == "minor_units":
            if kind.currency is None:
                raise _beyond("money whose field names its currency", value)
            value = value.scaleb(_money.minor_unit(kind.currency), _money.EXACT)
        if value == value.to_integral_value() and value.copy_abs() < 2**53:
            return int(value)
        if len(value.normalize(_money.EXACT).as_tuple().digits) > DIGITS:
            raise _beyond(f"an amount of up to {DIGITS} digits", value)
        return float(value)

    def moment(self, value: datetime) -> object:
        match self.storage.moments:
            case "text":
                return value.isoformat()
            case "seconds":
                seconds = (value - EPOCH).total_seconds()
                if abs(seconds) >= EXACT_SECONDS:
                    raise _beyond("a moment of which a float of seconds tells every microsecond", value)
                return seconds
            case _:
                return (value - EPOCH) // MICROSECOND

    def column(self, column: SqlCondition, kind: Kind) -> SqlCondition:
        """Compare texts by their bytes, whatever the column would do."""
        if kind.shape in ("text", "ordered text") or (
            kind.options and isinstance(self.value(kind.options[0], kind), str)
        ):
            return filled("{} COLLATE BINARY", column)
        return column

    def derived(self, source: Derived, of: SqlCondition, as_of: datetime | None) -> SqlCondition | None:
        match source:
            case Casefolded(ascii_only=True):
                return filled("lower({})", of)
            case DatePart(part="isoweekday"):
                return filled("((CAST(strftime('%w', {}) AS INTEGER) + 6) % 7 + 1)", of)
            case DatePart(part=part):
                return filled(f"CAST(strftime('{_PARTS[part]}', {{}}) AS INTEGER)", of)
            case LocalDay(tz="UTC") if self.storage.moments == "text":
                return filled("substr({}, 1, 10)", of)
            case Hour(tz="UTC") if self.storage.moments == "text":
                return filled("CAST(substr({}, 12, 2) AS INTEGER)", of)
            case DaysSince(tz=tz) if as_of is not None:
                day = SqlCondition("?", (today(as_of, tz).isoformat(),))
                return filled("CAST(julianday({}) - julianday({}) AS INTEGER)", day, of)
            case Within(window=window) if as_of is not None and (length := elapsed(window)) is not None:
                return self.within(of, as_of, length)
            case _:
                return None

    def within(self, of: SqlCondition, as_of: datetime, length: timedelta) -> SqlCondition:
        now = SqlCondition("?", (self.moment(as_of),))
        try:
            begin = SqlCondition("?", (self.moment(as_of - length),))
        except OverflowError:  # before all moments
            return filled("({} <= {})", of, now)
        return filled("({} <= {} AND {} > {})", of, now, of, begin)

    def test(self, leaf: Leaf, value: SqlCondition) -> SqlCondition | None:
        match leaf.operator:
            case "true":
                return filled("{} = 1", value)
            case "false":
                return filled("{} = 0", value)
            case "contains" | "starts_with" | "ends_with":
                return self.part(leaf, value)
            case "has" | "has_any":
                return self.has(value, listed(leaf))
            case "has_all":
                every = joined(" AND ", [self.has(value, [tag]) for tag in listed(leaf)])
                return every or filled("{} IS NOT NULL", value)
            case "empty":
                return filled("json_array_length({}) = 0", value)
            case _:
                return None

    def part(self, leaf: Leaf, value: SqlCondition) -> SqlCondition:
        part = self.whole(leaf.stated)
        stated, length = SqlCondition("?", (part,)), SqlCondition("?", (len(part),))
        if not part:
            return filled("{} IS NOT NULL", value)
        match leaf.operator:
            case "contains":
                return filled("instr({}, {}) > 0", value, stated)
            case "starts_with":
                return filled("substr({}, 1, {}) = {}", value, length, stated)
            case _:
                return filled("substr({}, -{}) = {}", value, length, stated)

    def whole(self, text: str) -> str:
        """Return a text that the functions of SQLite see the whole of."""
        if "\0" in text:
            raise _beyond("text without NUL", text)
        return str(self.value(text, TAGS_KIND))

    def has(self, value: SqlCondition, tags: Sequence[str]) -> SqlCondition:
        if value.text.strip("`").lower() in _COLUMNS_OF_JSON:
            raise _beyond("a column that is told apart from those of json_each by table=", value.text)
        stated = [SqlCondition("?", (self.whole(tag),)) for tag in tags]
        choices = joined(", ", stated) or SqlCondition("()")
        return filled("EXISTS (SELECT 1 FROM json_each({}) AS item WHERE item.value IN {})", value, choices)


def _beyond(what: str, value: object) -> InvalidValueError:
    return InvalidValueError(f"expected {what}, got {value!r}", value)
