"""The search for a record that passes a predicate, or the proof that there is none.

Each value that is tested has a few cells; a record is a choice of one cell for each value. The search goes through the
choices, and leaves a branch as soon as the rest cannot matter. Where the cells are not all known, records that are found
are still records, and a second search over a larger set of answers than there can be may still prove that there are none.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple, TypeAlias

from cxkit.errors import CxError
from cxkit.predicates._cells import Answers, cells, literals, possible
from cxkit.predicates._field import FieldSource
from cxkit.predicates._nodes import And, Leaf, Not, Or
from cxkit.predicates._predicate import Key, Predicate
from cxkit.predicates._records import Record, record_of
from cxkit.predicates._source import Source
from cxkit.predicates._subject import Subject

STEPS = 5_000  # of one search
CELLS = 20_000  # of one value
VARIABLES = 300  # values that are chosen
FREE = 8  # tests that stay open where a value is known

Answer: TypeAlias = bool | None
Formula: TypeAlias = "int | tuple[str, Sequence[Formula]]"


class Solution(NamedTuple):
    """What the search found.

    Attributes:
        found: Whether there is a record that passes; `None` if that is not known.
        record: It, where there is one.
    """

    found: bool | None
    record: Record | None = None


class Choice(NamedTuple):
    """One way in which a value can be.

    Attributes:
        answers: What the tests answer then, by number; `None` for what stays open.
        value: The value; `None` for a missing one, and where answers are chosen, not values.
        is_missing: Whether there is no value.
    """

    answers: Mapping[int, Answer]
    value: Any = None
    is_missing: bool = False


class Variable(NamedTuple):
    """A value that is chosen, with the tests that its choice decides.

    Attributes:
        key: The base that it is the value of, or the two that are compared.
        choices: The ways in which it can be.
        base: Where the value stands; `None` where answers are chosen, not values.
        bases: Which bases must have a value for the tests to hold, where two are compared.
    """

    key: Hashable
    choices: Sequence[Choice]
    base: FieldSource | None = None
    bases: tuple[Hashable, ...] = ()


class Problem:
    """A predicate, taken apart."""

    def __init__(self, predicate: Predicate, *, steps: int = STEPS) -> None:
        self.predicate = predicate
        self.steps = steps
        self.leaves: list[Leaf] = []
        self.numbers: dict[Key, int] = {}
        self.formula = self._formula(predicate)
        self.groups: dict[Hashable, list[int]] = {}  # the tests of each base, by its key
        self.bases: dict[Hashable, Source] = {}
        self.pairs: dict[frozenset[Hashable], list[int]] = {}  # the tests that compare two bases
        for number, leaf in enumerate(self.leaves):
            self.bases |= {source.base.key(): source.base for source in leaf.sources}
            keys = [source.base.key() for source in leaf.sources]
            if len(set(keys)) == 1:
                self.groups.setdefault(keys[0], []).append(number)
            else:
                self.pairs.setdefault(frozenset(source.key() for source in leaf.sources), []).append(number)
        for key in self.bases:
            self.groups.setdefault(key, [])

    def _formula(self, predicate: Predicate) -> Formula:
        """Write the predicate over the numbers of its tests, equal ones as one."""
        match predicate:
            case Leaf():
                key = predicate.key()
                if key not in self.numbers:
                    self.numbers[key] = len(self.leaves)
                    self.leaves.append(predicate)
                return self.numbers[key]
            case Not(term):
                return ("not", (self._formula(term),))
            case And(terms) | Or(terms):
                return ("all" if isinstance(predicate, And) else "any", [self._formula(term) for term in terms])
            case _:
                raise NotImplementedError

    @property
    def fields(self) -> dict[Hashable, FieldSource]:
        """The fields that are read, by key."""
        return {key: base for key, base in self.bases.items() if isinstance(base, FieldSource)}

    @property
    def is_tangled(self) -> bool:
        """Whether two fields, of two classes, say, read the same place of a record."""
        paths = sorted(field.path for field in self.fields.values())
        return any(other[: len(one)] == one for one, other in combinations(paths, 2))

    def solve(self) -> Solution:
        """Look for a record, then for a proof that there is none."""
        if len(self.bases) > VARIABLES:
            return Solution(found=None)
        record = None if self.is_tangled else self.witness()
        if record is not None:
            return Solution(found=True, record=record)
        variables = [self.assumed(key, numbers) for key, numbers in self.groups.items() if numbers]
        if None in variables:
            return Solution(found=None)
        related = [self.related(keys, numbers) for keys, numbers in self.pairs.items()]
        search = Search(self, [*(variable for variable in variables if variable is not None), *related])
        for _ in search.run():
            return Solution(found=None)
        return Solution(found=None if search.gave_up else False)

    def witness(self) -> Record | None:
        """Return a record that passes, if one is found; where time matters, one that passes at every moment."""
        if not self.predicate.timed:
            return next(self.records(), None)
        choice = next(self.search().run(), None)
        return None if choice is None else _chosen(choice)

    def records(self, *, wholly: bool = False) -> Iterator[Record]:
        """Yield records that pass, one for each combination of cells that is found; `wholly`, with each value chosen."""
        search = self.search()
        for choice in search.all() if wholly else search.run():
            record = _chosen(choice)
            if self.predicate.matches(record):
                yield record

    def search(self) -> "Search":
        """Return the search through the values that are known."""
        return Search(self, [self.chosen(key, numbers) for key, numbers in self.groups.items()])

    def leaves_of(self, base: Source) -> list[Leaf]:
        """Return the tests that read a base."""
        return [leaf for leaf in self.leaves if base.key() in (source.base.key() for source in leaf.sources)]

    def values(self, key: Hashable) -> Iterable[Any]:
        """Yield values of a base, one at least for each cell that is known."""
        by_source: dict[Hashable, tuple[Source, list[Leaf]]] = {}
        for leaf in self.leaves_of(self.bases[key]):
            for source in leaf.sources:
                if source.base.key() == key:
                    by_source.setdefault(source.key(), (source, []))[1].append(leaf)
        for source, leaves in by_source.values():
            for value in cells(source, [*leaves, *self.compared(leaves)]).values:
                yield from source.origins(value)

    def compared(self, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
        """Yield the tests of what some values are compared with, so that both have values in common."""
        keys = {source.key() for leaf in leaves if len(leaf.sources) > 1 for source in leaf.sources}
        for leaf in self.leaves:
            if leaf.source.key() in keys and len(leaf.sources) == 1 and literals([leaf]):
                yield leaf

    def chosen(self, key: Hashable, numbers: Sequence[int]) -> Variable:
        """Return the choices of a value; of those that all tests answer alike, one is enough unless it is compared."""
        base = self.bases[key]
        if not isinstance(base, FieldSource):
            return Variable(key, [Choice(dict.fromkeys(numbers))])
        is_compared = any(len(leaf.sources) > 1 for leaf in self.leaves_of(base))
        choices: dict[Any, Choice] = {}
        for count, value in enumerate(self.values(key)):
            if count > CELLS:
                break
            answers = self.answers(base, value, numbers)
            choices.setdefault((repr(value) if is_compared else None, *answers.values()), Choice(answers, value))
        missing = Choice(dict.fromkeys(numbers, False), None, is_missing=True)
        return Variable(key, [*choices.values(), missing], base)

    def answers(self, base: FieldSource, value: Any, numbers: Iterable[int]) -> dict[int, Answer]:
        """Return what tests answer of a value; `None` where that depends on more, or cannot be found out."""
        subject = Subject(record_of([(base.path, value)]), None, None)
        found: dict[int, Answer] = {}
        for number in numbers:
            leaf = self.leaves[number]
            if leaf.sources == (base,):
                found[number] = leaf.tests(value)
                continue
            try:
                found[number] = leaf.if_known(subject)
            except CxError:
                found[number] = None
        return found

    def assumed(self, key: Hashable, numbers: Sequence[int]) -> Variable | None:
        """Return all answers that the tests of one base can give together, and perhaps more."""
        missing = Choice(dict.fromkeys(numbers, False), None, is_missing=True)
        by_source: dict[Hashable, list[int]] = {}
        for number in numbers:
            keys = [source.key() for source in self.leaves[number].sources]
            by_source.setdefault((len(keys), frozenset(keys)), []).append(number)
        if len(literals([self.leaves[number] for number in numbers])) > CELLS:
            return None
        choices: list[dict[int, Answer]] = [{}]
        for of_source in by_source.values():
            found = self.of_source(of_source)
            if found is None or len(choices) * len(found) > STEPS:
                return None
            choices = [
                {**choice, **dict(zip(of_source, answers, strict=True))} for choice in choices for answers in found
            ]
        if len(by_source) > 1:
            choices = self.agreeing(key, numbers, choices)
        return Variable(key, [*map(Choice, choices), missing])

    def agreeing(
        self, key: Hashable, numbers: Sequence[int], choices: Sequence[dict[int, Answer]]
    ) -> list[dict[int, Answer]]:
        """Replace the choices in which the value itself is stated: what is derived from it is known then."""
        base = self.bases[key]
        if not isinstance(base, FieldSource):
            return list(choices)
        stating = [
            number
            for number in numbers
            if self.leaves[number].sources == (base,) and self.leaves[number].operator in ("eq", "in")
        ]
        kept = [choice for choice in choices if not any(choice[number] for number in stating)]
        for value in literals(self.leaves[number] for number in stating):
            answers = self.answers(base, value, numbers)
            free = [number for number, answer in answers.items() if answer is None]
            if len(free) > FREE:
                return list(choices)
            kept += [
                {**answers, **dict(zip(free, way, strict=True))} for way in product((False, True), repeat=len(free))
            ]
        return kept

    def of_source(self, numbers: Sequence[int]) -> Collection[Answers] | None:
        leaves = [self.leaves[number] for number in numbers]
        return _relations(leaves) if len(leaves[0].sources) > 1 else possible(leaves[0].source, leaves)

    def related(self, keys: Hashable, numbers: Sequence[int]) -> Variable:
        """Return all answers of the tests that compare two values with one another."""
        leaves = [self.leaves[number] for number in numbers]
        bases = tuple(source.base.key() for source in leaves[0].sources)
        choices = [Choice(dict(zip(numbers, answers, strict=True))) for answers in _relations(leaves)]
        missing = Choice(dict.fromkeys(numbers, False), None, is_missing=True)
        return Variable(keys, [*choices, missing], bases=bases)


def _relations(leaves: Sequence[Leaf]) -> set[Answers]:
    """Return how comparisons of the same two values answer where the first is less, the same, or more."""
    first, second = (source.key() for source in leaves[0].sources)
    orders = ((0, 0),) if first == second else ((0, 1), (0, 0), (1, 0))
    return {
        tuple(leaf.passes(*((one, other) if leaf.source.key() == first else (other, one))) for leaf in leaves)
        for one, other in orders
    }


class Search:
    """A search through the choices of some variables, depth first."""

    def __init__(self, problem: Problem, variables: Iterable[Variable]) -> None:
        self.problem = problem
        self.steps = 0
        self.gave_up = False
        # A value with many tests is the likeliest to contradict itself, so it comes first; comparisons need both values.
        self.variables = sorted(
            variables, key=lambda variable: (bool(variable.bases), -len(variable.choices[0].answers))
        )
        self.answers: list[Answer] = [None] * len(problem.leaves)
        self.choice: list[tuple[FieldSource, Any]] = []
        self.missing: set[Hashable] = set()

    def run(self, depth: int = 0) -> Iterator[list[tuple[FieldSource, Any]]]:
        """Yield the choices after which the predicate holds, whatever is not chosen."""
        self.steps += 1
        if self.steps > self.problem.steps:
            self.gave_up = True
            return
        now = self.value(self.problem.formula)
        if now:
            yield list(self.choice)
        if now is not None or depth == len(self.variables):
            return
        yield from self.branches(depth, self.run)

    def all(self, depth: int = 0) -> Iterator[list[tuple[FieldSource, Any]]]:
        """Yield all choices, each with every value chosen."""
        self.steps += 1
        if self.steps > self.problem.steps:
            return
        if depth == len(self.variables):
            yield list(self.choice)
            return
        yield from self.branches(depth, self.all)

    def branches(self, depth: int, further: Any) -> Iterator[list[tuple[FieldSource, Any]]]:
        variable = self.variables[depth]
        for choice in variable.choices:
            if variable.bases and not choice.is_missing and not self.missing.isdisjoint(variable.bases):
                continue
            self.take(variable, choice)
            yield from further(depth + 1)
            self.put_back(variable, choice)

    def take(self, variable: Variable, choice: Choice) -> None:
        for number, answer in choice.answers.items():
            self.answers[number] = answer
        if variable.base is not None:
            self.choice.append((variable.base, choice.value))
            if self.problem.pairs:
                self.compare()
        if choice.is_missing and not variable.bases:
            self.missing.add(variable.key)

    def put_back(self, variable: Variable, choice: Choice) -> None:
        for number in choice.answers:
            self.answers[number] = None
        if variable.base is not None:
            self.choice.pop()
            if self.problem.pairs:
                self.compare()
        self.missing.discard(variable.key)

    def value(self, formula: Formula) -> Answer:
        """Evaluate what is known so far (Kleene)."""
        if isinstance(formula, int):
            return self.answers[formula]
        sign, terms = formula
        if sign == "not":
            known = self.value(terms[0])
            return None if known is None else not known
        settles = sign == "any"
        rest: Answer = not settles
        for term in terms:
            known = self.value(term)
            if known is settles:
                return settles
            if known is None:
                rest = None
        return rest

    def compare(self) -> None:
        """Answer the tests that compare two values of which both are chosen, and leave the others open."""
        chosen = {base.key(): (base, value) for base, value in self.choice}
        for numbers in self.problem.pairs.values():
            for number in numbers:
                leaf = self.problem.leaves[number]
                bases = [source.base.key() for source in leaf.sources]
                self.answers[number] = None
                if all(key in chosen for key in bases):
                    subject = Subject(_chosen(chosen[key] for key in bases), None, None)
                    known = leaf.if_known(subject)
                    self.answers[number] = False if known is None and not leaf.timed else known


def _chosen(values: Iterable[tuple[FieldSource, Any]]) -> Record:
    """Build the record that holds the values that are chosen."""
    return record_of((field.path, value) for field, value in values)
