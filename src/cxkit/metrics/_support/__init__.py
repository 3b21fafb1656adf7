"""Support: what the touchpoints of a ticket mean, how fast it was served, whether promises were kept, and who solved it."""
