"""Users sign in by PIN; nobody's name or PIN gets into the journal; where it is wanted, nobody else sells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.access.commands import RetireUser, SetPin, SetUser
from edge.access.events import UserRetired, UserSet
from edge.access.handlers import USERS_LIMIT
from edge.access.managing import MANAGING_IDLE_US, MANAGING_KEPT, MANAGING_MOST_US, Managing
from edge.access.queries import SET_UP, User, next_id, read_users, user_hashes
from edge.access.rights import CASHIER as RIGHTS
from edge.access.sessions import Sessions
from edge.core.journal.verify import verify
from edge.core.people import index
from edge.core.people.forgetting import ForgetPerson, PersonForgotten
from edge.core.people.sealing import NOTHING
from edge.core.shapes import Actor, Done, Event, Refused
from edge.core.transaction import content_hash, encode
from edge.settings.commands import SetSetting
from edge.till.commands import AddLine, VoidLastSale
from tests.house import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, open_shop, run

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
                RetireUser("u1", "head office"),
            ):
                done = await shop.do(command, SYSTEM)
                assert isinstance(done, Done)
                events += [unsealed(event) for event in done.events]
            assert events == [
                UserSet("u1", "cashier", True, "manager"),
                UserSet("u1", "cashier", False, "manager"),
                UserSet("u1", "manager", False, "manager"),
                UserSet("u1", "manager", True, "manager"),
                UserRetired("u1", "head office"),
            ]
            assert read_users(shop.reader) == [] and user_hashes(shop.reader) == []
            assert shop.reader.execute("SELECT count(*) FROM access_secret").fetchone() == (0,)
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


def test_where_signing_in_is_wanted_nobody_else_sells_and_nobody_is_locked_out(tmp_path: Path) -> None:
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
            now = [0]
            sessions = Sessions(shop.reader, lambda: 60, lambda: now[0])
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

    run(scenario())


def test_the_journal_says_who_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert isinstance(await shop.do(user("u1"), SYSTEM), Done)
            # as in a box that was recovered: head office never had the name and the PIN
            await shop.maintain(lambda db: db.execute("DELETE FROM person_key"))
            assert read_users(shop.reader) == [User("u1", "cashier", "", False)]
            assert isinstance(await shop.do(SetPin(HASH), Actor("u1", "panel", "1", RIGHTS | {"manage"})), Done)
            assert shop.reader.execute("SELECT actor FROM journal ORDER BY seq DESC LIMIT 1").fetchone() == ("u1",)

    run(scenario())


def test_a_browser_manages_while_somebody_does_something_there_and_is_still_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            clock = FakeClock()
            managing = Managing(shop.reader, lambda: clock.mono_us)

            async def told(command: SetUser | SetPin | RetireUser) -> None:
                assert isinstance(await shop.do(command, SYSTEM), Done)

            await told(SetPin(HASH))
            owner = managing.begin(SET_UP)
            for _ in range(MANAGING_MOST_US // MANAGING_IDLE_US):
                clock.mono_us += MANAGING_IDLE_US - 1
                assert managing.user(owner) == SET_UP
            clock.mono_us += MANAGING_IDLE_US - 1
            assert managing.user(owner) is None, "a day's work at most"
            owner = managing.begin(SET_UP)
            clock.mono_us += MANAGING_IDLE_US
            assert managing.user(owner) is None and managing.user("") is None
            owner = managing.begin(SET_UP)
            await told(SetPin(HASH + "x"))
            assert managing.user(owner) is None, "the PIN is another now"

            for after in (user("u1", pin_hash=""), user("u1", "manager", pin_hash=HASH + "y"), RetireUser("u1")):
                await told(user("u1", "manager"))
                token = managing.begin("u1")
                assert managing.user(token) == "u1"
                await told(after)
                assert managing.user(token) is None
            first, *others = [managing.begin(SET_UP) for _ in range(MANAGING_KEPT + 1)]
            assert managing.user(first) is None and managing.user(others[0]) == SET_UP

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
            assert index.find(shop.reader, "user email", "dana@example.org") == ["u1"]
            assert index.find(shop.reader, "user phone", "+33612345678") == []
            for said, code in (
                ({"email": "dana@example.org"}, "user_email_taken"),
                ({"employee_number": "K-17"}, "user_employee_number_taken"),
            ):
                refused = await shop.do(msgspec.structs.replace(user("u2"), **said), SYSTEM)
                assert refused == Refused(code)
            assert isinstance(await shop.do(RetireUser("u1"), SYSTEM), Done)
            assert index.find(shop.reader, "user email", "dana@example.org") == []
            assert isinstance(
                await shop.do(msgspec.structs.replace(user("u2"), email="dana@example.org"), SYSTEM), Done
            )

    run(scenario())


NO_ADDRESSES = (
    *({"email": "dana"}, {"email": "a@b@c.d"}, {"phone": "0612345678"}, {"phone": "+0612345678"}),
    *({"phone": "+33 612345678"}, {"employee_number": "K 17"}, {"employee_number": "x" * 33}),
)


@pytest.mark.parametrize("said", NO_ADDRESSES, ids=str)
def test_what_is_no_address_or_number_is_not_taken(said: dict[str, str]) -> None:
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
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_the_journal_keeps_no_hash_that_a_name_could_be_guessed_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            command = user("u1")
            assert isinstance(await shop.do(command, SYSTEM), Done)
            (stored,) = shop.reader.execute("SELECT command_hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            assert stored != content_hash("SetUser", encode(command))

    run(scenario())
