"""Obligations: what is planned for a customer and has not come yet."""
