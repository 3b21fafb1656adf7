"""Churn: who was lost, by whose definition."""
