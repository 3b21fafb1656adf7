"""Short reprs: the code that makes a value, without what goes without saying."""

from typing import Any

import attrs


def brief(self: Any) -> str:
    """Return the code that makes a value of an attrs class, without the parts that are as they are unless given.

    It is the `__repr__` of a class, as in `__repr__ = brief`.
    """
    fields = [field for field in attrs.fields(type(self)) if field.init]
    parts = [_part(self, field) for field in fields if getattr(self, field.name) != _usual(self, field)]
    return f"{type(self).__name__}({', '.join(parts)})"


def _part(value: Any, field: Any) -> str:
    required = field.default is attrs.NOTHING and not field.kw_only
    return f"{'' if required else f'{field.alias}='}{getattr(value, field.name)!r}"


def _usual(value: Any, field: Any) -> object:
    match field.default:
        case attrs.Factory(factory=factory, takes_self=takes_self):  # type: ignore[misc]
            return factory(value) if takes_self else factory()
        case usual:
            return usual
