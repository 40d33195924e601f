"""Understand sentences about products by grammar and catalogue; read-only. See README.md."""
