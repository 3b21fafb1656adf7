"""Bots: which conversations a bot ended, and which it handed over."""
