"""Stored cards: tokens that customers let the shop keep."""
