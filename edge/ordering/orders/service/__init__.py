"""Writes what customers are told of their orders."""
