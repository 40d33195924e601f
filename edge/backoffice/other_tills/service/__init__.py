"""Service of other tills: incoming webhooks, and requests for sales."""
