"""Head office, as seen by the box's parts."""

from __future__ import annotations

from typing import Protocol


class HeadOffice(Protocol):
    """Questions to head office (`edge.backoffice.directives.service.sync_part.SyncPart`). None means that there was no
    timely answer."""

    @property
    def is_reachable(self) -> bool:
        """Whether a question can be sent now."""
        ...

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None: ...
