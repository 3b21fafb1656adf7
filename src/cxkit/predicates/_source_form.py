"""The stored form of sources: a field by its name, any other by its type name and parts."""

from difflib import get_close_matches

from cxkit._forms import SHOWN, Form, Json, Reader, nested
from cxkit.predicates._field import FieldSource, find_field
from cxkit.predicates._source import Source

_OTHERS = nested(Source)


def _dump(source: Source) -> Json:
    return repr(source) if isinstance(source, FieldSource) else _OTHERS.dump(source)


def _load(data: Json, reader: Reader) -> Source:
    if not isinstance(data, str):
        return _OTHERS.load(data, reader)
    source = find_field(data, reader.fields)
    if source is None:
        raise reader.fault(f"unknown field {data!r}{_hint(data, reader)}", data)
    return source


def _hint(code: str, reader: Reader) -> str:
    for owner in reader.fields:
        label, fields = str(getattr(owner, "label", "")), getattr(owner, "fields", {})
        if (code.startswith(f"{label}.") or code in fields) and len(code) <= SHOWN:
            near = get_close_matches(code.removeprefix(f"{label}."), fields, n=1)
            if near:
                return f"; did you mean {repr(fields[near[0]].source)!r}?"
    given = ", ".join(str(getattr(owner, "label", owner)) for owner in reader.fields)
    return f"; this call was given fields={given}" if given else "; pass fields="


SOURCE_FORM: Form[Source] = Form(_dump, _load)
