"""Where a conversation is spoken: an address for one sentence, a socket for all of them."""

from __future__ import annotations

from edge.conversation.voice.pages import voice, voice_socket

ENDPOINTS = (*voice.ENDPOINTS, *voice_socket.ENDPOINTS)
