"""Composition: which capabilities there are, the open ledger, the appliance, head office, the demo."""
