"""A conversation by voice, with models that are played: noise, coughs, echoes, late sound, and talk over us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from typing import Any

import pytest

from edge.conversation.assistant import microphone_groups
from edge.conversation.assistant.recording import HeardSound
from edge.conversation.understanding.sentence import understand
from edge.conversation.understanding.speech_input import (
    agree,
    answers_only,
    is_echo,
    is_noise,
    means_something,
    repeat_request,
)
from edge.conversation.voice import utterance, voice_talk
from edge.conversation.voice.utterance import Playing
from edge.conversation.voice.voice_line import HeardText, Reply, VoiceMessage
from edge.conversation.voice.voice_talk import VoiceTalk
from models.kinds import Heard, Sound, Speech, Transcribed
from tests.shop_fixture import run

RATE_HZ = 16_000
FRAME = b"\1\0" * (RATE_HZ // 10)


class Played:
    """A reply of a model: what comes in between is put, what comes in the end is set."""

    def __init__(self, reply: Any = None) -> None:
        self.reply, self.fed = reply, bytearray()
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._ended = asyncio.Event()

    def put(self, partial: Any) -> None:
        self._queue.put_nowait(partial)

    def feed(self, sound: bytes) -> None:
        self.fed += sound

    def end(self) -> None:
        self._ended.set()
        self._queue.put_nowait(None)

    def cancel(self) -> None:
        self.end()

    def __await__(self) -> Generator[Any, None, Any]:
        return self._reply().__await__()

    async def _reply(self) -> Any:
        await self._ended.wait()
        return self.reply

    async def __aiter__(self) -> AsyncIterator[Any]:
        while (partial := await self._queue.get()) is not None:
            yield partial

    async def __aenter__(self) -> Played:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cancel()


class PlayedModels:
    """Hears what `heard` says next; speaks a second a sentence."""

    def __init__(self, *heard: str) -> None:
        self.heard = list(heard)
        self.watched = asyncio.Event()
        self.watching: list[Played] = []
        self.listening: list[Played] = []
        self.spoken: list[str] = []

    def has(self, kind: str, language: str = "") -> bool:
        return True

    async def listen(self, *_: object, free: bool = False, guesses: tuple[str, ...] = ()) -> Any:
        self.listening.append(Played(Transcribed(self.heard.pop(0) if self.heard else "")))
        return self.listening[-1]

    def checks(self, language: str) -> bool:
        return False

    def notice_speech(self, *_: object) -> Any:
        self.watching.append(Played())
        if len(self.watching) > 1:
            self.watched.set()  # the first only wakes the model
        return self.watching[-1]

    def speak(self, text: str, *_: object) -> Any:
        self.spoken.append(text)
        said = Played()
        said.put(Sound(b"\0\0" * RATE_HZ, RATE_HZ))
        said.end()
        return said

    def await_word(self, *_: object) -> Any:
        raise AssertionError


class PlayedLine:
    """Tells what came, and answers everything by `reply`."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply
        self.asked: list[str] = []
        self.sounds: list[HeardSound] = []
        self.spoke_s: list[float] = []
        self.cut: list[bool] = []
        self.silences: list[str] = []
        self.hushed = 0
        self._told: asyncio.Queue[VoiceMessage] = asyncio.Queue()

    async def tell(self, message: VoiceMessage) -> None:
        self.hushed += message.kind == "hush"
        self._told.put_nowait(message)

    async def play(self, samples: bytes, rate_hz: int) -> None:
        self._told.put_nowait(VoiceMessage("sound", rate_hz=rate_hz))

    async def expect_phrases(self) -> tuple[str, tuple[str, ...]]:
        return "en", ()

    async def answer(self, heard: HeardText) -> Reply | None:
        self.asked.append(heard.text)
        self.spoke_s.append(heard.spoke_s)
        self.cut.append(heard.cut)
        return self.reply

    async def on_interrupted(self, heard: HeardText) -> Reply | None:
        self.silences.append(heard.text)
        return self.reply

    def on_sound(self, heard: HeardSound) -> None:
        self.sounds.append(heard)

    async def until(self, kind: str, **fields: object) -> VoiceMessage:
        async with asyncio.timeout(20):
            while True:
                told = await self._told.get()
                if told.kind == kind and all(getattr(told, name) == value for name, value in fields.items()):
                    return told


REPLY = Reply(VoiceMessage("answer"), ("First sentence.", "Second one."), "en")


async def begun(models: PlayedModels, line: PlayedLine) -> VoiceTalk:
    talk = VoiceTalk(models, line, RATE_HZ)
    await talk.listen()
    await line.until("state", state="listening")
    await models.watched.wait()
    return talk


async def speech(models: PlayedModels, line: PlayedLine, talk: VoiceTalk, ms: int = 500) -> None:
    """Someone speaks for so long."""
    models.watching[-1].put(Speech(True, 0))
    await line.until("state", state="hearing")
    talk.feed(FRAME)
    models.watching[-1].put(Speech(False, ms))


def test_what_was_said_is_answered_aloud_and_whoever_speaks_stops_that() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("what is low", ""), PlayedLine(REPLY)
        talk = await begun(models, line)
        talk.feed(FRAME)
        await speech(models, line, talk)
        await line.until("answer")
        assert bytes(models.listening[0].fed) == 2 * FRAME, "what came before it was noticed belongs to it"
        await line.until("sound")
        await speech(models, line, talk)  # a cough: no word is in it
        assert line.hushed == 1
        await line.until("state", state="speaking")
        await line.until("sound")
        assert models.spoken[:3] == ["First sentence.", "Second one.", "First sentence."], "again from where it was"
        assert line.asked == ["what is low"], "and nothing is asked of the shop again"
        await talk.stop()
        await line.until("hush")
        await talk.close()

    run(scenario())


def test_how_long_our_own_voice_spoke_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a question stands still so long."""

    async def scenario() -> None:
        models, line = PlayedModels("what is low", "three"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        await line.until("state", state="speaking")
        await line.until("state", state="listening")
        await speech(models, line, talk)
        await line.until("heard", text="three")
        await line.until("answer")
        assert line.spoke_s[0] == 0.0 and line.spoke_s[1] >= 2.0, "two sentences of a second each"
        await talk.close()

    run(scenario())


def test_noise_is_no_sentence_and_talk_that_is_not_meant_ends_listening() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("never heard", "he said so", "and so did she"), PlayedLine(None)
        talk = await begun(models, line)
        await speech(models, line, talk, ms=voice_talk.SPEECH_MS - 10)
        await line.until("state", state="listening")
        assert line.asked == [], "a clap is no word"
        for _ in range(voice_talk.UNHEARD):
            await speech(models, line, talk)
            await line.until("heard")
        await line.until("state", state="off")
        assert not talk.listening
        await talk.close()

    run(scenario())


def test_a_pin_that_somebody_says_is_shown_to_nobody_and_kept_nowhere() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("four seven one one"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        assert (await line.until("heard")).text == voice_talk.HIDDEN
        assert not line.sounds, "nothing that is recorded has it"
        await talk.close()

    run(scenario())


def test_a_sentence_that_never_ends_comes_late_or_loses_its_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        models, line = PlayedModels("a", "b", "c"), PlayedLine(REPLY)
        talk = await begun(models, line)
        models.watching[-1].put(Speech(True, 0))
        await line.until("state", state="hearing")
        for _ in range(voice_talk.UTTERANCE_MS // 100):
            talk.feed(FRAME)
        assert (await line.until("error")).code == "voice_long"
        monkeypatch.setattr(utterance, "LATE_S", -1.0)
        await speech(models, line, talk)
        assert (await line.until("error")).code == "voice_late"
        models.watching[-1].put(Speech(True, 0))
        await line.until("state", state="hearing")
        await talk.on_microphone_lost()
        await line.until("state", state="off")
        assert line.asked == [], "none of these is acted on"
        await talk.close()

    run(scenario())


def test_our_own_voice_is_not_answered() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("what is low", "first sentence second one"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        await line.until("sound")
        await speech(models, line, talk)
        await line.until("sound")
        assert talk.echoes == 1 and line.asked == ["what is low"]
        await talk.close()

    run(scenario())


def test_what_counts_as_said() -> None:
    assert agree("took three colas", "took three cola small", "en") is False, "other words of a name"
    assert agree("took three cola", "took three cola small", "en")
    assert not agree("took three cola", "took four cola", "en")
    assert not agree("took three cola", "hello there", "en")
    assert is_noise("OK") and is_noise("mm") and not is_noise("yes")
    assert is_echo("nothing is running low", "Nothing is running low.") and not is_echo("no", "nothing")
    assert means_something(understand("took 3 colas", "en"), asked=False)
    assert not means_something(understand("he said so", "en"), asked=False)
    assert means_something(understand("three", "en"), asked=True)
    playing = Playing(("a", "b"), "en")
    playing.add("a", 0.0)
    playing.add("b", 9.0)
    playing.cut()
    assert playing.unheard_lines == ("b",)


def test_partial_words_are_shown_and_never_acted_on() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("took three"), PlayedLine(REPLY)
        talk = VoiceTalk(models, line, RATE_HZ)
        await talk.hold()
        models.listening[0].put(Heard("took"))
        assert (await line.until("partial")).text == "took"
        assert line.asked == []
        await talk.release()
        assert (await line.until("heard")).text == "took three"
        await talk.close()

    run(scenario())


class Slow(Played):
    """Recognition that takes its time."""

    def __init__(self, reply: Any, ready: asyncio.Event) -> None:
        super().__init__(reply)
        self._ready = ready

    async def _reply(self) -> Any:
        await self._ready.wait()
        return await super()._reply()


class SlowModels(PlayedModels):
    """The first sentence is understood when `ready` is set."""

    def __init__(self, *heard: str) -> None:
        super().__init__(*heard)
        self.ready = asyncio.Event()

    async def listen(self, *_: object, free: bool = False, guesses: tuple[str, ...] = ()) -> Any:
        reply = Transcribed(self.heard.pop(0) if self.heard else "")
        self.listening.append(Played(reply) if self.listening else Slow(reply, self.ready))
        return self.listening[-1]


def test_a_tail_joins_its_sentence_until_that_reached_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        models, line = SlowModels("took three", "small colas", "and two milks"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        await line.until("state", state="thinking")
        await speech(models, line, talk)  # before the first one is understood
        models.ready.set()
        assert (await line.until("heard")).text == "took three small colas"
        await line.until("answer")
        await speech(models, line, talk)
        assert (await line.until("heard")).text == "and two milks", "behind the door it is a sentence of its own"
        assert line.asked == ["took three small colas", "and two milks"]
        await talk.close()

    monkeypatch.setattr(voice_talk, "TAIL_S", 60.0)
    run(scenario())


def test_what_is_no_tail_takes_nothing_from_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        models, line = SlowModels("took three colas", "never heard"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        await line.until("state", state="thinking")
        models.watching[-1].put(Speech(True, 0))
        await line.until("state", state="hearing")
        models.ready.set()
        models.watching[-1].put(Speech(False, voice_talk.SPEECH_MS - 10))  # a clap
        assert (await line.until("heard")).text == "took three colas"
        await line.until("answer")
        assert line.asked == ["took three colas"], "once"
        await talk.close()

    monkeypatch.setattr(voice_talk, "TAIL_S", 60.0)
    run(scenario())


def test_the_last_sentence_comes_again_slower_and_louder() -> None:
    assert [repeat_request(text) for text in ("again", "Plus lentement.", "חזק יותר", "again three colas", "yes")] == [
        *("again", "slower", "louder", "", "")
    ]
    assert answers_only(understand("yes", "en")) and answers_only(understand("took four", "en"))
    assert not answers_only(understand("took four colas", "en"))


def test_microphones_of_a_group_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hears the words best listens; the others stay dark, also one that hears them late."""

    async def scenario() -> None:
        room = microphone_groups.Ears()
        claims = (room.claim("bar", "far", 3.0), room.claim("bar", "near", 40.0), room.claim("cellar", "alone", 1.0))
        assert await asyncio.gather(*claims) == [False, True, True]
        assert not await room.claim("bar", "late", 99.0), "the same words, heard late"
        monkeypatch.setattr(microphone_groups, "LATE_S", 0.0)
        assert await room.claim("bar", "far", 3.0), "said again, whoever hears it may listen"

        took = ("act", (("out", 3_000, "", "cola"),))
        assert room.register_command("bar", "near", took) == ""
        assert room.register_command("bar", "near", took) == "", "the same one hears a second sentence"
        assert room.register_command("bar", "far", took) == "near"
        assert room.register_command("bar", "far", ("act", (("out", 4_000, "", "cola"),))) == ""
        assert room.register_command("cellar", "alone", took) == ""
        monkeypatch.setattr(microphone_groups, "EQUAL_S", -1.0)
        assert room.register_command("bar", "third", took) == "", "long ago"

    run(scenario())
    loud, soft = microphone_groups.SignalToNoise(), microphone_groups.SignalToNoise()
    for ear, level in ((loud, 9_000), (soft, 900)):
        for at in range(100):
            ear.feed((level if at > 80 else 30).to_bytes(2, "little") * 640)
    assert loud.ratio > 5 * soft.ratio > 5
