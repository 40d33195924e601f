"""The copilot's page, its addresses and its socket."""

from __future__ import annotations

from edge.conversation.copilot.pages import copilot, copilot_socket

PAGES = copilot.PAGES
ENDPOINTS = (*copilot.ENDPOINTS, *copilot_socket.ENDPOINTS)
