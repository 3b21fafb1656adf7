"""What a type checker sees of predicates: what must pass, and what must not."""

from datetime import datetime, timezone
from decimal import Decimal
from typing import assert_type

from cxkit.predicates import Explanation, Fields, Predicate, flag, integer, moment, money, real, tags, text


class Customer(Fields):
    country = text()
    spend = money("EUR")
    orders = integer()
    score = real()
    churned = flag()
    seen = moment()
    labels = tags()


assert_type(Customer.country == "DE", Predicate)
assert_type(Customer.country != "DE", Predicate)
assert_type(Customer.spend >= 100, Predicate)
assert_type(Customer.spend >= Decimal("9.99"), Predicate)
assert_type(Customer.score.between(0, 0.5), Predicate)
assert_type(Customer.seen < datetime(2026, 1, 1, tzinfo=timezone.utc), Predicate)
assert_type((Customer.orders >= 3) & ~Customer.churned.is_true() | Customer.labels.contains("vip"), Predicate)
assert_type((Customer.orders >= 3).matches({"orders": 3}), bool)
assert_type((Customer.orders >= 3).explain({"orders": 3}), Explanation)

Customer.spend >= 1.5  # type: ignore[operator]  # no float for money
Customer.orders >= "3"  # type: ignore[operator]  # text is no number
Customer.country >= "DE"  # type: ignore[operator]  # text has no order
Customer.seen >= 30  # type: ignore[operator]  # a number is no moment
Customer.country.is_in([1, 2])  # type: ignore[list-item]  # numbers are no text
Customer.country.eq(3)  # type: ignore[arg-type]  # `==` takes anything, for a checker; this does not
Customer.contry  # type: ignore[attr-defined]  # there is no such field
