"""What griffe is told about cxkit, to make the snapshot and the reference."""

import re
from collections.abc import Iterator

import griffe
from typing_extensions import override

DOCTEST = re.compile(r"^>>> .+?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


class Signatures(griffe.Extension):
    """Gives attrs classes and named tuples the `__init__` that they have at run time."""

    @override
    def on_package(self, *, pkg: griffe.Module, **_options: object) -> None:
        for cls in _classes(pkg):
            if _has_fields(cls) and "__init__" not in cls.members:
                fields = {name: field for base in [*reversed(cls.mro()), cls] for name, field in _parameters(base)}
                ordered = sorted(fields.values(), key=lambda field: field.kind is griffe.ParameterKind.keyword_only)
                itself = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
                init = griffe.Function("__init__", parameters=griffe.Parameters(itself, *ordered), parent=cls)
                cls.set_member("__init__", init)


class Reading(griffe.Extension):
    """Makes a docstring's examples code blocks, and leaves operators and their like out of the reference."""

    @override
    def on_object(self, *, obj: griffe.Object, **_options: object) -> None:
        if obj.docstring:
            obj.docstring.value = DOCTEST.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)

    @override
    def on_package(self, *, pkg: griffe.Module, **_options: object) -> None:
        for cls in _classes(pkg):
            for name in list(cls.members):
                if name == "args" or (name.startswith("__") and name != "__init__"):
                    cls.del_member(name)


def _classes(parent: griffe.Module | griffe.Class) -> Iterator[griffe.Class]:
    for member in parent.members.values():
        if isinstance(member, griffe.Class):
            yield member
        if isinstance(member, griffe.Module | griffe.Class):
            yield from _classes(member)


def _has_fields(cls: griffe.Class) -> bool:
    decorated = any(decorator.callable_path.startswith("attrs.") for decorator in cls.decorators)
    return decorated or "NamedTuple" in map(str, cls.bases)


def _parameters(cls: griffe.Class) -> Iterator[tuple[str, griffe.Parameter]]:
    """Find the fields that a class declares itself."""
    if not _has_fields(cls):
        return
    all_by_keyword = any("kw_only=True" in str(decorator.value) for decorator in cls.decorators)
    for name, member in cls.members.items():
        if not isinstance(member, griffe.Attribute) or "instance-attribute" not in member.labels:
            continue
        options = _field_options(member.value)
        if options.get("init") == "False":
            continue
        by_keyword = all_by_keyword or options.get("kw_only") == "True"
        kind = griffe.ParameterKind.keyword_only if by_keyword else griffe.ParameterKind.positional_or_keyword
        default = options.get("default") or (f"{options['factory']}()" if "factory" in options else None)
        alias = options.get("alias", name.lstrip("_")).strip("'\"")
        yield name, griffe.Parameter(alias, annotation=member.annotation, kind=kind, default=default)


def _field_options(value: str | griffe.Expr | None) -> dict[str, str]:
    """Read the options of `attrs.field(...)`; any other value is the default itself."""
    if value is None:
        return {}
    if isinstance(value, griffe.ExprCall) and value.canonical_path == "attrs.field":
        arguments = value.arguments
        return {one.name: str(one.value) for one in arguments if isinstance(one, griffe.ExprKeyword)}
    return {"default": str(value)}
