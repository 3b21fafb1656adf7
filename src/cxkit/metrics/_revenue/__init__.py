"""Recurring revenue: what customers pay each month, how that changes, and what comes up for renewal."""
