"""What a type checker sees of the metrics."""

from typing import assert_type

from cxkit.metrics import churn_rate

churn = churn_rate(start=500, end=450)
assert_type(churn.value, float)
assert_type(churn.value_or(None), float | None)

churn_rate(500, 450)  # type: ignore[call-arg]  # counts that are easily swapped go by name
