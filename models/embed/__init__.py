"""Texts as vectors, for search by meaning.

Texts as vectors, for finding by meaning.

Vectors have length 1; texts of one request are answered in their order.
"""
