"""The copilot's page, HTTP addresses and WebSocket."""

from __future__ import annotations

from edge.conversation.copilot.pages import copilot, copilot_socket

PAGES = copilot.PAGES
ENDPOINTS = (*copilot.ENDPOINTS, *copilot_socket.ENDPOINTS)
