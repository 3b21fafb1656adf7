"""The private modules of trials: offers are tried out before customers do it."""
