"""Funnels: how far customers come along some steps, and why they stop."""
