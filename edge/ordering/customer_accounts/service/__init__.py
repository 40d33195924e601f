"""Writes what customers are told of their accounts and wish lists."""
