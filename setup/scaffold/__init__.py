"""The start of a capability, a driver or a migration."""
