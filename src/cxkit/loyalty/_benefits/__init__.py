"""Benefits: what an offer gives, and which units it takes for it."""
