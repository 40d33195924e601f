"""Managers' questions as typed meanings: read, checked against what can be told, told in words. See README.md."""
