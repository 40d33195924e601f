"""What runs beside the command bus: models, sync, hot plug, maintenance."""
