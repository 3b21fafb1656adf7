"""Comparing groups and periods: weights, what a change is made of, and whether there is one."""
