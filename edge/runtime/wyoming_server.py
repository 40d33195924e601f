"""Serves the shop's speech engines to other programs by the Wyoming protocol, for example to a box in the office.

Wyoming has no passwords. The server listens at `[models] wyoming`, which is this machine only unless it is set to an
address of the shop's network. Audio is neither stored nor logged. Requests have the priority of live speech, like those
of our own tills, so only CONNECTIONS clients are served at a time.
"""

from __future__ import annotations

import asyncio
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable, async_read_event, async_write_event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.tts import Synthesize

from edge.core.process.parts import Ready
from edge.lib.i18n import ENGLISH, LANGUAGES
from edge.runtime.inference import Inference
from models.errors import ModelError

CONNECTIONS = 4
LINE_BYTES = 64 * 1024
PAYLOAD_BYTES = 256 * 1024
SOUND_BYTES = 60 * 2 * 48_000
TEXT_CHARS = 1_000
IDLE_S = 60.0
WORK_S = 30.0
SEND_S = 10.0
"""Longest time for a client to read a part of the answer, because unread data occupies an engine and a slot."""
LIFE_S = 600.0
"""The longest connection: clients that need more reconnect and queue again."""
OURS = Attribution("edge-store", "")


class WrongEvent(Exception):
    """An event that can't be handled."""


class LimitedReader:
    """Input for `async_read_event` with a size limit."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def readline(self) -> bytes:
        return await self._reader.readline()  # the stream's own limit is LINE_BYTES

    async def readexactly(self, size: int) -> bytes:
        if size > PAYLOAD_BYTES:
            raise WrongEvent(f"more than {PAYLOAD_BYTES} bytes at a time")
        return await self._reader.readexactly(size)


class WyomingPart:
    """Offers the box's speech models over the Wyoming protocol until cancelled."""

    def __init__(self, models: Inference, host: str, port: int) -> None:
        self._models, self._host, self._port = models, host, port
        self.port = 0
        """Port on which it listens; 0 before that."""
        self.open = 0
        """Number of clients being served."""

    async def run(self, ready: Ready) -> None:
        """See `Part`."""
        server = await asyncio.start_server(self._serve, self._host, self._port, limit=LINE_BYTES)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        async with server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            if self.open > CONNECTIONS:
                await _send(writer, Error(f"the limit of {CONNECTIONS} connections is reached", "busy"))
                return
            async with asyncio.timeout(LIFE_S):
                await _converse(self._models, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the client has left, or took too long
        finally:
            try:
                await _close_writer(writer)
            finally:
                self.open -= 1


async def _converse(models: Inference, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await _Client(models, LimitedReader(reader), writer).converse()
    except (WrongEvent, ModelError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        await _send(writer, Error(str(error)[:200], "wrong"))


async def _close_writer(writer: asyncio.StreamWriter) -> None:
    """Close the connection after flushing, with a timeout."""
    writer.close()
    try:
        async with asyncio.timeout(SEND_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()


class _Client:
    """One client connection and its request."""

    def __init__(self, models: Inference, reader: LimitedReader, writer: asyncio.StreamWriter) -> None:
        self._models, self._reader, self._writer = models, reader, writer
        self._language, self._rate_hz = ENGLISH, 16_000
        self._sound = bytearray()

    async def converse(self) -> None:
        while True:
            async with asyncio.timeout(IDLE_S):
                event = await async_read_event(self._reader)  # type: ignore[arg-type]
            if event is None:
                return
            await self._take(event)

    async def _take(self, event: Event) -> None:
        if Describe.is_type(event.type):
            await _send(self._writer, describe_models(self._models))
        elif Transcribe.is_type(event.type):
            self._language = _require_language(Transcribe.from_event(event).language)
        elif AudioStart.is_type(event.type):
            self._rate_hz = AudioStart.from_event(event).rate
            self._sound.clear()
        elif AudioChunk.is_type(event.type):
            self._hear(AudioChunk.from_event(event))
        elif AudioStop.is_type(event.type):
            text = await self._transcribe_sound()
            await _send(self._writer, Transcript(text, language=self._language))
        elif Synthesize.is_type(event.type):
            await self._say(Synthesize.from_event(event))

    def _hear(self, chunk: AudioChunk) -> None:
        plain = (chunk.width, chunk.channels, chunk.rate) == (2, 1, self._rate_hz) and 8_000 <= chunk.rate <= 48_000
        if not plain or len(chunk.audio) % 2:
            raise WrongEvent("sound has 16 bits, one channel, and one rate from 8000 to 48000")
        self._sound += chunk.audio
        if len(self._sound) > SOUND_BYTES:
            raise WrongEvent("more than a minute of sound")

    async def _transcribe_sound(self) -> str:
        """Transcribe the sound without a grammar, because other applications' phrases aren't this shop's."""
        sound, self._sound = bytes(self._sound), bytearray()
        async with await self._models.listen(self._language, self._rate_hz, WORK_S, free=True) as reply:
            for at in range(0, len(sound), LINE_BYTES):
                reply.feed(sound[at : at + LINE_BYTES])
            reply.end()
            return " ".join((await reply).text.split())

    async def _say(self, asked: Synthesize) -> None:
        if not 0 < len(asked.text) <= TEXT_CHARS:
            raise WrongEvent(f"a text has 1 to {TEXT_CHARS} characters")
        language = _require_language(asked.voice.language if asked.voice else None)
        begun = False
        async with self._models.speak(asked.text, language, WORK_S) as reply:
            async for sound in reply:
                if not begun:
                    begun = True
                    await _send(self._writer, AudioStart(sound.rate_hz, 2, 1))
                await _send(self._writer, AudioChunk(sound.rate_hz, 2, 1, sound.samples))
        await _send(self._writer, AudioStop())


def describe_models(models: Inference) -> Info:
    """Describe the available engines."""
    hears = [language for language in LANGUAGES if models.has("stt", language)]
    speaks = [language for language in LANGUAGES if models.has("tts", language)]
    shared: dict[str, Any] = {"attribution": OURS, "installed": True, "description": None, "version": None}
    asr = [AsrProgram(name="edge-store", models=[AsrModel(name="edge-store", languages=hears, **shared)], **shared)]
    tts = [TtsProgram(name="edge-store", voices=[TtsVoice(name="edge-store", languages=speaks, **shared)], **shared)]
    return Info(asr=asr if hears else [], tts=tts if speaks else [])


def _require_language(language: str | None) -> str:
    """Normalise a language. Raises an error for unsupported ones."""
    short = (language or ENGLISH)[:2].lower()
    if short not in LANGUAGES:
        raise WrongEvent(f"languages are: {', '.join(LANGUAGES)}")
    return short


async def _send(writer: asyncio.StreamWriter, message: Eventable) -> None:
    """Send a message. Raises `TimeoutError` if the client doesn't read it."""
    async with asyncio.timeout(SEND_S):
        await async_write_event(message.event(), writer)
