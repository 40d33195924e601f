"""The beginnings of a new capability, of a new driver and of a migration."""
