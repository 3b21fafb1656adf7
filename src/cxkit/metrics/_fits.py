"""Fits: the model that data lead to, if they determine one."""

from typing import Generic, Literal, TypeVar

import attrs
from typing_extensions import override

FitStatus = Literal["ok", "boundary", "not_identified"]
"""Whether the data lead to one model of the family, to a limit of it, or to many that fit as well."""
ModelT_co = TypeVar("ModelT_co", covariant=True)
DefaultT = TypeVar("DefaultT")


@attrs.frozen(kw_only=True, repr=False)
class Fitted(Generic[ModelT_co]):
    """What came of fitting a model to data: what each kind of fit has."""

    status: FitStatus
    log_likelihood: float | None
    _model: ModelT_co | None = attrs.field(alias="model")

    @property
    def is_defined(self) -> bool:
        """Whether there is a model."""
        return self._model is not None

    def model_or(self, default: DefaultT) -> ModelT_co | DefaultT:
        """Return the model, or `default` where it is not identified."""
        return default if self._model is None else self._model

    @override
    def __repr__(self) -> str:
        parts = (f"{field.alias}={getattr(self, field.name)!r}" for field in attrs.fields(type(self)))
        return f"{type(self).__name__}({', '.join(parts)})"
