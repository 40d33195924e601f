"""One speaker shared by conversations and spoken alerts."""

from __future__ import annotations

import asyncio

from drivers.roles import Speaker


class SharedSpeaker:
    """A Speaker, opened by the first user and closed by the last."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._users = 0
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Open the speaker (see Speaker). Each `open` needs its `close`."""
        async with self._opening:
            if not self._users:
                await self._speaker.open()
            self._users += 1

    async def play(self, samples: bytes, rate_hz: int) -> None:
        """Play samples (see Speaker)."""
        await self._speaker.play(samples, rate_hz)

    async def hush(self) -> None:
        """Stop playback (see Speaker)."""
        await self._speaker.hush()

    async def close(self) -> None:
        """Close the speaker after its last user (see Speaker)."""
        async with self._opening:
            if self._users:
                self._users -= 1
                if not self._users:
                    await self._speaker.close()
