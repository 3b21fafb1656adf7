"""Names of metrics: two that count different events are two metrics, and must not add."""

from cxkit.journey import Contact


def named(metric: str, event: Contact) -> str:
    """Return the name of a metric of orders, or of another event."""
    return metric if event == "order" else f"{metric} of {event!r}"
