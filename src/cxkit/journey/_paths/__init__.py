"""Paths: what follows what, whole paths, what is done again, and how long it takes."""
