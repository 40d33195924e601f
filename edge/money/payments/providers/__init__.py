"""Payment providers: configuration, routing, failures, fees and notifications."""
