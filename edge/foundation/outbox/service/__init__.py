"""Delivery of outbox messages.

How a row of the outbox leaves the shop. Whose turn it is says notify/service, for letters as for messages; what
goes over the line goes by outgoing, as calls of other services do.
"""
