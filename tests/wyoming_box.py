"""Another box of the shop that speaks Wyoming, in a process of its own: it hears by PocketSphinx, speaks by espeak-ng.

`python -m tests.wyoming_box` prints its port. It closes at once where it is asked to say "break off", and says what is
no event where it is asked to say "rubbish".
"""

from __future__ import annotations

import asyncio
import atexit
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import async_read_event, async_write_event
from wyoming.tts import Synthesize

from models.engine import Model
from models.kinds import Listen
from models.speech.stt_pocketsphinx import SttPocketsphinx
from tests.speech import pocketsphinx_folder, said_by_espeak


@cache
def box_port() -> int:
    """The port of such a box, which runs until the tests are through."""
    process = subprocess.Popen([sys.executable, "-m", "tests.wyoming_box"], stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    assert process.stdout
    return int(process.stdout.readline())


class Whole:
    """A turn at sound that is all here."""

    threads, stopped = 1, False

    def __init__(self, sound: bytes) -> None:
        self._sound = sound

    def step(self) -> None:
        pass

    def emit(self, partial: object) -> None:
        pass

    def chunks(self) -> Iterator[bytes]:
        yield self._sound


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sound, rate_hz = bytearray(), 16_000
    terms: tuple[str, ...] = ()
    engine: Any = SttPocketsphinx(SttPocketsphinx.Config(), Model("box", pocketsphinx_folder()))
    while event := await async_read_event(reader):
        if Transcribe.is_type(event.type):
            terms = tuple(Transcribe.from_event(event).transcript_terms or ())
            engine.load()
        elif AudioChunk.is_type(event.type):
            chunk = AudioChunk.from_event(event)
            sound += chunk.audio
            rate_hz = chunk.rate
        elif AudioStop.is_type(event.type):
            heard = engine.run(Listen("en", rate_hz, terms), Whole(bytes(sound)))
            await async_write_event(Transcript(heard.text).event(), writer)
        elif Synthesize.is_type(event.type):
            text = Synthesize.from_event(event).text
            if "break off" in text:
                break
            if "rubbish" in text:
                writer.write(b"no event\n")
                break
            samples = said_by_espeak(text)
            await async_write_event(AudioStart(22_050, 2, 1).event(), writer)
            await async_write_event(AudioChunk(22_050, 2, 1, samples).event(), writer)
            await async_write_event(AudioStop().event(), writer)
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
