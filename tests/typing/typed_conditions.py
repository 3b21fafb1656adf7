"""What a type checker sees of the wider language of predicates: what must pass, and what must not."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from enum import Enum
from typing import assert_type

from cxkit.calendar import days
from cxkit.predicates import (
    Change,
    Choice,
    Difference,
    Example,
    Fields,
    Finding,
    Flag,
    Integer,
    Predicate,
    Real,
    SqlCondition,
    Text,
    all_of,
    any_of,
    bucket,
    choice,
    day,
    flag,
    integer,
    lint,
    moment,
    money,
    nested,
    not_,
    text,
)


class Tier(Enum):
    BASIC = "basic"
    GOLD = "gold"


class Address(Fields):
    city = text()
    zip = text(ordered=True)


class Customer(Fields):
    id = text()
    tier = choice(Tier)
    size = choice("s", "m", "l")
    orders = integer()
    returns = integer()
    spend = money("EUR")
    churned = flag()
    seen = moment()
    born = day()
    address = nested(Address)


AS_OF = datetime(2026, 3, 1, tzinfo=timezone.utc)
regular = Customer.orders >= 3

assert_type(Customer.tier, Choice[Tier])
assert_type(Customer.tier == Tier.GOLD, Predicate)
assert_type(Customer.size, Choice[str])
assert_type(Customer.size.is_in(["s", "m"]), Predicate)
assert_type(Customer.address.city, Text)
assert_type(Customer.address.city == "Berlin", Predicate)
assert_type(Customer.address.zip < "2", Predicate)
assert_type(Customer.returns > Customer.orders, Predicate)
assert_type(Customer.orders.eq(Customer.returns), Predicate)
assert_type(Customer.churned & regular, Predicate)
assert_type(regular & Customer.churned, Predicate)
assert_type(~Customer.churned, Predicate)
assert_type(Customer.born.month(), Integer)
assert_type(Customer.born == date(2000, 2, 29), Predicate)
assert_type(Customer.seen.hour(tz="UTC") < 12, Predicate)
assert_type(Customer.seen.within(days(3)), Flag)
assert_type(Customer.seen.within(days(3)) & regular, Predicate)
assert_type(Customer.id.casefold().contains("x"), Predicate)
assert_type(bucket(Customer.id, salt="x"), Real)
assert_type(bucket(Customer.id, salt="x", share=0.1), Predicate)
assert_type(all_of(regular, Customer.churned), Predicate)
assert_type(any_of([regular, ~regular]), Predicate)
assert_type(not_(Customer.churned), Predicate)
assert_type(regular.implies(Customer.churned), bool | None)
assert_type(regular.is_satisfiable(), bool | None)
assert_type(regular.difference(regular), Difference)
assert_type(regular.simplify(), Predicate)
assert_type(regular.examples(), tuple[Example, ...])
assert_type(regular.explain({}).nearest(), tuple[Change, ...])
assert_type(regular.compile(), Callable[[object], bool])
assert_type(regular.filter([{"orders": 3}]), Iterator[dict[str, int]])
assert_type(regular.mask({"orders": [3]}), list[bool])
assert_type(regular.to_sql("sqlite"), SqlCondition)
assert_type(lint(regular), tuple[Finding, ...])

Customer.tier.eq("gold")  # type: ignore[arg-type]  # an option is a member
Customer.tier >= Tier.GOLD  # type: ignore[operator]  # a choice has no order
Customer.id < "a"  # type: ignore[operator]  # text has none, unless it says so
Customer.address.street  # type: ignore[attr-defined]  # there is no such field
Customer.orders > Customer.spend  # type: ignore[operator]  # two kinds
Customer.seen.hour()  # type: ignore[call-arg]  # the zone has to be said
Customer.born.days_until_anniversary(tz="UTC", leap_day="02-29")  # type: ignore[arg-type]  # which days there are
regular & True  # type: ignore[operator]  # a bool is no condition
nested(int)  # type: ignore[type-var]  # no Fields class
