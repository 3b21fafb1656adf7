"""What offers are, when they hold, and by which policy they are applied."""
