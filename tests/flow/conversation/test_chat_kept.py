"""What a customer says is gone with their conversation, unless they consented to have it kept: then it is kept for
thirty days, as ciphertext, shown to them, and gone when they take that back."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.conversation.assistant.commands import KeepChat, MarkAnswer
from edge.conversation.assistant.figures import read_chat_figures
from edge.conversation.assistant.kept_conversations import KeptTurn, count_kept, newest_kept
from edge.conversation.assistant.retention import CONSENTED_US, ConversationSweeper
from edge.core.command_bus import CommandBus
from edge.core.people.personal_export import export
from edge.goods.catalog.commands import SetProducts
from edge.ordering.orders.commands import AddToCart, OpenCart
from edge.people.customers.commands import ForgetCustomer, MergeCustomers, SetCustomer, WithdrawConsent
from edge.people.customers.queries import read_customer
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.chat_fixture import Talker
from tests.flow.conversation.test_chat_http import filled
from tests.flow.conversation.test_chat_kiosk import CUSTOMER, MILK
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, done, open_shop, run

SECRET = "how much is the milk for my aunt Rosalind"


async def ada_at(shop: CommandBus, name: str = "Ada") -> str:
    """A customer whose code lies in the kiosk's cart."""
    ada = (await done(shop, SetCustomer(name=name, new_code=True), SYSTEM)).result
    known = read_customer(shop.reader, ada, shop.now_us())
    assert known is not None
    cart = (await done(shop, OpenCart("kiosk"), CUSTOMER)).result
    await done(shop, AddToCart(cart.id, code="M/" + known.member_code), CUSTOMER)
    return str(ada)


def newest(shop: CommandBus, customer: str) -> tuple[int, KeptTurn]:
    """The newest turn that is kept of them, and its number."""
    found = newest_kept(shop.reader, customer)
    assert found is not None
    return found


def kept(shop: CommandBus, customer: str) -> list[str]:
    """What they are shown of it."""
    found = export(shop.reader, shop.registry, customer)
    return [turn.said for chat in found["kept"].get("conversations", []) for turn in chat.turns]


def test_kept_by_consent_alone_and_gone_when_it_is_taken_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await done(shop, SetProducts((MILK,)), SYSTEM)
            await catch_up(shop)
            nobody = await shop.do(KeepChat(True, "en"), CUSTOMER)
            assert getattr(nobody, "code", "") == "chat_whose"
            ada = await ada_at(shop)
            guest = Talker(shop, actor=CUSTOMER, agent="shopping")
            await guest.say(SECRET)
            assert count_kept(shop.reader, ada) == 0, "nobody was asked yet"
            await done(shop, KeepChat(True, "en"), CUSTOMER)
            await guest.say("how much is the milk 1 l?")
            await guest.say(SECRET)
            assert kept(shop, ada) == ["how much is the milk 1 l?", SECRET], (
                "from then on: before, somebody else may have stood there"
            )
            (chat,) = export(shop.reader, shop.registry, ada)["kept"]["conversations"]
            assert (chat.language, chat.messages) == ("en", 4) and chat.began_us <= chat.ended_us == clock.at_us
            clock.advance(120)
            await ada_at(shop, "Bob")
            await Talker(shop, actor=CUSTOMER, agent="shopping").say("what are your hours")
            await ConversationSweeper(shop).look()
            assert shop.reader.execute("SELECT count(*) FROM chat_turn").fetchone()[0] == 1, "Ada's own is gone"
            assert len(kept(shop, ada)) == 2
            plain = [
                str(row)
                for table in ("chat_kept", "chat_turn", "chat_session", "chat_count", "journal")
                for row in shop.reader.execute(f"SELECT * FROM {table}").fetchall()
            ]
            assert not any("Rosalind" in row for row in plain), "as ciphertext, and in no journal"
            await done(shop, WithdrawConsent(ada, "chat"), SYSTEM)
            assert kept(shop, ada) == [] and count_kept(shop.reader, ada) == 0

    run(scenario())


def test_thirty_days_and_never_where_one_of_two_said_no(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            ada = await ada_at(shop)
            await done(shop, KeepChat(True, "en"), CUSTOMER)
            await Talker(shop, actor=CUSTOMER, agent="shopping").say("what are your hours")
            assert count_kept(shop.reader, ada) == 1
            bob = (await done(shop, SetCustomer(name="Bob"), SYSTEM)).result
            await done(shop, MergeCustomers(bob, ada), SYSTEM)
            yes = count_kept(shop.reader, bob)
            await done(shop, WithdrawConsent(bob, "chat"), SYSTEM)
            assert count_kept(shop.reader, bob) == 0, yes

            clock.advance(120)
            cyd = await ada_at(shop, "Cyd")
            await done(shop, KeepChat(True, "en"), CUSTOMER)
            await Talker(shop, actor=CUSTOMER, agent="shopping").say("what are your hours")
            assert count_kept(shop.reader, cyd) == 1
            clock.advance(CONSENTED_US / 1e6 + 60)
            await ConversationSweeper(shop).look()
            assert count_kept(shop.reader, cyd) == 0

            dan = await ada_at(shop, "Dan")
            await done(shop, KeepChat(True, "en"), CUSTOMER)
            await Talker(shop, actor=CUSTOMER, agent="shopping").say("what are your hours")
            assert count_kept(shop.reader, dan) == 1
            await done(shop, ForgetCustomer(dan), SYSTEM)
            assert shop.reader.execute("SELECT count(*) FROM chat_kept").fetchone() == (0,)

    run(scenario())


def test_it_is_asked_and_shown_beside_the_cart(tmp_path: Path) -> None:
    async def scenario() -> None:
        config = CONFIG + "\n[orders]\nphones = true\n"
        async with serve(tmp_path, config) as served, calling(served) as caller:
            await filled(served)
            plain = await caller.get("/kiosk/talk/cart?lang=en", Register="2")
            assert "data-keep" not in plain.text, "of nobody, nothing is asked"
            none = await caller.call("POST", "/kiosk/talk/keep", {"keep": True, "language": "en"}, Register="2")
            assert (none.status, none.code) == (422, "chat_whose")
            await ada_at(served.shop)
            asked = await caller.get("/kiosk/talk/cart?lang=he", Register="2")
            assert 'data-keep="yes"' in asked.text and "לשמור את מה שאני כותב/ת לעוזר" in asked.text
            body = {"keep": True, "language": "he", "wording": "standard-2"}
            said = await caller.call("POST", "/kiosk/talk/keep", body, Register="2")
            assert said.status == 200, said
            shown = await caller.get("/kiosk/talk/cart?lang=fr", Register="2")
            assert 'data-keep="no"' in shown.text and "30 jours" in shown.text
            no = await caller.call("POST", "/kiosk/talk/keep", {"keep": False, "language": "fr"}, Register="2")
            assert no.status == 200
            assert 'data-keep="yes"' in (await caller.get("/kiosk/talk/cart?lang=en", Register="2")).text
            for wrong in ({"keep": 1}, {"keep": True, "language": "xx"}):
                assert (await caller.call("POST", "/kiosk/talk/keep", wrong, Register="2")).status == 400, wrong

    run(scenario())


def test_an_answer_is_marked_right_or_wrong_by_whom_it_was_kept_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + "\n[orders]\nphones = true\n") as served, calling(served) as caller:
            shop = served.shop
            ada = await ada_at(shop)
            await done(shop, KeepChat(True, "en"), CUSTOMER)
            guest = Talker(shop, actor=CUSTOMER, agent="shopping")
            await guest.say("what are your hours")
            number, turn = newest(shop, ada)
            assert turn.right is None
            shown = await caller.get("/kiosk/talk/cart?lang=en", Register="2")
            assert f'data-mark="{number}"' in shown.text and "Was the last answer right?" in shown.text
            body = {"number": number, "right": False, "note": "closed on Sundays, says Rosalind"}
            assert (await caller.call("POST", "/kiosk/talk/mark", body, Register="2")).status == 200
            assert newest(shop, ada) == (number, msgspec.structs.replace(turn, right=False, note=body["note"]))
            again = await caller.get("/kiosk/talk/cart?lang=en", Register="2")
            assert "You marked the last answer as wrong." in again.text and "says Rosalind" in again.text
            await done(shop, MarkAnswer(number, True), CUSTOMER)
            marks = [one.marks for one in read_chat_figures(shop.reader) if one.marks]
            assert marks == [{"wrong": 1}], "each answer counts once, as it was first marked"
            (chat,) = export(shop.reader, shop.registry, ada)["kept"]["conversations"]
            assert [(one.right, one.note) for one in chat.turns] == [(True, "")]
            tables = ("chat_kept", "chat_turn", "chat_count", "journal")
            rows = [str(row) for table in tables for row in shop.reader.execute(f"SELECT * FROM {table}").fetchall()]
            assert not any("Rosalind" in row for row in rows), "the note is ciphertext, too"
            for wrong in ({"number": number, "right": 1}, {"number": number, "right": True, "note": "x" * 201}):
                assert (await caller.call("POST", "/kiosk/talk/mark", wrong, Register="2")).status == 400, wrong
            gone = await caller.call("POST", "/kiosk/talk/mark", {"number": 999, "right": True}, Register="2")
            assert (gone.status, gone.code) == (422, "no_such_answer")
            await ada_at(shop, "Bob")
            other = await shop.do(MarkAnswer(number, False), CUSTOMER)
            assert getattr(other, "code", "") in ("no_such_answer", "chat_whose"), "Ada's own, and nobody else's"

    run(scenario())


def test_the_paper_of_a_customer_has_what_they_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            ada = await ada_at(served.shop)
            await done(served.shop, KeepChat(True, "en"), CUSTOMER)
            await Talker(served.shop, actor=CUSTOMER, agent="shopping").say("what are your hours")
            await caller.call("POST", f"/api/v1/customers/{ada}/export", {"why": "Ada asked"}, Grant=caller.token)
            paper = await caller.get(f"/manager/customer/paper?id={ada}&lang=en", Grant=caller.token)
            assert paper.status == 200, paper.text[:500]
            assert "what are your hours" in paper.text and "2 messages" in paper.text and "English" in paper.text

    run(scenario())
