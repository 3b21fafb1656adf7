"""What a type checker sees of attribution: money with a currency, and fractions without."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import assert_type

from cxkit.journey import Attribution, ConversionPath, Journey, Linear, Markov, attribute, compare_models

LOG: list[Journey] = []

counted = attribute(LOG, conversion="order", model=Linear())
assert_type(counted, Attribution[Fraction])
assert_type(counted.credits, dict[str, Fraction])

valued = attribute(LOG, conversion="order", model=Markov(), currency="EUR")
assert_type(valued.credits, dict[str, Decimal])
assert_type(valued.unattributed, Decimal)
assert_type(valued + valued, Attribution[Decimal])
assert_type(valued.removal_effects, dict[str, Fraction] | None)

valued + counted  # type: ignore[operator]  # euros and numbers do not add


class Mine:
    def weights(self, path: ConversionPath) -> Sequence[int]:
        return [1] * len(path.labels)


attribute(LOG, conversion="order", model=Mine())
compare_models(LOG, [Linear(), Markov(), Mine()], conversion="order")
compare_models(LOG, {"linear": Linear(), "mine": Mine()}, conversion="order")

attribute(LOG, conversion="order", model=Linear)  # type: ignore[call-overload]  # an instance, not the class
attribute(LOG, "order", model=Linear())  # type: ignore[call-overload]  # options go by name
