"""Services of tax authorities, simulated."""
