"""Friction: what makes journeys hard, in named parts that lead back to touchpoints."""
