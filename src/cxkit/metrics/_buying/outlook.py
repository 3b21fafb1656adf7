"""What a customer is worth calling for."""

import attrs


@attrs.frozen
class PurchaseOutlook:
    """What a customer will do within a time, as models of purchases and of spend see it; all are estimates, so floats.

    Attributes:
        customer: Who.
        p_alive: The probability that they have not left.
        purchases: How often they will buy, on average; that they may have left is in it.
        spend: What they will spend at each, on average; `None` without a model of spend.
    """

    customer: str
    p_alive: float
    purchases: float
    spend: float | None = None

    @property
    def value(self) -> float | None:
        """What they will spend in all, on average: purchases times spend; `None` without a model of spend."""
        return None if self.spend is None else self.purchases * self.spend
