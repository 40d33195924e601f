"""Run a shop microphone: wait for the wake word, listen, and answer on the register's loudspeaker."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from drivers.roles import DeviceError, Microphone, Speaker
from edge.conversation.assistant.microphone_groups import SignalToNoise, ears_of
from edge.conversation.assistant.recording import HeardSound
from edge.conversation.understanding.speech_input import wake_state
from edge.conversation.voice.pages.voice_turns import HearingPlace, VoiceTurns, voice_of
from edge.conversation.voice.utterance import Playing
from edge.conversation.voice.voice_line import SpeechModels, VoiceMessage
from edge.conversation.voice.voice_talk import VoiceTalk
from edge.core.messages import Actor
from edge.core.process.parts import Ready, TaskSet
from edge.foundation.printing.service.devices.device_trials import BEEP_RATE_HZ, beep
from edge.lib.errors import DeviceLost
from edge.runtime.config.device_uses import MicrophoneUse
from edge.runtime.models_state import RUNNING
from edge.web.context import PanelContext
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Awaited, Woken
    from models.runtime.pending_reply import PendingReply

_log = structlog.get_logger(__name__)

WAKE_S = 300.0
"""Maximum seconds of one request to detect the wake word, after which the next one begins."""
WITHOUT_S = 5.0
"""Seconds between checks for speech models while there are none, and after one failed."""


class ShopVoice(VoiceTurns):
    """A register's microphone and loudspeaker."""

    def __init__(
        self, site: PanelContext, name: str, register: str, use: MicrophoneUse, speaker: Speaker | None
    ) -> None:
        self._register, self._use, self._speaker = register, use, speaker
        self.state = "off"
        ear = HearingPlace(name, register, use.group or register, name)
        super().__init__(site, self._whoever, use.language or site.config.store.language, ear)
        self.blind = speaker is not None
        self.warning = Playing()

    def announce_recording(self) -> Playing:
        """Announce aloud that speech is being recorded."""
        self.warning = Playing((self.recording_words(),), self.language)
        return self.warning

    def _whoever(self) -> Actor:
        """Return the user signed in at the register, as a voice identifies no one."""
        return voice_of(self._site.identity.at_register(self._register, self._use.surface))

    def on_sound(self, heard: HeardSound) -> None:
        """See `VoiceLine`. Audio is kept only after the announcement has ended."""
        self.warned_s = self.warning.whole_s if self._speaker else math.inf
        super().on_sound(heard)

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
    """Part that runs one microphone."""

    def __init__(
        self,
        site: PanelContext,
        microphone: Microphone,
        speaker: Speaker | None,
        name: str,
        register: str,
        use: MicrophoneUse,
    ) -> None:
        self._site, self._microphone, self._speaker, self._use = site, microphone, speaker, use
        self._name, self._register = name, register
        self._group = use.group or register
        self.voice = ShopVoice(site, name, register, use, speaker)
        self._tasks = TaskSet(4)
        self._wake: Callable[[bytes], None] | None = None
        self._talk: VoiceTalk | None = None
        self._signal = SignalToNoise()
        self._pressed = asyncio.Event()
        self._waiting: PendingReply[Woken, Awaited] | None = None
        self._called_now = False
        self._by_button = False

    def listen(self) -> bool:
        """See `Ear`."""
        models = self._site.services.of(RUNNING)
        if self._talk is not None or not isinstance(models, SpeechModels) or not models.has("stt", self.voice.language):
            return self._talk is not None
        self._pressed.set()
        if self._waiting is not None:
            self._waiting.end()
        return True

    async def run(self, ready: Ready) -> None:
        """Run until cancelled. Raises `DeviceLost` if a device is gone; typing still works."""
        waking = wake_state(self._use.wake)
        self._by_button = not self._use.wake or bool(waking.key)
        try:
            await self._microphone.open()
            if self._speaker:
                await self._speaker.open()
            ready(waking)
            ears_of(self._site).at[self._register] = self
            self._tasks.start(self._listen(), "voice")
            async for frame in self._microphone.frames():
                if self._wake:
                    self._signal.feed(frame)
                    self._wake(frame)
                elif self._talk:
                    self._talk.feed(frame)
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            ears_of(self._site).at.pop(self._register, None)
            await self._tasks.stop()
            if self._talk:
                await self._talk.close()
            with suppress(DeviceError):
                await self._microphone.close()
                if self._speaker:
                    await self._speaker.close()

    async def _listen(self) -> None:
        """Wait for the wake word or the button, hold a conversation, and repeat."""
        while True:
            models = self._site.services.of(RUNNING)
            try:
                if self._by_button or not isinstance(models, SpeechModels) or not models.has("wake"):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._pressed.wait(), WITHOUT_S)
                elif not self._pressed.is_set() and not await self._await_wake(models):
                    continue
                models = self._site.services.of(RUNNING)
                if isinstance(models, SpeechModels) and await self._may():
                    await self._converse(models)
            except ModelError as error:
                _log.warning("can't listen", register=self._register, what=error.what, advice=error.advice)
                await asyncio.sleep(WITHOUT_S)

    async def _may(self) -> bool:
        """Whether to listen, because the button was pressed or this microphone heard the wake word best."""
        if self._pressed.is_set():
            self._pressed.clear()
            return True
        if not self._called_now:
            return False
        self._called_now = False
        return await ears_of(self._site).claim(self._group, self._name, self._signal.ratio)

    async def _await_wake(self, models: SpeechModels) -> bool:
        """Wait for the wake word or the button; returns whether either came."""
        until_s = time.monotonic() + WAKE_S - 1
        async with models.await_word(self._use.wake, self._microphone.rate_hz, WAKE_S) as reply:

            def feed_frame(frame: bytes) -> None:
                if time.monotonic() > until_s:
                    reply.end()
                else:
                    reply.feed(frame)

            self._wake, self._waiting = feed_frame, reply
            try:
                async for _ in reply:
                    self._called_now = True
                    return True
                return self._pressed.is_set()
            finally:
                self._wake = self._waiting = None

    async def _converse(self, models: SpeechModels) -> None:
        talk = VoiceTalk(models, self.voice, self._microphone.rate_hz, self._use.echo_cancelled)
        self._talk = talk
        try:
            await talk.listen()
            if self.voice.recorder.left_s(self._register):
                await talk.announce(self.voice.announce_recording())
            await talk.wait_ended()
        finally:
            self._talk = None
            self.voice.forget()
            self.voice.warning = Playing()
            await talk.close()
