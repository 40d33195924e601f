"""Customers of another system are added several at a time, with the consents and points that they had there."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.switching.commands import CUSTOMERS_AT_ONCE, TakeCustomers
from edge.backoffice.switching.handlers import GROUP_LINES
from edge.backoffice.switching.moved import MovedCustomer
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.counter.loyalty.commands import ImportedPoints, ImportPoints
from edge.counter.loyalty.queries import points_of
from edge.people.customers.commands import AddCustomers, AddedCustomer, NewCustomer, SetCustomer
from edge.people.customers.lookup import search
from edge.people.customers.settings import settings_of
from tests.customers import known, seen
from tests.shop_fixture import CONFIG, SYSTEM, config, done, open_shop, run

QUEBEC = CONFIG.replace("[store]", '[store]\ncountry = "CA"\nprovince = "QC"')
JOB = Actor("boss", "job", "", SYSTEM.rights)
STATEMENTS_EACH = 40
"""A new customer with everything takes 30 statements; one command of their own for each part of them took 89."""


async def add(shop: CommandBus, *rows: NewCustomer) -> list[AddedCustomer]:
    return list((await done(shop, AddCustomers(rows, "en"), SYSTEM)).result)


def test_each_is_found_with_their_consents_and_no_one_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            here = await known(shop)
            rows = (
                NewCustomer(SetCustomer(name="Ada Byron", phone="06 11 22 33 44"), ("marketing", "loyalty")),
                NewCustomer(SetCustomer(name="A. Byron", phone="+33611223344")),
                NewCustomer(SetCustomer(name="Dana", email="dana@example.org")),
                NewCustomer(SetCustomer(name="Odd", phone="12")),
                NewCustomer(SetCustomer()),
                NewCustomer(SetCustomer(name="Grace Hopper", email="grace@example.org")),
            )
            ada, *refused, grace = await add(shop, *rows)
            assert refused == [AddedCustomer()] * 4, "another row's phone, a customer's email, no phone, nothing"
            assert (ada.refused, grace.refused) == ((), ()) and len({ada.id, grace.id, here}) == 3
            consents = {(one.purpose, one.state, one.how) for one in seen(shop, ada.id).consents}
            assert consents == {("marketing", "given", "import"), ("loyalty", "given", "import")}
            settings = settings_of(config(tmp_path))
            for text, id in (("3344", ada.id), ("ada by", ada.id), ("grace@example.org", grace.id), ("hop", grace.id)):
                assert [one.id for one in search(shop.reader, text, settings)] == [id], text
            given = (ImportedPoints(ada.id, 120), ImportedPoints(grace.id, 7), ImportedPoints("cunknown", 7))
            assert (await done(shop, ImportPoints(given), SYSTEM)).result == [grace.id, "cunknown"], "no members"
            assert points_of(shop.reader, ada.id, "points") == 120

    run(scenario())


def test_a_child_is_added_without_consent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=QUEBEC) as shop:
            (child,) = await add(shop, NewCustomer(SetCustomer(name="Bo", born="2020-01-02"), ("marketing",)))
            assert child.refused == ("marketing",) and not seen(shop, child.id).consents

    run(scenario())


def test_a_moved_customer_costs_few_statements(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            rows = tuple(
                MovedCustomer(n, f"Name {n}", f"+336110000{n:02d}", f"n{n}@example.org", marketing=True, member=True)
                for n in range(1, 2 * CUSTOMERS_AT_ONCE + 1)
            )
            await done(shop, TakeCustomers(rows[:CUSTOMERS_AT_ONCE]), JOB)
            statements: list[str] = []
            db = shop._writer._db
            db.set_trace_callback(statements.append)
            assert (await done(shop, TakeCustomers(rows[CUSTOMERS_AT_ONCE:]), JOB)).result == []
            db.set_trace_callback(None)
            assert len(statements) <= STATEMENTS_EACH * CUSTOMERS_AT_ONCE

    run(scenario())


def test_customers_moved_in_a_row_lie_beside_each_other(tmp_path: Path) -> None:
    """Each then changes a fraction of the pages that strangers would: a till that scans meanwhile waits for them."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for first in range(0, GROUP_LINES, CUSTOMERS_AT_ONCE):
                lines = range(first, first + CUSTOMERS_AT_ONCE)
                rows = tuple(MovedCustomer(line, f"Name {line}", email=f"n{line}@example.org") for line in lines)
                assert (await done(shop, TakeCustomers(rows), JOB)).result == []
            ids = [id for (id,) in shop.reader.execute("SELECT id FROM customer")]
            assert len(set(ids)) == GROUP_LINES and len({id[:4] for id in ids}) == 1

    run(scenario())
