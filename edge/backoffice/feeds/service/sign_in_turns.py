"""One sign-in at a time per secret, as accounting systems replace the secret with each use."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

_TURNS: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def turn_of(secret_name: str) -> asyncio.Lock:
    """The lock for signing in with a secret. Hold it from reading the secret until the new one is stored. It's
    discarded when no one uses it any longer."""
    turn = _TURNS.get(secret_name)
    if turn is None:
        turn = _TURNS[secret_name] = asyncio.Lock()
    return turn
