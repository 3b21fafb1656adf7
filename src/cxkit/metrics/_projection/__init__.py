"""Projection of retention: renewals counted, models of them, and how well these project."""
