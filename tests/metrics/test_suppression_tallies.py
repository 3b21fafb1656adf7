"""Small groups of tallies: what is shown tells the promoters, too, and they must not give a group away."""

from itertools import product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.errors import InvalidTypeError
from cxkit.metrics import (
    BoxScore,
    HiddenGroup,
    NetSentiment,
    Nps,
    SuppressedGroups,
    SuppressedTable,
    csat_scale,
    suppress_small,
    suppress_small_cells,
)
from cxkit.tallies import PopulationRate, Rate

PARTS = ("promoters", "passives", "detractors")
CELLS = tuple(product(["north", "south"], ["young", "old"]))
MARGINS = ((None, None), ("north", None), ("south", None), (None, "young"), (None, "old"))
WITHIN = {
    key: [cell for cell in CELLS if key[0] in (None, cell[0]) and key[1] in (None, cell[1])]
    for key in (*CELLS, *MARGINS)
}
FEW = 4  # answers of a part in all
UNBOUNDED = 100  # more than all parts of what is bounded
K = st.integers(2, 6)


def nps(most):
    return st.builds(Nps, *[st.integers(0, most)] * 3)


SPREADS = st.sampled_from([counts for counts in product(range(FEW + 1), repeat=len(CELLS)) if sum(counts) <= FEW])


@st.composite
def tables(draw):
    """Tables of so few answers that all that could be there can be tried."""
    table = {"north": {}, "south": {}}
    for (row, column), *parts in zip(CELLS, draw(SPREADS), draw(SPREADS), draw(SPREADS), strict=True):
        table[row][column] = Nps(*parts)
    return table


def ways(told):
    """All counts of the cells that agree with what is told; one that nothing told holds is none or too many."""
    within = {cell: [count for key, count in told.items() if cell in WITHIN[key]] for cell in CELLS}
    choices = [range(min(counts) + 1) if counts else (0, UNBOUNDED) for counts in within.values()]
    for counts in product(*choices):
        way = dict(zip(CELLS, counts, strict=True))
        if all(sum(way[cell] for cell in WITHIN[key]) == count for key, count in told.items()):
            yield way


def known(table, shown):
    """The least and the greatest number of answers in each place, part by part, by trying everything."""
    found = dict.fromkeys(WITHIN, (0, 0))
    for part in PARTS:
        told = {key: sum(getattr(table[row][column], part) for row, column in WITHIN[key]) for key in shown}
        possible = [*ways(told)]
        for key, (low, high) in found.items():
            counts = [sum(way[cell] for cell in WITHIN[key]) for way in possible]
            found[key] = low + min(counts), high + max(counts)
    return {key: (low, None if high >= UNBOUNDED else high) for key, (low, high) in found.items()}


# What gave a group away


def test_a_column_of_promoters_and_a_row_of_detractors_tell_the_cell_between():
    table = {
        "north": {"young": Nps(promoters=4), "old": Nps(promoters=6)},
        "south": {"young": Nps(detractors=6), "old": Nps(detractors=4)},
    }
    naive = SuppressedTable.of(table, hide=CELLS)
    by_number = SuppressedTable.of(
        {row: {age: cell.total for age, cell in line.items()} for row, line in table.items()}, hide=CELLS
    )

    assert by_number.is_safe  # 0 to 10 each, where the total of a row is a number
    assert naive.exposed == CELLS  # but there are no promoters in the south, so those who are young are in the north
    assert naive.hidden["north", "young"] == HiddenGroup("too_small", 4, 4)

    result = suppress_small_cells(table)
    assert result.is_safe
    assert set(result.hidden) == {*CELLS, ("north", None), ("south", None)}
    assert result.hidden["north", "young"] == HiddenGroup("too_small", 0, 10)


SCALE = csat_scale(5)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (lambda n: BoxScore(SCALE, {5: n}), lambda n: BoxScore(SCALE, {1: n})),
        (lambda n: BoxScore(SCALE, {5: n}), lambda n: BoxScore(SCALE, unrated=n)),
        (lambda n: Nps(passives=n), lambda n: Nps(detractors=n)),
        (lambda n: Rate(n, n), lambda n: Rate(0, n)),
        (lambda n: PopulationRate(n, n), lambda n: PopulationRate(0, n)),
        (lambda n: NetSentiment(n, denominator="all"), lambda n: NetSentiment(0, n, denominator="all")),
        (lambda n: NetSentiment(n, denominator="polar"), lambda n: NetSentiment(0, 0, n, denominator="polar")),
    ],
    ids=["scores", "unrated", "nps", "rate", "population", "mentions", "polar mentions"],
)
def test_each_kind_of_tally_gives_itself_away_by_its_parts(here, there):
    table = {"north": {"young": here(4), "old": here(6)}, "south": {"young": there(6), "old": there(4)}}

    assert SuppressedTable.of(table, hide=CELLS).exposed == CELLS
    assert suppress_small_cells(table).is_safe
    assert ("north", None) in suppress_small_cells(table).hidden


def test_parts_that_are_mixed_hide_each_other():
    table = {
        "north": {"young": Nps(2, 1, 1), "old": Nps(3, 2, 1)},
        "south": {"young": Nps(1, 2, 3), "old": Nps(1, 1, 2)},
    }
    result = suppress_small_cells(table)

    assert set(result.hidden) == set(CELLS)
    # Promoters: 5 in the north and 3 of the young, so 1 to 3 of both; passives 0 to 3; detractors 0 to 2.
    assert result.hidden["north", "young"] == HiddenGroup("too_small", 1, 8)


def test_a_small_tally_that_leans_on_two_parts_keeps_what_both_need():
    table = {
        "north": {"a": Nps(), "b": Nps(), "c": Nps(1, 1, 1)},
        "south": {"a": Nps(0, 1, 0), "b": Nps(1, 1, 0), "c": Nps(1, 0, 1)},
    }
    result = suppress_small_cells(table, k=5)

    assert result.is_safe
    assert ("south", "b") in result.hidden


def test_missing_and_neutral_answers_that_do_not_count_are_no_parts():
    counted, left_out = Nps(promoters=2, missing=7), NetSentiment(1, 8, 1, 3, denominator="polar")

    assert "a" in suppress_small({"a": counted, "b": Nps(9)}).hidden
    assert "a" in suppress_small({"a": left_out, "b": NetSentiment(9, denominator="polar")}).hidden
    assert suppress_small({"a": Nps(missing=3), "b": Nps(9)}).shown["a"] == Nps(missing=3)


@attrs.frozen
class Votes:
    total: int

    def __add__(self, other):
        return Votes(self.total + other.total)


def test_a_tally_of_unknown_parts_is_refused():
    message = "a group must be a number of answers, or an Nps, .*; of other tallies, give the number of answers"
    for votes in (Votes(7), Votes(0)):
        with pytest.raises(InvalidTypeError, match=message):
            suppress_small({"a": votes})
        with pytest.raises(InvalidTypeError, match=message):
            suppress_small_cells({"r": {"a": votes}})


# By trying everything


@given(tables(), st.sets(st.sampled_from([*CELLS, *MARGINS])))
def test_the_range_of_a_hidden_tally_is_exact(table, hide):
    result = SuppressedTable.of(table, hide=hide)

    possible = known(table, result.shown)
    assert {key: (group.low, group.high) for key, group in result.hidden.items()} == {
        key: possible[key] for key in hide
    }


@given(tables(), K)
def test_each_hidden_tally_may_have_enough_answers(table, k):
    result = suppress_small_cells(table, k=k)

    possible = known(table, result.shown)
    assert result.is_safe
    assert all(tally.total == 0 or tally.total >= k for tally in result.shown.values())
    for key in result.hidden:
        low, high = possible[key]
        assert high is None or high >= max(k, low + 1)


@given(
    st.fixed_dictionaries({row: st.dictionaries(st.sampled_from("xyz"), nps(5), min_size=1) for row in "abc"}),
    K,
)
def test_no_tally_is_hidden_in_vain(table, k):
    hidden = suppress_small_cells(table, k=k).hidden
    for key, group in hidden.items():
        if group.reason == "complementary":
            assert not SuppressedTable.of(table, hide=hidden.keys() - {key}, k=k).is_safe


@given(st.dictionaries(st.sampled_from("abc"), nps(3), min_size=1), st.sets(st.sampled_from("abc")))
def test_the_range_of_a_tally_in_a_list_is_exact(groups, hide):
    hide &= groups.keys()
    result = SuppressedGroups.of(groups, hide=hide)

    found = dict.fromkeys(hide, ())
    for part in PARTS:
        together = sum(getattr(groups[name], part) for name in hide)
        ways = [way for way in product(range(together + 1), repeat=len(hide)) if sum(way) == together]
        for place, name in enumerate(sorted(hide)):
            counts = [way[place] for way in ways]
            found[name] += ((min(counts), max(counts)),)
    for name, ends in found.items():
        group = result.hidden[name]
        assert (group.low, group.high) == (sum(low for low, _ in ends), sum(high for _, high in ends))


@given(st.dictionaries(st.sampled_from("abcdefg"), nps(5)), K)
def test_a_list_of_tallies_hides_what_a_list_of_their_numbers_does(groups, k):
    result, by_number = (
        suppress_small(groups, k=k),
        suppress_small({name: nps.total for name, nps in groups.items()}, k=k),
    )

    assert result.hidden == by_number.hidden
    assert result.is_safe


# Size


@pytest.mark.parametrize("tally", [int, Nps])
def test_thousands_of_groups_are_no_trouble(tally):
    groups = {f"group {number}": tally(number % 23) for number in range(1, 5001)}
    result = suppress_small(groups)

    assert result.is_safe
    assert len(result.hidden) == sum(0 < number % 23 < 5 for number in range(1, 5001))


def test_a_large_table_of_tallies_is_safe():
    table = {
        f"r{row}": {f"c{column}": Nps(row * column % 7, (row + column) % 5, row * row % 3) for column in range(12)}
        for row in range(12)
    }
    assert suppress_small_cells(table).is_safe
