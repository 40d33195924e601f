"""Users sign in by PIN; no one's name or PIN gets into the journal; where it is wanted, no one else sells."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.jobs.runner import JobRunner
from edge.core.jobs.store import JOBS, CancelJob, read_job
from edge.core.journal.rows import Approved
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Done, Event, Refused
from edge.core.people import blind_index
from edge.core.people.forgetting import ForgetPerson, PersonForgotten
from edge.core.people.sealing import NOTHING
from edge.core.transaction import content_hash, encode
from edge.counter.till.commands import AddLine, Pay, RefundSale, VoidLastSale
from edge.foundation.access.browsers.session import LASTING
from edge.foundation.access.browsers.sessions import MANAGERS_LIMIT, Sessions
from edge.foundation.access.commands import RetireRole, RetireUser, SetFactorPolicy, SetPin, SetRole, SetUser
from edge.foundation.access.events import UserRetired, UserSet
from edge.foundation.access.handlers import USERS_LIMIT
from edge.foundation.access.queries import SET_UP, User, next_id, read_users, rights_of, role_of
from edge.foundation.access.rights import CASHIER as RIGHTS
from edge.foundation.access.roles import BUILT_IN
from edge.foundation.settings.commands import SetSetting
from tests.importing import asked
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"


def user(id: str, role: Any = "cashier", name: str = "Dana", pin_hash: str = HASH) -> SetUser:
    return SetUser(id, name, role, pin_hash)


def unsealed(event: Event) -> Event:
    """Without what another ledger would seal in other bytes."""
    nothing = dict.fromkeys(event.personal, NOTHING)
    return msgspec.structs.replace(event, **nothing)


def test_a_user_comes_changes_and_is_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert (await shop.do(user("u1"), CASHIER)).code == "right_denied"  # type: ignore[union-attr]
            for refused, code in (
                (user("system"), "user_reserved"),
                (user("manager"), "user_reserved"),
                (user("u1", pin_hash="1234"), "pin_hash_wrong"),
                (user("u1", pin_hash=""), "user_needs_pin"),
                (RetireUser("u1"), "no_such_user"),
            ):
                assert (await shop.do(refused, SYSTEM)).code == code  # type: ignore[union-attr]
            events = []
            for command in (
                user("u1"),
                user("u1", name="Dana B.", pin_hash=""),
                user("u1", "manager", pin_hash=""),
                user("u1", "manager", pin_hash=HASH + "x"),
                user("u9", "manager", "Noa", HASH + "y"),
                RetireUser("u1", "head office"),
                RetireUser("u9"),
            ):
                outcome = await shop.do(command, SYSTEM)
                if isinstance(outcome, Done):
                    events += [unsealed(event) for event in outcome.events]
            assert outcome == Refused("last_manager"), "nobody would be left who may change users"
            assert events == [
                UserSet("u1", "cashier", True, "manager"),
                UserSet("u1", "cashier", False, "manager"),
                UserSet("u1", "manager", False, "manager"),
                UserSet("u1", "manager", True, "manager"),
                UserSet("u9", "manager", True, "manager"),
                UserRetired("u1", "head office"),
            ]
            assert await shop.do(user("u1", name="Another"), SYSTEM) == Refused("user_id_used", {"id": "u1"})
            assert [one.id for one in read_users(shop.reader)] == ["u9"]
            assert shop.reader.execute("SELECT user_id FROM access_secret").fetchall() == [("u9",)]
            assert next_id(shop.reader) == "u2", "the journal's u1 stays that one person"
            bodies = b"".join(row[0] for row in shop.reader.execute("SELECT body FROM journal"))
            assert b"Dana" not in bodies and b"argon" not in bodies
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_so_many_users_and_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for number in range(USERS_LIMIT):
                assert isinstance(await shop.do(user(f"u{number}"), SYSTEM), Done)
            assert await shop.do(user("more"), SYSTEM) == Refused("too_many_users", {"limit": USERS_LIMIT})
            assert isinstance(await shop.do(user("u0", "manager"), SYSTEM), Done)

    run(scenario())


def test_where_signing_in_is_wanted_no_one_else_sells_and_no_one_is_locked_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            wanted = SetSetting("till.sign_in", True)
            assert await shop.do(wanted, SYSTEM) == Refused("sign_in_nobody")
            assert isinstance(await shop.do(user("u1"), SYSTEM), Done)
            assert isinstance(await shop.do(wanted, SYSTEM), Done)
            assert await shop.do(AddLine(MILK), CASHIER) == Refused("sign_in_first")
            dana = Actor("u1", "cashier", "1", RIGHTS)
            assert isinstance(await shop.do(AddLine(MILK), dana), Done)
            assert isinstance(await shop.do(AddLine(MILK), Actor(SET_UP, "cashier", "1", RIGHTS)), Done)
            assert (await shop.do(VoidLastSale(), MANAGER)).code == "no_sale_to_void"  # type: ignore[union-attr]
            assert isinstance(await shop.do(RetireUser("u1"), SYSTEM), Done)
            assert await shop.do(AddLine(MILK), dana) == Refused("sign_in_first")

    run(scenario())


def test_a_session_ends_by_hand_by_another_by_retiring_and_untouched(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for id in ("u1", "u2"):
                assert isinstance(await shop.do(user(id), SYSTEM), Done)
            assert isinstance(await shop.do(SetPin(HASH), SYSTEM), Done)
            now = [0]
            sessions = Sessions(shop, lambda: 60, lambda: now[0])
            assert sessions.actor("1").name == "cashier"
            sessions.sign_in("1", "u1")
            sessions.sign_in("2", SET_UP)
            assert (sessions.actor("1").name, sessions.actor("2").name, sessions.actor("1").rights) == (
                *("u1", "manager"),
                RIGHTS,
            )
            now[0] = 59
            assert sessions.actor("1").name == "u1"
            now[0] = 60
            assert (sessions.user("1"), sessions.user("2")) == ("u1", None), "touched lately, and not"
            sessions.sign_in("1", "u2")
            assert sessions.actor("1", "panel") == Actor("u2", "panel", "1", RIGHTS)
            assert isinstance(await shop.do(RetireUser("u2"), SYSTEM), Done)
            assert sessions.user("1") is None
            sessions.sign_in("1", "u1")
            sessions.sign_out("1")
            assert sessions.user("1") is None
            sessions.sign_in("1", "u1", "browser")
            assert not sessions.sign_out("1", "another") and sessions.actor("1", seat="another").anonymous
            assert sessions.actor("1").name == "u1", "a scanner is theirs who stand there"
            assert sessions.sign_in("2", "u1") == ["1"] and sessions.user("1") is None, "one till at a time"
            assert isinstance(await shop.do(user("u1", pin_hash=HASH + "x"), SYSTEM), Done)
            assert sessions.user("2") is None, "the PIN is another now"

    run(scenario())


def test_the_journal_says_who_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert isinstance(await shop.do(user("u1"), SYSTEM), Done)
            # as in a box that was recovered: head office never had the name and the PIN
            await shop.maintain(lambda db: db.execute("DELETE FROM person_key"))
            assert read_users(shop.reader) == [User("u1", "cashier", "", False)]
            assert isinstance(await shop.do(SetPin(HASH), Actor("u1", "panel", "1", RIGHTS | {"pins"})), Done)
            assert shop.reader.execute("SELECT actor FROM journal ORDER BY seq DESC LIMIT 1").fetchone() == ("u1",)

    run(scenario())


def test_a_browser_manages_while_somebody_does_something_there_and_is_still_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            clock = FakeClock()
            sessions, lasting = Sessions(shop, lambda: 0, lambda: clock.mono_us), LASTING["manager"]

            def begin(user: str) -> str:
                return sessions.begin("manager", user).secret

            def managing(secret: str) -> str | None:
                found = sessions.find_by_secret(secret, "manager")
                return found.user if found else None

            async def told(command: SetUser | SetPin | RetireUser) -> None:
                assert isinstance(await shop.do(command, SYSTEM), Done)

            await told(SetPin(HASH))
            await told(user("u9", "manager"))
            owner = begin(SET_UP)
            for _ in range(lasting.most_us // lasting.idle_us):
                clock.mono_us += lasting.idle_us - 1
                assert managing(owner) == SET_UP
            clock.mono_us += lasting.idle_us - 1
            assert managing(owner) is None, "a day's work at most"
            owner = begin(SET_UP)
            clock.mono_us += lasting.idle_us
            assert managing(owner) is None and managing("") is None
            owner = begin(SET_UP)
            await told(SetPin(HASH + "x"))
            assert managing(owner) is None, "the PIN is another now"

            for number, after in enumerate(({"pin_hash": ""}, {"role": "manager", "pin_hash": HASH + "y"}, None)):
                id = f"u{number}"
                await told(user(id, "manager"))
                token = begin(id)
                assert managing(token) == id
                await told(RetireUser(id) if after is None else user(id, **after))
                assert managing(token) is None
            first, *others = [begin(SET_UP) for _ in range(MANAGERS_LIMIT + 1)]
            assert managing(first) is None and managing(others[0]) == SET_UP

    run(scenario())


def test_what_is_known_of_a_user_is_sealed_checked_and_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = user("u1")
            for said in (
                {"email": "dana@example.org", "phone": "+33612345678", "employee_number": "K-17"},
                {"phone": ""},
                {},
            ):
                assert isinstance(await shop.do(msgspec.structs.replace(dana, **said), SYSTEM), Done)
            known = User("u1", "cashier", "Dana", True, "dana@example.org", "", "K-17")
            assert read_users(shop.reader) == [known], "what is left out stays, what is empty is gone"
            assert blind_index.find(shop.reader, "user email", "dana@example.org") == ["u1"]
            assert blind_index.find(shop.reader, "user phone", "+33612345678") == []
            for said, code in (
                ({"email": "dana@example.org"}, "user_email_taken"),
                ({"employee_number": "K-17"}, "user_employee_number_taken"),
            ):
                refused = await shop.do(msgspec.structs.replace(user("u2"), **said), SYSTEM)
                assert refused == Refused(code)
            assert isinstance(await shop.do(RetireUser("u1"), SYSTEM), Done)
            assert blind_index.find(shop.reader, "user email", "dana@example.org") == []
            assert isinstance(
                await shop.do(msgspec.structs.replace(user("u2"), email="dana@example.org"), SYSTEM), Done
            )

    run(scenario())


NO_ADDRESSES = (
    *({"email": "dana"}, {"email": "a@b@c.d"}, {"phone": "0612345678"}, {"phone": "+0612345678"}),
    *({"phone": "+33 612345678"}, {"employee_number": "K 17"}, {"employee_number": "x" * 33}),
)


@pytest.mark.parametrize("said", NO_ADDRESSES, ids=str)
def test_an_invalid_address_or_number_is_not_taken(said: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": "u1", "name": "Dana", "role": "cashier", **said}, SetUser)


def test_an_id_is_one_persons_for_ever(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert isinstance(await shop.do(user("u1"), SYSTEM), Done)
            assert isinstance(await shop.do(RetireUser("u1"), SYSTEM), Done)
            assert await shop.do(user("u1", "manager", "Eve"), SYSTEM) == Refused("user_id_used", {"id": "u1"})
            assert isinstance(await shop.do(user("u2"), SYSTEM), Done)
            done = await shop.do(ForgetPerson("u2"), SYSTEM)
            assert isinstance(done, Done) and done.events == (UserRetired("u2", "manager"), PersonForgotten("u2"))
            assert isinstance(await shop.do(ForgetPerson("u3", again=True), SYSTEM), Done)
            assert next_id(shop.reader) == "u4", "u3 was somebody's before the ledger was set back"

    run(scenario())


def manager(name: str = "u9", *rights: str) -> Actor:
    return Actor(name, "panel", "1", frozenset(rights) or BUILT_IN["manager"].rights)


def test_rights_are_lent_by_those_who_have_them_and_nobody_changes_their_own_role(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:

            async def code(command: Any, actor: Actor) -> str:
                outcome = await shop.do(command, actor)
                return outcome.code if isinstance(outcome, Refused) else "done"

            lead = SetRole("lead", "Shift lead", ("sell", "refund", "drawer"), {"refund": 5_000})
            assert await code(lead, CASHIER) == "right_denied"
            assert await code(lead, manager("u9", "users", "sell")) == "right_not_yours"
            assert await code(lead, manager()) == "done"
            assert await code(SetRole("manager", "Me", ("sell",)), manager()) == "role_built_in"
            assert await code(SetRole("x", "X", ("pins",)), manager()) == "right_unknown"
            assert await code(user("u1", "lead"), manager()) == "right_denied", "a PIN comes hashed from the surface"
            assert await code(user("u1", "lead"), manager().with_rights("pins")) == "done"
            assert await code(user("u2", "nobody"), SYSTEM) == "no_such_role"
            assert await code(RetireRole("lead"), manager()) == "role_in_use"
            assert await code(lead, manager("u1")) == "role_own"
            assert await code(user("u1", "manager", pin_hash=""), manager("u1")) == "role_own"
            assert await code(user("u9", "manager"), SYSTEM) == "done"
            assert await code(RetireUser("u9"), manager("u1", "users", "sell")) == "right_not_yours"
            assert await code(user("u9", pin_hash=""), manager("u8")) == "last_manager"
            assert role_of(shop.reader, "u1").limits == (("refund", 5_000),)  # type: ignore[union-attr]
            assert await code(RetireUser("u1"), manager()) == "done" == await code(RetireRole("lead"), manager())
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_forgetting_a_user_takes_no_more_than_retiring_them_may(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (user("u1", "manager"), user("u2"), user("u3", "manager")):
                assert isinstance(await shop.do(command, SYSTEM), Done)
            few = manager("u8", "manage", "sell")
            for id, actor, code in (("u1", manager("u1"), "role_own"), ("u1", few, "right_not_yours")):
                for again in (False, True):
                    assert (await shop.do(ForgetPerson(id, again), actor)).code == code  # type: ignore[union-attr]
            assert isinstance(await shop.do(ForgetPerson("u2"), manager("u1")), Done)
            assert isinstance(await shop.do(ForgetPerson("u3"), manager("u1")), Done)
            for actor in (SYSTEM, manager("u8")):
                assert await shop.do(ForgetPerson("u1"), actor) == Refused("last_manager")
            assert [one.id for one in read_users(shop.reader)] == ["u1"]
            assert isinstance(await shop.do(ForgetPerson("u1", again=True), SYSTEM), Done), "after a restore they go"

    run(scenario())


def test_a_right_up_to_an_amount_is_lent_up_to_that_amount(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            lead = msgspec.structs.replace(manager("u8", "users", "manage", "refund"), limits=(("refund", 5_000),))

            def role(id: str, **limits: int) -> SetRole:
                return SetRole(id, "Shift lead", ("refund",), limits)

            beyond = Refused("limit_not_yours", {"right": "refund", "most_minor": 5_000})
            for command in (role("a"), role("a", refund=5_001), role("a", void=1)):
                assert await shop.do(command, lead) == beyond
            assert isinstance(await shop.do(role("a", refund=5_000), lead), Done)
            assert isinstance(await shop.do(role("b"), manager()), Done)
            for change in (role("b", refund=1), RetireRole("b"), user("u1", "b"), SetFactorPolicy("b", "totp")):
                assert await shop.do(change, lead.with_rights("pins")) == beyond
            assert isinstance(await shop.do(user("u1", "a"), lead.with_rights("pins")), Done)

    run(scenario())


def test_the_journal_keeps_no_hash_that_a_name_could_be_guessed_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            command = user("u1")
            assert isinstance(await shop.do(command, SYSTEM), Done)
            (stored,) = shop.reader.execute("SELECT command_hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            assert stored != content_hash("SetUser", encode(command))

    run(scenario())


def test_an_id_is_the_shops_or_head_offices_and_a_page_cannot_say_whose_word_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            made = await shop.do(SetUser("u1", "Dana", "cashier", HASH, "head office"), manager().with_rights("pins"))
            assert isinstance(made, Done)
            assert tuple(map(unsealed, made.events)) == (UserSet("u1", "cashier", True, "manager"),)
            theirs = SetUser("u1", "Somebody", "manager", HASH, "head office")
            assert await shop.do(theirs, SYSTEM) == Refused("user_is_the_shops", {"id": "u1"})
            assert isinstance(await shop.do(SetUser("h1", "Avi", "cashier", HASH, "head office"), SYSTEM), Done)
            assert (await shop.do(user("h2"), SYSTEM)).code == "user_is_head_offices"  # type: ignore[union-attr]

    run(scenario())


def test_a_role_may_approve_up_to_an_amount(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            lead = Actor("u1", "cashier", "1", frozenset({"refund"}), "cashier", (("refund", 119),))
            assert await shop.do(RefundSale(1), lead) == Refused("amount_over_right", {"most_minor": 119})
            able = Actor("u1", "cashier", "1", frozenset({"refund"}), "cashier", (("refund", 120),))
            refunded = await done(shop, RefundSale(1), able)
            assert refunded.events[-1] == Approved("RefundSale", "cashier"), "who asked stands beside who approved"

    run(scenario())


def test_a_job_goes_on_with_the_rights_of_who_began_it_and_stops_without(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for id in ("u1", "u2"):
                await done(shop, user(id, "manager"), SYSTEM)
            (tmp_path / "goods.csv").write_text("sku,name,price\npear,Pear,1.20\n")
            began = manager("u1")
            queued = [(await done(shop, asked(shop, tmp_path / "goods.csv"), began)).result for _ in range(2)]
            await done(shop, user("u1", "cashier", pin_hash=""), manager("u2"))
            await done(shop, CancelJob(queued[0]), SYSTEM)
            told = shop.bus.subscribe(JOBS)
            async with asyncio.TaskGroup() as group:
                running = group.create_task(JobRunner(shop, shop.bus, rights_of).run(lambda: None))
                while (job := read_job(shop.reader, queued[1])) is None or job.state in ("queued", "running"):
                    await told.next()
                running.cancel()
            assert (job.state, job.message) == ("failed", "refused.right_denied")

    run(scenario())
