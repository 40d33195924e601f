"""Hold a voice conversation with any microphone and loudspeaker.

It detects speech, recognises it, and answers aloud until interrupted. Audio is kept only in memory, and only until its
sentence is understood.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from edge.conversation.assistant.recording import HeardSound
from edge.conversation.understanding.certainty import certainty
from edge.conversation.understanding.speech_input import is_echo, is_stop, louder, says_pin
from edge.conversation.voice.second_reading import read_again
from edge.conversation.voice.utterance import Playing, Utterance
from edge.conversation.voice.voice_line import (
    HeardText,
    Reply,
    SecondReading,
    SpeechModels,
    State,
    VoiceLine,
    VoiceMessage,
)
from edge.core.process.parts import TaskSet
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Speech, SpeechFound
    from models.runtime.pending_reply import PendingReply

HEAR_S = 20.0
"""Seconds to wait for recognition after the end of a sentence; later results are ignored."""
SAY_S = 30.0
HOLD_MS, UTTERANCE_MS = 60_000, 15_000
"""The longest sentence, in milliseconds, with the button held and without: shop noise may never end."""
PAUSE_MS = 700
SPEECH_MS = 250
"""A sound shorter than this, in milliseconds, isn't a word."""
KEPT_MS = 2_000
"""Milliseconds of audio buffered before speech is detected; a later detection loses the beginning."""
BEFORE_MS = 200
"""A sentence begins this many milliseconds before its detection, as its first sound is soft."""
QUIET_MS, STRETCH_MS = 60_000, 300_000
"""Milliseconds of silence, and of sound of any kind, after which listening ends."""
DRAINED_S = 0.3
"""Seconds for which a microphone still picks up the end of our own speech."""
TAIL_S = 1.5
"""Words heard within this many seconds after a sentence are part of it, if it hasn't been submitted."""
HIDDEN = "••••"
"""Shown in place of a spoken PIN."""
UNHEARD = 2
"""Failed recognitions in a row after which listening ends."""

TASKS = 16


class VoiceTalk:
    """Listen, understand and answer.

    `barges`: a speaker can interrupt our speech; otherwise we don't listen while speaking.
    """

    def __init__(self, models: SpeechModels, line: VoiceLine, rate_hz: int, barges: bool = True) -> None:
        self._models, self._line, self._rate_hz, self._barges = models, line, rate_hz, barges
        self._state: State = "off"
        self._before: deque[bytes] = deque()
        self._before_bytes = 0
        self._utterance: Utterance | None = None
        self._watching: PendingReply[Speech, SpeechFound] | None = None
        self._listening = self._speaking = False
        self._watch, self._speech, self._turns = TaskSet(TASKS), TaskSet(TASKS), TaskSet(TASKS)
        self._turn = asyncio.Lock()
        self._heard_bytes = self._spoke_ms = 0
        self._spoke_s = 0.0
        self._unheard = 0
        self._said = Playing()
        self._off = asyncio.Event()
        self._ended: Utterance | None = None
        self._ended_s = 0.0
        self.echoes = 0
        """Number of times it recognised its own speech."""

    @property
    def _heard_ms(self) -> int:
        return self._heard_bytes * 500 // self._rate_hz

    @property
    def listening(self) -> bool:
        """Whether the microphone is being listened to."""
        return self._listening

    async def hold(self) -> None:
        """Start a sentence that lasts until the button is released."""
        await self.hush()
        self._forget()
        await self._open()

    async def release(self) -> None:
        """End the sentence, as the button was released."""
        self._close_utterance(held=True)

    async def listen(self) -> None:
        """Start listening, sentence by sentence (a pause ends one), until stopped or after long silence."""
        if self._listening:
            return
        self._heard_bytes = self._spoke_ms = self._unheard = 0
        self._forget()
        self._off.clear()
        self._listening = self._watch.start(self._notice(), "voice")

    async def stop(self) -> None:
        """Stop speaking if we are; otherwise stop listening."""
        if not await self.hush():
            await self._lose()
            await self._deafen()

    async def on_microphone_lost(self) -> None:
        """Discard the current sentence, as the microphone is gone."""
        await self._lose()
        await self._deafen()

    async def wait_ended(self) -> None:
        """Wait until listening, speaking and the current sentence have ended."""
        await self._off.wait()

    async def close(self) -> None:
        await self._lose()
        self._listening = self._speaking = False
        for tasks in (self._watch, self._speech, self._turns):
            await tasks.stop()

    def feed(self, frame: bytes) -> None:
        """Add audio: 16-bit samples, never half a sample."""
        if self._speaking and not self._barges:
            return
        self._keep(frame)
        self._heard_bytes += len(frame)
        if self._watching:
            self._watching.feed(frame)
        if self._utterance:
            self._utterance.feed(frame)
            if self._utterance.ms >= (UTTERANCE_MS if self._listening else HOLD_MS):
                self._turns.start(self._too_long(), "voice")
        if self._listening and (self._heard_ms - self._spoke_ms > QUIET_MS or self._heard_ms > STRETCH_MS):
            self._turns.start(self._deafen(), "voice")

    async def hush(self) -> bool:
        """Stop speaking. Returns whether we were."""
        if not self._speaking:
            return False
        self._speaking = False
        self._said.cut()
        await self._speech.stop()
        await self._line.tell(VoiceMessage("hush"))
        return True

    # -- listening

    def _keep(self, frame: bytes) -> None:
        self._before.append(frame)
        self._before_bytes += len(frame)
        while self._before_bytes - len(self._before[0]) > KEPT_MS * self._rate_hz // 500:
            self._before_bytes -= len(self._before.popleft())

    def _forget(self) -> None:
        self._before.clear()
        self._before_bytes = 0

    def _since(self, at_ms: int) -> list[bytes]:
        """The buffered audio since a time of this listening session."""
        skip = (at_ms - BEFORE_MS) * self._rate_hz // 500 - (self._heard_bytes - self._before_bytes)
        sound = b"".join(self._before)
        return [sound[max(0, skip // 2 * 2) :]]

    async def _notice(self) -> None:
        """Detect speech."""
        began_ms = 0
        try:
            async with self._models.notice_speech(self._rate_hz, HEAR_S, PAUSE_MS) as waking:
                waking.end()
                await waking  # until the model is ready, speech would be noticed too late
            self._forget()
            self._heard_bytes = self._spoke_ms = 0
            await self._become("listening")
            async with self._models.notice_speech(self._rate_hz, 2 * STRETCH_MS / 1000, PAUSE_MS) as watching:
                self._watching = watching
                async for change in watching:
                    self._spoke_ms = self._heard_ms
                    if change.speaking:
                        began_ms = change.at_ms
                        await self.hush()
                        await self._open(began_ms)
                    elif change.at_ms - began_ms < SPEECH_MS:
                        await self._no_tail()
                        self._turns.start(self._go_on(), "voice")
                    else:
                        self._close_utterance()
        except ModelError as error:
            self._listening = False
            await self._fail(error)
        finally:
            self._watching = None

    async def _open(self, at_ms: int = -1) -> None:
        """Begin a sentence at a time of this listening session, or at the start of the buffered audio."""
        await self._lose()
        try:
            language, phrases = await self._line.expect_phrases()
            reply = await self._models.listen(language, self._rate_hz, HOLD_MS / 1000 + HEAR_S, phrases)
        except ModelError as error:
            return await self._fail(error)
        self._utterance = utterance = Utterance(reply, self._rate_hz, language)
        if at_ms >= 0 and self._ended is not None and time.monotonic() - self._ended_s <= TAIL_S:
            utterance.before, self._ended = self._ended, None
            utterance.before.joined = True
        for frame in self._before if at_ms < 0 else self._since(at_ms):
            utterance.feed(frame)
        self._turns.start(self._partials(utterance), "voice")
        return await self._become("hearing")

    async def _partials(self, utterance: Utterance) -> None:
        """Show partial recognitions; they are never acted on."""
        try:
            async for heard in utterance.reply:
                if utterance is self._utterance and heard.text:
                    await self._line.tell(VoiceMessage("partial", text=heard.text))
        except ModelError:
            return  # `_take` gets the same error and reports it

    def _close_utterance(self, held: bool = False) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        utterance.reply.end()
        self._ended, self._ended_s = utterance, time.monotonic()
        self._turns.start(self._take(utterance, held), "voice")

    async def _no_tail(self) -> None:
        """Treat the previous sentence as complete, as this sound wasn't a word."""
        before = self._utterance.before if self._utterance else None
        await self._lose()
        if before is not None:
            before.joined = False
            if before.text:
                self._turns.start(self._answer(before, held=False), "voice")

    async def _lose(self) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is not None:
            utterance.reply.cancel()

    async def _too_long(self) -> None:
        if self._utterance is not None:
            await self._lose()
            await self._line.tell(VoiceMessage("error", code="voice_long"))
            await self._rest()

    async def _deafen(self) -> None:
        self._listening = False
        await self._watch.stop()
        await self._rest()

    # -- a turn

    async def _take(self, utterance: Utterance, held: bool) -> None:
        """Understand and answer a sentence, one at a time."""
        async with self._turn:
            await self._become("thinking")
            try:
                heard = await utterance.reply
            except ModelError as error:
                utterance.samples.clear()
                return await self._fail(error)
            text = " ".join(heard.text.split())
            sure = certainty(text, ((one.text, one.confidence) for one in heard.words), utterance.language).least
            sound = bytes(utterance.samples)
            if not says_pin(text, utterance.language):
                self._line.on_sound(HeardSound(sound, utterance.rate_hz, text, sure, utterance.began_s))
            if utterance.late:
                utterance.samples.clear()
                await self._line.tell(VoiceMessage("error", code="voice_late"))
                return await self._rest()
            if is_echo(text, self._said.text):
                utterance.samples.clear()
                self.echoes += 1
                return await self._go_on()
            utterance.text = text
            utterance.sure = sure
            if before := utterance.before:
                utterance.text = f"{before.text} {text}".strip()
                utterance.sure = min(utterance.sure, before.sure)
                utterance.samples[:0] = before.samples
                utterance.began_s = before.began_s
                before.samples.clear()
            if utterance.joined:
                return None  # the rest of it is still being spoken
        return await self._answer(utterance, held)

    async def _answer(self, utterance: Utterance, held: bool) -> None:
        """Submit a complete sentence; nothing can be joined to it afterwards."""
        async with self._turn:
            if self._ended is utterance:
                self._ended = None
            if utterance.joined or utterance.taken:
                return None
            utterance.taken = True
            samples, text = bytes(utterance.samples), utterance.text
            utterance.samples.clear()
            if not text:
                return await self._nothing(held)

            async def again() -> SecondReading:
                return await read_again(
                    self._models, samples, utterance.rate_hz, utterance.language, HEAR_S, utterance.text
                )

            await self._line.tell(VoiceMessage("heard", text=HIDDEN if says_pin(text, utterance.language) else text))
            stops = is_stop(text, utterance.language)
            cut = bool(self._said.unheard_lines) and self._models.has("tts", self._said.language)
            checked = self._models.checks(utterance.language)
            heard = HeardText(text, utterance.sure, held, again, utterance.began_s, self._spoke_s, cut, checked)
            if stops and self._said.unheard_lines:
                return await self._silence(heard)
            reply = await self._line.answer(heard)
            return await (self._deafen() if stops and reply is None else self._reply(reply))

    async def _silence(self, heard: HeardText) -> None:
        """Record that the user stopped our speech, so that later answers don't apply to the question it cut off."""
        self._said.finish()
        if ended := await self._line.on_interrupted(heard):
            await self._line.tell(ended.message)
        await self._rest()

    async def announce(self, said: Playing) -> None:
        """Speak without being asked. `said.whole_s` shows whether the speech was heard to the end."""
        await self.hush()
        self._said = said
        await self._go_on()

    async def _reply(self, reply: Reply | None) -> None:
        if reply is None:
            self._unheard += 1
            return await (self._deafen() if self._unheard >= UNHEARD and self._listening else self._go_on())
        self._unheard = 0
        self._said = Playing(reply.aloud, reply.language, reply.voice, reply.speed, reply.gain)
        await self._line.tell(reply.message)
        return await self._go_on()

    async def _nothing(self, held: bool) -> None:
        """Treat a sound without words as noise, and resume the speech it interrupted."""
        if held:
            await self._line.tell(VoiceMessage("error", code="nothing_heard"))
        await self._go_on()

    # -- speaking

    async def _go_on(self) -> None:
        """Resume the interrupted speech, unless a person is speaking."""
        if self._utterance is None and self._said.unheard_lines and self._models.has("tts", self._said.language):
            self._speaking = self._speech.start(self._speak(self._said), "voice")
        else:
            await self._rest()

    async def _speak(self, said: Playing) -> None:
        await self._become("speaking")
        began_s = time.monotonic()
        try:
            for line in said.unheard_lines:
                await self._say(line, said)
            await asyncio.sleep(max(0.0, said.until_s - time.monotonic()) + DRAINED_S)
        except ModelError as error:
            await self._line.tell(VoiceMessage("error", code=error.code, message=error.what))
        else:
            said.whole_s = time.monotonic()
        finally:
            self._spoke_s += time.monotonic() - began_s
        self._speaking = False
        said.finish()
        await self._rest()

    async def _say(self, text: str, said: Playing) -> None:
        async with self._models.speak(text, said.language, SAY_S, said.voice, said.speed) as reply:
            async for sound in reply:
                await self._line.play(louder(sound.samples, said.gain), sound.rate_hz)
                said.add(text, len(sound.samples) / 2 / sound.rate_hz)

    # -- current activity

    async def _rest(self) -> None:
        """Return to the idle state."""
        if self._utterance is None and not self._speaking:
            await self._become("listening" if self._listening else "off")

    async def _fail(self, error: ModelError) -> None:
        await self._line.tell(VoiceMessage("error", code=error.code, message=error.what))
        await self._rest()

    async def _become(self, state: State) -> None:
        if state == "off":
            self._off.set()
        if state != self._state:
            self._state = state
            await self._line.tell(VoiceMessage("state", state=state))
