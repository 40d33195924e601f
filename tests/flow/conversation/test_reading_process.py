"""What is read for a turn, read by a process of its own: found as in the shop's, and whatever becomes of that process,
no one who talks notices."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import msgspec
import pytest

from edge.app import reading_child
from edge.app.panel import reading_process
from edge.conversation.assistant import handlers
from edge.conversation.assistant.queries import read_chat
from edge.conversation.assistant.turns.chat_turns import ChatMessage, PreparedTurn, prepare, put
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.conversation.assistant.turns.heard_turn import HeardTurn
from edge.conversation.assistant.turns.turn_reads import LookUpTurn
from edge.conversation.assistant.turns.turn_words import hear_turn
from edge.conversation.copilot import copilot
from edge.core.messages import Actor, Done
from edge.core.process import reading_process as process_module
from edge.core.process.reading_process import MESSAGE_BYTES, NotRead, ReadingProcess, ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.foundation.access.rights import BASKET, STOCK
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from sandbox import landlock
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.flow.conversation.test_chat_http import filled, say
from tests.shop_fixture import CONFIG, SYSTEM, run
from tests.shop_fixture import config as shop_config
from tests.sync_doubles import until


class Spoilt(ReadQuestion[str], frozen=True, tag=True):
    """What no process is asked."""

    code: str

    def read(self, db: Connection, registry: Registry) -> str:
        return "read by whoever asked"


def how_many(name: str) -> LookUpTurn:
    return LookUpTurn("EUR", "", f"how many {name} are there?", "en", "stock", "2027-01-15")


MILK = how_many("milk")
TAKEN = """
import os, socket, sys
from pathlib import Path
from edge.app import reading_child as it
ledger, port = Path({ledger!r}), {port}
told, answer = open({told!r}, "w"), it.ReadingChild.answer
def taken(child, sent):
    for name, pry in (
        ("read", ledger.read_bytes),
        ("configuration", lambda: Path({config!r}).read_bytes()),
        ("list", lambda: os.listdir(ledger.parent)),
        ("write", lambda: ledger.open("ab")),
        ("make", lambda: (ledger.parent / "mine").write_bytes(b"x")),
        ("call", lambda: socket.create_connection(("127.0.0.1", port), 5)),
    ):
        try:
            pry()
        except PermissionError:
            continue
        print(name, file=told, flush=True)
    return answer(child, sent)
it.ReadingChild.answer = taken
it.main([{config!r}])
"""
LONG_S = 20.0
"""More than a question takes beside any other test."""


async def begun(beside: ReadingProcess) -> int:
    """The process, once it answers."""
    beside.begin()
    await until(lambda: beside.pid, "a reader process", within_s=60)
    assert beside.pid is not None
    return beside.pid


@asynccontextmanager
async def talked_to(folder: Path, *command: str) -> AsyncIterator[tuple[Served, Caller, str]]:
    """A shop with what reads beside it, and someone who may talk there."""
    async with serve(folder) as served, calling(served) as caller:
        served.config.file.write_text(CONFIG)
        beside = served.site.asker.beside = ReadingProcess(command) if command else reading_process(served.config)
        await filled(served)
        await caller.set_pin()
        yield served, caller, await caller.enter_pin()
        beside.close()


def test_a_name_that_was_just_added_is_found_by_a_process_that_was_there_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None and beside.pid is None, "nobody has talked yet"
            await begun(beside)
            assert not (await beside.ask(how_many("kumquats"), LONG_S)).looked_up.found[0].skus
            added = await served.shop.do(SetProducts((Product("kumquat", {"en": "Kumquats"}),)), SYSTEM)
            assert isinstance(added, Done)
            await catch_up(served.shop)
            assert (await beside.ask(how_many("kumquats"), LONG_S)).looked_up.found[0].skus == ("kumquat",)
            answer = await say(caller, grant, text="received 5 kumquats")
            assert answer.json["stock"]["total"] == 5_000

    run(scenario())


def test_the_first_turn_waits_for_the_process_but_not_for_one_that_does_not_come_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None and not beside.is_running
            monkeypatch.setattr(process_module, "START_S", LONG_S)
            assert (await say(caller, grant, text="took 3 milks")).json["stock"]["total"] == 27_000
            assert beside.pid is not None
            slow = served.site.asker.beside = ReadingProcess((sys.executable, "-c", "input()"))
            monkeypatch.setattr(process_module, "START_S", 0.1)
            assert (await say(caller, grant, text="took 3 milks")).json["stock"]["total"] == 24_000
            assert slow.is_running and slow.pid is None
            slow.close()

    run(scenario())


def test_a_turn_is_answered_though_its_reader_is_killed_amid_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None
            pid = await begun(beside)
            os.kill(pid, signal.SIGSTOP)

            async def kill_amid() -> None:
                await until(lambda: beside.waiting, "a question on its way")
                os.kill(pid, signal.SIGKILL)

            answer, _ = await asyncio.gather(say(caller, grant, text="took 3 milks"), kill_amid())
            assert answer.json["text"] == "Updated: -3 pcs Milk 3% 1 l"
            assert beside.pid is None

    run(scenario())


def test_a_turn_is_answered_though_its_reader_hangs_and_that_one_is_ended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None
            os.kill(await begun(beside), signal.SIGSTOP)
            answer = await say(caller, grant, text="took 3 milks")
            assert answer.json["text"] == "Updated: -3 pcs Milk 3% 1 l"
            await until(lambda: beside.pid is None, "the end of what hung")

    run(scenario())


def test_the_writer_hears_no_sentence_that_was_read_but_where_the_conversation_changed_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard_by_writer: list[str] = []

    def hear(db: Connection, text: str, *about: Any) -> HeardTurn:
        heard_by_writer.append(text)
        return hear_turn(db, text, *about)

    monkeypatch.setattr(handlers, "hear_turn", hear)

    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            session = (await say(caller, grant, text="took 3 milks")).json["session"]
            chat = read_chat(served.shop.reader, session)
            assert chat is not None
            keeper = Actor(chat.actor, chat.surface, chat.register, frozenset({BASKET, STOCK}))
            ready = await prepare(served.site, keeper, ChatMessage("took 2 milks", session))
            assert isinstance(ready, PreparedTurn)
            assert (await say(caller, grant, text="parle français", session=session)).json["language"] == "fr"
            assert not heard_by_writer, "read beside the till alone"
            answer = await put(served.site, ready)
            assert isinstance(answer, ChatAnswer) and answer.stock is not None
            assert (answer.stock.total, heard_by_writer) == (25_000, ["took 2 milks"])

    run(scenario())


def test_what_is_no_question_is_refused_and_the_next_one_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, _, _):
            asker, beside = served.site.asker, served.site.asker.beside
            assert beside is not None
            pid = await begun(beside)
            large, wrong = how_many("x" * MESSAGE_BYTES), msgspec.structs.replace(MILK, text=7)
            questions: tuple[ReadQuestion[object], ...] = (Spoilt("import os"), large, wrong)
            for one in questions:
                with pytest.raises(NotRead):
                    await beside.ask(one)
            assert await asker.read_beside(Spoilt("")) == "read by whoever asked"
            assert (await beside.ask(MILK, LONG_S)).looked_up.found[0].skus == ("milk",)
            assert beside.pid == pid

    run(scenario())


def test_a_question_that_takes_too_long_is_given_up_and_the_next_one_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, _, _):
            beside = served.site.asker.beside
            assert beside is not None
            pid = await begun(beside)
            with pytest.raises(TimeoutError):
                await beside.ask(how_many("milk " * 150), limit_s=0.0001)
            assert (await beside.ask(MILK, LONG_S)).looked_up.found[0].skus == ("milk",)
            assert beside.pid == pid

    run(scenario())


def test_a_reader_that_has_grown_ends_behind_its_answer_and_a_new_one_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "AGAIN_S", 0.0)
    grows = "import sys; from edge.app import reading_child as it; it.GROWN_BYTES = 0; it.main(sys.argv[1:])"

    async def scenario() -> None:
        async with talked_to(tmp_path, sys.executable, "-c", grows, str(tmp_path / "config.toml")) as (served, _, _):
            beside = served.site.asker.beside
            assert beside is not None
            pid = await begun(beside)
            assert (await beside.ask(MILK, LONG_S)).looked_up.found[0].skus == ("milk",)
            await until(lambda: beside.pid is None, "the end of what has grown")
            assert await begun(beside) != pid

    run(scenario())


def test_a_reader_has_not_grown_because_the_shop_has(tmp_path: Path) -> None:
    """Linux counts for a new process the most that the one had that started it (getrusage(2), ru_maxrss)."""

    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, _, _):
            beside = served.site.asker.beside
            assert beside is not None
            large = b"x" * (reading_child.GROWN_BYTES + 2**20)
            pid = await begun(beside)
            for _ in range(3):
                assert (await beside.ask(MILK, LONG_S)).looked_up.found[0].skus == ("milk",)
            assert beside.pid == pid and large

    run(scenario())


def test_a_reader_that_no_one_asks_is_ended_and_one_that_never_comes_up_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None
            await begun(beside)
            monkeypatch.setattr(process_module, "IDLE_S", 0.0)
            await beside.ask(MILK, LONG_S)
            await until(lambda: beside.pid is None, "the end of what nobody asks")
            for name in ("IDLE_S", "START_S"):
                monkeypatch.setattr(process_module, name, LONG_S)
            for count, broken in ((27, "raise SystemExit(1)"), (24, "print('a word')\ninput()")):
                served.site.asker.beside = ReadingProcess((sys.executable, "-c", broken))
                assert (await say(caller, grant, text="took 3 milks")).json["stock"]["total"] == count * 1000
                assert not served.site.asker.beside.is_running

    run(scenario())


def test_a_manager_is_answered_the_same_by_the_process_and_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_here(*asked: object) -> object:
        raise AssertionError("what the process reads is not read here")

    monkeypatch.setattr(copilot, "TOOL_S", LONG_S)

    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None
            pid = await begun(beside)

            async def told(query: str) -> tuple[object, ...]:
                asked = await caller.call(
                    "POST", "/api/v1/copilot/query", {"query": query}, Grant=grant, Surface="panel"
                )
                calls = [(one["tool"], one["result"], one["rows"]) for one in asked.json["tool_calls"]]
                return asked.json["message"], calls, asked.json["context"], asked.json["confidence"]

            queries = ("how many milks are there?", "sales today by hour", "what is running low?", "blue milk by moon")
            with monkeypatch.context() as there_alone:
                there_alone.setattr(copilot, "_read_within", read_here)
                answers = [await told(one) for one in queries]
            assert beside.pid == pid
            assert answers[0][1] == [("query_inventory", ANY, ANY)], answers[0]
            served.site.asker.beside = None
            assert [await told(one) for one in queries] == answers
            served.site.asker.beside = beside

    run(scenario())


def test_no_reader_begins_with_another_configuration_than_the_shop_has(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = reading_process(served.config)
            served.site.asker.beside = beside
            served.config.file.write_text(CONFIG.replace("EUR", "ILS"))
            for count in (27, 24):
                assert (await say(caller, grant, text="took 3 milks")).json["stock"]["total"] == count * 1000
            assert not beside.is_running
            beside.close()

    run(scenario())


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_who_takes_a_reader_over_reads_the_ledger_and_nothing_else_and_calls_no_one(tmp_path: Path) -> None:
    told, config = tmp_path / "told", tmp_path / "config.toml"

    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            words = {"told": str(told), "config": str(config), "ledger": str(shop_config(tmp_path).ledger)}
            script = TAKEN.format(port=server.getsockname()[1], **words)
            async with talked_to(tmp_path, sys.executable, "-c", script) as (served, _, _):
                beside = served.site.asker.beside
                assert beside is not None
                await begun(beside)
                for _ in range(2):
                    assert (await beside.ask(MILK, LONG_S)).looked_up.found[0].skus == ("milk",)
                    await served.shop.do(SetProducts((Product("fig", {"en": "Figs"}),)), SYSTEM)
                assert (await beside.ask(how_many("figs"), LONG_S)).looked_up.found[0].skus == ("fig",)

    run(scenario())
    may = ["read", *(["call"] if landlock.version() < 4 else [])]
    assert told.read_text().split() == may * 3
