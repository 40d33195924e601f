"""Head office, as parts of the box ask it."""

from __future__ import annotations

from typing import Protocol


class HeadOffice(Protocol):
    """Who is asked (`edge.backoffice.directives.service.sync_part.SyncPart`); None: nobody answers in time."""

    @property
    def is_reachable(self) -> bool:
        """Whether a question would go out now."""
        ...

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None: ...
