"""Survival: how long customers stay, of those who left and of those who are still there."""
