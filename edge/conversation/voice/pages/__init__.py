"""HTTP address for a single spoken sentence, and WebSocket for a voice conversation."""

from __future__ import annotations

from edge.conversation.voice.pages import voice, voice_socket

ENDPOINTS = (*voice.ENDPOINTS, *voice_socket.ENDPOINTS)
