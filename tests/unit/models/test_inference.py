"""The models part: the till in front of it, what it says in which language, and what it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from edge.core.bus import Bus
from edge.core.process.parts import Part, PartState, Supervisor
from edge.counter.till.commands import AddLine
from edge.goods.search.service.speech_phrases import Grammar
from edge.lib.i18n import LANGUAGES, translate, words
from edge.runtime import inference
from edge.runtime.inference import Inference
from edge.runtime.inference_status import missing, notice_state, seconds_to, worker_ended_state
from edge.runtime.model_metrics import families
from models import registry
from models.errors import Code, ModelError
from models.kinds import KINDS, Speak
from models.runtime import Absent
from models.runtime.restart_policy import Notice
from models.worker.cpu_priority import can_return
from tests.contract.engine_rigs import text
from tests.shipping import ship_no_model
from tests.shop_fixture import CASHIER, CONFIG, MILK, config, open_shop, run
from tests.sync_doubles import until
from tests.toy_engines import ENGINES

MODELS = """
[models]
memory_mb = 1000
keep = ["toy"]
use = { tts = "voice" }
[[models.model]]
name = "toy"
kind = "llm"
engine = "toy"
size_mb = 0
memory_mb = 64
licence = "none"
[[models.model]]
name = "voice"
kind = "tts"
engine = "toy"
languages = ["fr"]
size_mb = 60
memory_mb = 100
licence = "none"
files = { "voice.onnx" = "" }
"""


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(inference, "QUIET_S", 0.3)
    monkeypatch.setattr(inference, "TICK_S", 0.02)
    monkeypatch.setattr(inference, "START_S", 0.0)
    monkeypatch.setattr(registry, "ENGINES", {**ENGINES, ("tts", "toy"): ENGINES["llm", "toy"]})
    ship_no_model(monkeypatch, tmp_path)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Inference, Supervisor, object]]:
    async with open_shop(folder) as shop:
        supervisor = Supervisor(Bus())
        part = Inference(config(folder, CONFIG + MODELS), shop)
        supervisor.start(Part("models", part.run))
        try:
            await until(lambda: part.figures() and part.figures()[0].state == "ready", "the kept model is loaded")
            yield part, supervisor, shop
        finally:
            await supervisor.stop()


def test_a_kept_model_is_loaded_and_a_missing_one_that_is_wanted_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as (part, supervisor, _):
            assert (await part.ask(text("good day"), 5)).text == "good day"
            state = supervisor.states["models"]
            assert (state.state, state.key) == ("lost", "models.no_tts")
            assert state.values["spoken"] == "Français"
            assert str(tmp_path) in str(state.values["folder"])
            with pytest.raises(ModelError) as caught:
                part.ask(Speak("Bonjour", "fr"), 5)
            what, advice = notice_state(caught.value, "fr")
            assert what == "Aucune voix pour cette langue : Français."
            assert advice.endswith("ou lancez : edge models fetch voice.")
            with pytest.raises(ModelError) as caught:
                part.ask(Speak("Shalom", "he"), 5)
            assert notice_state(caught.value, "en") == (
                "No model is installed for this.",
                "See the available models on the Technical page, or run on the box: edge models list.",
            )

    run(scenario())


def test_a_busy_till_makes_models_give_way_and_a_quiet_one_lets_them_come_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as (part, _, shop):
            # where the kernel lets no worker come back from the lowest priority, it has no other
            alone = "batch" if can_return() else "idle"
            assert (await part.ask(text("POLICY"), 5)).text == alone
            await shop.do(AddLine(MILK, ""), CASHIER)
            assert (await part.ask(text("POLICY"), 5)).text == "idle"
            await until(lambda: not part._gives_way, "the till is quiet")
            assert (await part.ask(text("POLICY"), 5)).text == alone

    run(scenario())


def test_a_crash_is_said_once_and_once_when_it_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as (part, _, __):
            with pytest.raises(ModelError) as caught:
                await part.ask(text("CRASH"), 5)
            assert notice_state(caught.value, "fr")[0] == "toy a planté."
            assert part._troubles["toy"].key == "models.crashed"
            await until(lambda: "toy" not in part._troubles, "it is loaded again")
            assert (await part.ask(text("better"), 5)).text == "better"

    run(scenario())


def test_a_part_that_does_not_run_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            part = Inference(config(tmp_path), shop, Grammar(config(tmp_path).ledger))
            assert part.figures() == []
            assert not part.has("llm")
            with pytest.raises(ModelError) as caught:
                part.ask(text("hello"), 1)
            assert caught.value.code == "stopped"

    run(scenario())


def test_prometheus_reads_every_figure(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path) as (part, _, __):
            await part.ask(text("one two three"), 5)
            samples = {sample.name: sample for family in families(part.figures()) for sample in family.samples}
            assert samples["edge_model_work_total"].value == 3
            assert samples["edge_model_work_total"].labels == {"model": "toy", "unit": "tokens"}
            assert samples["edge_model_seconds_count"].value == 1
            assert samples["edge_model_memory_bytes"].value > 2**20
            assert samples["edge_model_requests_total"].labels["outcome"] == "answered"

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_can_go_wrong_is_said_in_every_language(language: str) -> None:
    for code in get_args(Code):
        for sentence in notice_state(ModelError(code, "Too long.", "", "toy"), language):
            assert not sentence.startswith("models."), (code, sentence)
    for kind in KINDS:
        for why in ("files", "fetch", "part", "deeper", "library", "program"):
            keys = {"why": why, "name": "m", "kind": kind, "thing": "t"}
            state = missing(Absent("m", kind, ("he",), "It is not here.", "Copy it there.", keys))
            for key in (state.key, f"{state.key}_do"):
                assert "{" not in translate(language, key, **state.values)
    state = worker_ended_state(Notice("toy", "crashed", "It ended.", resting=True))
    assert state == PartState("", "lost", "It ended.", "", "models.resting", {"model": "toy"})
    assert words(language)["models.resting"]


def test_a_model_that_is_loaded_at_an_hour_waits_for_it() -> None:
    now = datetime(2026, 11, 20, 6, 0)
    assert seconds_to("", now) == 0
    assert seconds_to("06:30", now) == 1_800
    assert seconds_to("06:00", now) == 0
    assert seconds_to("05:00", now) == 23 * 3_600
