"""Till loudspeaker: reads severe alerts aloud with the shop's voice model."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from drivers.roles import DeviceError, Speaker
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Sound, Spoken
    from models.runtime.pending_reply import PendingReply

SAY_S = 30.0
"""How long synthesising one piece may take."""
DRAINED_S = 0.2
ALOUD = 2
"""Paragraphs to read aloud. More would be too long to listen to."""


class Voice(Protocol):
    """Speech synthesis: `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def speak(self, text: str, language: str, within_s: float) -> PendingReply[Sound, Spoken]: ...


class SpeakerChannel:
    """Reads a message aloud at the till, after current speech has ended."""

    name = "speaker"
    repeats, marks_end = False, False

    def __init__(self, speaker: Speaker, voice: Voice) -> None:
        self._speaker = speaker
        self._voice = voice

    async def send(self, parcel: Parcel, to: str) -> str:
        """Speak a message. It counts as sent when it was spoken completely."""
        if not self._voice.has("tts", parcel.language):
            raise Undelivered("no_voice", parcel.language, permanent=True)
        begun = False
        try:
            await self._speaker.open()
        except DeviceError as error:
            raise Undelivered("speaker_lost", error.what) from error
        try:
            until_s = time.monotonic()
            for line in aloud(parcel):
                async with self._voice.speak(line, parcel.language, SAY_S) as reply:
                    async for sound in reply:
                        await self._speaker.play(sound.samples, sound.rate_hz)
                        begun = True
                        until_s = max(until_s, time.monotonic()) + len(sound.samples) / 2 / sound.rate_hz
            await asyncio.sleep(max(0.0, until_s - time.monotonic()) + DRAINED_S)
        except (DeviceError, ModelError) as error:
            if begun:
                raise MaybeSent(error.what) from error
            raise Undelivered("speaker_lost", error.what) from error
        finally:
            await self._speaker.close()
        return ""


def aloud(parcel: Parcel) -> tuple[str, ...]:
    """Return the spoken part of a message: subject and advice."""
    return parcel.paragraphs[:ALOUD] or (parcel.title,)
