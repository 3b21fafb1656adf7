"""The public API as the source declares it: what stands in the `__all__` of the modules without an underscore."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import griffe
from griffe_cxkit import Signatures

# A class's own line has its signature; how a value prints, and what an error pickles by, is no promise.
NOT_OFFERED = {"__attrs_post_init__", "__init__", "__reduce__", "__repr__", "__slots__", "__str__", "args"}


def load() -> griffe.Module:
    """Read cxkit from where it is installed, without importing it."""
    spec = find_spec("cxkit")
    assert spec is not None
    assert spec.origin is not None
    extensions = griffe.load_extensions(Signatures)
    folder = Path(spec.origin).parents[1]
    package = griffe.load("cxkit", search_paths=[folder], extensions=extensions, resolve_aliases=True)
    assert isinstance(package, griffe.Module)
    return package


def modules(package: griffe.Module) -> Iterator[griffe.Module]:
    """Find the public modules, the package itself first."""
    yield package
    for name, module in sorted(package.modules.items()):
        if not name.startswith("_") and not module.is_alias:
            yield from modules(module)


def names(module: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    """Find what a module exports, by the path that users import it from."""
    for name in map(str, module.exports or ()):
        yield f"{module.path}.{name}", itself(module.members[name])


def members(cls: griffe.Class) -> Iterator[tuple[str, griffe.Object]]:
    """Find what a class offers, inherited from other classes of cxkit too."""
    for name, found in sorted(cls.all_members.items()):
        if name not in NOT_OFFERED and (name.startswith("__") or not name.startswith("_")):
            yield name, itself(found)


def public() -> Iterator[tuple[str, griffe.Object]]:
    """Find every public name and its object, members after their class."""
    for module in modules(load()):
        yield module.path, module
        for path, found in names(module):
            yield path, found
            if isinstance(found, griffe.Class):
                yield from ((f"{path}.{name}", member) for name, member in members(found))


def itself(found: griffe.Object | griffe.Alias) -> griffe.Object:
    """Follow an import to what it names."""
    return found.final_target if isinstance(found, griffe.Alias) else found
