"""How offers are applied to a basket: lanes, the best combination, and the trace."""
