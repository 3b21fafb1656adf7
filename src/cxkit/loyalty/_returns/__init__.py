"""Returns: what goes back to the customer, worked out from the receipt under a named policy."""
