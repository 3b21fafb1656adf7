"""Small groups: which numbers may be shown, so that nobody can work out those of a few."""
