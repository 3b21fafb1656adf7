"""What predicates cost, as ratios to a lambda written by hand; and how peers do on the same rows.

The sample is `country in (DE, FR) and total_spend >= 100 and (orders >= 3 or nps >= 9) and churned is false`, over rows of
which 2 to 30 % of each value are missing: half of these are `None`, half have no key. All are run in turns, and the least
time of each counts, so that a machine that is busy for a while is busy for all of them.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

import attrs

from cxkit.predicates import Fields, Predicate, flag, integer, money, text

ROWS = 100_000
ROUNDS = 25
MISSING = {"country": 0.02, "total_spend": 0.1, "orders": 0.05, "nps": 0.3, "churned": 0.15}
COMPILED_LIMIT = 1.25  # times the lambda
REASONING_LIMIT = 0.020  # seconds
EXPLAIN_LIMIT = 100  # times `matches`
HUNDRED = Decimal(100)


class Customer(Fields):
    country = text()
    total_spend = money("EUR")
    orders = integer()
    nps = integer()
    churned = flag()


@attrs.frozen
class Record:
    country: str | None = None
    total_spend: Decimal | None = None
    orders: int | None = None
    nps: int | None = None
    churned: bool | None = None


def sample(least: int = 100) -> Predicate:
    """Build the predicate; one with another amount has not been seen before, and finds nothing in a cache."""
    return (
        Customer.country.is_in(["DE", "FR"])
        & (Customer.total_spend >= least)
        & ((Customer.orders >= 3) | (Customer.nps >= 9))
        & Customer.churned.is_false()
    )


by_hand: Callable[[Mapping[str, Any]], bool] = lambda row: (  # noqa: E731 - what is measured is a lambda
    row.get("country") in {"DE", "FR"}
    and (spend := row.get("total_spend")) is not None
    and spend >= HUNDRED
    and (
        ((orders := row.get("orders")) is not None and orders >= 3)
        or ((nps := row.get("nps")) is not None and nps >= 9)
    )
    and row.get("churned") is False
)
by_hand_of_objects: Callable[[Record], bool] = lambda row: (  # noqa: E731
    row.country in {"DE", "FR"}
    and (spend := row.total_spend) is not None
    and spend >= HUNDRED
    and (((orders := row.orders) is not None and orders >= 3) or ((nps := row.nps) is not None and nps >= 9))
    and row.churned is False
)


def rows(number: int) -> list[dict[str, Any]]:
    """Make up customers."""
    random = Random(4_3)
    made = []
    for _ in range(number):
        row: dict[str, Any] = {
            "country": random.choice(["DE", "DE", "FR", "IT", "ES"]),
            "total_spend": Decimal(random.randrange(40_000)) / 100,
            "orders": random.randrange(8),
            "nps": random.randrange(11),
            "churned": random.random() < 0.2,
        }
        for field, share in MISSING.items():
            if random.random() < share:
                if random.random() < 0.5:
                    del row[field]
                else:
                    row[field] = None
        made.append(row)
    return made


def peers(given: list[dict[str, Any]]) -> dict[str, tuple[Callable[[Any], Any], list[Any]]]:
    """Return what other libraries make of the sample, with rows as they need them.

    None of them has cxkit's meaning of missing values, so each condition says itself what to do with them.
    """
    found: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {}
    whole = [{field: row.get(field) for field in MISSING} for row in given]  # an undefined name is an error to most
    floats = [row | {"total_spend": None if row["total_spend"] is None else float(row["total_spend"])} for row in whole]
    try:
        import rule_engine
    except ImportError:
        print("rule-engine is not installed: left out")
    else:
        rule = rule_engine.Rule(
            "country in ['DE', 'FR'] and (total_spend != null and total_spend >= 100) and "
            "((orders != null and orders >= 3) or (nps != null and nps >= 9)) and churned == false"
        )
        found["rule-engine (null tests by hand)"] = (rule.matches, whole)
    try:
        from json_logic import jsonLogic
    except ImportError:
        print("panzi-json-logic is not installed: left out")
    else:

        def least(field: str, value: int) -> dict[str, Any]:
            return {"and": [{"!==": [{"var": field}, None]}, {">=": [{"var": field}, value]}]}

        logic = {
            "and": [
                {"in": [{"var": "country"}, ["DE", "FR"]]},
                least("total_spend", 100),
                {"or": [least("orders", 3), least("nps", 9)]},
                {"===": [{"var": "churned"}, False]},
            ]
        }
        found["panzi-json-logic (null tests by hand, floats)"] = (lambda row: jsonLogic(logic, row), floats)
    try:
        import cel
    except ImportError:
        print("common-expression-language is not installed: left out")
    else:
        program = cel.compile(
            "country in ['DE', 'FR'] && total_spend != null && total_spend >= 100.0 && "
            "((orders != null && orders >= 3) || (nps != null && nps >= 9)) && churned == false"
        )
        found["common-expression-language (null tests by hand, floats)"] = (program.execute, floats)
    return found


def seconds(call: Callable[[], object]) -> float:
    """Time one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def all_of_them(match: Callable[[Any], Any], given: Iterable[Any]) -> Callable[[], list[Any]]:
    return lambda: [match(row) for row in given]


def throughput() -> bool:
    """Compare evaluators over many rows; tell whether the limit holds."""
    given, predicate = rows(ROWS), sample()
    expected = [by_hand(row) for row in given]
    objects = [Record(**row) for row in given]
    columns = {field: [row.get(field) for row in given] for field in MISSING}
    contenders: dict[str, tuple[Callable[[], Any], int]] = {  # with the number of rows that each is given
        "lambda, null-safe, by hand": (all_of_them(by_hand, given), ROWS),
        "lambda over slots objects, by hand": (all_of_them(by_hand_of_objects, objects), ROWS),
        "compile()": (all_of_them(predicate.compile(), given), ROWS),
        "compile() over slots objects": (all_of_them(predicate.compile(), objects), ROWS),
        "compile(strict=True)": (all_of_them(predicate.compile(strict=True), given[:10_000]), 10_000),
        "filter": (lambda: list(predicate.filter(given)), ROWS),
        "mask over columns": (lambda: predicate.mask(columns), ROWS),
        "matches()": (all_of_them(predicate.matches, given[:10_000]), 10_000),
        "explain()": (all_of_them(predicate.explain, given[:1_000]), 1_000),
    }
    for name, (match, fitting) in peers(given[:500]).items():
        contenders[name] = (all_of_them(match, fitting), 500)
    for name, (run, number) in contenders.items():
        answers = run()
        if name == "filter":
            right = answers == [row for row, answer in zip(given, expected, strict=True) if answer]
        elif name == "explain()":
            right = [why.outcome == "match" for why in answers] == expected[:number]
        else:
            right = list(map(bool, answers)) == expected[:number]
        if not right:
            raise AssertionError(f"{name} gives other answers")
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (run, number) in contenders.items():
            times[name].append(seconds(run) / number)
    least = {name: min(spent) for name, spent in times.items()}
    base = least["lambda, null-safe, by hand"]
    print(f"{ROWS} rows, {sum(expected) / ROWS:.0%} of which pass; all agree")
    print(f"{'':58}{'ns/row':>10}{'ratio':>9}{'median':>9}")
    for name, spent in least.items():
        ratios = [one / other for one, other in zip(times[name], times["lambda, null-safe, by hand"], strict=True)]
        print(f"{name:58}{spent * 1e9:10.0f}{spent / base:9.2f}{statistics.median(ratios):9.2f}")
    compiled, explained = least["compile()"] / base, least["explain()"] / least["matches()"]
    good = verdict("compile() to the lambda", compiled, COMPILED_LIMIT, "times")
    return verdict("explain() to matches()", explained, EXPLAIN_LIMIT, "times") and good


def single_calls() -> bool:
    """Time what is asked once for a predicate; tell whether the limit holds."""
    given = rows(50)
    refused = next(row | {"total_spend": HUNDRED} for row in given if by_hand(row))
    times: dict[str, list[float]] = {}
    for number in range(ROUNDS):
        calls: dict[str, Callable[[Predicate], object]] = {
            "building the predicate": lambda _predicate, number=number: sample(2_000 + number),
            "compile(), never seen before": lambda predicate: predicate.compile(),
            "compile() again": lambda predicate: predicate.compile(),
            "to_sql()": lambda predicate: predicate.to_sql("sqlite"),
            "is_satisfiable()": lambda predicate: predicate.is_satisfiable(),
            "implies(total_spend >= 50)": lambda predicate: predicate.implies(Customer.total_spend >= 50),
            "explain()": lambda predicate: predicate.explain(refused),
            "explain().nearest(), one value to change": lambda predicate: predicate.explain(refused).nearest(),
            "explain().nearest(), nothing known": lambda predicate: predicate.explain({}).nearest(),
        }
        predicate = sample(1_000 + number)
        for name, call in calls.items():
            times.setdefault(name, []).append(seconds(lambda call=call, predicate=predicate: call(predicate)))
    print(f"{'':58}{'µs':>10}{'median':>9}")
    for name, spent in times.items():
        print(f"{name:58}{min(spent) * 1e6:10.1f}{statistics.median(spent) * 1e6:9.1f}")
    together = min(times["is_satisfiable()"]) + min(times["implies(total_spend >= 50)"])
    return verdict("implies + is_satisfiable", together * 1000, REASONING_LIMIT * 1000, "ms")


def verdict(name: str, found: float, limit: float, unit: str) -> bool:
    """Print whether a limit holds."""
    good = found <= limit
    print(f"{name}: {found:.2f} {unit}: {'ok' if good else 'too slow'}, the limit is {limit:g}")
    return good


def main() -> None:
    """Print both tables."""
    throughput()
    print()
    single_calls()


if __name__ == "__main__":
    main()
