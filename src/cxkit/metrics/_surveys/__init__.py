"""Surveys: scores on declared scales, and how many answered."""
