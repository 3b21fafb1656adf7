"""The Net Promoter Score: what it is, how sure it is, and how many answers it needs."""
