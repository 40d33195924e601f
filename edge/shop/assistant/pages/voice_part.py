"""A microphone of the shop: it waits for its words, listens, and answers by the register's loudspeaker."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import structlog

from drivers.roles import DeviceError, Microphone, Speaker
from edge.core.messages import Actor
from edge.core.process.parts import TaskSet
from edge.lib.errors import DeviceLost
from edge.shop.assistant.microphones import MicrophoneUse
from edge.shop.assistant.pages.voice_turns import VoiceTurns, voice_of
from edge.shop.assistant.voice_line import SpeechModels, VoiceMessage
from edge.shop.assistant.voice_talk import VoiceTalk
from edge.web.context import PanelContext
from models.errors import ModelError

_log = structlog.get_logger(__name__)

WAKE_S = 300.0
"""How long one waiting for the words takes; then the next begins."""
WITHOUT_S = 5.0
"""How often it is looked whether there are models, while there are none."""
BEEP_HZ, BEEP_RATE_HZ, BEEP_S = 880, 22_050, 0.12


class ShopVoice(VoiceTurns):
    """A register's microphone and loudspeaker."""

    def __init__(self, site: PanelContext, register: str, use: MicrophoneUse, speaker: Speaker | None) -> None:
        self._register, self._use, self._speaker = register, use, speaker
        self.state = "off"
        super().__init__(site, self._whoever, use.language or site.config.store.language)

    def _whoever(self) -> Actor:
        """Whoever has signed in there now; a voice says nothing of who it is."""
        return voice_of(self._site.sessions.actor(self._register, self._use.surface))

    async def tell(self, message: VoiceMessage) -> None:
        if message.kind == "state":
            self.state = message.state
            if message.state == "listening" and self._speaker:
                await self._speaker.play(beep(), BEEP_RATE_HZ)
        elif message.kind == "hush" and self._speaker:
            await self._speaker.hush()

    async def play(self, samples: bytes, rate_hz: int) -> None:
        if self._speaker:
            await self._speaker.play(samples, rate_hz)


class VoicePart:
    """The part that hears by one microphone."""

    def __init__(
        self, site: PanelContext, microphone: Microphone, speaker: Speaker | None, register: str, use: MicrophoneUse
    ) -> None:
        self._site, self._microphone, self._speaker, self._use = site, microphone, speaker, use
        self.voice = ShopVoice(site, register, use, speaker)
        self._tasks = TaskSet(4)
        self._wake: Callable[[bytes], None] | None = None
        self._talk: VoiceTalk | None = None

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. `DeviceLost`: a device is gone; typing works without it."""
        try:
            await self._microphone.open()
            if self._speaker:
                await self._speaker.open()
            ready()
            self._tasks.start(self._listen(), "voice")
            async for frame in self._microphone.frames():
                if self._wake:
                    self._wake(frame)
                elif self._talk:
                    self._talk.feed(frame)
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            await self._tasks.stop()
            if self._talk:
                await self._talk.close()
            with suppress(DeviceError):
                await self._microphone.close()
                if self._speaker:
                    await self._speaker.close()

    async def _listen(self) -> None:
        """Wait for the words, listen until nobody speaks any more, and so on."""
        while True:
            models = self._site.models
            if not isinstance(models, SpeechModels) or not models.has("wake"):
                await asyncio.sleep(WITHOUT_S)
                continue
            try:
                if await self._called(models):
                    await self._converse(models)
            except ModelError as error:
                _log.warning("cannot listen", microphone=self._use.wake, what=error.what, advice=error.advice)
                await asyncio.sleep(WITHOUT_S)

    async def _called(self, models: SpeechModels) -> bool:
        """Whether somebody said the words."""
        until_s = time.monotonic() + WAKE_S - 1
        async with models.await_word(self._use.wake, self._microphone.rate_hz, WAKE_S) as reply:

            def heard(frame: bytes) -> None:
                if time.monotonic() > until_s:
                    reply.end()
                else:
                    reply.feed(frame)

            self._wake = heard
            try:
                async for _ in reply:
                    return True
                return False
            finally:
                self._wake = None

    async def _converse(self, models: SpeechModels) -> None:
        talk = VoiceTalk(models, self.voice, self._microphone.rate_hz, self._use.echo_cancelled)
        self._talk = talk
        try:
            await talk.listen()
            await talk.ended()
        finally:
            self._talk = None
            self.voice.session = ""  # whoever says the words next begins anew
            await talk.close()


@cache
def beep() -> bytes:
    """It listens now."""
    count = int(BEEP_S * BEEP_RATE_HZ)
    values = (round(6_000 * math.sin(2 * math.pi * BEEP_HZ * at / BEEP_RATE_HZ)) for at in range(count))
    return b"".join(value.to_bytes(2, "little", signed=True) for value in values)
