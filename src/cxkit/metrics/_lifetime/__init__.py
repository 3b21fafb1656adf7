"""Lifetime value: what a customer is worth, and what more retention would be worth."""
