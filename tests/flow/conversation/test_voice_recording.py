"""A manager's switch for recording: told to whoever speaks, kept as ciphertext, wiped at its end, and who wanted it."""

from __future__ import annotations

import asyncio
import io
import wave
from pathlib import Path
from typing import Any, cast

import pytest

from edge.conversation.assistant import recording
from edge.conversation.assistant.events import VoiceRecordingSwitched
from edge.conversation.assistant.recording import HeardSound, VoiceRecorder, recorder_of
from edge.conversation.voice.pages.voice_part import VoicePart
from edge.core.journal.rows import facts
from edge.core.process.parts import Part
from edge.runtime.config.device_uses import MicrophoneUse
from models.kinds import Speech
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_users import add
from tests.flow.conversation.test_voice import RATE_HZ, Phone, signed_in, talking
from tests.shop_fixture import run
from tests.sync_doubles import until
from tests.unit.conversation.test_voice_talk import PlayedModels

SECRET = "rosebud".encode("utf-16-le") * 40
"""What no one may find in any byte that was written."""
ROSEBUD = "what is running low rosebud"
PATH = "/api/v1/chat/recording"


async def switched(caller: Caller, cookie: str, minutes: int, register: str = "1") -> Any:
    body = {"register": register, "minutes": minutes}
    return await caller.call("POST", PATH, body, Cookie=cookie, Surface="panel", Origin=caller.url)


async def recorded(caller: Caller, cookie: str, of: str = "") -> Any:
    return await caller.call("GET", PATH + of, Cookie=cookie, Surface="panel")


async def say_aloud(phone: Phone) -> None:
    """Hold the button, speak, let it go, until that was answered."""
    await phone.say("hold")
    await phone.until("state", state="hearing")
    await phone.speak(SECRET)
    await phone.say("release")
    await phone.until("heard")


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def journalled(served: Served) -> list[tuple[str, int]]:
    """What the journal says was switched: register and minutes; each with who did it."""
    found = facts(served.shop.reader, served.shop.registry)
    switches = [(one.actor, one.event) for one in found if isinstance(one.event, VoiceRecordingSwitched)]
    assert all(actor for actor, _ in switches), "who switched it"
    return [(event.register, event.minutes) for _, event in switches]


def played(served: Served, *heard: str) -> PlayedModels:
    models = PlayedModels(*heard)
    served.run_models(cast(Any, models))
    return models


def test_a_manager_has_a_microphone_recorded(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            played(served, ROSEBUD, ROSEBUD, ROSEBUD)
            cookie = await signed_in(caller)
            nobody = await caller.call("POST", PATH, {"register": "1", "minutes": 5}, Surface="panel")
            assert nobody.status in (401, 403), "a manager's alone"
            assert (await switched(caller, cookie, 16)).status == 400, "fifteen minutes at most"
            assert (await switched(caller, cookie, 5, "nowhere")).code == "register_unknown"
            assert (await recorded(caller, cookie)).json == {"register": "", "left_s": 0, "sentences": []}

            async with talking(served, cookie) as phone:
                await say_aloud(phone)  # before anybody is told: none of it is kept
                assert (await switched(caller, cookie, 15)).json["left_s"] in range(895, 901)
                told = await phone.until("recording")
                assert "recorded" in told["text"]
                assert 'id="recorded" role="status">' in (await caller.get("/chat?lang=en")).text
                await say_aloud(phone)
                shown = (await recorded(caller, cookie)).json
                assert [(one["number"], one["text"]) for one in shown["sentences"]] == [(1, ROSEBUD)]
                with wave.open(
                    io.BytesIO(await caller.read(f"{PATH}/1?register=1&surface=panel", Cookie=cookie))
                ) as file:
                    assert (file.getframerate(), file.readframes(file.getnframes())) == (RATE_HZ, SECRET)
                assert SECRET[:40] not in written(tmp_path), "the disk has nothing of it that anybody could hear"

                assert (await switched(caller, cookie, 0)).json["sentences"] == []
                assert (await phone.until("recording")).get("text", "") == ""
                assert (await recorded(caller, cookie, "/1")).code == "no_recording"
                await say_aloud(phone)
                assert (await recorded(caller, cookie)).json["sentences"] == []
            assert journalled(served) == [("1", 15), ("1", 0)]

    run(scenario())


def test_the_journal_says_what_is_recorded_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            cookie = await signed_in(caller)

            def full(**_of: Any) -> None:
                raise OSError(28, "No space left on device")

            with monkeypatch.context() as disk:
                disk.setattr(recording, "TemporaryFile", full)
                assert (await switched(caller, cookie, 5)).code == "recording_disk"
                assert journalled(served) == [], "nothing was recorded"
            assert (await switched(caller, cookie, 5)).json["register"] == "1"
            with monkeypatch.context() as disk:
                disk.setattr(recording, "TemporaryFile", full)
                assert (await switched(caller, cookie, 5, "2")).code == "recording_disk"
                assert (await recorded(caller, cookie)).json["register"] == "1", "what goes on, goes on"
            both = await asyncio.gather(switched(caller, cookie, 5, "2"), switched(caller, cookie, 9, "2"))
            assert [one.status for one in both] == [200, 200]
            assert journalled(served)[:2] == [("1", 5), ("1", 0)], "one at a time: the other is over"
            assert {*journalled(served)[2:]} == {("2", 5), ("2", 9)}
            assert (await switched(caller, cookie, 0)).json["register"] == "", "whichever it was"
            assert journalled(served)[-1] == ("2", 0)

    run(scenario())


def test_it_ends_by_itself_and_by_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        now_s = [1_000.0]
        monkeypatch.setattr(recording.time, "monotonic", lambda: now_s[0])
        recorder = VoiceRecorder(tmp_path)
        heard = HeardSound(SECRET, 16_000, "hello", 0.9, 0.0)
        recorder.begin("1", 99, recorder.new_file())
        recorder.keep("1", heard, 5)
        recorder.keep("2", heard, 6)
        assert [one.at_us for one in recorder.sentences()] == [5], "of its own register alone"
        assert (recorder.left_s("1"), recorder.left_s("2")) == (900.0, 0.0), "whatever was asked for"
        assert written(tmp_path) == b"", "a file without a name: nothing of it is there after a crash"
        now_s[0] += 900.0
        assert (recorder.sound(1), recorder.sentences(), recorder.register) == (None, (), "")
        recorder.begin("1", 1, recorder.new_file())
        assert recorder.sentences() == (), "nothing of the last one"
        monkeypatch.setattr(recording, "SOUND_BYTES", 2 * len(SECRET))
        recorder.keep("1", heard, 7)
        recorder.keep("1", heard, 8)
        assert len(recorder.sentences()) == 1, "so much, and no more"
        recorder.end()

    run(scenario())


class Heard:
    """A microphone of the shop that hears nothing by itself."""

    rate_hz = RATE_HZ

    async def open(self) -> None: ...
    async def close(self) -> None: ...

    async def frames(self) -> Any:
        while True:
            await asyncio.sleep(0.01)
            yield SECRET


class Loudspeaker:
    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def play(self, samples: bytes, rate_hz: int) -> None: ...
    async def hush(self) -> None: ...


@pytest.mark.parametrize("speaker", [Loudspeaker(), None])
def test_a_shops_microphone_says_so_itself(tmp_path: Path, speaker: Loudspeaker | None) -> None:
    """What can't say that it records, records nothing."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            models = played(served, ROSEBUD)
            cookie = await signed_in(caller)
            assert (await switched(caller, cookie, 5)).status == 200
            use = MicrophoneUse(echo_cancelled=True)
            part = VoicePart(served.site, cast(Any, Heard()), cast(Any, speaker), "ear", "1", use)
            models.has = lambda kind, language="": kind != "wake" and (kind != "tts" or speaker is not None)  # type: ignore[method-assign]
            served.supervisor.start(Part("ear", part.run, stage=2))
            pressed = {"Cookie": cookie, "Surface": "panel", "Origin": served.url}
            await until(lambda: part.voice is not None and bool(models), "it is there")
            while (await caller.call("POST", "/api/v1/chat/listen", {}, **pressed)).status != 200:
                pass
            await models.watched.wait()
            if speaker:
                await until(lambda: part.voice.warning.whole_s < float("inf"), "it says so, to the end")
                assert models.spoken == [part.voice.recording_words()]
            models.watching[-1].put(Speech(True, 0))
            await until(lambda: part.voice.state == "hearing", "somebody speaks")
            models.watching[-1].put(Speech(False, 500))
            await until(lambda: part.voice.state not in ("hearing", "thinking"), "that was heard")
            kept = recorder_of(served.site, tmp_path).sentences()
            assert [one.text for one in kept] == ([ROSEBUD] if speaker else [])

    run(scenario())


def test_the_managers_page_has_the_switch(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            cookie = await signed_in(caller)
            page = (await caller.call("GET", "/manager/assistant?lang=en", Cookie=cookie)).text
            assert 'data-record="1" data-minutes="15"' in page
            await switched(caller, cookie, 5)
            page = (await caller.call("GET", "/manager/assistant?lang=he", Cookie=cookie)).text
            assert 'data-record="1" data-minutes="0"' in page

    run(scenario())


def test_whoever_only_sets_things_up_reads_nothing_that_was_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            cookie = await signed_in(caller)
            await switched(caller, cookie, 5)
            recorder_of(served.site, tmp_path).keep("1", HeardSound(SECRET, 16_000, ROSEBUD, 0.9, 0.0), 5)
            assert ROSEBUD in (await caller.call("GET", "/manager/assistant?lang=en", Cookie=cookie)).text
            role = {"id": "it", "name": "IT", "rights": ["settings"], "limits": {}}
            assert (await caller.manage("SetRole", role)).status == 200
            assert (await add(caller, "Noa", "it", "604917", Grant=served.site.door.token)).status == 200
            given = await caller.call("POST", "/api/v1/grants", {"pin": "604917"}, Surface="panel")
            theirs = given.headers["Set-Cookie"].split("; ")[0]
            page = (await caller.call("GET", "/manager/assistant?lang=en", Cookie=theirs)).text
            assert 'data-setting="assistant.' in page, "they say who speaks where"
            assert ROSEBUD not in page and "data-record" not in page

    run(scenario())
