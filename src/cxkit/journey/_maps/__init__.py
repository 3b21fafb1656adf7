"""Journey maps: what should happen, and how it compares with what did."""
