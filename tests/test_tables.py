"""Tables as text."""

from decimal import Decimal

from cxkit._tables import Tabled, aligned


def lines(*given: str) -> str:
    return "\n".join(given)


def test_names_stand_to_the_left_and_numbers_to_the_right():
    rows = [{"segment": "loyal", "customers": 12, "share": 0.5}, {"segment": "new", "customers": 7, "share": 0.125}]
    assert aligned(rows) == lines(
        "segment  customers  share",
        "loyal           12    0.5",
        "new              7  0.125",
    )


def test_what_is_missing_is_a_dash():
    assert aligned([{"a": None, "b": 1}, {"a": 30, "b": None}]) == lines(" a  b", " -  1", "30  -")
    assert aligned([{"a": None, "b": "x"}]) == lines("a  b", "-  x")


def test_a_column_of_texts_and_numbers_is_one_of_texts():
    assert aligned([{"a": "x", "b": 1}, {"a": 100, "b": 2}]) == lines("a    b", "x    1", "100  2")


def test_a_flag_is_no_number():
    assert aligned([{"is in": True}, {"is in": False}]) == lines("is in", "True", "False")


def test_real_numbers_have_four_digits():
    rows = [{"n": 1 / 3}, {"n": 1234567.0}, {"n": 2.0}]
    assert aligned(rows) == lines("        n", "   0.3333", "1.235e+06", "        2")


def test_no_line_ends_in_blanks():
    table = aligned([{"a": 1, "name": "x"}, {"a": 2, "name": "long name"}])
    assert table == lines("a  name", "1  x", "2  long name")


def test_columns_go_by_the_first_row():
    assert aligned([{"a": 1, "b": 2}, {"b": 20, "a": 10}]) == lines(" a   b", " 1   2", "10  20")


def test_a_table_without_rows_says_so():
    assert aligned([]) == "(no rows)"


def test_amounts_are_numbers_and_stand_to_the_right():
    assert aligned([{"a": Decimal("1.50")}, {"a": Decimal(100)}]) == lines("   a", "1.50", " 100")


def test_what_has_rows_prints_as_their_table():
    class Counted(Tabled):
        def rows(self):
            return [{"segment": "loyal", "customers": 12}]

    assert str(Counted()) == aligned([{"segment": "loyal", "customers": 12}])
