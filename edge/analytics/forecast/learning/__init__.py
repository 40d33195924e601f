"""Training of forecast models, and measurement of their accuracy."""
