"""What is kept of people, until when; what an incident asks for, by place; who was not seen for long is told."""

from __future__ import annotations

from datetime import datetime, time
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.core.storage.database import Connection
from edge.foundation.settings.commands import SetSetting
from edge.lib.regions.place import Jurisdiction
from edge.ordering.customer_accounts import commands as me
from edge.ordering.privacy.breach_law import duty
from edge.ordering.privacy.nightly_part import AT, Retention, seconds_to
from edge.ordering.privacy.retention import KINDS, kinds_now
from edge.people.customers.commands import NoteRequest, SetCustomer
from edge.people.customers.customer import ASKED_FOR, PURPOSES
from edge.people.customers.kept_days import read_kept_days
from edge.people.customers.queries import read_customer
from edge.people.customers.watches import WATCHES
from tests.customers import known
from tests.flow.accounting.test_accounts import OTHER, PHONE, TEXT, code_of, sign_in
from tests.ordering import do
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run
from tests.tidy.tree import ROOT

DAY_S = 86_400
UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("place", "harm", "authority", "hours", "months"),
    [
        (("CA", "ON"), True, "authority_opc", 0, 24),
        (("CA", "ON"), False, "", 0, 24),
        (("CA", "QC"), True, "authority_cai", 0, 60),
        (("FR", ""), True, "authority_eu", 72, 60),
        (("CA", "AB"), True, "authority_ab", 0, 24),
        (("US", "IL"), True, "authority_il", 0, 60),
        (("US", "TX"), True, "authority_tx", 720, 60),
        (("US", "WA"), True, "authority_wa", 720, 60),
        (("US", "NY"), True, "", 0, 60),
        (("IL", ""), True, "authority_ppa", 0, 60),
    ],
)
def test_an_incident_asks_for_what_the_place_says(
    place: tuple[str, str], harm: bool, authority: str, hours: int, months: int
) -> None:
    found = duty(Jurisdiction(*place), 501, harm)
    assert (found.authority, found.within_hours, found.kept_months) == (authority, hours, months)
    assert found.due_us(0) == hours * 3_600_000_000


def test_an_attorney_general_is_told_of_as_many_people_as_the_state_says() -> None:
    assert duty(Jurisdiction("US", "IL"), 500, True).authority == ""
    assert duty(Jurisdiction("US", "TX"), 249, True).authority == ""


def test_every_kind_is_let_go_by_a_module_that_is_there() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert import_module(kind.by), kind


def test_every_purpose_that_is_asked_for_is_read_by_code() -> None:
    """One that no one reads is not asked for: `consents_to(db, customer, purpose, ...)`, or `stands(...)`."""
    sources = [path.read_text() for path in (ROOT / "edge").rglob("*.py")]
    asks = ("consents_to(", "stands(", ".consents)")  # the last: of a customer who was read
    readers = [text for text in sources if any(one in text for one in asks)]
    for purpose in ASKED_FOR:
        named = (f'"{purpose}"', f"{purpose.upper()}")
        assert any(any(name in text for name in named) for text in readers), purpose
    assert set(ASKED_FOR) < set(PURPOSES)


def test_a_request_is_told_after_20_days_and_gravely_after_27(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            dana = await known(shop)
            await do(shop, NoteRequest(dana, "access"), SYSTEM)
            (watch,) = WATCHES

            def told() -> list[str]:
                return [one.severity for one in watch.read(shop.reader, clock.at_us, "")]

            clock.advance(20 * DAY_S - 1)
            assert told() == []
            clock.advance(2)
            assert told() == ["medium"]
            clock.advance(7 * DAY_S)
            assert told() == ["high"]

    run(scenario())


def test_what_is_over_goes_at_night_and_nothing_while_the_clock_is_doubted(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await known(shop, name="Dana", phone=PHONE)
            await sign_in(shop)
            await do(shop, me.AskAccountCode("b" * 32, OTHER))
            retention = Retention(shop, UTC)
            assert await retention.let_go() == {}
            clock.advance(181 * DAY_S)
            shop.doubt_of_clock = object()  # type: ignore[assignment]
            assert await retention.let_go() == {}
            shop.doubt_of_clock = None
            assert await retention.let_go() == {"account_session": 1, "account_code": 1}
            assert await retention.let_go() == {}

    run(scenario())


def test_who_was_not_seen_for_long_is_told_and_then_forgotten_unless_they_come(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        text = TEXT + "\n[privacy]\nuntouched_days = 100\n"
        async with open_shop(tmp_path, clock, text=text) as shop:
            dana, bo = await known(shop, name="Dana", phone=PHONE), await known(shop, name="Bo", phone=OTHER)
            kim = await known(shop, name="Kim")
            await do(shop, NoteRequest(kim, "access"), SYSTEM)
            retention = Retention(shop, UTC)
            clock.advance(101 * DAY_S)
            await retention.let_go()
            told = {row for (row,) in shop.reader.execute("SELECT customer FROM privacy_farewell")}
            assert told == {dana, bo}, "who asks for something by law is not touched"
            letters = [key for (key,) in shop.reader.execute("SELECT key FROM notify_message") if "farewell" in key]
            assert len(letters) == 2
            clock.advance(10 * DAY_S)
            await do(shop, me.AskAccountCode("c" * 32, OTHER))
            await do(shop, me.SignInAccount("c" * 32, code_of(shop, "c" * 32)))
            clock.advance(21 * DAY_S)
            assert (await retention.let_go())["customer"] == 1
            assert read_customer(shop.reader, dana, clock.at_us) is None
            assert read_customer(shop.reader, bo, clock.at_us) and read_customer(shop.reader, kim, clock.at_us)
            assert not verify(shop.reader, shop.registry).faults

    run(scenario())


def test_a_store_decides_for_how_long_what_is_kept_and_its_page_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            dana = await known(shop, name="Dana")

            def look(db: Connection) -> None:
                db.execute("INSERT INTO recommend_view VALUES (?, 'milk', ?)", (dana, shop.now_us()))

            await shop.maintain(look)
            retention = Retention(shop, UTC)
            await do(shop, SetSetting("privacy.view_days", 0), SYSTEM)
            clock.advance(1_000 * DAY_S)
            assert await retention.let_go() == {}, "for good"
            await do(shop, SetSetting("privacy.view_days", 1_001), SYSTEM)
            assert await retention.let_go() == {}
            await do(shop, SetSetting("privacy.view_days", 999), SYSTEM)
            assert await retention.let_go() == {"recommend_view": 1}
            now = {one.name: one.days for one in kinds_now(read_kept_days(shop.registry, shop.reader))}
            assert (now["product_view"], now["staff_chat"], now["account_code"]) == (999, 90, 0)
            await do(shop, SetSetting("privacy.untouched_days", 730), SYSTEM)
            await retention.let_go()
            assert shop.reader.execute("SELECT customer FROM privacy_farewell").fetchall() == [(dana,)]
            longer = await shop.do(SetSetting("privacy.customer_chat_days", 31), SYSTEM)
            assert isinstance(longer, Refused), "no longer than a customer agreed to"

    run(scenario())


def test_no_one_goes_as_it_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            dana = await known(shop, name="Dana")
            clock.advance(3_000 * DAY_S)
            await Retention(shop, UTC).let_go()
            assert read_customer(shop.reader, dana, clock.at_us)
            assert shop.reader.execute("SELECT count(*) FROM privacy_farewell").fetchone() == (0,)
            await do(shop, SetCustomer(dana, name="Dana L."), SYSTEM)

    run(scenario())


def test_the_night_is_by_the_shops_clock() -> None:
    zone = ZoneInfo("America/Toronto")
    now = datetime(2026, 6, 1, 4, 0, tzinfo=zone)
    assert seconds_to(AT, int(now.timestamp() * 1e6), zone) == 1800
    assert seconds_to(time(4, 0), int(now.timestamp() * 1e6), zone) == 86_400
