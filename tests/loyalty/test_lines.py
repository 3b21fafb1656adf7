"""Lines: kinds, prices, tax, and fields of the host's own."""

import pickle
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.codec import from_dict, to_dict
from cxkit.errors import CxError, DocumentError, InvalidTypeError, InvalidValueError, NaiveDatetimeError
from cxkit.loyalty._basket import Basket
from cxkit.loyalty._line import Line, LineFields, line_order, thing
from cxkit.loyalty._offers.conditions import UnitCount
from cxkit.predicates import integer

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


class Wine(LineFields):
    """What a wine shop asks of its lines."""

    vintage = integer()
    quantity = integer()


RIOJA = Line("rioja", 40, attributes={"vintage": 1994, "sku": "hidden", "quantity": 6})
FULL = Line(
    "rioja",
    Decimal("40.00"),
    quantity=2,
    id="l1",
    tags={"wine"},
    attributes={"vintage": 1994},
    kind="gift",
    list_price=Decimal("45.00"),
    floor_price=30,
    tax_rate=Decimal("0.19"),
    tax_class="alcohol",
    discountable=False,
)


def test_a_line_is_goods_at_its_usual_price_unless_said_otherwise():
    line = Line("tea", 3)

    assert (line.kind, line.list_price, line.floor_price, line.tax_rate, line.tax_class) == ("goods", *[None] * 4)
    assert line.discountable is True
    assert line.on_sale is False


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"kind": "good"}, InvalidValueError, "kind must be one of 'goods', 'shipping', 'fee', 'gift', got 'good'"),
        ({"kind": None}, InvalidValueError, "kind must be one of 'goods', 'shipping', 'fee', 'gift', got None"),
        (
            {"list_price": 4.5},
            InvalidTypeError,
            "list_price must be a Decimal or an int, got 4.5; write Decimal('4.5')",
        ),
        ({"list_price": -1}, InvalidValueError, "list_price must not be negative, got -1"),
        ({"floor_price": "2"}, InvalidTypeError, "floor_price must be a Decimal or an int, got '2'"),
        ({"floor_price": Decimal("-0.01")}, InvalidValueError, "floor_price must not be negative, got -0.01"),
        ({"tax_rate": 0.19}, InvalidTypeError, "tax_rate must be a Decimal or an int, got 0.19; write Decimal('0.19')"),
        ({"tax_rate": True}, InvalidTypeError, "tax_rate must be a Decimal or an int, got True"),
        (
            {"tax_rate": 19},
            InvalidValueError,
            "tax_rate must be a share below 1, got 19; write Decimal('0.19') for 19 %",
        ),
        ({"tax_rate": 1}, InvalidValueError, "tax_rate must be a share below 1, got 1"),
        ({"tax_rate": Decimal("-0.1")}, InvalidValueError, "tax_rate must not be negative, got -0.1"),
        ({"tax_class": ""}, InvalidValueError, "tax_class must not be blank, got ''"),
        ({"tax_class": 7}, InvalidTypeError, "tax_class must be text, got 7"),
        ({"discountable": None}, InvalidTypeError, "discountable must be True or False, got None"),
        ({"discountable": 1}, InvalidTypeError, "discountable must be True or False, got 1"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error) as caught:
        Line("tea", 3, **options)
    assert str(caught.value).startswith(message)
    assert caught.value.found == next(iter(options.values()))


def test_nothing_is_a_price_a_rate_and_a_floor():
    line = Line("tea", 0, list_price=0, floor_price=0, tax_rate=0)

    assert [line.unit_price, line.list_price, line.floor_price, line.tax_rate] == [Decimal(0)] * 4
    assert {type(line.list_price), type(line.floor_price), type(line.tax_rate)} == {Decimal}


def test_a_floor_above_the_price_is_taken_and_keeps_offers_off():
    assert Line("tea", 3, floor_price=4).floor_price == 4


@pytest.mark.parametrize(("list_price", "on_sale"), [(None, False), (3, False), (2, False), (Decimal("3.01"), True)])
def test_a_thing_is_on_sale_where_it_is_known_to_have_cost_more(list_price, on_sale):
    line = Line("tea", 3, list_price=list_price)

    assert line.on_sale is on_sale
    assert Line.fields.on_sale.is_true().matches(line) is on_sale
    assert Line.fields.on_sale.is_false().matches(line) is not on_sale


# What predicates read


@pytest.mark.parametrize(
    "predicate",
    [
        Line.fields.sku == "rioja",
        Line.fields.unit_price == 40,
        Line.fields.tags.contains("wine"),
        Line.fields.id == "l1",
        Line.fields.kind == "gift",
        Line.fields.list_price == 45,
        Line.fields.tax_class == "alcohol",
        Line.fields.discountable.is_false(),
        Line.fields.on_sale.is_true(),
        Wine.vintage == 1994,
    ],
    ids=str,
)
def test_every_field_of_a_line_can_be_asked(predicate):
    assert predicate.matches(FULL)
    assert predicate.compile()(FULL)
    assert not predicate.matches(Line("tea", 3))
    assert not predicate.compile()(Line("tea", 3))


@pytest.mark.parametrize(
    ("predicate", "line", "outcome"),
    [
        (Wine.vintage < 2000, RIOJA, True),
        (Wine.vintage >= 2000, RIOJA, False),
        (Wine.vintage.is_missing(), Line("tea", 3), True),
        (Wine.quantity == 6, RIOJA, True),
        (Wine.quantity == 1, Line("tea", 3), False),
        (Wine.sku == "rioja", RIOJA, True),
        (Wine.sku == "hidden", RIOJA, False),
        ((Wine.vintage < 2000) & Line.fields.sku.is_known(), RIOJA, True),
    ],
    ids=str,
)
def test_fields_of_a_hosts_own_are_attributes_and_never_hide_those_of_a_line(predicate, line, outcome):
    assert predicate.matches(line) is outcome
    assert predicate.compile()(line) is outcome
    assert list(predicate.filter([line])) == [line] * outcome


def test_a_compiled_predicate_takes_lines_and_plain_records_in_turn():
    is_old = (Wine.vintage < 2000).compile()

    assert [is_old(record) for record in (RIOJA, {"vintage": 1994}, Line("tea", 3), {}, RIOJA)] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_a_compiled_predicate_says_what_is_wrong_with_an_attribute():
    with pytest.raises(InvalidTypeError, match=r"vintage"):
        (Wine.vintage < 2000).compile()(attrs.evolve(RIOJA, attributes={"vintage": "old"}))


def test_a_predicate_about_what_is_derived_from_a_field_compiles_too():
    folded = Line.fields.sku.casefold() == "rioja"

    assert folded.compile()(attrs.evolve(RIOJA, sku="Rioja"))


def test_an_explanation_names_the_attribute_that_was_read():
    why = (Wine.vintage >= 2000).explain(RIOJA)

    assert [(leaf.field, leaf.found) for leaf in why.failed] == [("vintage", 1994)]


def test_a_stored_range_about_fields_of_a_hosts_own_needs_them_to_load():
    document = to_dict(UnitCount(2, Wine.vintage < 2000))

    assert from_dict(document, UnitCount, fields=Wine) == UnitCount(2, Wine.vintage < 2000)
    with pytest.raises(DocumentError) as caught:
        from_dict(document, UnitCount)
    assert [str(fault) for fault in caught.value.exceptions] == [
        "$.items.value: unknown field 'Wine.vintage'; this call was given fields=Line.fields"
    ]


# What makes two lines one

OTHERWISE = [
    {"sku": "tea"},
    {"unit_price": 41},
    {"tags": {"red"}},
    {"attributes": {"vintage": 1995}},
    {"kind": "goods"},
    {"list_price": 46},
    {"list_price": None},
    {"floor_price": 31},
    {"tax_rate": Decimal("0.07")},
    {"tax_class": "reduced"},
    {"discountable": True},
]


@pytest.mark.parametrize("other", OTHERWISE, ids=str)
def test_lines_that_differ_in_anything_but_number_are_two(other):
    line = attrs.evolve(FULL, id=None)
    changed = attrs.evolve(line, **other)

    assert len(Basket([line, changed], currency="EUR")) == 2
    assert thing(line) != thing(changed)
    assert (line_order(line), line.unit_price) != (line_order(changed), changed.unit_price)


@pytest.mark.parametrize("other", [{}, {"quantity": 9}, {"id": "l2"}], ids=str)
def test_a_thing_is_the_same_whatever_its_number_and_id(other):
    line, changed = FULL, attrs.evolve(FULL, **other)

    assert thing(line) == thing(changed)
    assert hash(thing(line)) == hash(thing(changed))
    assert line_order(line)[:3] == line_order(changed)[:3]


def test_equal_prices_and_rates_are_the_same_thing_however_they_are_written():
    line = Line("a", 3, list_price=4, floor_price=2, tax_rate=Decimal("0.2"), attributes={"x": 1})
    same = Line(
        "a",
        Decimal("3.00"),
        list_price=Decimal("4.0"),
        floor_price=Decimal("2.00"),
        tax_rate=Decimal("0.20"),
        attributes={"x": Decimal("1.0")},
    )

    assert thing(line) == thing(same)
    assert line_order(line) == line_order(same)
    assert Basket([line, same], currency="EUR").lines[0].quantity == 2


def test_things_come_before_ids_in_the_order_of_units():
    lines = [
        Line("a", 3, id="z"),
        Line("a", 3, id="y", kind="fee"),
        Line("a", 3, id="x", tags={"t"}),
        Line("b", 3, id="w"),
    ]

    assert [line.id for line in sorted(lines, key=line_order)] == ["z", "y", "x", "w"]


def test_the_order_of_a_plain_line_is_the_one_that_stamp_cards_have_kept():
    line = Line("a", 3, id="l1", tags={"y", "x"}, attributes={"size": "S", "cup": 1})

    assert line_order(line) == ("a", ["x", "y"], [("cup", "(1, 1)"), ("size", "'S'")], "l1")


def test_an_attribute_is_not_taken_for_a_part_of_the_line():
    fee, named = Line("a", 3, kind="fee"), Line("a", 3, attributes={"kind": "fee"})

    assert line_order(fee) != line_order(named)
    assert sorted([fee, named], key=line_order) == sorted([named, fee], key=line_order)


def test_moments_in_attributes_are_the_same_in_every_zone():
    lines = [Line("a", 3, attributes={"roasted": NOON.astimezone(timezone(timedelta(hours=hour)))}) for hour in (0, 5)]

    assert line_order(lines[0]) == line_order(lines[1])
    assert len(Basket(lines, currency="EUR")) == 1


LINES = st.builds(
    Line,
    st.sampled_from("ab"),
    st.sampled_from([0, 3]),
    quantity=st.integers(1, 2),
    id=st.sampled_from([None, "l1"]),
    tags=st.sets(st.sampled_from("tu")),
    attributes=st.sampled_from([{}, {"": "x"}, {"x": None}, {"x": True}]),
    kind=st.sampled_from(["goods", "fee"]),
    list_price=st.sampled_from([None, 0, 4]),
    floor_price=st.sampled_from([None, 1]),
    tax_rate=st.sampled_from([None, Decimal("0.19")]),
    tax_class=st.sampled_from([None, "x"]),
    discountable=st.booleans(),
)


@given(LINES, LINES)
def test_two_lines_share_an_order_only_where_they_are_the_same_thing_under_the_same_id(one, other):
    same_order = (one.unit_price, line_order(one)) == (other.unit_price, line_order(other))

    assert same_order is ((thing(one), one.id) == (thing(other), other.id))


@given(LINES)
def test_a_line_stores_pickles_copies_and_prints(line):
    assert from_dict(to_dict(line), Line) == line
    assert pickle.loads(pickle.dumps(line)) == line  # noqa: S301 - our own
    assert (Line.fields.sku == line.sku).matches(pickle.loads(pickle.dumps(line)))  # noqa: S301 - our own
    assert eval(repr(line), {"Line": Line, "Decimal": Decimal}) == line  # noqa: S307 - our own
    assert attrs.evolve(line, sku="other").__cxkit_record__()["sku"] == "other"


def test_a_line_of_an_older_document_is_goods():
    document = {"cxkit": 1, "type": "loyalty.line", "sku": "tea", "unit_price": "3", "quantity": 1}

    assert from_dict(document | {"id": None, "tags": [], "attributes": []}, Line) == Line("tea", 3)


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("kind", "present", "expected one of goods, shipping, fee, gift, got 'present'"),
        ("list_price", 4, "expected a decimal number as text, got 4"),
        ("tax_rate", "19", "tax_rate must be a share below 1, got 19; write Decimal('0.19') for 19 %"),
        ("discountable", 1, "expected true or false, got 1"),
        ("tax_class", " ", "tax_class must not be blank, got ' '"),
    ],
)
def test_a_hostile_line_is_refused(part, value, message):
    with pytest.raises(DocumentError) as caught:
        from_dict({**to_dict(FULL), part: value}, Line)
    assert [fault.message for fault in caught.value.exceptions] == [message]


# Baskets


def test_a_basket_knows_who_buys_when_and_where():
    berlin = timezone(timedelta(hours=1))
    basket = Basket([FULL], currency="EUR", customer="anna", at=NOON.astimezone(berlin), channel="web", prices="net")

    assert (basket.customer, basket.at, basket.channel, basket.prices) == ("anna", NOON, "web", "net")
    assert basket.at.tzinfo is timezone.utc
    assert from_dict(to_dict(basket), Basket) == basket
    assert pickle.loads(pickle.dumps(basket)) == basket  # noqa: S301 - our own


@pytest.mark.parametrize(
    "other", [{"customer": "ben"}, {"at": NOON + timedelta(1)}, {"channel": "app"}, {"prices": "gross"}], ids=str
)
def test_baskets_of_other_customers_or_times_are_not_equal(other):
    basket = Basket([FULL], currency="EUR", customer="anna", at=NOON, channel="web", prices="net")

    assert attrs.evolve(basket, **other) != basket


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"customer": ""}, InvalidValueError, "customer must not be blank, got ''"),
        ({"customer": 7}, InvalidTypeError, "customer must be text, got 7"),
        ({"at": NOON.replace(tzinfo=None)}, NaiveDatetimeError, "at must be an aware datetime, got the naive 2026-03"),
        ({"at": "2026-03-02"}, InvalidTypeError, "at must be a datetime, got '2026-03-02'"),
        ({"channel": " "}, InvalidValueError, "channel must not be blank, got ' '"),
        ({"prices": "brutto"}, InvalidValueError, "prices must be one of 'gross', 'net', got 'brutto'"),
    ],
)
def test_a_basket_that_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error) as caught:
        Basket([FULL], currency="EUR", **options)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, CxError)


@pytest.mark.parametrize("name", ["unit_price", "list_price", "floor_price"])
def test_every_price_of_a_line_fits_the_currency(name):
    line = Line(**{"sku": "tea", "unit_price": 3, name: Decimal("2.5")})

    assert len(Basket([line], currency="EUR")) == 1
    with pytest.raises(InvalidValueError, match=rf"^{name} of 'tea' 2.5 has 1 decimal, JPY has 0; round it first$"):
        Basket([line], currency="JPY")
