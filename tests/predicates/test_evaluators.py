"""Every evaluator gives the same answer: closures, compiled functions, filters and masks. SQL is in test_sql.py."""

import re
from collections import UserDict, UserList, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import islice
from types import MappingProxyType, SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from described import MISSING, Customer, Tier, build, is_gone, means, value_in
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import VALUES, descriptions, records

from cxkit.calendar import days, months
from cxkit.errors import CxError, InvalidTypeError, InvalidValueError, NaiveDatetimeError, UnknownFieldError
from cxkit.journey import Journey, Touchpoint
from cxkit.predicates import (
    Fields,
    Predicate,
    Subject,
    all_of,
    any_of,
    bucket,
    choice,
    day,
    flag,
    integer,
    moment,
    money,
    nested,
    of_values,
    real,
    sources_of,
    tags,
    text,
)
from cxkit.predicates._compile import _compiled
from cxkit.segments import Profile, events

C = Customer
UTC = timezone.utc
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
KEYS = [*(field for field in VALUES if "." not in field), "address"]
ODD_KEYS = [
    *("__import__('os')", "a'b", 'a"b', 'a""b', "new\nline", "`tick`", "``", "semi;colon", "--", "/*", "a b"),
    *("value", "select", "item", "record", "_1", "value_1", "subject", "columns", "column_0", "__builtins__", "get"),
    *("{0}", "{}", "?", "?1", ":name", "@x", "$x", "%s", "[x]", "a.b", "ключ", "😀", "0", "None", "class", "__class"),
]


class Mapped(Mapping):
    def __init__(self, record: dict[str, Any]):
        self.record = record

    def __getitem__(self, key: str):
        return self.record[key]

    def __iter__(self):
        return iter(self.record)

    def __len__(self):
        return len(self.record)


class Dict(dict):
    pass


class Slotted:
    __slots__ = KEYS

    def __init__(self, **record: Any):
        for key, value in record.items():
            setattr(self, key, value)


class WithGet(SimpleNamespace):
    """An object with attributes whose `get` is not that of a mapping."""

    def get(self, _key: str):
        return 3


class AnyClass(SimpleNamespace):
    pass


Attrs = attrs.make_class("Attrs", {key: attrs.field(default=None) for key in KEYS}, slots=False)
SlottedAttrs = attrs.make_class("SlottedAttrs", {key: attrs.field(default=None) for key in KEYS}, frozen=True)
SHAPES: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "dict": dict,
    "MappingProxyType": MappingProxyType,
    "Mapping": Mapped,
    "UserDict": UserDict,
    "subclass of dict": Dict,
    "defaultdict": lambda record: defaultdict(int, record),
    "namespace": lambda record: SimpleNamespace(**record),
    "slots": lambda record: Slotted(**record),
    "attrs": lambda record: Attrs(**record),
    "attrs with slots": lambda record: SlottedAttrs(**record),
    "object with get": lambda record: WithGet(**record),
    "profile": Profile,
    "profile of an object": lambda record: Profile(SimpleNamespace(**record)),
}


def fresh(predicate: Predicate, **options: Any) -> Callable[[object], bool]:
    """Compile a predicate itself, and not what equals it and was compiled before."""
    _compiled.cache_clear()
    return predicate.compile(**options)


def outcome(call: Callable[[], object]) -> object:
    """Return what is returned or raised, to be compared."""
    try:
        return call()
    except CxError as error:
        return type(error), str(error)


def through_values(predicate: Predicate) -> Callable[[object], bool]:
    """Compile a predicate for the values of its sources, as those who ask many predicates of one customer do."""
    sources = sources_of([C.seen.hour(tz="UTC") == 1, predicate])
    function = of_values(predicate, sources)

    def ask(record: object) -> bool:
        subject = Subject.of(record, None)
        return function(subject, [source.read(subject) for source in sources])

    return ask


def columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {field: [value_in(row, field) for row in rows] for field in C.fields}


@settings(max_examples=150)
@given(descriptions(), records())
def test_a_closure_says_what_is_meant(description, record):
    assert build(description).matches(record) is means(description, record)


@settings(max_examples=150)
@given(descriptions(), records())
def test_a_compiled_function_says_what_is_meant_whatever_holds_the_values(description, record):
    match, expected = build(description).compile(), means(description, record)
    assert {name: match(shape(record)) for name, shape in SHAPES.items()} == dict.fromkeys(SHAPES, expected)


@settings(max_examples=100)
@given(descriptions(), records())
def test_a_function_of_values_says_what_is_meant(description, record):
    match, expected = through_values(build(description)), means(description, record)
    named = {name: shape for name, shape in SHAPES.items() if name != "object with get"}
    assert {name: match(shape(record)) for name, shape in named.items()} == dict.fromkeys(named, expected)
    assert type(match(record)) is bool


def test_a_function_of_values_asks_attributes_of_an_object_that_has_a_get():
    record = WithGet(orders=5)
    assert (C.orders == 5).compile()(record)
    assert (C.orders == 5).matches(record)
    assert through_values(C.orders == 5)(record)


def test_the_sources_of_a_predicate_are_those_of_its_tests_in_reading_order():
    predicate = (C.orders > C.visits) & ~(C.orders.is_in([1, 2]) | C.country.casefold().is_known())
    read = ["Customer.orders", "Customer.visits", "Customer.orders", "Customer.country.casefold()"]
    assert [repr(source) for source in predicate.sources] == read
    assert [source for leaf in predicate.leaves() for source in leaf.sources] == list(predicate.sources)
    assert all_of().sources == ()


def test_sources_that_are_no_fields_are_found_once():
    one, other = (C.country.casefold() == "x"), (C.country.casefold() != "y") & (C.born.year() > C.born.month())
    assert [repr(source) for source in sources_of([one, other, C.orders > 3])] == [
        *("Customer.country.casefold()", "Customer.born.year()", "Customer.born.month()"),
    ]


@settings(max_examples=100)
@given(descriptions(), records())
def test_a_strict_function_says_the_same_of_records_without_faults(description, record):
    match, expected = build(description).compile(strict=True), means(description, record)
    assert {name: match(shape(record)) for name, shape in SHAPES.items()} == dict.fromkeys(SHAPES, expected)


@given(descriptions(), records())
def test_answers_are_bools(description, record):
    assert {type(build(description).compile()(shape(record))) for shape in SHAPES.values()} == {bool}


@settings(max_examples=100)
@given(descriptions(), st.lists(st.tuples(st.sampled_from(sorted(SHAPES)), records()), max_size=8))
def test_a_stream_may_hold_records_of_several_classes(description, stream):
    given_ = [SHAPES[name](record) for name, record in stream]
    expected = [made for made, (_, record) in zip(given_, stream, strict=True) if means(description, record)]
    kept = list(build(description).filter(given_))
    assert [id(record) for record in kept] == [id(record) for record in expected]


@settings(max_examples=150)
@given(descriptions(), st.lists(records(), max_size=6), st.sampled_from([list, tuple]))
def test_a_mask_says_what_is_meant(description, rows, container):
    columns = {field: container(column) for field, column in columns_of(rows).items()}
    answers = build(description).mask(columns)
    assert answers == [means(description, row) for row in rows]
    assert {type(answer) for answer in answers} <= {bool}


@given(descriptions(), records())
def test_a_complement_is_exact_in_every_evaluator(description, record):
    p = build(description)
    for predicate, expected in [(p | ~p, True), (p & ~p, False)]:
        assert predicate.compile()(record) is expected
        assert predicate.compile()(SimpleNamespace(**record)) is expected
        assert predicate.mask(columns_of([record])) == [expected]


ILL = ["?", 3, 1.5, b"DE", [["a"]], {"a": 1}, date(2026, 3, 1), NOON, Decimal("1.5"), True, object(), 1j, {1}, range(3)]


@settings(max_examples=150)
@given(descriptions(), records(), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(ILL), min_size=1))
def test_an_ill_typed_record_gets_the_answer_or_the_error_of_the_closure(description, record, spoilt):
    predicate, record = build(description), record | spoilt
    expected = outcome(lambda: predicate.matches(record))
    match = fresh(predicate)
    answers = {
        name: outcome(lambda shape=shape: match(shape(record))) for name, shape in SHAPES.items() if "pr" not in name
    }
    assert answers == dict.fromkeys(answers, expected)


@settings(max_examples=150)
@given(descriptions(), st.lists(records(), max_size=3), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(ILL)))
def test_a_mask_of_ill_typed_columns_raises_what_the_first_such_row_does(description, rows, spoilt):
    predicate, rows = build(description), [*rows, (rows[0] if rows else {}) | spoilt]
    if not isinstance(rows[-1].get("address", {}), Mapping):
        del rows[-1]["address"]
    expected = outcome(lambda: [predicate.matches(row) for row in rows])
    _compiled.cache_clear()
    assert outcome(lambda: predicate.mask(columns_of(rows))) == expected


@pytest.mark.parametrize(
    ("predicate", "field", "value"),
    [
        (C.orders >= 3, "orders", "3"),
        (C.orders < C.visits, "orders", "3"),
        (C.country.contains("D"), "country", 49),
        (C.country.matches("D"), "country", 49),
        (C.churned.is_true(), "churned", 1),
        (C.churned.is_false(), "churned", "no"),
        (C.churned.is_known(), "churned", 0),
        (C.interests.contains("a"), "interests", "abc"),
        (C.interests.contains_all(["a"]), "interests", 3),
        (C.interests.is_empty(), "interests", 0),
        (C.tier == Tier.GOLD, "tier", "golden"),
        (C.joined > NOON, "joined", date(2026, 3, 1)),
        (C.born.year() == 2026, "born", "2026-03-01"),
        (C.country.casefold() == "de", "country", 3),
        (bucket(C.code, salt="s") < 1, "code", 3),
    ],
    ids=repr,
)
def test_an_ill_typed_value_is_told_alike_by_every_evaluator(predicate, field: str, value: object):
    columns = {name: [None, 3] for name in ("orders", "visits")} | {field: [None, value]}
    record = {"visits": 3, field: value}
    with pytest.raises(InvalidTypeError) as expected:
        predicate.matches(record)
    assert repr(value) in str(expected.value)
    for ask in (
        lambda: fresh(predicate)(record),
        lambda: predicate.compile()(AnyClass(**record)),
        lambda: list(predicate.filter([{}, record])),
        lambda: predicate.mask(columns),
        lambda: through_values(predicate)(record),
    ):
        with pytest.raises(InvalidTypeError) as caught:
            ask()
        assert str(caught.value) == str(expected.value)
        assert caught.value.found == expected.value.found


def test_a_naive_moment_is_refused_beside_a_literal():
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    for predicate in (C.joined >= NOON, C.joined == NOON, C.joined.between(NOON, NOON), C.joined.is_in([NOON])):
        told = f"joined must be a moment, got {naive!r}: expected an aware datetime"
        for ask in (
            predicate.matches,
            predicate.compile(),
            lambda record, p=predicate: p.mask({"joined": [record["joined"]]}),
        ):
            with pytest.raises(NaiveDatetimeError) as caught:
                ask({"joined": naive})
            assert str(caught.value) == told


@pytest.mark.parametrize("predicate", [C.joined < C.seen, C.joined >= C.seen], ids=repr)
def test_a_naive_moment_is_refused_beside_another(predicate: Predicate):
    record = {"joined": datetime(2026, 3, 1), "seen": datetime(2026, 3, 2)}  # noqa: DTZ001
    with pytest.raises(NaiveDatetimeError):
        predicate.matches(record)
    with pytest.raises(NaiveDatetimeError):
        predicate.compile()(record)
    with pytest.raises(NaiveDatetimeError):
        predicate.mask({field: [value] for field, value in record.items()})


REPEATED = {  # 00:45 and 01:30 in UTC: the clocks of Berlin show 02:45, and an hour after that 02:30
    "joined": datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN),
    "seen": datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
}


def test_a_closure_tells_moments_of_a_repeated_hour_apart():
    assert (C.joined < C.seen).matches(REPEATED)
    assert (C.joined != C.seen).matches(REPEATED)
    assert (C.joined != C.seen).compile()(REPEATED)
    assert (C.joined == datetime(2026, 10, 25, 0, 45, tzinfo=UTC)).compile()(REPEATED)


def test_a_compiled_function_tells_moments_of_a_repeated_hour_apart():
    assert (C.joined < C.seen).compile()(REPEATED)
    assert (C.joined < C.seen).mask({field: [value] for field, value in REPEATED.items()}) == [True]


def test_equal_predicates_share_one_function():
    p = ((C.orders >= 3) & (C.country == "DE")) | ~C.churned
    q = any_of(~C.churned.is_true(), ~~all_of(C.country == "DE", C.orders >= 3))
    assert p.compile() is p.compile() is q.compile()
    assert p.compile() is not (~p).compile()
    assert p.compile(as_of=NOON) is q.compile(as_of=NOON.astimezone(BERLIN))
    timed = C.joined.within(days(1)) & p
    assert timed.compile(as_of=NOON) is (q & C.joined.within(days(1))).compile(as_of=NOON.astimezone(BERLIN))
    assert timed.compile(as_of=NOON) is not timed.compile(as_of=NOON + timedelta(microseconds=1))


def test_a_naive_as_of_is_refused_even_where_it_is_not_needed():
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    for ask in (
        lambda: C.country.is_known().matches({}, as_of=naive),
        lambda: C.country.is_known().compile(as_of=naive),
        lambda: C.country.is_known().filter([], as_of=naive),
        lambda: C.country.is_known().mask({"country": []}, as_of=naive),
        lambda: C.country.is_known().to_sql("sqlite", as_of=naive),
    ):
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must be an aware datetime"):
            ask()


def _tiers() -> Any:
    class Tiers(Enum):
        BASIC = "basic"
        GOLD = "gold"

    class Member(Fields):
        tier = choice(Tiers)

    return Member, Tiers


def test_fields_of_two_enums_share_no_function():
    (one, ones), (other, others) = _tiers(), _tiers()
    assert fresh(one.tier.is_known())({"tier": ones.GOLD})
    assert other.tier.is_known().matches({"tier": others.GOLD})
    assert other.tier.is_known().compile()({"tier": others.GOLD})


STRICT = [  # what a field of a kind may hold, and what it may not
    (C.country != "x", "country", "text", ["", "DE"], [3, b"DE", ["DE"]]),
    (C.code != "x", "code", "ordered text", ["", "A"], [3]),
    (C.orders != 9, "orders", "an integer", [0, -1, 2**70], [1.0, "1", True, Decimal(1)]),
    (C.score != 9, "score", "a real number", [0, 0.5, float("inf")], ["1", True, Decimal(1), Fraction(1, 3), 1j]),
    (C.spend != 9, "spend", "money in EUR", [0, Decimal("0.5")], [0.5, "1", True, Decimal("Infinity")]),
    (
        ~(C.churned.is_true() & C.churned.is_false()),
        "churned",
        "a flag",
        [True, False],
        [0, "", 1.0],
    ),
    (C.joined != NOON + timedelta(1), "joined", "a moment", [NOON], [date(2026, 3, 1), "now", datetime(2026, 3, 1)]),  # noqa: DTZ001
    (C.born != date(2026, 3, 1), "born", "a day", [date(2026, 3, 2)], [NOON, "2026-03-01"]),
    (C.tier != Tier.BASIC, "tier", "a member of Tier", [Tier.GOLD, "gold"], ["golden", 3, True]),
    (~C.interests.contains("x"), "interests", "a set of tags", [[], {"a"}, ("a",)], ["a", [3], {"a": 1}, 3]),
]


@pytest.mark.parametrize(("predicate", "field", "kind", "right", "wrong"), STRICT, ids=[row[1] for row in STRICT])
def test_a_strict_function_refuses_every_value_of_another_kind(
    predicate, field: str, kind: str, right: list, wrong: list
):
    match = predicate.compile(strict=True)
    assert [match({field: value}) for value in [*right, *MISSING]] == [True] * (len(right) + len(MISSING))
    assert match({}) is True
    for value in wrong:
        for record in (
            {field: value},
            AnyClass(**{field: value}),
            Profile({field: value} if value != [3] else {field: (3,)}),
        ):
            with pytest.raises(InvalidTypeError, match=f"^{re.escape(f'{field} must be {kind}, got ')}"):
                match(record)


def test_a_strict_function_looks_at_values_that_would_not_be_asked():
    predicate = (C.orders == 3) & (C.score >= 0) & (C.visits < C.address.floor) & (C.born.year() == 2026)
    match = predicate.compile(strict=True)
    assert match({"orders": 1}) is False
    for field in ("score", "visits", "born"):
        assert not predicate.compile()({"orders": 1, field: "?"})
        with pytest.raises(InvalidTypeError, match=f"^{field} must be .*, got '\\?'$") as caught:
            match({"orders": 1, field: "?"})
        assert caught.value.found == "?"
    with pytest.raises(InvalidTypeError, match=r"^address\.floor must be an integer, got '\?'$"):
        match({"orders": 1, "address": {"floor": "?"}})
    assert match({"orders": 1, "address": "?"}) is False


def test_a_strict_function_leaves_behaviour_to_itself():
    predicate = (C.orders == 3) | (events("order").count() >= 1)
    match = predicate.compile(strict=True, as_of=NOON)
    anna = Journey("anna", [Touchpoint("order", NOON)])
    assert match(Profile({"orders": 1}, anna)) is True
    with pytest.raises(InvalidTypeError, match=r"^orders must be an integer"):
        match(Profile({"orders": "1"}, anna))


@attrs.frozen
class Truth:
    """Like `numpy.bool`, for all that comparisons give."""

    value: bool

    def __bool__(self):
        return self.value


class Scalar:
    """Like a scalar of `numpy`: comparisons give truths that are no bools."""

    def __init__(self, value: Any):
        self.value = value

    def __eq__(self, other: object):
        return Truth(self.value == other)

    def __ne__(self, other: object):
        return Truth(self.value != (other.value if isinstance(other, Scalar) else other))

    def __lt__(self, other: Any):
        return Truth(self.value < (other.value if isinstance(other, Scalar) else other))

    def __le__(self, other: Any):
        return Truth(self.value <= other)

    def __gt__(self, other: Any):
        return Truth(self.value > other)

    def __ge__(self, other: Any):
        return Truth(self.value >= other)

    def __hash__(self):
        return hash(self.value)


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (C.orders == 2, [True, False]),
        (C.orders != 2, [False, True]),
        (C.orders < 3, [True, False]),
        (C.orders <= 2, [True, False]),
        (C.orders > 2, [False, True]),
        (C.orders >= 3, [False, True]),
        (C.orders.between(3, 4), [False, True]),
        (C.orders.is_in([2, 5]), [True, False]),
        (C.orders.is_known(), [True, True]),
        (C.orders < C.visits, [True, False]),
        (~((C.orders >= 3) & (C.orders >= 1)), [True, False]),
        ((C.orders >= 9) | (C.orders == 2), [True, False]),
    ],
    ids=repr,
)
def test_scalars_that_compare_to_no_bool_give_one(predicate: Predicate, expected: list):
    values, three = [Scalar(2), Scalar(3)], Scalar(3)
    rows = [{"orders": value, "visits": three} for value in values]
    for answers in (
        [predicate.matches(row) for row in rows],
        [predicate.compile()(row) for row in rows],
        [predicate.compile()(AnyClass(**row)) for row in rows],
        predicate.mask({"orders": values, "visits": [three, three]}),
    ):
        assert answers == expected
        assert {type(answer) for answer in answers} == {bool}


def test_a_flag_of_numpy_is_one():
    for name in ("bool", "bool_"):
        kind = type(name, (Truth,), {"__module__": "numpy"})
        values = [kind(True), kind(False), None, True]  # noqa: FBT003
        rows = [{"churned": value} for value in values]
        for predicate, expected in [
            (C.churned.is_true(), [True, False, False, True]),
            (C.churned.is_false(), [False, True, False, False]),
            (~C.churned.is_true(), [False, True, True, False]),
            (C.churned == True, [True, False, False, True]),  # noqa: E712
            (C.churned.is_known(), [True, True, False, True]),
        ]:
            for strict in (False, True):
                assert [predicate.compile(strict=strict)(row) for row in rows] == expected
                assert [predicate.compile(strict=strict)(AnyClass(**row)) for row in rows] == expected
            assert predicate.mask({"churned": values}) == [predicate.matches(row) for row in rows] == expected


def test_an_array_is_refused_as_the_closure_does():
    class Table:
        def __ge__(self, other: object):
            return Table()

        def __bool__(self):
            message = "the truth value of a table is ambiguous"
            raise ValueError(message)

    table = Table()
    for ask in (
        (C.score >= 3).matches,
        (C.score >= 3).compile(),
        lambda row: (C.score >= 3).mask({"score": [row["score"]]}),
    ):
        with pytest.raises(InvalidTypeError, match=r"^score must be a real number, got "):
            ask({"score": table})


def test_an_error_of_the_record_itself_comes_as_it_is():
    class Broken:
        @property
        def orders(self):
            raise OSError(5)

    with pytest.raises(OSError, match="5"):
        (C.orders >= 3).compile()(Broken())
    with pytest.raises(OSError, match="5"):
        (C.orders >= 3).matches(Broken())


def test_time_is_asked_for_where_it_is_needed():
    predicate = C.joined.within(days(2)).is_true()
    match = predicate.compile(as_of=NOON)
    rows = [{"joined": NOON - timedelta(days=2)}, {"joined": NOON}, {"joined": NOON + timedelta(microseconds=1)}, {}]
    expected = [False, True, False, False]
    assert [match(row) for row in rows] == expected
    assert [match(AnyClass(**row)) for row in rows] == expected
    assert predicate.mask({"joined": [row.get("joined") for row in rows]}, as_of=NOON) == expected
    assert list(predicate.filter(rows, as_of=NOON)) == [rows[1]]
    assert predicate.compile(as_of=NOON - timedelta(days=1))(rows[0]) is True
    for ask in (predicate.compile, lambda: predicate.mask({}), lambda: predicate.filter([])):
        with pytest.raises(InvalidTypeError, match=r" speaks of time; pass as_of=$"):
            ask()
    for ask in (predicate.compile, lambda as_of: predicate.mask({"joined": []}, as_of=as_of)):
        with pytest.raises(NaiveDatetimeError, match=r"^as_of must be an aware datetime"):
            ask(as_of=datetime(2026, 3, 1))  # noqa: DTZ001


def test_behaviour_is_asked_of_profiles_and_journeys():
    predicate = (events("order").within(months(1)).count() >= 2) & ~(C.country == "FR")
    match = predicate.compile(as_of=NOON)
    often = Journey("anna", [Touchpoint("order", NOON - timedelta(days=day)) for day in (1, 2)])
    once = Journey("ben", [Touchpoint("order", NOON - timedelta(days=day)) for day in (1, 29)])
    subjects = [
        *(Profile({"country": "DE"}, often), Profile({"country": "FR"}, often), Profile({}, once), often, once),
        *(Profile({}), {"country": "DE"}, AnyClass(country="DE"), Profile(AnyClass(country="DE"), often)),
    ]
    expected = [True, False, False, True, False, False, False, False, True]
    assert [match(subject) for subject in subjects] == expected
    assert [predicate.matches(subject, as_of=NOON) for subject in subjects] == expected
    assert list(predicate.filter(subjects, as_of=NOON)) == [subjects[0], subjects[3], subjects[8]]
    with pytest.raises(InvalidTypeError) as caught:
        predicate.mask({"country": ["DE"]}, as_of=NOON)
    assert str(caught.value).startswith("a table has no column for events('order')")


def test_derived_values_are_asked_of_every_shape():
    predicate = (C.born.month() == 2) & ~(C.country.casefold() == "DE") & (bucket(C.code, salt="s") >= 0)
    rows = [
        {"born": date(2000, 2, 29), "country": "fr", "code": "a"},
        {"born": date(2000, 2, 29), "country": "de", "code": "a"},
        {"born": date(2000, 2, 29), "code": "a"},
        {"born": date(2000, 2, 29)},
        {},
    ]
    expected = [True, False, True, False, False]
    assert [predicate.matches(row) for row in rows] == expected
    for shape in SHAPES.values():
        assert [predicate.compile()(shape(row)) for row in rows] == expected
    assert predicate.mask({name: [row.get(name) for row in rows] for name in ("born", "country", "code")}) == expected


@pytest.mark.parametrize("record", ["anna", b"", 3, 1.5, True, None, [], (1,), set(), frozenset()], ids=repr)
@pytest.mark.parametrize("predicate", [C.country.is_missing(), all_of(), events("x").count() == 0], ids=repr)
@pytest.mark.parametrize("strict", [False, True])
def test_what_can_hold_no_values_is_no_record(record: object, predicate: Predicate, strict: bool):  # noqa: FBT001
    match = predicate.compile(strict=strict, as_of=NOON)
    for _ in range(2):
        with pytest.raises(InvalidTypeError) as caught:
            match(record)
        assert str(caught.value) == f"a record must be a mapping or an object with attributes, got {record!r}"


def test_everyone_and_nobody_pass_what_has_no_terms():
    for predicate, expected in [(all_of(), True), (any_of(), False), (~all_of(), False), (~any_of(), True)]:
        assert predicate.compile()({}) is expected
        assert predicate.compile()(object()) is expected
        assert predicate.compile(strict=True)({"country": 3}) is expected
        assert predicate.mask({}) == []
        assert predicate.mask({"country": [], "orders": []}) == []
        assert predicate.mask({"country": ["DE", 3, None]}) == [expected] * 3
        assert list(predicate.filter([{}])) == [{}] * expected


def test_asking_a_mapping_adds_nothing_to_it():
    record = defaultdict(int)
    assert not ((C.orders == 0) | (C.address.floor == 0)).compile()(record)
    assert record == {}


def test_records_without_slots_set_lack_the_value():
    match = (C.orders.is_missing() & ~(C.country == "DE")).compile()
    assert [match(Slotted()), match(Slotted(country="DE")), match(Slotted(orders=1))] == [True, False, False]


def test_a_filter_reads_as_far_as_it_is_asked():
    asked: list[int] = []

    def numbers() -> Iterator[dict[str, int]]:
        for number in range(10**9):
            asked.append(number)
            yield {"orders": number}

    kept = (C.orders >= 3).filter(numbers())
    assert iter(kept) is kept
    assert asked == []
    assert list(islice(kept, 2)) == [{"orders": 3}, {"orders": 4}]
    assert asked == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("given_", [3, None, C])
def test_a_filter_takes_an_iterable(given_: object):
    with pytest.raises(InvalidTypeError, match=r"^expected records, got "):
        (C.orders >= 3).filter(given_)


def test_a_predicate_of_all_levels_is_compiled():
    rows = [{"orders": number, "visits": 40 - number} for number in range(40)]
    predicate, expected = C.orders >= 1, [row["orders"] >= 1 for row in rows]
    for level in range(31):
        term, answers = (C.visits != level), [row["visits"] != level for row in rows]
        if level % 3 == 2:
            predicate, expected = ~predicate, [not answer for answer in expected]
        elif level % 3:
            predicate, expected = all_of(term, predicate), [a and b for a, b in zip(answers, expected, strict=True)]
        else:
            predicate, expected = any_of(predicate, ~term), [a or not b for a, b in zip(expected, answers, strict=True)]
    while predicate.depth < 32:
        predicate = ~predicate if predicate.depth % 2 else any_of(predicate, any_of())
        expected = expected if predicate.depth % 2 else [not answer for answer in expected]
    assert predicate.depth == 32
    assert [predicate.compile()(row) for row in rows] == expected
    assert [predicate.compile()(AnyClass(**row)) for row in rows] == expected
    assert predicate.mask({name: [row[name] for row in rows] for name in ("orders", "visits")}) == expected
    assert list(predicate.filter(rows)) == [row for row, answer in zip(rows, expected, strict=True) if answer]


def test_a_wide_predicate_is_compiled():
    predicate = any_of(C.orders == number for number in range(3_000))
    assert predicate.compile()({"orders": 2_999}) is True
    assert predicate.mask({"orders": [2_999, 3_000]}) == [True, False]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_is_a_text_and_never_code(key: str):
    class Odd(Fields):
        orders = integer(key=key)
        churned = flag(key=key)
        seen = moment(key=key)

    predicate = Odd.orders >= 3
    for value, expected in [(3, True), (2, False), (None, False), (float("nan"), False)]:
        record = {key: value}
        assert predicate.compile()(record) is expected
        assert predicate.compile()(AnyClass(**record)) is expected
        assert predicate.compile(strict=value == 3)(Mapped(record)) is expected
        assert predicate.mask(record | {key: [value], "other": ["x"]}) == [expected]
    assert predicate.compile()({}) is False
    assert Odd.churned.is_false().compile()({key: False}) is True
    assert Odd.seen.within(days(1)).is_true().mask({key: [NOON]}, as_of=NOON) == [True]
    with pytest.raises(
        InvalidTypeError, match=r"^orders must be an integer, got 'x' in Odd\.orders >= 3\nin row 0, counted from 0$"
    ):
        predicate.mask({key: ["x"]})


def test_a_compiled_function_reaches_nothing_but_what_it_was_given():
    secret = "of the caller"  # noqa: S105
    predicate = (
        (C.orders >= 3)
        & C.churned
        & C.country.is_in([secret])
        & C.interests.contains("a")
        & C.joined.within(days(1))
        & (C.address.city.starts_with("x") | C.country.contains("__import__('os').system('false')"))
    )
    match = predicate.compile(as_of=NOON)
    assert match.__globals__["__builtins__"] == {}
    assert match.__builtins__ == {}
    assert match.__closure__ is None
    assert [name for name in match.__globals__ if not re.fullmatch(r"_\d+|__builtins__", name)] == []
    assert [
        name for name in match.__code__.co_names if not re.fullmatch(r"_\d+|get|__class__|startswith|endswith", name)
    ] == []
    assert match.__globals__ is not globals()
    assert not any(value is globals() or value is __builtins__ for value in match.__globals__.values())
    strings = [constant for constant in match.__code__.co_consts if isinstance(constant, str)]
    assert set(strings) <= set(C.fields) | {"match"}


def test_no_builtin_is_found_by_a_compiled_function():
    match = (C.orders >= 3).compile()
    probe = type(match)(compile("print", "<probe>", "eval"), match.__globals__)
    with pytest.raises(NameError):
        probe()


def test_a_mask_needs_its_columns():
    predicate = (C.orders >= 3) & (C.address.city == "Berlin")
    with pytest.raises(
        UnknownFieldError, match=r"^the table has no column 'address\.city'; did you mean 'address\.ciy'\?$"
    ):
        predicate.mask({"orders": [1], "address.ciy": ["Berlin"]})
    with pytest.raises(UnknownFieldError, match=r"^the table has no column 'orders'"):
        predicate.mask({})
    assert predicate.mask({"orders": [], "address.city": ()}) == []
    assert predicate.mask({"orders": [3, 3, 2, None], "address.city": ["Berlin", None, "Berlin", "Berlin"]}) == [
        *(True, False, False, False),
    ]


@pytest.mark.parametrize("columns", [[("orders", [1])], None, 3, "orders", {"orders"}], ids=repr)
def test_a_table_is_a_mapping(columns: object):
    with pytest.raises(
        InvalidTypeError, match=r"^columns must be a mapping from the keys of fields to their values, got "
    ):
        (C.orders >= 3).mask(columns)


def test_columns_are_of_one_length():
    told = r"^the columns of a table are of one length, got \{'orders': 2, 'country': 1\}$"
    for predicate in (C.orders >= 3, all_of(), C.orders.eq(1) & C.country.is_known()):
        with pytest.raises(InvalidValueError, match=told) as caught:
            predicate.mask({"orders": [1, 2], "country": ["DE"]})
        assert caught.value.found == {"orders": 2, "country": 1}


@pytest.mark.parametrize("columns", [MappingProxyType, UserDict, Mapped])
def test_any_mapping_of_columns_is_a_table(columns: Callable[[dict[str, Any]], Mapping[str, Any]]):
    assert (C.orders >= 3).mask(columns({"orders": range(5)})) == [False, False, False, True, True]


class Labelled(UserList[Any]):
    """Like a column of `pandas` that has been filtered: it is asked by the labels of its rows, and gone through in order."""

    def __getitem__(self, label: Any) -> Any:
        raise KeyError(label)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.data)


def test_the_rows_of_a_table_are_in_order_whatever_their_labels():
    columns = {"orders": Labelled([2, 3, None]), "churned": Labelled([1.0, True, None])}
    assert C.orders.is_known().mask(columns) == [True, True, False]
    with pytest.raises(InvalidTypeError, match=r"^churned must be a flag, got 1\.0"):
        C.churned.is_true().mask(columns)


def test_a_mask_of_one_field_twice_reads_it_once():
    predicate = (C.orders >= 3) & (C.orders < 5) & (C.orders < C.orders)
    assert predicate.mask({"orders": [4]}) == [False]
    assert (predicate | (C.orders <= C.orders)).mask({"orders": [4, None]}) == [True, False]


class Address(Fields):
    city = text()


class Visitor(Fields):
    whole = text(key="address")
    address = nested(Address)
    spend = money()
    score = real()
    born = day()
    interests = tags()


def test_a_record_with_both_a_value_and_its_parts_is_matched():
    predicate = Visitor.address.city.contains("B") & Visitor.whole.is_known()
    assert predicate.matches({"address": {"city": "Berlin"}})
    assert predicate.compile()({"address": {"city": "Berlin"}})
    assert not predicate.compile()({"address": "Berlin"})


def test_a_table_with_both_a_value_and_its_parts_is_refused():
    predicate = Visitor.address.city.contains("B") & Visitor.whole.is_known()
    for whole, city in (({"city": "Berlin"}, "Berlin"), ("x", float("nan"))):
        with pytest.raises(
            InvalidValueError, match=r"^a table cannot hold a record and its parts both, got 'address' "
        ):
            predicate.mask({"address": [whole], "address.city": [city]})
    assert Visitor.address.city.contains("B").mask({"address": ["x"], "address.city": ["Berlin"]}) == [True]


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_a_missing_cell_passes_no_positive_test(mark: object):
    assert is_gone(mark)
    positive = [
        *(C.country == "DE", C.country.contains(""), C.country.is_in(["DE"]), C.country.is_known()),
        *(C.orders >= -10, C.orders.between(-10, 10), C.orders == C.visits, C.orders >= C.visits),
        *(C.spend >= 0, C.joined >= NOON, C.joined == NOON, C.born.year() >= 1, C.churned.is_true()),
        *(C.churned.is_false(), C.interests.is_empty(), C.interests.contains_all([]), C.tier == Tier.GOLD),
        *(C.address.city.ends_with(""), C.country.casefold() == "de"),
    ]
    columns = {field: [mark] for field in C.fields}
    record: dict[str, Any] = dict.fromkeys(KEYS, mark)
    for whole in (record, record | {"address": {"city": mark, "floor": mark}}):
        assert [p for p in positive if p.compile()(whole)] == []
        assert [p for p in positive if not (~p).compile()(whole)] == []
        assert [p for p in positive if p.compile()(AnyClass(**whole))] == []
    assert [p for p in positive if p.mask(columns) != [False]] == []
    assert [p for p in positive if (~p).mask(columns) != [True]] == []
