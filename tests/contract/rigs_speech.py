"""Rigs of engines for hearing and speaking."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from edge.runtime.config import load
from models.kinds import AwaitWord, DetectSpeech, EmbedVoice, Listen, Request, Speak
from models.manifest import entries
from models.manifest.availability import find
from models.registry import ENGINES
from models.runtime.worker_host import Plan
from tests.contract.engine_rigs import Rig
from tests.speech import noise, pocketsphinx_folder, recording, said_by_espeak, write_voice
from tests.tiny_voice import SAYINGS, said, write_voices
from tests.wyoming_box import box_port

AMERICANO = "barista/" + "ca7f86bd-8ccb-4396-9613-e0ec5c487086.wav"
ORDER = "barista/" + "7358b0f7-a464-41a2-a8e5-53a94cb45428.wav"


def speech_plan(kind: str, engine: str, memory_mb: int, **more: Any) -> Plan:
    return Plan("speech", kind, ENGINES[kind, engine], memory_mb, languages=("en",), **more)


class PocketsphinxRig(Rig):
    """A real drinks order, with a grammar."""

    kind, engine = "stt", "pocketsphinx"

    def plan(self, folder: Path) -> Plan:
        return speech_plan("stt", "pocketsphinx", 150, folder=str(pocketsphinx_folder()))

    def request(self) -> Listen:
        said = ("large", "medium roast", "latte", "espresso", "small", "i want", "can i get", "a", "get me", "give me")
        return Listen("en", phrases=said)

    def sound(self) -> bytes:
        return recording(ORDER)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert "large" in reply.text and "medium roast" in reply.text and "latte" in reply.text
        assert reply.text.splitlines() == [heard.text for heard in partials if heard.final]
        assert any(not heard.final for heard in partials)
        times = [(word.from_ms, word.to_ms) for word in reply.words]
        assert times == sorted(times)
        assert all(0 <= start < end <= reply.sound_ms + 100 for start, end in times)

    def refused(self) -> Listen | None:
        return Listen("en", phrases=tuple(f"word {number}" for number in range(10_000)))

    def odd(self) -> list[Request[Any, Any]]:
        return [
            Listen("en", phrases=("", "   ", "$$$")),
            Listen("en", phrases=("קפה", "2%", "a(2)", "<s>", "x" * 500)),
            Listen("en", rate_hz=44_100, phrases=("yes",)),
            Listen(""),
        ]


class WhisperRig(PocketsphinxRig):
    """The same order with Whisper base; the shop's words are a hint."""

    engine = "whisper"

    def plan(self, folder: Path) -> Plan:
        return whisper_plan(folder)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert "large" in reply.text and "medium roast" in reply.text and "latte" in reply.text
        assert reply.text.splitlines() == [heard.text for heard in partials if heard.final]
        times = [(word.from_ms, word.to_ms) for word in reply.words]
        assert times == sorted(times)
        assert all(0 <= start < end <= reply.sound_ms + 300 for start, end in times)
        assert all(0 < word.confidence < 1 for word in reply.words)

    def odd(self) -> list[Request[Any, Any]]:
        said = ("קפה", "2%", "a(2)", "<s>", "<|endoftext|>", "x" * 500)
        return [
            Listen("he", phrases=said),
            Listen("fr", rate_hz=44_100, phrases=("", "   ", "$$$")),
            Listen(""),
        ]


def whisper_plan(folder: Path) -> Plan:
    """Return a plan with Whisper base from the extra `demo-speech`. Skips the test if that isn't installed."""
    found = find(entries()["whisper-base"], folder, threads=2)
    if not isinstance(found, Plan):
        pytest.skip(f"missing: {found.what}")
    return found


def installed(kind: str, engine: str) -> Plan:
    """Return a plan with an English model from the configuration named by EDGE_HARDWARE. Skips the test if there is
    none.
    """
    named = os.environ.get("EDGE_HARDWARE")
    if not named:
        pytest.skip(f"missing: a model for {engine} (EDGE_HARDWARE=config.toml, see tests/hardware/README.md)")
    config = load(Path(named))
    for entry in config.models.entries().values():
        if (entry.kind, entry.engine) == (kind, engine) and "en" in entry.languages:
            found = find(entry, config.folder / "models", config.models.threads)
            if isinstance(found, Plan):
                return found
    pytest.skip(f"missing: an English model for {engine} whose files are here")


class VoskRig(PocketsphinxRig):
    """With a model supplied by the shop."""

    engine = "vosk"

    def plan(self, folder: Path) -> Plan:
        return installed("stt", "vosk")


class EspeakRig(Rig):
    kind, engine = "tts", "espeak"

    def plan(self, folder: Path) -> Plan:
        said_by_espeak("here")
        return speech_plan("tts", "espeak", 40)

    def request(self) -> Speak:
        return Speak("Good morning. That is £3.50, please.", "en")

    def check(self, partials: list[Any], reply: Any) -> None:
        assert reply.sentences == 2
        assert reply.sound_ms == pytest.approx(
            sum(len(sound.samples) / 2 / sound.rate_hz for sound in partials) * 1000, abs=1
        )
        assert 1_500 < reply.sound_ms < 8_000

    def refused(self) -> Speak:
        return Speak("Good morning.", "en", voice="nobody-at-all")

    def odd(self) -> list[Request[Any, Any]]:
        voices = ("-w", "../../etc/passwd", "en;ls", "mb-en1")
        strange = ("", "   ", "\0", "…", "a" * 5_000, "\U0001f600", "-x -w /tmp/y", "<speak>שלום</speak>", "x" * 30_000)
        return [*(Speak(text, "en") for text in strange), *(Speak("yes", "en", voice) for voice in voices)]


class PiperRig(EspeakRig):
    """The real Piper, with a hand-made voice."""

    kind, engine = "tts", "piper"

    def plan(self, folder: Path) -> Plan:
        pytest.importorskip("piper")
        path = write_voice(folder / "voice")
        files = (str(path), str(path.with_name("voice.onnx.json")))
        return speech_plan("tts", "piper", 150, folder=str(path.parent), files=files)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert reply.sentences == 2
        assert reply.sound_ms > 100
        assert any(set(sound.samples) - {0} for sound in partials)


class PiperVoiceRig(EspeakRig):
    """With a voice supplied by the shop."""

    engine = "piper"

    def plan(self, folder: Path) -> Plan:
        return installed("tts", "piper")


class VadRig(Rig):
    """A second of noise, a sentence, and a second of noise."""

    kind, engine = "vad", "silero"

    def plan(self, folder: Path) -> Plan:
        return speech_plan("vad", "silero", 40)

    def request(self) -> DetectSpeech:
        return DetectSpeech()

    def sound(self) -> bytes:
        return noise(1.5, loud=30) + recording(ORDER) + noise(1.5, loud=30)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert [speech.speaking for speech in partials] == [True, False] * len(reply.spans_ms)
        assert 1 <= len(reply.spans_ms) <= 4
        assert reply.spans_ms[0][0] > 1_000
        assert reply.spans_ms[-1][1] < reply.sound_ms - 1_000

    def odd(self) -> list[Request[Any, Any]]:
        rates = (11_025, 48_000)
        return [DetectSpeech(threshold=0), DetectSpeech(threshold=1, pause_ms=0), *map(DetectSpeech, rates)]


class WakeRig(Rig):
    """A wake word in a real order."""

    kind, engine = "wake", "pocketsphinx"

    def plan(self, folder: Path) -> Plan:
        return speech_plan("wake", "pocketsphinx", 110, folder=str(pocketsphinx_folder()))

    def request(self) -> AwaitWord:
        return AwaitWord(("americano", "hello computer"), "en")

    def sound(self) -> bytes:
        return recording(AMERICANO) + bytes(16_000)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert [woken.word for woken in partials] == ["americano"]
        assert reply.times == 1
        assert 0 < partials[0].at_ms <= reply.sound_ms

    def refused(self) -> AwaitWord:
        return AwaitWord((), "en")

    def odd(self) -> list[Request[Any, Any]]:
        words = (("",), ("$",), ("קפה",), ("a",), ("two words", "a/1e-2/"), ("new\nline",), ("x" * 200,))
        return [*(AwaitWord(one) for one in words), AwaitWord(("hello",), threshold=0), AwaitWord(("hi",), threshold=1)]


class VoiceRig(Rig):
    """Two speakers one after the other, with a hand-made model."""

    kind, engine = "embed_voice", "onnx"

    def plan(self, folder: Path) -> Plan:
        path = write_voices(folder)
        return speech_plan("embed_voice", "onnx", 80, folder=str(folder), files=(str(path),))

    def request(self) -> EmbedVoice:
        return EmbedVoice()

    def sound(self) -> bytes:
        return said(SAYINGS[0], "m3") + said(SAYINGS[1], "f3")

    def check(self, partials: list[Any], reply: Any) -> None:
        values = reply.values.array()
        assert reply.made_by.startswith("speech@")
        assert 4_000 < reply.speech_ms <= reply.sound_ms
        assert len(values) > 3 and (values @ values.T).min() < 0.5

    def odd(self) -> list[Request[Any, Any]]:
        return [EmbedVoice(8_000), EmbedVoice(48_000), EmbedVoice(11_025)]


class SttWyomingRig(PocketsphinxRig):
    """The same order, recognised on another box."""

    engine = "wyoming"

    def plan(self, folder: Path) -> Plan:
        return speech_plan("stt", "wyoming", 60, options={"port": box_port()})

    def check(self, partials: list[Any], reply: Any) -> None:
        assert "large" in reply.text and "medium roast" in reply.text and "latte" in reply.text
        assert [heard.text for heard in partials] == [reply.text]

    def refused(self) -> None:
        return None


class TtsWyomingRig(EspeakRig):
    """Speech from another box."""

    engine = "wyoming"

    def plan(self, folder: Path) -> Plan:
        return speech_plan("tts", "wyoming", 60, options={"port": box_port()})

    def refused(self) -> Speak:
        return Speak("Now break off.", "en")


BROUGHT: tuple[type[Rig], ...] = (VoskRig, PiperVoiceRig)
"""Rigs whose models no package contains. They run in `tests/hardware`."""
SPEECH: tuple[type[Rig], ...] = (
    *(PocketsphinxRig, WhisperRig, SttWyomingRig, EspeakRig, PiperRig, TtsWyomingRig, VadRig, WakeRig, VoiceRig),
)
