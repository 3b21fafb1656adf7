"""The desk: what was solved at the first contact, what came back, what is open, what it cost, and how groups compare."""
