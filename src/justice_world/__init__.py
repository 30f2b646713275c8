"""The simulated justice system, with known truth."""
