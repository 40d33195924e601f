"""Composition of head office: its API, publications, questions, and what it fetches and sends."""
