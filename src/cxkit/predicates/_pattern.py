r"""Regular expressions whose work is bounded: they go through a text once, whatever they and the text are.

`re` of the standard library tries one way after another, and short patterns can take it years. Here all ways are
followed at once (K. Thompson, "Regular expression search algorithm", 1968), which needs expressions that are regular:
no back-references and no look-around. `re` still says what a single sign such as `\w` or `[^@]` stands for.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs
from typing_extensions import override

from cxkit.errors import InvalidTypeError, InvalidValueError

LENGTH = 500  # characters of a pattern
STATES = 2_000  # states of its automaton, in which `(ab){3}` counts three times
DEPTH = 20  # groups within one another
WAYS = 100  # to go through an expression at one place: so few that they can be tried one after another
SEARCHED = 10_000  # characters of a text

_TOKEN = re.compile(
    r"(?P<atom>\[\^?\]?(?:\\.|[^\]\[\\])*\]|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[wWdDsSntrfv]|\\[^a-zA-Z0-9]|\.)"
    r"|(?P<place>\^|\$|\\[bBAZ])|(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})\??(?![*+?{]))|(?P<plain>[^\\\[\]{}()*+?|^$.])",
    re.DOTALL | re.ASCII,
)
_CONFUSING = ("--", "&&", "~~", "||")  # in a class, which `re` may one day read as operators

State: TypeAlias = tuple[str, Any, Any]  # "sign" or "place" with a test and the next state, "fork" with two states


@attrs.frozen(repr=False)
class Pattern:
    r"""A regular expression, searched for anywhere in a text.

    Signs, classes, `.`, `^`, `$`, `\b`, groups, alternatives and repeats mean what they mean to `re`.

    Attributes:
        text: The expression.

    Raises:
        InvalidValueError: It is no regular expression, or one with back-references, look-around, names or flags.
    """

    text: str
    _states: tuple[State, ...] = attrs.field(init=False, eq=False)
    _start: int = attrs.field(init=False, eq=False)
    _simple: "re.Pattern[str] | None" = attrs.field(init=False, eq=False)  # where `re` cannot take long either

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.text, str):
            msg = f"expected a regular expression as text, got {self.text!r}"
            raise InvalidTypeError(msg, self.text)
        states: list[State] = [("found", None, None)]
        parser = _Parser(self.text, states)
        start = parser.whole()(0)
        object.__setattr__(self, "_simple", re.compile(self.text) if parser.ways <= WAYS else None)
        object.__setattr__(self, "_states", tuple(states))
        object.__setattr__(self, "_start", start)

    @property
    def plain(self) -> str:
        """What it says of signs themselves, without its escapes."""
        by_number = re.sub(r"\\x(..)|\\u(....)", lambda found: chr(int(found[1] or found[2], 16)), self.text)
        return re.sub(r"\\.", "", by_number)

    def is_found_in(self, text: str) -> bool:
        """Whether it is found anywhere in a text.

        Raises:
            InvalidValueError: The text is longer than what is searched.
        """
        if not isinstance(text, str):
            raise TypeError(text)
        if len(text) > SEARCHED:
            msg = f"texts of up to {SEARCHED} characters are searched for {self!r}, got one of {len(text)}"
            raise InvalidValueError(msg, text)
        if self._simple is not None:
            return self._simple.search(text) is not None
        waiting: list[int] = []
        for place in range(len(text) + 1):
            reached = self._reached([*waiting, self._start], text, place)
            if 0 in reached:
                return True
            if place < len(text):
                waiting = [
                    follower
                    for kind, test, follower in map(self._states.__getitem__, reached)
                    if kind == "sign" and test(text, place)
                ]
        return False

    def _reached(self, waiting: list[int], text: str, place: int) -> set[int]:
        """Return the states that can be reached at a place without going on in the text."""
        reached: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number in reached:
                continue
            reached.add(number)
            kind, first, second = self._states[number]
            if kind == "fork":
                waiting += (first, second)
            elif kind == "place" and first(text, place):
                waiting.append(second)
        return reached

    @override
    def __reduce__(self) -> tuple[type["Pattern"], tuple[str]]:
        return Pattern, (self.text,)

    @override
    def __repr__(self) -> str:
        return repr(self.text)


Part: TypeAlias = Callable[[int], int]  # adds its states before a state, and gives the one that it begins with


class _Parser:
    """Reads an expression into parts; each gives the states of a copy of it."""

    def __init__(self, text: str, states: list[State]) -> None:
        self.text = text
        self.states = states
        if len(text) > LENGTH:
            raise self.refused(f"it has more than {LENGTH} characters")
        self.tokens = iter(self.lexed())
        try:
            re.compile(text)
        except (re.error, OverflowError) as error:
            raise self.refused(str(error)) from error
        self.next = next(self.tokens, None)
        self.ways = 1  # in which the expression can be gone through at one place; a repeat makes them too many

    def refused(self, why: str) -> InvalidValueError:
        shown = self.text if len(self.text) <= LENGTH else f"{self.text[:40]}..."
        msg = f"expected a regular expression that can be searched in one pass, got {shown!r}: {why}"
        return InvalidValueError(msg, self.text)

    def lexed(self) -> list[re.Match[str]]:
        tokens = list(_TOKEN.finditer(self.text))
        ends = [0, *(token.end() for token in tokens)]
        begins = [*(token.start() for token in tokens), len(self.text)]
        for begin, end in zip(begins, ends, strict=True):
            if begin != end:  # signs between two tokens are none
                unread = self.text[end:begin]
                why = (
                    "groups have no flags, names or look-around" if unread[0] == "(" else f"{unread[:20]!r} is not read"
                )
                raise self.refused(why)
        for token in tokens:
            if token.group().startswith("[") and any(pair in token.group() for pair in _CONFUSING):
                raise self.refused(f"write doubled signs in {token.group()} with a backslash")
        return tokens

    def advance(self) -> str:
        """Take the next token."""
        token = self.next
        if token is None:  # `re` has found the expression to be whole
            raise NotImplementedError
        self.next = next(self.tokens, None)
        return token.group()

    def sees(self, kind: str) -> bool:
        return self.next is not None and self.next.lastgroup == kind

    def whole(self) -> Part:
        return self.alternatives(0)

    def alternatives(self, depth: int) -> Part:
        if depth > DEPTH:
            raise self.refused(f"groups are more than {DEPTH} deep")
        choices = [self.sequence(depth)]
        while self.sees("bar"):
            self.advance()
            choices.append(self.sequence(depth))

        self.ways *= len(choices)

        def add(end: int) -> int:
            first, *others = [choice(end) for choice in choices]
            for other in others:
                first = self.add("fork", first, other)
            return first

        return add

    def sequence(self, depth: int) -> Part:
        parts = []
        while self.next is not None and self.next.lastgroup not in ("bar", "close"):
            parts.append(self.repeated(depth))

        def add(end: int) -> int:
            for part in reversed(parts):
                end = part(end)
            return end

        return add

    def repeated(self, depth: int) -> Part:
        part = self.part(depth)
        if not self.sees("repeat"):
            return part
        self.ways = WAYS + 1
        repeat = self.advance().rstrip("?") or "?"
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(repeat) or _counts(repeat)

        def add(end: int) -> int:
            if most is None:
                loop = self.add("fork", 0, end)
                self.states[loop] = ("fork", part(loop), end)
                end = loop
            for _ in range((most or least) - least):
                end = self.add("fork", part(end), end)
            for _ in range(least):
                before = len(self.states)
                end = part(end)
                if len(self.states) == before:  # nothing is nothing, however often
                    break
            return end

        return add

    def part(self, depth: int) -> Part:
        if self.sees("open"):
            self.advance()
            group = self.alternatives(depth + 1)
            self.advance()  # the closing bracket, as `re` has found
            return group
        kind = "place" if self.sees("place") else "sign"
        is_plain = self.sees("plain")
        taken = self.advance()
        test = re.compile(re.escape(taken) if is_plain else taken).match
        return lambda end: self.add(kind, test, end)

    def add(self, kind: str, first: object, second: object) -> int:
        if len(self.states) >= STATES:
            raise self.refused(f"it repeats into more than {STATES} states")
        self.states.append((kind, first, second))
        return len(self.states) - 1


def _counts(repeat: str) -> tuple[int, int | None]:
    least, comma, most = repeat[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)
