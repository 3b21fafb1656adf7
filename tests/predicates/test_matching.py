"""Whether a record passes."""

from collections import UserDict, defaultdict, namedtuple
from datetime import date, datetime, timezone
from decimal import Decimal
from itertools import count
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import attrs
import pytest
from described import MISSING, Customer, build, means
from hypothesis import given
from strategies import descriptions, records

from cxkit.errors import InvalidTypeError, NaiveDatetimeError, UnknownFieldError
from cxkit.predicates import Predicate

C = Customer
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
POSITIVE = [
    C.country == "DE",
    C.country.is_in(["DE"]),
    C.country.contains(""),
    C.country.starts_with(""),
    C.country.ends_with(""),
    C.orders < 10,
    C.orders <= 10,
    C.orders > -10,
    C.orders >= -10,
    C.orders.between(-10, 10),
    C.score >= 0,
    C.spend >= 0,
    C.joined >= NOON,
    C.born >= date(1900, 1, 1),
    C.churned.is_true(),
    C.churned.is_false(),
    C.interests.contains("a"),
    C.interests.contains_any(["a"]),
    C.interests.contains_all([]),
    C.interests.is_empty(),
    C.country.is_known(),
]


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_a_missing_value_passes_no_positive_test(mark: object):
    record = dict.fromkeys(C.fields, mark)
    assert [p for p in POSITIVE if p.matches(record)] == []
    assert [p for p in POSITIVE if not (~p).matches(record)] == []


@pytest.mark.parametrize("record", [{}, SimpleNamespace(), object()], ids=["mapping", "namespace", "object"])
def test_a_value_that_is_not_there_passes_no_positive_test(record: object):
    assert [p for p in POSITIVE if p.matches(record)] == []
    assert [p for p in POSITIVE if not (~p).matches(record)] == []


@pytest.mark.parametrize("mark", MISSING, ids=["None", "nan", "NaN", "-NaN", "NA", "NaT"])
def test_a_missing_value_passes_every_negative_test(mark: object):
    record = dict.fromkeys(C.fields, mark)
    assert (C.country != "DE").matches(record)
    assert C.country.not_in(["DE"]).matches(record)
    assert C.country.not_in([]).matches(record)
    assert C.country.is_missing().matches(record)


@pytest.mark.parametrize(
    "present",
    ["", "nan", 0, 0.0, False, [], set(), {}, Decimal(0), float("inf"), Decimal("Infinity"), NOON, date(2026, 3, 1)],
    ids=repr,
)
def test_what_is_empty_or_zero_is_present(present: object):
    assert C.country.is_known().matches({"country": present})
    assert not C.country.is_missing().matches({"country": present})


@pytest.mark.parametrize("error", [TypeError, ValueError])
def test_a_value_that_cannot_be_compared_with_itself_is_present(error: type[Exception]):
    class Table:
        def __ne__(self, other: object):
            raise error(other)

        __hash__ = None

    assert C.country.is_known().matches({"country": Table()})


@given(descriptions(), records())
def test_a_predicate_means_what_its_description_means(description, record):
    assert build(description).matches(record) is means(description, record)


@given(descriptions(), records())
def test_a_predicate_and_its_complement_split_everyone_in_two(description, record):
    p = build(description)
    assert (p | ~p).matches(record)
    assert not (p & ~p).matches(record)
    assert (~~p).matches(record) is p.matches(record)


@given(descriptions(), descriptions(), records())
def test_de_morgan_holds(one, other, record):
    p, q = build(one), build(other)
    assert (~(p & q)).matches(record) is (~p | ~q).matches(record)
    assert (~(p | q)).matches(record) is (~p & ~q).matches(record)


@given(descriptions(), records())
def test_an_object_answers_like_a_mapping(description, record):
    p = build(description)
    assert p.matches(SimpleNamespace(**record)) is p.matches(record)
    assert p.matches(UserDict(record)) is p.matches(record)


@attrs.frozen
class Person:
    country: str


@pytest.mark.parametrize("record", [Person("DE"), namedtuple("Row", "country")("DE")])  # noqa: PYI024
def test_a_record_may_be_any_object_with_attributes(record: object):
    assert C.country.eq("DE").matches(record)
    assert C.orders.is_missing().matches(record)


def test_asking_a_mapping_adds_nothing_to_it():
    record = defaultdict(int)
    assert not (C.orders == 0).matches(record)
    assert record == {}


@pytest.mark.parametrize("record", ["anna", b"", 3, 1.5, True, None, [], (1,), set(), frozenset()], ids=repr)
def test_what_can_hold_no_values_is_no_record(record: object):
    with pytest.raises(InvalidTypeError) as caught:
        C.country.is_missing().matches(record)
    assert str(caught.value) == f"a record must be a mapping or an object with attributes, got {record!r}"
    assert caught.value.found == record


@pytest.mark.parametrize(
    ("predicate", "field", "kind", "value"),
    [
        (C.orders >= 3, "orders", "an integer", "3"),
        (C.orders.between(1, 3), "orders", "an integer", "2"),
        (C.joined >= NOON, "joined", "a moment", date(2026, 3, 1)),
        (C.born >= date(2026, 3, 1), "born", "a day", NOON),
        (C.country.contains("D"), "country", "text", 49),
        (C.country.starts_with("D"), "country", "text", 49),
        (C.country.ends_with("D"), "country", "text", b"DE"),
        (C.interests.contains("a"), "interests", "a set of tags", 3),
        (C.interests.contains("a"), "interests", "a set of tags", [["a"]]),
        (C.interests.is_empty(), "interests", "a set of tags", 0),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_comparison_that_python_refuses_raises(predicate, field: str, kind: str, value: object):
    with pytest.raises(InvalidTypeError) as caught:
        predicate.matches({field: value})
    assert str(caught.value) == f"{field} must be {kind}, got {value!r} in {predicate!r}"
    assert caught.value.found is value


@pytest.mark.parametrize(
    "predicate",
    [
        C.interests.contains("a"),
        C.interests.contains_any(["a"]),
        C.interests.contains_all([]),
        C.interests.is_empty(),
        ~C.interests.is_empty(),
    ],
    ids=repr,
)
def test_a_text_is_not_a_set_of_tags(predicate: Predicate):
    [leaf] = predicate.leaves()
    for value in ("abc", "", 3):
        with pytest.raises(InvalidTypeError) as caught:
            predicate.matches({"interests": value})
        assert str(caught.value) == f"interests must be a set of tags, got {value!r} in {leaf!r}"
        assert caught.value.found == value


@pytest.mark.parametrize(
    ("predicate", "passing", "failing"),
    [
        (C.orders == 3, [3], [2, 4]),
        (C.orders < 3, [2], [3, 4]),
        (C.orders <= 3, [2, 3], [4]),
        (C.orders > 3, [4], [3, 2]),
        (C.orders >= 3, [3, 4], [2]),
        (C.orders.between(1, 3), [1, 2, 3], [0, 4]),
        (C.orders.is_in([1, 3]), [1, 3], [0, 2]),
        (C.country.contains("b"), ["b", "abc"], ["", "B", "ac"]),
        (C.country.starts_with("ab"), ["ab", "abc"], ["", "a", "cab"]),
        (C.country.ends_with("ab"), ["ab", "cab"], ["", "b", "abc"]),
        (C.churned.is_true(), [True], [False]),
        (C.churned.is_false(), [False], [True]),
        (C.interests.contains("a"), [{"a"}, ["b", "a"]], [[], {"ab"}]),
        (C.interests.contains_any(["a", "b"]), [{"a"}, ("c", "b")], [[], ["c"]]),
        pytest.param(
            C.interests.contains_all(["a", "b"]), [{"a", "b"}, ["c", "b", "a"]], [[], ["a", "c"]], id="contains_all"
        ),
        (C.interests.is_empty(), [[], set(), ()], [["a"], {""}]),
    ],
    ids=repr,
)
def test_each_test_has_its_edges(predicate, passing: list, failing: list):
    field = repr(predicate).removeprefix("Customer.").partition(" ")[0].partition(".")[0]
    assert [predicate.matches({field: value}) for value in passing] == [True] * len(passing)
    assert [predicate.matches({field: value}) for value in failing] == [False] * len(failing)


def test_equality_with_an_ill_typed_value_is_false_and_never_coerced():
    assert not (C.orders == 3).matches({"orders": "3"})
    assert not (C.country == "3").matches({"country": 3})
    assert not C.country.is_in(["3"]).matches({"country": 3})


def test_membership_of_a_value_without_a_hash_is_told():
    predicate = C.country.is_in(["3"])
    for ask in (
        predicate.matches,
        predicate.compile(),
        lambda record: predicate.mask({"country": [record["country"]]}),
    ):
        with pytest.raises(InvalidTypeError, match=r"^country must be text, got \[3\] in Customer\.country\.is_in"):
            ask({"country": [3]})


@pytest.mark.parametrize("value", ["yes", "", 0, 1, 1.0, [True], Decimal(1)], ids=repr)
def test_a_flag_is_true_or_false_and_never_coerced(value: object):
    for predicate in (C.churned.is_true(), C.churned.is_false(), C.churned.eq(True), C.churned.is_known()):  # noqa: FBT003
        with pytest.raises(InvalidTypeError) as caught:
            predicate.matches({"churned": value})
        assert str(caught.value) == f"churned must be a flag, got {value!r}: expected True or False"
        assert caught.value.found is value


def test_a_naive_datetime_is_no_moment():
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    for predicate in (C.joined >= NOON, C.joined == NOON, C.joined.is_in([]), C.joined.is_missing()):
        with pytest.raises(NaiveDatetimeError) as caught:
            predicate.matches({"joined": naive})
        assert str(caught.value) == f"joined must be a moment, got {naive!r}: expected an aware datetime"
        assert caught.value.found is naive


def test_an_error_notes_which_record_it_is_about():
    records = [{"orders": 5}, {"orders": 1}, {"orders": 7}, {"orders": "3"}]
    with pytest.raises(InvalidTypeError, match=r"^orders must be an integer") as caught:
        list((C.orders >= 3).filter(records))
    assert caught.value.__notes__ == ["in record 3, counted from 0"]


def test_records_are_filtered_as_they_come():
    passing = (C.orders >= 3).filter(iter([{"orders": 5}, {"orders": "3"}]))
    assert next(passing) == {"orders": 5}
    with pytest.raises(InvalidTypeError, match=r"in record 1, counted from 0"):
        next(passing)
    taken = (C.orders >= 3).filter({"orders": number} for number in count())
    assert [next(taken)["orders"] for _ in range(3)] == [3, 4, 5]


def test_the_note_of_a_filter_is_about_its_own_records_only():
    inner = (C.country == "DE").filter([{"country": "FR"}, {"country": "FR"}, "no record"])
    with pytest.raises(InvalidTypeError) as caught:
        list((C.orders >= 3).filter(inner))
    assert caught.value.__notes__ == ["in record 2, counted from 0"]  # the outer one has seen no record at all


def test_an_error_notes_which_row_it_is_about():
    with pytest.raises(InvalidTypeError, match=r"^orders must be an integer") as caught:
        (C.orders >= 3).mask({"orders": [5, 1, "3", 7]})
    assert caught.value.__notes__ == ["in row 2, counted from 0"]


class Frame:
    """Like a dataframe of pandas: `columns`, and each by its name."""

    def __init__(self, **columns: list[object]) -> None:
        self.columns = list(columns)
        self._columns = columns

    def __getitem__(self, name: str) -> list[object]:
        return self._columns[name]


def test_a_dataframe_is_masked_too():
    frame = Frame(orders=[2, 3, None], country=["DE", "DE", "FR"])
    assert ((C.orders >= 3) & (C.country == "DE")).mask(frame) == [False, True, False]
    with pytest.raises(UnknownFieldError, match="the table has no column 'score'"):
        (C.score >= 3).mask(frame)


@pytest.mark.parametrize(("table", "got"), [([{"orders": 3}], "a list"), (None, "a NoneType"), ("orders", "a str")])
def test_what_has_no_columns_is_not_masked(table: object, got: str):
    with pytest.raises(InvalidTypeError) as caught:
        (C.orders >= 3).mask(table)
    assert str(caught.value) == f"columns must be a mapping from the keys of fields to their values, got {got}"


def test_a_settled_answer_looks_no_further():
    ill = {"orders": 1, "spend": "a lot"}
    assert not ((C.orders == 3) & (C.spend >= 3)).matches(ill)
    assert ((C.orders == 1) | (C.spend >= 3)).matches(ill)


def test_moments_compare_as_instants():
    berlin = datetime(2026, 3, 1, 13, tzinfo=ZoneInfo("Europe/Berlin"))
    assert (C.joined == berlin).matches({"joined": NOON})
    assert (C.joined == NOON).matches({"joined": berlin})
    assert not (C.joined < NOON).matches({"joined": berlin})


def test_a_naive_as_of_is_refused():
    with pytest.raises(NaiveDatetimeError, match=r"^as_of must be an aware datetime"):
        C.country.is_known().matches({}, as_of=datetime(2026, 3, 1))  # noqa: DTZ001


def test_a_predicate_that_does_not_speak_of_time_takes_as_of_too():
    assert not C.country.is_known().timed
    assert C.country.is_missing().matches({}, as_of=NOON)
