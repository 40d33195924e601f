"""What was said is in no byte of the box once its time is over: neither in the ledger, nor beside it, nor in a log."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from edge.conversation.assistant.commands import EndChat
from edge.conversation.assistant.retention import COPILOT_US, ROWS_AT_ONCE, STAFF_US, ConversationSweeper, sweep
from edge.conversation.assistant.turns.chat_turns import new_session
from edge.conversation.assistant.turns.dialogue import clock_mark
from edge.conversation.copilot.commands import RememberAnswer
from edge.core.journal.rows import facts
from edge.core.storage.database import Connection
from edge.ordering.orders.commands import AnswerCall
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_http import filled
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_voice import signed_in, talking
from tests.flow.conversation.test_voice_recording import say_aloud
from tests.http_client import when
from tests.shop_fixture import SYSTEM, FakeClock, done, run
from tests.unit.conversation.test_voice_talk import PlayedModels

SECRET = "zanzibar"
"""A word of whoever speaks, which no shop has."""
SAID = (f"how much is the {SECRET} milk", f"my password is {SECRET}", f"took 3 {SECRET} colas", SECRET)


def places(folder: Path) -> list[str]:
    """The files that hold it, in the letters of text or those of sound's transcripts."""
    wanted = (SECRET.encode(), SECRET.encode("utf-16-le"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if any(one in path.read_bytes() for one in wanted))


def test_typed_words_are_gone_when_their_time_is_over(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with talking_shop(tmp_path, clock) as shop:
            sweeper = ConversationSweeper(shop)
            told = [*SAID, *(f"{SECRET} {n} " + "x" * 700 for n in range(12))]
            dana = Talker(shop, "en", BOSS)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            for said in told:
                await dana.say(said)
                await guest.say(said)
            asked = new_session()
            for said in told:
                await done(shop, RememberAnswer(asked, said, f"I know no {SECRET}", "{}", "{}"), BOSS)
            journal = str(list(facts(shop.reader, shop.registry)))
            assert SECRET not in journal, "what was said is no fact"

            def left() -> list[int]:
                tables = ("chat_turn", "chat_session", "copilot_message")
                return [shop.reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]

            assert left() == [2 * len(told), 2, 2 * len(told)]
            clock.advance(301)  # as long as somebody who was called is waited for
            await done(shop, AnswerCall(CUSTOMER.register), SYSTEM)
            await sweeper.look()
            assert left() == [len(told), 1, 2 * len(told)], "a customer's goes although nobody else comes"
            clock.advance(COPILOT_US / 1e6)
            await sweeper.look()
            assert left() == [len(told), 1, 0]
            clock.advance(STAFF_US / 1e6)
            await sweeper.look()
            assert left() == [0, 0, 0]
        assert places(tmp_path) == []
        heard = capfd.readouterr()
        assert SECRET not in heard.out + heard.err, "nor in a log"

    run(scenario(), 60)


def test_a_sweep_takes_few_rows_in_a_turn_and_goes_on_until_nothing_is_over(tmp_path: Path) -> None:
    turns, kept = 2 * ROWS_AT_ONCE, 2 * ROWS_AT_ONCE
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "

    async def scenario() -> None:
        clock = FakeClock()
        async with talking_shop(tmp_path, clock) as shop:
            talker = Talker(shop, "en", BOSS)
            await talker.say("how many colas are there")

            def fill(db: Connection) -> None:
                said = "INSERT INTO chat_turn (session, turn, at_us, heard, option, answer)"
                db.execute(many + said + " SELECT ?, 'x' || i, 0, '', '', x'00' FROM n", (turns, talker.session))
                consented = "INSERT INTO chat_kept (customer, session, turn, at_us, sealed)"
                db.execute(many + consented + " SELECT 'c', 's', i, 0, '' FROM n", (kept,))

            def rows() -> int:
                tables = ("chat_turn", "chat_session", "chat_kept")
                return sum(shop.reader.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables)

            await shop.maintain(fill)
            assert (before := rows()) == turns + kept + 2
            clock.advance(STAFF_US / 1e6 + 1)
            await shop.maintain(lambda db: sweep(db, clock_mark(clock.read())))
            assert before - rows() == ROWS_AT_ONCE, "tills wait for no more"
            before = rows()
            await Talker(shop, "en", BOSS).say("hello")
            assert rows() == before + 2, "nor does whoever begins to speak"
            await ConversationSweeper(shop).look()
            assert rows() == 2, "what was said just now"

    run(scenario(), 60)


def test_a_conversation_that_is_ended_leaves_no_trace(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for who, agent in ((BOSS, "stock"), (CUSTOMER, "shopping")):
                talker = Talker(shop, "en", who, agent)
                for said in (*SAID, *(f"{SECRET} {n} " + "x" * 700 for n in range(6))):
                    await talker.say(said)
                await done(shop, EndChat(talker.session), who)
        assert places(tmp_path) == []

    run(scenario(), 60)


def test_spoken_words_are_in_the_conversation_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            models = PlayedModels(f"my password is {SECRET}", f"how many {SECRET} colas are there")
            served.run_models(cast(Any, models))
            cookie = await signed_in(caller)

            async def turns() -> int:
                return int(served.shop.reader.execute("SELECT count(*) FROM chat_turn").fetchone()[0])

            async with talking(served, cookie) as phone:
                for _ in range(2):
                    await say_aloud(phone)
                await when(turns, lambda had: had == 2, "both turns")
            holding = set(places(tmp_path))
            assert holding <= {"ledger.db", "ledger.db-wal"}, "in the conversation, which its speaker reads"
            tables = [
                name for (name,) in served.shop.reader.execute("SELECT name FROM sqlite_schema WHERE type='table'")
            ]
            found = {
                table
                for table in tables
                for row in served.shop.reader.execute(f'SELECT * FROM "{table}"')
                if any(SECRET in (str(one) if not isinstance(one, bytes) else one.decode("latin-1")) for one in row)
            }
            assert found <= {"chat_turn", "chat_session"}, found
            heard = capfd.readouterr()
            assert SECRET not in heard.out + heard.err
            served.shop.clock = FakeClock(served.shop.now_us() + STAFF_US + 1)
            await ConversationSweeper(served.shop).look()
        assert places(tmp_path) == []

    run(scenario(), 60)
