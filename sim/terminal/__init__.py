"""Payment terminals and providers, simulated."""
