"""Conversations with customers: finding, advice, and their basket."""
