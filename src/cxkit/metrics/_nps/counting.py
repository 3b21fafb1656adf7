"""Scores counted many at a time: as bytes, whose marks are bits of one large number."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import compress, islice
from typing import Any

from cxkit._checks import each_answer
from cxkit.metrics._nps.scale import NpsGroup, NpsScale

MANY = 1 << 16  # scores at once
BYTES = 256
DETRACTOR, PROMOTER, PASSIVE, OFF = b"\0", b"\1", b"\2", b"\x80"  # the marks; what is off the scale is not ASCII
PROMOTERS, PASSIVES = (int.from_bytes(mark * MANY) for mark in (PROMOTER, PASSIVE))
MAY_BE_BOOL = bytes(score in {0, 1} for score in range(BYTES))


def counted(scores: Iterable[float | Decimal | None], scale: NpsScale) -> Counter[NpsGroup]:
    """Count the answers of each group; the same, errors included, as `Counter(map(scale.group, scores))`."""
    found: Counter[NpsGroup] = Counter()
    marks = _marks(scale)
    for some in _chunks(each_answer(scores, "scores")):
        known, data = some, _as_bytes(some)
        if data is None:  # as a rule for missing answers, which are None
            known = [score for score in some if score is not None]
            found["missing"] += len(some) - len(known)
            data = _as_bytes(known)
        if data is not None and (marked := data.translate(marks)).isascii():
            bits = int.from_bytes(marked)
            promoters, passives = (bits & PROMOTERS).bit_count(), (bits & PASSIVES).bit_count()
            found.update(promoter=promoters, passive=passives, detractor=len(data) - promoters - passives)
        else:  # floats, say, or an error, which names the score
            found.update(map(scale.group, known))
    return found


def _marks(scale: NpsScale) -> bytes:
    """Return the mark of each byte, as a score."""
    starts = [0, scale.low, scale.passive, scale.promoter, scale.high + 1, BYTES]
    ends = [min(max(start, 0), BYTES) for start in starts]
    spans = zip((OFF, DETRACTOR, PASSIVE, PROMOTER, OFF), ends, ends[1:], strict=False)
    return b"".join(mark * (end - start) for mark, start, end in spans)


def _chunks(scores: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Read scores, many at a time."""
    if (view := _view(scores)) is not None:
        yield from (bytes(view[start : start + MANY]) for start in range(0, len(view), MANY))
    elif type(scores) is list or type(scores) is tuple:
        yield from (scores[start : start + MANY] for start in range(0, len(scores), MANY))
    else:
        given = iter(scores)
        while some := list(islice(given, MANY)):
            yield some


def _view(scores: Any) -> memoryview | None:
    """Return the memory of scores that are bytes already, as those of an `array("B")`."""
    try:
        view = memoryview(scores)
    except TypeError:
        return None
    return view if view.format == "B" and view.ndim == 1 else None


def _as_bytes(scores: Sequence[Any]) -> bytes | None:
    """Return whole numbers from 0 to 255 as bytes; `None` if there is anything else among them."""
    if isinstance(scores, bytes):
        return scores
    try:
        data = bytes(scores)
    except (TypeError, ValueError):
        return None
    has_bool = bool in map(type, compress(scores, data.translate(MAY_BE_BOOL)))
    return None if has_bool else data
