"""The whole world (tills, appliance, printers, broker, hub) in one process, from a seed. See README.md."""
