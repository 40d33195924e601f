"""Texts as vectors, for search by meaning.

Vectors have length 1; the texts of a request are answered in order.
"""
