"""Late imports: what few programs ask for is imported when it is asked for, so that the rest starts quickly."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module


def late(package: str, names: Mapping[str, Iterable[str]]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package.

    Args:
        package: Its name.
        names: The names that each of its modules gives.
    """
    module_of = {name: module for module, given in names.items() for name in given}

    def find(name: str) -> object:
        if name not in module_of:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return find
