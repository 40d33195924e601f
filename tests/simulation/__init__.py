"""The whole world (tills, appliance, printers, broker and hub) in one process, driven by a seed. See README.md."""
