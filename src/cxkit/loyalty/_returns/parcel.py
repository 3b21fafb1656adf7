"""Parcels: which units of which lines came back."""

from collections.abc import Mapping, Sequence

from cxkit._checks import a_count, shown
from cxkit.errors import InvalidTypeError, InvalidValueError
from cxkit.loyalty._line import Line, thing


class Parcel:
    """What may still come back, and what does.

    Attributes:
        lines: The lines of the receipt.
        kept: How many units of each are kept.
    """

    def __init__(self, lines: Sequence[Line], kept: Sequence[int]) -> None:
        """Take note of what is out."""
        self.lines = lines
        self.kept = list(kept)

    def take(self, returned: Mapping[str, int]) -> tuple[int, ...]:
        """Take units back, by ids before skus, and return how many of each line are kept then."""
        named = _checked(returned)
        ids = {line.id for line in self.lines}
        for name in sorted(named, key=lambda name: name not in ids):
            self._take(name, named[name], by_id=name in ids)
        return tuple(self.kept)

    def _take(self, name: str, units: int, *, by_id: bool) -> None:
        places = [place for place, line in enumerate(self.lines) if name == (line.id if by_id else line.sku)]
        if not places:
            raise self._unknown(name)
        out = sum(self.kept[place] for place in places)
        if units > out:
            bought = sum(self.lines[place].quantity for place in places)
            unit = "unit" if units == 1 else "units"
            msg = f"{shown(units)} {unit} of {name!r} cannot come back: {out} of the {bought} bought are still out"
            raise InvalidValueError(msg, units)
        self._check_alike(name, units, places)
        for place in sorted(places, key=self._order):
            taken = min(units, self.kept[place])
            self.kept[place] -= taken
            units -= taken

    def _order(self, place: int) -> tuple[bool, str]:
        """Sort what was bought before gifts, then by id."""
        line = self.lines[place]
        return line.kind == "gift", line.id or ""

    def _check_alike(self, name: str, units: int, places: Sequence[int]) -> None:
        """Check that it makes no difference which of the units come back, or that all of them do."""
        bought = [place for place in places if self.kept[place] and self.lines[place].kind != "gift"]
        kinds = {thing(self.lines[place]) for place in bought}
        if len(kinds) > 1 and units < sum(self.kept[place] for place in bought):
            msg = (
                f"{name!r} stands on {len(bought)} lines that differ: say by the id of the line which of them came back; "
                f"give lines an id= where one sku is sold at several prices"
            )
            raise InvalidValueError(msg, name)

    def _unknown(self, name: str) -> InvalidValueError:
        from difflib import get_close_matches  # noqa: PLC0415 - slow to import, and only an error needs it

        known = {line.sku for line in self.lines} | {line.id for line in self.lines if line.id is not None}
        near = get_close_matches(name, sorted(known), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return InvalidValueError(f"the receipt has no sku or line id {shown(name)}{hint}", name)


def _checked(returned: Mapping[str, int]) -> Mapping[str, int]:
    if not isinstance(returned, Mapping) or not all(isinstance(name, str) for name in returned):
        msg = (
            f"returned must be a mapping from skus or line ids to units, as in {{'espresso': 1}}, got {shown(returned)}"
        )
        raise InvalidTypeError(msg, returned)
    if not returned:
        msg = "returned must name at least one unit that came back, as in {'espresso': 1}, got nothing"
        raise InvalidValueError(msg, returned)
    return {name: a_count(units, f"the units of {shown(name)}", least=1) for name, units in returned.items()}
