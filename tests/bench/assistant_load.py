"""All of the assistant busy, for `bench assistant`: typed turns, a manager's questions and recorded orders of drinks,
each without a pause, from a process of its own, so that whoever measures the till beside it is not busy itself.

`python -m tests.bench.assistant_load PORT TOKEN LANGUAGE`; with a language, recordings in it alone.
Once its input ends it says how many of each were answered.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from itertools import count, cycle

import aiohttp

from tests.flow.conversation.test_chat_voice import wav
from tests.speech import orders, recording

PRODUCTS = 5_000
ASKED = ("chat/message", "copilot/query", "chat/voice")
LAST_S = 45
"""Where the input ends before one of these was ever answered, so long it is waited for."""
ANSWERED, REFUSED = (200, 422), (429, 503)
"""A recording in which nothing is understood is answered, too."""


class Load:
    """What is asked of a shop's API, as fast as it answers."""

    def __init__(self, web: aiohttp.ClientSession, port: int, asked: tuple[str, ...]) -> None:
        self._asked = asked
        self._web, self._url = web, f"http://127.0.0.1:{port}/api/v1"
        self.answered: Counter[str] = Counter()
        self.all_answered = asyncio.Event()

    async def typing(self) -> None:
        for turn in count():
            said = {"text": f"how many product {turn % PRODUCTS} are there?", "turn": f"t{turn}"}
            await self._post("chat/message", json=said)

    async def asking(self) -> None:
        for turn in count():
            query = ("what is running low?", "sales today", "which orders are late?")[turn % 3]
            await self._post("copilot/query", json={"query": query})

    async def speaking(self, language: str) -> None:
        """Recordings of orders, one after the other, heard by the appliance's own worker."""
        sounds = [wav(recording(name), 16_000) for name in orders()]
        for sound in cycle(sounds):
            await self._post(f"chat/voice?language={language}", data=sound, headers={"Content-Type": "audio/wav"})

    async def _post(self, path: str, **body: object) -> None:
        async with self._web.post(f"{self._url}/{path}", **body) as answer:  # type: ignore[arg-type]
            text = await answer.text()
        if answer.status not in (*ANSWERED, *REFUSED):
            raise AssertionError(f"{path}: {answer.status} {text}")
        self.answered[path.partition("?")[0]] += answer.status in ANSWERED
        self.answered["refused"] += answer.status in REFUSED
        if all(self.answered[asked] for asked in self._asked):
            self.all_answered.set()


async def main(port: int, token: str, spoken: str) -> None:
    headers = {"Grant": token, "Surface": "panel", "Register": "1"}
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as web:
        load = Load(web, port, ASKED[-1:] if spoken else ASKED)
        asked = [load.speaking(spoken)] if spoken else [load.typing(), load.asking(), load.speaking("en")]
        tasks = [asyncio.create_task(one) for one in asked]
        await asyncio.to_thread(sys.stdin.read)
        with suppress(TimeoutError):
            await asyncio.wait_for(load.all_answered.wait(), LAST_S)
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
    print(json.dumps(load.answered))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:4]))
