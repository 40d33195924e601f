"""Payout reports of providers, simulated."""
