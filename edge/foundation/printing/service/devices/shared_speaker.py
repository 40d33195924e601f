"""One loudspeaker for several who speak: a till's conversation, and alerts that are said aloud."""

from __future__ import annotations

import asyncio

from drivers.roles import Speaker


class SharedSpeaker:
    """A Speaker, opened by whoever comes first and let go by whoever leaves last."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._users = 0
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """See Speaker. Each `open` needs its `close`."""
        async with self._opening:
            if not self._users:
                await self._speaker.open()
            self._users += 1

    async def play(self, samples: bytes, rate_hz: int) -> None:
        """See Speaker."""
        await self._speaker.play(samples, rate_hz)

    async def hush(self) -> None:
        """See Speaker."""
        await self._speaker.hush()

    async def close(self) -> None:
        """See Speaker."""
        async with self._opening:
            if self._users:
                self._users -= 1
                if not self._users:
                    await self._speaker.close()
