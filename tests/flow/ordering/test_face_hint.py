"""A face as a hint, as a shop meets it: law, trials, release, enrolment, a picture on a touch, and the PIN behind."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from edge.app.cli import models as models_cli
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.core.people.forgetting import ForgetPerson
from edge.core.process.parts import Part
from edge.goods.search.service.speech_phrases import Grammar
from edge.ordering.privacy.nightly_part import sweep
from edge.ordering.recognition import trials
from edge.ordering.recognition.commands import (
    EnrolFace,
    ReleaseFace,
    ReleaseVoice,
    SetFaceHint,
    SetVoiceHint,
    WithdrawFace,
    WordRelease,
)
from edge.ordering.recognition.handlers import DAY_US, has_released, let_go_all
from edge.ordering.recognition.means import FACE, VOICE
from edge.ordering.recognition.queries import count_templates, personal_data_of, read_release, wording_now
from edge.ordering.recognition.template import read_all
from edge.runtime import inference
from edge.runtime.inference import Inference
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run
from tests.sync_doubles import until
from tests.tiny_faces import jpeg, painted, write_faces
from tests.voices import ASSESSED, PINS, hired, rows, shop_text, write_trials

MODEL = """
[[models.model]]
name = "faces"
kind = "embed_face"
engine = "onnx"
files = { "detector.onnx" = "", "faces.onnx" = "" }
size_mb = 1
memory_mb = 150
licence = "none"
"""
TEXT = shop_text() + MODEL
PEOPLE = 11
"""Of the trials: with three pictures each, 495 pairs of two."""
DANA, BO = 3, 4


def prepared(folder: Path) -> None:
    """The models lie beside the ledger, pictures in folders a person."""
    write_faces(config(folder, TEXT).folder / "models" / "faces")
    for person in range(PEOPLE):
        place = folder / "pictured" / str(person)
        place.mkdir(parents=True)
        for take in range(3):
            (place / f"{take}.jpg").write_bytes(jpeg(painted(100 + person, take=take)))


async def post(caller: Caller, path: str, picture: bytes) -> Answer:
    headers = {"Content-Type": "image/jpeg", "Surface": "cashier"}
    return await caller.call("POST", f"/api/v1/recognition/{path}", picture, **headers)


async def with_models(served: Served) -> None:
    models = Inference(served.config, served.shop, Grammar(served.config.ledger))
    served.run_models(models)
    served.supervisor.start(Part("models", models.run))
    await until(lambda: models.has("embed_face"), "the models part runs")


async def signed_in(caller: Caller, person: str) -> None:
    answer = await caller.call("POST", "/api/v1/sign-in", {"pin": PINS[person], "person": person}, Surface="cashier")
    assert answer.status == 200, answer.text


def test_a_face_is_tried_signed_for_enrolled_and_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "START_S", 0.0)
    prepared(tmp_path)
    (tmp_path / "config.toml").write_text(TEXT)
    asked = Namespace(config=str(tmp_path / "config.toml"), name=["face", str(tmp_path / "pictured")])
    assert models_cli.bench(asked) == 0
    measured = trials.read(config(tmp_path, TEXT).folder, FACE)
    assert measured is not None and (measured.speakers, measured.other) == (PEOPLE, 495)
    assert measured.model.startswith("faces@") and measured.equal < 0.1
    assert trials.read(config(tmp_path, TEXT).folder) is None, "of faces, and of no voices"

    async def scenario() -> None:
        async with serve(tmp_path, TEXT) as served, calling(served) as caller:
            await with_models(served)
            dana = await hired(served.shop, "u1", "Dana")
            await hired(served.shop, "u2", "Bo")
            assert (await post(caller, "face", jpeg(painted(DANA)))).code == "face_off"
            assert isinstance(await served.shop.do(SetFaceHint(True, ASSESSED), SYSTEM), Done)
            await signed_in(caller, "u1")
            assert (await post(caller, "face/own", jpeg(painted(DANA)))).code == "face_not_released"
            assert isinstance(await served.shop.do(ReleaseFace("Dana", "en"), dana), Done)
            pictures = {
                "face_none": jpeg(painted()),
                "face_several": jpeg(painted(DANA, BO)),
                "face_picture": b"no picture",
            }
            for why, picture in pictures.items():
                assert (await post(caller, "face/own", picture)).code == why
            for number in range(1, 4):
                answer = await post(caller, "face/own", jpeg(painted(DANA, take=number)))
                assert answer.json == {"taken": number, "needed": 3}, answer.text
            assert count_templates(served.shop.reader, FACE) == 1
            page = await caller.get("/account/face", Surface="cashier")
            assert page.status == 200 and "You signed this as" in page.text
            assert "use their face to find their name" in (await caller.get("/privacy?lang=en")).text
            await caller.call("POST", "/api/v1/sign-out", {}, Surface="cashier")
            assert 'id="by-face"' in (await caller.get("/", Surface="cashier")).text

            for _ in range(2):  # the second time by what is remembered of the same picture
                found = await post(caller, "face", jpeg(painted(DANA, take=9)))
                assert found.json == {"person": "u1", "name": "Dana"}, found.text
            assert served.access.sessions.user("1") is None, "a hint opens nothing"
            assert isinstance(await served.shop.do(WithdrawFace(), dana), Done)
            codes = [(await post(caller, "face", jpeg(painted(DANA, take=9)))).code]
            codes += [(await post(caller, "face", jpeg(painted(BO, take=take)))).code for take in (1, 2)]
            assert codes == ["face_unknown", "face_unknown", "face_wait"], "who took it back is known by no picture"
            assert (await post(caller, "face", jpeg(painted(DANA)))).code == "face_wait"

    run(scenario(), 240)


async def code(shop: object, command: Command, actor: object = SYSTEM) -> str:
    """Why it is refused; "": it is not."""
    outcome = await shop.do(command, actor)  # type: ignore[attr-defined]
    return outcome.code if isinstance(outcome, Refused) else ""


@pytest.mark.parametrize(
    ("country", "province", "why"),
    [
        ("CA", "QC", "face_declared"),
        ("", "", "face_place"),
        ("BR", "", "face_place"),
        ("US", "IL", ""),
        ("US", "WA", ""),
        ("CA", "ON", ""),
    ],
)
def test_a_shop_refuses_faces_as_its_law_wants(tmp_path: Path, country: str, province: str, why: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text(country, province)) as shop:
            assert await code(shop, SetFaceHint(True, ASSESSED)) in (why, "face_not_measured")
            measured = write_trials(tmp_path)
            trials.keep(config(tmp_path).folder, measured, FACE)
            assert await code(shop, SetFaceHint(True, ASSESSED)) == why
            assert await code(shop, SetVoiceHint(False)) == ""
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_trials_of_voices_are_none_of_faces_and_the_law_asks_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text()) as shop:
            write_trials(tmp_path)
            assert await code(shop, SetFaceHint(True, ASSESSED)) == "face_not_measured"
            assert await code(shop, SetFaceHint(True)) == "face_assessed"
            dana = await hired(shop, "u1", "Dana")
            assert await code(shop, ReleaseFace("Dana", "en"), dana) == "face_off"

    run(scenario())


async def enrolled(shop: object, person: str, name: str) -> object:
    actor = await hired(shop, person, name)  # type: ignore[arg-type]
    await done(shop, ReleaseFace(name, "en"), actor)  # type: ignore[arg-type]
    await done(shop, EnrolFace(person, rows(0)[0], "faces@1", 9_900), SYSTEM)  # type: ignore[arg-type]
    return actor


def test_a_template_is_sealed_apart_from_voices_and_goes_with_its_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=shop_text()) as shop:
            trials.keep(config(tmp_path).folder, write_trials(tmp_path), FACE)
            await done(shop, SetFaceHint(True, ASSESSED), SYSTEM)
            await done(shop, SetVoiceHint(True, ASSESSED), SYSTEM)
            actors = [await enrolled(shop, one, name) for one, name in (("u1", "Dana"), ("u2", "Bo"), ("u3", "Ada"))]
            now_us = shop.now_us()
            assert len(read_all(shop.reader, "faces@1", now_us, "face")[0]) == 3
            assert read_all(shop.reader, "faces@2", now_us, "face") == ([], []), "of another model is none"
            assert read_all(shop.reader, "faces@1", now_us) == ([], []), "a face is no voice"
            assert [*personal_data_of(shop.reader, "u1")] == ["face"]
            journal = shop.reader.execute("SELECT group_concat(CAST(body AS TEXT)) FROM journal").fetchone()[0]
            assert "vector" not in str(journal) and "Dana" not in str(journal).replace("Dana Levi", "")
            await done(shop, WithdrawFace(), actors[0])  # type: ignore[arg-type]
            await done(shop, ForgetPerson("u2"), SYSTEM)
            assert count_templates(shop.reader, FACE) == 1 and read_release(shop.reader, "u2", FACE) is None
            await shop.maintain(lambda db: sweep(db, now_us + 181 * DAY_US))
            assert count_templates(shop.reader, FACE) == 0, "unused for 180 days"
            await done(shop, EnrolFace("u3", rows(0)[0], "faces@1", 9_900), SYSTEM)
            await done(shop, SetVoiceHint(False, ASSESSED), SYSTEM)
            assert count_templates(shop.reader, FACE) == 1, "the switch of voices takes no face along"
            await shop.maintain(let_go_all)
            assert count_templates(shop.reader, FACE) == 0, "nor does a restore bring one back"
            await done(shop, EnrolFace("u3", rows(0)[0], "faces@1", 9_900), SYSTEM)
            await done(shop, SetFaceHint(False, ASSESSED), SYSTEM)
            assert count_templates(shop.reader, FACE) == 0
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


OWN = {"en": "Our own words.", "fr": "Nos propres mots.", "he": "במילים שלנו."}


def test_a_shops_own_words_are_versions_and_are_signed_anew(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=shop_text()) as shop:
            write_trials(tmp_path)
            await done(shop, SetVoiceHint(True, ASSESSED), SYSTEM)
            dana = await hired(shop, "u1", "Dana")
            await done(shop, ReleaseVoice("Dana", "fr"), dana)
            held = read_release(shop.reader, "u1")
            assert held is not None and held.wording == "standard-1"
            for texts in ({"en": "Only English."}, {**OWN, "fr": "  "}):
                assert await code(shop, WordRelease("voice", texts)) == "release_languages"
            await done(shop, WordRelease("voice", OWN), SYSTEM)
            await done(shop, WordRelease("voice", OWN), SYSTEM)  # the same is no new version
            assert wording_now(shop.reader, VOICE) == ("own-1", OWN)
            assert wording_now(shop.reader, FACE) == ("standard-1", {})
            assert not has_released(shop.reader, "u1", VOICE), "the old words were signed"
            await done(shop, ReleaseVoice("Dana", "fr"), dana)
            assert has_released(shop.reader, "u1", VOICE)
            await done(shop, WordRelease("voice", {}), SYSTEM)
            assert wording_now(shop.reader, VOICE)[0] == "standard-1"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
