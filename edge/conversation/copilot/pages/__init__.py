"""The copilot's page, HTTP addresses and WebSocket."""

from __future__ import annotations

from edge.conversation.assistant.stock.figures_asked import FIGURES
from edge.conversation.copilot.pages import copilot, copilot_socket
from edge.conversation.copilot.pages.copilot_desk import CopilotInChat

PAGES = copilot.PAGES
ENDPOINTS = (*copilot.ENDPOINTS, *copilot_socket.ENDPOINTS)
PROVIDES = ((FIGURES, CopilotInChat()),)
