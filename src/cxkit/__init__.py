"""The logic of customer experience, as an embeddable library.

Five words make the whole: a **touchpoint** is one contact at a time, and a journey is one customer's touchpoints in
order; a **predicate** is a typed condition as a value; a **tally** is counts that add; a **decision** is an outcome
with its reasons; **as_of** is the only clock. Import what you need from its packages:

- `cxkit.journey`: what happened between a shop and its customers
- `cxkit.predicates`, `cxkit.segments`: who they are, by what they are and what they did
- `cxkit.metrics`: how well it goes
- `cxkit.loyalty`: what they get
- `cxkit.aftersales`: what should reach them next
- `cxkit.calendar`, `cxkit.answers`, `cxkit.tallies`, `cxkit.codec`, `cxkit.errors`: what the others share
"""

__all__ = ["__version__"]

TYPE_CHECKING = False  # a checker takes it for that of typing, which costs more to import than all of this page

__version__: str

if not TYPE_CHECKING:

    def __getattr__(name: str) -> str:
        """Read the version when asked: the metadata module costs more to import, too."""
        if name != "__version__":
            msg = f"module 'cxkit' has no attribute {name!r}"
            raise AttributeError(msg)
        from importlib.metadata import version  # noqa: PLC0415 - see above

        return version("cxkit")
