"""Who may sign in with a secret: one at a time, as accounts systems replace it at each use."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

_TURNS: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def turn_of(secret_name: str) -> asyncio.Lock:
    """The turn of whoever signs in with a secret of this name, from opening it until the newer one is kept. It is gone
    with its last holder."""
    turn = _TURNS.get(secret_name)
    if turn is None:
        turn = _TURNS[secret_name] = asyncio.Lock()
    return turn
