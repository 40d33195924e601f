"""Background services: models, sync, hotplug, maintenance."""
