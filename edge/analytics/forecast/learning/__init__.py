"""Training of forecast models, and how accurate they are."""
