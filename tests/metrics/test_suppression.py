"""Small groups: what is hidden cannot be worked out, and no more is hidden than it takes."""

import json
import pickle
from itertools import combinations, permutations, product
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.metrics import (
    BoxScore,
    HiddenGroup,
    Nps,
    SuppressedGroups,
    SuppressedTable,
    csat_scale,
    suppress_small,
    suppress_small_cells,
)
from cxkit.tallies import Rate

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "cases/feedback.json").read_text(encoding="utf-8"))
}
COUNTS = st.one_of(st.integers(0, 8), st.integers(0, 40))
GROUPS = st.dictionaries(st.sampled_from("abcdefg"), COUNTS, max_size=6)
K = st.integers(2, 6)


@st.composite
def tables(draw, counts=COUNTS, most=3):
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    return {f"r{i}": {f"c{j}": draw(counts) for j in range(columns)} for i in range(rows)}


def margins(table):
    """All numbers of a table, with its totals, and the cells of which each is the sum."""
    cells = [(row, column) for row in table for column in table[row]]
    rows, columns = [*table, None], [*dict.fromkeys(column for _, column in cells), None]
    within = {
        key: [cell for cell in cells if key[0] in (None, cell[0]) and key[1] in (None, cell[1])]
        for key in product(rows, columns)
    }
    return {key: sum(table[row][column] for row, column in parts) for key, parts in within.items()}, within


def completions(cells, within, shown, most):
    """All tables of cells up to `most` that agree with what is shown: by trying everything."""

    def agrees(table):
        return all(sum(table[cell] for cell in within[key]) == number for key, number in shown.items())

    if len(shown) and (None, None) in shown:
        most = min(most, shown[None, None])
    tried = (dict(zip(cells, values, strict=True)) for values in product(range(most + 1), repeat=len(cells)))
    return [table for table in tried if agrees(table)]


# What the field does, and what is wrong with it


def test_the_fields_rule_shows_the_men_and_so_gives_the_women_away():
    case = CASES["feedback-088"]
    groups, k = case["input"]["groups"], case["input"]["threshold"]
    hide = [name for name, outcome in case["expected"].items() if outcome == "hidden"]

    published = SuppressedGroups.of(groups, hide=hide, k=k)

    outcomes = {name: published.explain(None if name == "total" else name).outcome for name in case["expected"]}
    assert outcomes == case["expected"]
    assert (published.is_safe, published.exposed) == (False, ("women",))
    assert published.hidden["women"] == HiddenGroup("too_small", 4, 4)


def test_the_men_are_hidden_too_so_that_subtraction_tells_nothing():
    case = CASES["feedback-088"]
    result = suppress_small(case["input"]["groups"], k=case["input"]["threshold"])

    assert result.hidden == {
        "men": HiddenGroup("complementary", 0, 10),
        "women": HiddenGroup("too_small", 0, 10),
    }
    assert (result.shown, result.total, result.is_safe) == ({None: 10}, 10, True)


def test_the_default_is_five_as_in_most_tools():
    case = CASES["feedback-090"]
    assert suppress_small({"a": 5, "b": 9}).k == case["expected"]["default"]
    assert "a" in suppress_small({"a": 5, "b": 9}).shown
    assert "a" in suppress_small({"a": 4, "b": 9}).hidden


# Lists


def test_the_smallest_of_the_others_is_hidden_of_equal_ones_the_last_by_name():
    assert set(suppress_small({"a": 2, "b": 9, "d": 7, "c": 7}).hidden) == {"a", "d"}


def test_a_group_of_just_enough_is_not_too_small_itself():
    assert suppress_small({"a": 2, "b": 5, "c": 9}).hidden["b"].reason == "complementary"


def test_groups_without_answers_are_certain_where_the_total_is_none():
    hidden = SuppressedGroups.of({"a": 0, "b": 0}, hide=["a", "b"]).hidden
    assert hidden == dict.fromkeys("ab", HiddenGroup("too_small", 0, 0))


def test_a_hidden_total_is_at_least_what_is_shown():
    groups = {"a": 2, "b": 9}

    assert SuppressedGroups.of(groups, hide=["a", None]).hidden[None] == HiddenGroup("complementary", 9, None)
    assert SuppressedGroups.of(groups, hide=[None]).hidden[None] == HiddenGroup("complementary", 11, 11)


def test_small_groups_that_are_enough_together_need_no_other():
    assert set(suppress_small({"a": 2, "b": 3, "c": 7}).hidden) == {"a", "b"}


def test_small_groups_that_are_too_few_together_need_another():
    assert set(suppress_small({"a": 2, "b": 2, "c": 7, "d": 8}).hidden) == {"a", "b", "c"}


def test_a_total_that_is_too_small_is_hidden():
    result = suppress_small({"a": 2, "b": 2})

    assert (set(result.hidden), result.total, result.shown) == ({"a", "b", None}, None, {})
    assert result.hidden["a"] == HiddenGroup("too_small", 0, None)


def test_groups_without_answers_are_shown_and_protect_nobody():
    result = suppress_small({"a": 0, "b": 3, "c": 9})
    assert (result.shown, set(result.hidden)) == ({"a": 0, None: 12}, {"b", "c"})


def test_nobody_needs_another_group_where_the_total_is_not_known():
    result = suppress_small({"men": 6, "women": 4}, with_total=False)

    assert (result.shown, result.total) == ({"men": 6}, None)
    assert result.hidden == {"women": HiddenGroup("too_small", 0, None)}
    assert [row["group"] for row in result.rows()] == ["men", "women"]


def test_no_groups_are_nothing_to_hide():
    result = suppress_small({})
    assert (result.rows(), result.shown, result.hidden, result.is_safe) == ([], {}, {}, True)
    assert suppress_small({}, with_total=False).rows() == []


@given(GROUPS, K)
def test_no_hidden_group_of_a_list_is_certain_or_sure_to_be_small(groups, k):
    result = suppress_small(groups, k=k)
    hidden = [name for name in groups if name in result.hidden]
    together = sum(groups[name] for name in hidden)

    assert result.is_safe
    assert all(number == 0 or number >= k for number in result.shown.values())
    if hidden and None in result.shown:  # a group has whatever the others leave of what they have together
        assert len(hidden) >= 2
        assert together == result.total - sum(result.shown[name] for name in groups if name not in hidden) >= k
        for name in hidden:
            assert (result.hidden[name].low, result.hidden[name].high) == (0, together)
    if None in result.hidden:
        assert 0 < sum(groups.values()) < k


@given(GROUPS, K)
def test_no_other_choice_for_a_list_hides_fewer_answers(groups, k):
    result = suppress_small(groups, k=k)
    assume(sum(groups.values()) >= k)
    small = {name for name in groups if 0 < groups[name] < k}

    def is_enough(choice):
        return small <= set(choice) and (not choice or (len(choice) > 1 and sum(map(groups.get, choice)) >= k))

    behind = [name for name in groups if groups[name]]
    choices = [choice for size in range(len(behind) + 1) for choice in combinations(behind, size) if is_enough(choice)]
    assert sum(groups[name] for name in result.hidden) == min(sum(map(groups.get, choice)) for choice in choices)


@given(GROUPS, K, st.randoms(use_true_random=False))
def test_the_order_of_a_list_does_not_matter(groups, k, random):
    names = [*groups]
    random.shuffle(names)
    result, other = suppress_small(groups, k=k), suppress_small({name: groups[name] for name in names}, k=k)
    assert (result.shown, result.hidden) == (other.shown, other.hidden)


# Tables


def test_a_cell_needs_its_row_its_column_and_the_corner_between():
    table = {"north": {"men": 3, "women": 12, "others": 20}, "south": {"men": 9, "women": 8, "others": 30}}
    result = suppress_small_cells(table)

    assert set(result.hidden) == set(product(["north", "south"], ["men", "women"]))
    assert result.hidden["north", "men"] == HiddenGroup("too_small", 0, 12)
    assert result.hidden["south", "women"] == HiddenGroup("complementary", 5, 17)
    assert result.total == 82


def test_hiding_one_row_gives_all_of_it_away():
    table = {"north": {"men": 3, "women": 12}, "south": {"men": 9, "women": 8}}
    result = SuppressedTable.of(table, hide=[("north", "men"), ("north", "women")])

    assert result.exposed == (("north", "men"), ("north", "women"))
    assert result.hidden["north", "women"] == HiddenGroup("complementary", 12, 12)


def test_a_total_of_a_few_is_a_small_group():
    result = suppress_small_cells({"north": {"men": 2, "women": 1}, "south": {"men": 20, "women": 30}})

    assert ("north", None) in result.hidden
    assert ("south", None) in result.hidden  # or the total less theirs would be that of the north
    assert result.total == 53
    assert result.is_safe


def test_a_small_group_that_is_shown_is_exposed():
    assert SuppressedTable.of({"north": {"men": 2, "women": 9}}, hide=[]).exposed == (
        ("north", "men"),
        (None, "men"),
    )


def test_a_cell_that_is_left_out_is_empty():
    ragged = {"north": {"men": 3, "women": 12}, "south": {"men": 9}}
    full = {"north": {"men": 3, "women": 12}, "south": {"men": 9, "women": 0}}

    assert suppress_small_cells(ragged).hidden == suppress_small_cells(full).hidden
    assert suppress_small_cells({"north": {}}).rows() == []


def test_no_other_cell_is_hidden_where_the_totals_are_not_known():
    result = suppress_small_cells(
        {"north": {"men": 3, "women": 12}, "south": {"men": 9, "women": 8}}, with_totals=False
    )

    assert result.hidden == {("north", "men"): HiddenGroup("too_small", 0, None)}
    assert result.total is None
    assert len(result.rows()) == 4


@pytest.mark.parametrize("rows", [*permutations("abc")], ids="".join)
@pytest.mark.parametrize("columns", [*permutations("xyz")], ids="".join)
def test_a_cell_may_be_as_large_as_the_others_can_make_way(rows, columns):
    numbers = ((0, 1, 1), (1, 1, 1), (1, 1, 0))
    table = {row: dict(zip(columns, line, strict=True)) for row, line in zip(rows, numbers, strict=True)}
    corner, side = (rows[2], columns[2]), (rows[1], columns[2])
    hidden = SuppressedTable.of(table, hide={*product(rows, columns)} - {corner}).hidden
    fewer_hidden = SuppressedTable.of(table, hide={*product(rows, columns)} - {corner, side}).hidden

    assert hidden[rows[1], columns[1]] == HiddenGroup("too_small", 0, 3)  # as in ((0, 0, 2), (0, 3, 0), (2, 0, 0))
    assert fewer_hidden[rows[1], columns[1]] == HiddenGroup(
        "too_small", 0, 2
    )  # as in ((1, 0, 1), (0, 2, 1), (1, 1, 0))


@given(tables(), K)
def test_what_a_table_shows_is_never_small(table, k):
    result = suppress_small_cells(table, k=k)
    numbers, _ = margins(table)

    assert result.is_safe
    assert {**result.shown, **{key: numbers[key] for key in result.hidden}} == numbers
    assert all(number == 0 or number >= k for number in result.shown.values())
    assert all(numbers[key] for key in result.hidden)
    assert numbers[None, None] < k or result.total == numbers[None, None]


@given(tables(st.integers(0, 3), most=2), st.integers(2, 3))
def test_each_hidden_number_of_a_table_may_be_large_by_trying_everything(table, k):
    numbers, within = margins(table)
    assume(numbers[None, None] <= 7)
    result = suppress_small_cells(table, k=k)

    possible = completions(within[None, None], within, result.shown, 9)
    for key in result.hidden:
        found = {sum(tried[cell] for cell in within[key]) for tried in possible}
        assert len(found) > 1
        assert max(found) >= k


@given(tables(st.integers(0, 2), most=2), st.data())
def test_the_range_of_a_hidden_number_is_exact(table, data):
    numbers, within = margins(table)
    assume(numbers[None, None] <= 4)
    hide = data.draw(st.sets(st.sampled_from([*numbers])))
    result = SuppressedTable.of(table, hide=hide)

    possible = completions(within[None, None], within, result.shown, 9)
    for key, group in result.hidden.items():
        found = {sum(tried[cell] for cell in within[key]) for tried in possible}
        assert (group.low, group.high) == (min(found), None if max(found) >= 9 else max(found))
    assert set(result.exposed) == {
        *(key for key, number in result.shown.items() if 0 < number < 5),
        *(
            key
            for key, group in result.hidden.items()
            if group.high is not None and (group.high < 5 or group.low == group.high)
        ),
    }


@given(tables(most=4), K)
def test_nothing_is_hidden_in_vain(table, k):
    numbers, _ = margins(table)
    hidden = set(suppress_small_cells(table, k=k).hidden)
    for key in hidden:
        if numbers[key] >= k:
            assert not SuppressedTable.of(table, hide=hidden - {key}, k=k).is_safe


@given(tables(st.integers(0, 9), most=2), K)
def test_no_group_of_a_few_is_a_sum_or_a_difference_of_what_is_shown(table, k):
    """Over all ways to take each number once, to subtract it or to leave it."""
    _, within = margins(table)
    result = suppress_small_cells(table, k=k)
    cells = within[None, None]
    for signs in product((-1, 0, 1), repeat=len(result.shown)):
        taken = dict.fromkeys(cells, 0)
        for key, sign in zip(result.shown, signs, strict=True):
            for cell in within[key]:
                taken[cell] += sign
        if set(taken.values()) <= {0, 1}:
            group = [table[row][column] for row, column in cells if taken[row, column]]
            assert sum(group) == 0 or sum(group) >= k


@given(tables(most=4), K, st.randoms(use_true_random=False))
def test_the_order_of_a_table_does_not_matter(table, k, random):
    rows, columns = [*table], [*next(iter(table.values()))]
    random.shuffle(rows)
    random.shuffle(columns)
    result = suppress_small_cells(table, k=k)
    other = suppress_small_cells({row: {column: table[row][column] for column in columns} for row in rows}, k=k)
    assert (result.shown, result.hidden) == (other.shown, other.hidden)


@pytest.mark.parametrize("k", [3, 5])
def test_a_large_table_is_safe_in_reasonable_time(k):
    table = {f"r{i}": {f"c{j}": (7 * i * i + 11 * j * j + 3 * i * j) % 37 for j in range(15)} for i in range(15)}
    assert suppress_small_cells(table, k=k).is_safe


# Tallies


@pytest.mark.parametrize(
    ("few", "many"),
    [
        (Nps(1, 1, 1), Nps(5, 3, 2)),
        (Rate(1, 3), Rate(5, 10)),
        (BoxScore(csat_scale(5), {5: 1, 2: 2}), BoxScore(csat_scale(5), {4: 10})),
    ],
)
def test_tallies_are_groups_by_their_total(few, many):
    result = suppress_small({"a": few, "b": many, "c": many + many})

    assert result.shown == {"c": many + many, None: few + many + many + many}
    assert result.rows() == [
        {"group": "a", "answers": None, "value": None},
        {"group": "b", "answers": None, "value": None},
        {"group": "c", "answers": 20, "value": many.value},
        {"group": "(total)", "answers": 33, "value": result.total.value},
    ]
    assert few not in pickle.loads(pickle.dumps(result)).shown.values()  # noqa: S301 - our own
    assert "a" not in suppress_small_cells({"r": {"a": few, "b": many}, "s": {"a": many, "b": many}}).shown


def test_a_table_of_tallies_has_their_values_in_its_rows():
    table = {"r": {"a": Nps(1), "b": Nps(9)}, "s": {"a": Nps(0, 9), "b": Nps(0, 0, 20)}}
    result = suppress_small_cells(table)

    assert result.rows()[0] == {"row": "r", "column": "a", "answers": None, "value": None}
    assert result.rows()[-1] == {"row": "(total)", "column": "(total)", "answers": 39, "value": result.total.value}
    assert result.chart()["layer"][0]["encoding"]["color"]["field"] == "value"


def test_a_total_of_what_does_not_add_is_asked_for_only_where_it_is_told():
    groups = {"a": Rate(1, 8, name="one"), "b": Rate(1, 9, name="other")}

    assert set(suppress_small(groups, with_total=False).shown) == {"a", "b"}
    with pytest.raises(InvalidValueError, match="they measure two things"):
        suppress_small(groups)


# Answers to ask


def test_what_is_hidden_is_told_without_a_word_of_why():
    result = suppress_small({"men": 6, "women": 4, "others": 12})

    assert str(result) == ("group    answers\nmen            -\nwomen          -\nothers        12\n(total)       22")
    assert result.chart()["data"]["values"][0] == {"group": "men", "answers": None}
    assert result._repr_mimebundle_()["text/plain"] == str(result)
    assert "small" not in json.dumps(result.rows())


def test_a_table_prints_its_answers_with_dashes():
    table = {"north": {"men": 3, "women": 12}, "south": {"men": 9, "women": 8}}
    printed = "         men  women  (total)\nnorth      -      -       15\nsouth      -      -       17\n(total)   12     20       32"

    assert str(suppress_small_cells(table)) == printed
    assert suppress_small_cells(table).chart()["layer"][0]["encoding"]["color"]["field"] == "answers"


def test_the_host_is_told_why():
    result = suppress_small({"men": 6, "women": 4, "others": 12})

    why = result.explain("women")
    assert (why.outcome, why.reason, why.reasons[0].found) == ("hidden", "too_small", "0 to 10 by what is shown")
    assert result.explain("men").reason == "complementary"
    assert (result.explain(None).outcome, result.explain(None).reasons) == ("shown", ())
    assert suppress_small({"a": 1}).explain("a").reasons[0].found == "0 to any number by what is shown"
    with pytest.raises(InvalidValueError, match="expected one of the groups"):
        result.explain("dogs")


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([4, 5], "groups must be a mapping from names"),
        ({1: 4}, "the name of a group must be text"),
        ({"a": 4.0}, "a group must be a number of answers"),
        ({"a": True}, "a group must be a number of answers"),
        ({"a": "4"}, "a group must be a number of answers"),
        ({"a": 4, "b": Nps(1)}, "groups must be of one kind, so that they add, got Nps, int"),
    ],
)
def test_what_is_no_group_is_refused(groups, message):
    with pytest.raises(InvalidTypeError, match=message):
        suppress_small(groups)
    with pytest.raises(
        InvalidTypeError, match=message.replace("groups must be a mapping", "the row 'r' must be a mapping")
    ):
        suppress_small_cells({"r": groups})


@pytest.mark.parametrize("name", [" ", "(total)"])
def test_a_name_that_would_be_misread_is_refused(name):
    with pytest.raises(InvalidValueError, match="group"):
        suppress_small({name: 4})


def test_bad_options_are_refused():
    for call in (suppress_small, suppress_small_cells):
        with pytest.raises(InvalidValueError, match="k must be at least 2, got 1"):
            call({}, k=1)
    with pytest.raises(InvalidTypeError, match="k must be an int"):
        SuppressedGroups.of({}, hide=[], k=5.0)
    with pytest.raises(InvalidValueError, match="k must be at least 2"):
        SuppressedTable.of({}, hide=[], k=0)
    with pytest.raises(InvalidTypeError, match="with_total must be True or False"):
        suppress_small({"a": 1}, with_total=1)
    with pytest.raises(InvalidTypeError, match="with_totals must be True or False"):
        suppress_small_cells({"a": {"b": 1}}, with_totals=None)
    with pytest.raises(InvalidTypeError, match="a table must be a mapping"):
        suppress_small_cells([])
    with pytest.raises(InvalidValueError, match="expected groups of those there are to hide, got 'c'"):
        SuppressedGroups.of({"a": 1}, hide=["c"])
    with pytest.raises(InvalidTypeError, match="expected groups to hide"):
        SuppressedGroups.of({"a": 1}, hide=3)
    with pytest.raises(InvalidValueError, match="answers of a group must be at least 0"):
        suppress_small({"a": -1})
