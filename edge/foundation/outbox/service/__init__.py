"""Delivery of outbox messages.

Sends rows of the outbox. notify/service decides which row is next, for letters as for messages; `outgoing` makes the
calls, as for other services.
"""
