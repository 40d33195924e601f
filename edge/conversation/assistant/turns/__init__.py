"""A turn of a conversation: how it is read, and how open questions are answered."""
