"""Composition of head office: its API, publications, questions, feeds and mail."""
