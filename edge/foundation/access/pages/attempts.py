"""Source of an attempt to enter a secret."""

from __future__ import annotations

from aiohttp import web

from edge.foundation.access.credentials.throttle import CONSOLE, AttemptSource, network, paired_source
from edge.web.actors import PAIRING, from_here
from edge.web.caller import caller_of


def source_of(request: web.Request) -> AttemptSource:
    """Return the source of a PIN attempt, for counting wrong ones."""
    if pairing := request.get(PAIRING):
        return paired_source(pairing.id)
    return CONSOLE if from_here(request) else network(caller_of(request).address)
