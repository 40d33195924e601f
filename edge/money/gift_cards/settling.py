"""Interface to head office's card balances; the implementation is passed in by `edge/app`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from edge.core.services import Service


class CardOffice(Protocol):
    """Holds cards' balances at head office for a register, and settles them. Implemented by `CardSettling`."""

    async def keep(self, card: str, register: str, minor: int) -> bool: ...
    async def keep_all(self, card: str) -> bool: ...
    async def let_go_all(self, card: str) -> None: ...
    async def run(self, ready: Callable[[], None]) -> None: ...


SETTLING: Service[CardOffice] = Service("gift cards")
