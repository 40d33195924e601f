"""The shop's devices, by role (its use in the shop) and driver (its kind of device)."""
