"""An ESC/POS receipt printer, simulated."""
