"""Suppliers: prices, lots, performance, and their APIs."""
