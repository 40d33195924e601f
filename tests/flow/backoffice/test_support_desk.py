"""The desk that answers head office's questions: each as it comes, and what is over leaves no answer behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge.backoffice.support.commands import AskSupport, DeclineSupport
from edge.backoffice.support.service import support_desk
from edge.backoffice.support.service.support_desk import FOLDER, SupportDesk
from edge.core.bus import Bus
from edge.core.process.parts import Supervisor
from edge.runtime.secrets import secrets_of
from tests.http_client import when
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, open_shop, run

CASE = "c" * 32
HOUR_US = 3600 * 1_000_000


def test_a_question_is_answered_as_it_comes_and_its_answer_goes_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            settings = config(tmp_path)
            desk = SupportDesk(shop, settings, Supervisor(Bus()), secrets_of(settings.folder), None, shop.now_us)
            at_work = asyncio.create_task(desk.run(lambda: None))
            asked = AskSupport(CASE, "queue", "Why is it slow?", "person-3", shop.now_us() + HOUR_US, "0" * 64)
            await done(shop, asked, SYSTEM)

            async def answer() -> str:
                return desk.answer_to(CASE)

            async def left() -> list[Path]:
                return list((settings.folder / FOLDER).glob("*.json"))

            assert '"question": "queue"' in await when(answer, bool, "it is answered")
            await done(shop, DeclineSupport(CASE), SYSTEM)
            await when(left, lambda seen: not seen, "the answer is gone")
            at_work.cancel()

    run(scenario())


SAID_IN_FILE = """
[notify.email]
host = "mail.hidden.example"
port = 587
[[discount]]
name = "Hidden discount"
amount_minor = 4711
on = true
"""


def test_a_bundle_says_how_it_is_and_nothing_of_people_prices_or_places(tmp_path: Path) -> None:
    """Versions, checks, metrics, the log, the configuration without what it says, devices, sync and sizes."""

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            settings = config(tmp_path)
            settings.file.write_text(CONFIG + SAID_IN_FILE)
            sync = SimpleNamespace(state="flowing", through=7, head=9, set_back=0, key="", advice="hidden.example")
            secrets = secrets_of(settings.folder)
            desk = SupportDesk(shop, settings, Supervisor(Bus()), secrets, None, shop.now_us, sync)  # type: ignore[arg-type]
            at_work = asyncio.create_task(desk.run(lambda: None))
            asked = AskSupport(CASE, "bundle", "How is it?", "person-3", shop.now_us() + HOUR_US, "0" * 64)
            await done(shop, asked, SYSTEM)

            async def answer() -> str:
                return desk.answer_to(CASE)

            text = await when(answer, bool, "it is answered")
            at_work.cancel()
            said = json.loads(text)
            assert {
                "version",
                "checks",
                "metrics",
                "log",
                "config",
                "devices",
                "sync",
                "books",
                "machine",
            } < said.keys()
            assert said["sync"] == {"state": "flowing", "through": 7, "head": 9, "set_back": 0, "trouble": ""}
            assert "alerts_open" in said["metrics"] and said["metrics"]["VmRSS_mib"] > 0
            assert said["config"]["notify"]["email"] == {"host": "set", "port": 587}
            assert said["config"]["discount"] == [{"name": "set", "amount_minor": "set", "on": True}]
            for gone in ("hidden", "Hidden", "4711", 'card_payments"', "assistant_turns", str(tmp_path)):
                assert gone not in text, gone

    run(scenario())


def test_an_answer_too_large_for_head_office_says_so_and_the_desk_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            monkeypatch.setattr(support_desk, "ANSWER_BYTES", support_desk.SEALED_BYTES + 10)
            settings = config(tmp_path)
            desk = SupportDesk(shop, settings, Supervisor(Bus()), secrets_of(settings.folder), None, shop.now_us)
            at_work = asyncio.create_task(desk.run(lambda: None))
            for case in (CASE, "d" * 32):
                asked = AskSupport(case, "queue", "Why is it slow?", "person-3", shop.now_us() + HOUR_US, "0" * 64)
                await done(shop, asked, SYSTEM)

                async def answer(case: str = case) -> str:
                    return desk.answer_to(case)

                said = json.loads(await when(answer, bool, "it is answered"))
                assert said["why"] == "the answer is too large" and said["bytes"] > said["limit_bytes"]
            assert not at_work.done()
            at_work.cancel()

    run(scenario())
