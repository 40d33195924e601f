"""Conversations over HTTP: the same turn moves once, what is over is a conflict, what is another's is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.chat_fixture import GOODS
from tests.shop_fixture import SYSTEM, run


async def filled(served: Served) -> None:
    await served.shop.do(SetProducts(GOODS), SYSTEM)
    await served.shop.do(RecordMovement("cola-can", "in", 5, 12_000), SYSTEM)
    await served.shop.do(RecordMovement("milk", "in", 0, 30_000), SYSTEM)
    await catch_up(served.shop)


async def say(caller: Caller, grant: str, **body: Any) -> Answer:
    return await caller.call("POST", "/api/v1/chat/message", body, Grant=grant, Surface="panel")


def test_a_turn_counts_once_and_its_conversation_is_ones_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            assert (await caller.call("POST", "/api/v1/chat/message", {"text": "took 3 milks"})).status == 401
            for wrong in (
                {"text": ""},
                {"text": "  "},
                {"text": "x" * 1001},
                {"txt": "a"},
            ):
                assert (await say(caller, grant, **wrong)).status == 400, wrong
            for unknown in ("1", "nope", "a" * 32):
                assert (await say(caller, grant, text="a", session=unknown)).status == 404, unknown
            asked = await say(caller, grant, text="לקחתי 3 קולה קטן", language="he", turn="a")
            assert asked.status == 200, asked
            session, question = asked.json["session"], asked.json["question"]
            assert asked.json["text"] == "איזה סוג? פחית / פלסטיק / זכוכית"
            again = await say(caller, grant, text="לקחתי 3 קולה קטן", session=session, turn="a")
            assert again.json == asked.json
            other = await say(caller, grant, text="לקחתי 9 קולה קטן", session=session, turn="a")
            assert (other.status, other.code) == (409, "turn_conflict")
            tapped = await say(caller, grant, option="cola-can", question=question, session=session, turn="b")
            assert tapped.json["stock"] == {"boxes": 5, "units": 12_000, "total": 132_000}
            late = await say(caller, grant, option="cola-glass", question=question, session=session, turn="c")
            assert (late.status, late.code) == (409, "question_over")
            assert "קולה קטן פחית" in late.message, "what was chosen is said"
            for _ in range(2):
                done = await say(caller, grant, text="3 בקבוקים", session=session, turn="d")
                assert done.json["text"] == "עדכנתי: -3 פחיות קולה קטן"
                assert done.json["movement"]["units"] == -3_000
            stock = await caller.get("/api/v1/queries/stock?sku=cola-can", Grant=grant, Surface="panel")
            assert stock.json["result"] == 129_000, "moved once"
            history = await caller.get(f"/api/v1/chat/history?session={session}&limit=2", Grant=grant, Surface="panel")
            assert [turn["heard"] for turn in history.json["turns"]] == ["3 בקבוקים", ""]
            assert history.json["before"] is not None
            listed = await caller.get("/api/v1/chat/sessions", Grant=grant, Surface="panel")
            assert [one["session"] for one in listed.json["sessions"]] == [session]
            assert (await caller.get("/api/v1/chat/history?session=0", Grant=grant, Surface="panel")).status == 404
            kiosk = {"session": session, "text": "כן"}
            assert (await caller.call("POST", "/api/v1/chat/message", kiosk, Surface="kiosk")).status == 404
            asks = {"text": "how much is the milk 3%?"}
            customer = await caller.call("POST", "/api/v1/chat/message", asks, Surface="kiosk")
            assert (customer.status, customer.json["text"]) == (200, "Milk 3% 1 l: €1.20")
            assert customer.json["stock"] is None, "how many there are is the shop's business"
            gone = await caller.call("DELETE", f"/api/v1/chat/session/{session}", None, Grant=grant, Surface="panel")
            assert gone.status == 200
            assert (
                await caller.get(f"/api/v1/chat/history?session={session}", Grant=grant, Surface="panel")
            ).status == 404
            assert (await caller.do("TakeTurn", {}, Grant=grant, Surface="panel")).status == 404, (
                "no address of its own"
            )

    run(scenario())


def test_a_conversation_goes_on_at_another_device(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            till, phone = {"seat": "till", "joins": True}, {"seat": "phone", "joins": True}
            asked = await say(caller, grant, text="took 3 small colas", session="a" * 32, turn="a", **till)
            again = await say(caller, grant, text="took 3 small colas", session="b" * 32, turn="a", **till)
            assert again.json == asked.json, "sent again, it begins no other conversation"
            moved = await say(caller, grant, text="can", session="c" * 32, turn="b", **phone)
            assert (moved.json["session"], moved.json["state"]) == (asked.json["session"], "choosing_unit")
            session = moved.json["session"]
            old = await say(caller, grant, text="3 boxes", session=session, turn="c", seat="till")
            assert (old.status, old.code) == (409, "chat_elsewhere")
            done = await say(caller, grant, text="singles", session=session, turn="d", seat="phone")
            assert done.json["movement"]["units"] == -3_000
            back = await say(caller, grant, text="cancel", session="d" * 32, turn="e", **till)
            assert (back.json["session"], back.json["state"]) == (session, "cancelled")
            anew = await say(caller, grant, text="took 2 milks", session="e" * 32, turn="f", seat="till")
            assert anew.json["session"] == "e" * 32, "somebody who begins anew does"

    run(scenario())
