"""Payment pages of providers, simulated."""
