"""Connectors of accounts systems, over their wires as they are documented: QuickBooks Online and Xero."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.backoffice.directives.commands import ApplyPart, TakeDirective
from edge.backoffice.feeds.connector import Connector, Kind, secret_name
from edge.backoffice.feeds.queries import read_connector_states
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.stock.queries import read_stock
from sim.vendors.accounts import SimQuickBooks, SimXero
from tests.feeding import records
from tests.flow.backoffice.test_feeds_fetched import fetching
from tests.flow.backoffice.test_feeds_systems import asked_by, names
from tests.shop_fixture import SYSTEM, done, run


def test_suppliers_prices_and_counts_of_quickbooks(tmp_path: Path) -> None:
    async def scenario() -> None:
        books = SimQuickBooks()
        books.put("Vendor", "30", "2026-11-01T10:00:00-08:00", DisplayName="Books by Bessie", Active=True)
        item = {"Type": "Inventory", "Sku": "milk", "PurchaseCost": 0.75, "QtyOnHand": 12, "Active": True}
        books.put("Item", "3", "2026-11-01T10:00:00-08:00", PrefVendorRef={"value": "30"}, **item)
        async with fetching(tmp_path) as one, books.serve() as url:
            said = {"kind": "quickbooks", "address": url, "account": books.realm, "every_min": 5}
            first = Connector("a", entity_type="Supplier", **said)  # type: ignore[arg-type]
            await asked_by(one, first, books.secret)
            (job,) = await one.look()
            assert (job.applied, names(one)) == (1, {"quickbooks-30": "Books by Bessie"})
            kept = one.secrets.open(secret_name(first))
            assert kept == books.secret != "app:app-secret:refresh-0", "the refresh token was replaced, and is kept"
            for id, entity in (("b", "SupplierPrice"), ("c", "Inventory")):
                one_more = Connector(id, entity_type=entity, **said)  # type: ignore[arg-type]
                assert secret_name(one_more) == secret_name(first), "one company, one refresh token"
                await asked_by(one, one_more, kept if id == "b" else books.secret)
                (job,) = await one.look()
                assert (job.applied, job.invalid) == (1, 0)
            assert read_stock(one.shop.reader, "milk") == 12_000
            books.put("Vendor", "31", "2026-11-01T10:30:00-08:00", DisplayName="Late", Active=True)
            await one.look(5)
            assert names(one) == {"quickbooks-30": "Books by Bessie", "quickbooks-31": "Late"}
            books.refresh = "revoked"
            await one.look(5)
            assert {state.why for state in read_connector_states(one.shop.reader)} == {"undelivered.wrong_password"}

    run(scenario())


def test_a_token_that_is_over_is_asked_for_once_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        books = SimQuickBooks()
        books.put("Vendor", "30", "2026-11-01T10:00:00-08:00", DisplayName="Bessie", Active=True)
        async with fetching(tmp_path) as one, books.serve() as url:
            said = {"kind": "quickbooks", "address": url, "account": books.realm, "every_min": 5}
            first = Connector("a", entity_type="Supplier", **said)  # type: ignore[arg-type]
            await asked_by(one, first, books.secret)
            books.faults.next = ["401"]
            (job,) = await one.look()
            assert (job.applied, books.uses) == (1, 2), "signed in anew, by the refresh token that came last"
            assert one.secrets.open(secret_name(first)) == books.secret
            books.faults.next = ["401", "401"]
            assert await one.look(5) == []
            (state,) = read_connector_states(one.shop.reader)
            assert (state.why, books.uses) == ("undelivered.wrong_password", 4), "once, and no more"

    run(scenario())


def test_what_a_system_tells_head_office_is_asked_for_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        books = SimQuickBooks()
        books.put("Vendor", "30", "2026-11-01T10:00:00-08:00", DisplayName="Bessie", Active=True)
        async with fetching(tmp_path) as one, books.serve() as url:
            said = {"kind": "quickbooks", "address": url, "account": books.realm, "every_min": 600}
            await asked_by(one, Connector("a", entity_type="Supplier", **said), books.secret)  # type: ignore[arg-type]
            await one.look()
            books.put("Vendor", "31", "2026-11-01T10:30:00-08:00", DisplayName="Late", Active=True)
            await one.look(5)
            assert names(one) == {"quickbooks-30": "Bessie"}, "it is not due"
            told = '{"feeds": [{"system": "quickbooks"}, {"system": "xero"}]}'
            await done(one.shop, TakeDirective(1, "feed_news", told), SYSTEM)
            await done(one.shop, ApplyPart(1, "feed_news", ({"system": "quickbooks"}, {"system": "xero"})), SYSTEM)
            await one.look(1)
            assert names(one) == {"quickbooks-30": "Bessie", "quickbooks-31": "Late"}

    run(scenario())


def test_suppliers_and_prices_of_xero(tmp_path: Path) -> None:
    async def scenario() -> None:
        books = SimXero()
        contact = {"ContactID": "BD2270C3-8706-4C11-9CFB-000B551C3F51", "Name": "Metro", "IsSupplier": True}
        books.put("Contacts", "2026-11-01T10:00:00", **contact)
        books.put("Contacts", "2026-11-01T10:00:00", ContactID="x", Name="A guest", IsSupplier=False)
        books.put("Items", "2026-11-01T10:00:00", Code="milk", PurchaseDetails={"UnitPrice": 0.8}, IsPurchased=True)
        async with fetching(tmp_path) as one, books.serve() as url:
            said = {"kind": "xero", "address": url, "account": books.tenant, "every_min": 5}
            await asked_by(one, Connector("a", entity_type="Supplier", **said), books.secret)  # type: ignore[arg-type]
            (job,) = await one.look()
            assert (job.applied, names(one)) == (1, {"xero-bd2270c3": "Metro"})
            mapping = '[values]\nsupplier_id = "xero-bd2270c3"\n'
            prices = Connector("b", entity_type="SupplierPrice", mapping=mapping, **said)  # type: ignore[arg-type]
            await asked_by(one, prices, books.secret)
            (job,) = await one.look()
            assert (job.applied, job.invalid) == (1, 0)
            row = one.shop.reader.execute("SELECT sku, supplier, cost_minor FROM supplier_price").fetchone()
            assert row == ("milk", "xero-bd2270c3", 80)
            books.faults.next = ["429", "500"]
            (job, other) = await one.look(5)
            assert (job.applied + other.applied, one.waits[0]) == (0, 1.0), "asked for once more, and nothing twice"

    run(scenario())


@pytest.mark.parametrize("kind", ["quickbooks", "xero"])
def test_items_of_a_company_with_another_currency_are_not_priced_in_the_shops(kind: Kind, tmp_path: Path) -> None:
    async def scenario() -> None:
        at, books = "2026-11-01T10:00:00", SimQuickBooks() if kind == "quickbooks" else SimXero()
        if isinstance(books, SimXero):
            books.put("Organisation", at, BaseCurrency="USD")
            for code, more in (("milk", {}), ("beer", {"CurrencyCode": "EUR"})):
                books.put("Items", at, Code=code, PurchaseDetails={"UnitPrice": 0.8}, IsPurchased=True, **more)
        else:
            home = {"HomeCurrency": {"value": "USD"}, "MultiCurrencyEnabled": True}
            books.put("Preferences", "1", f"{at}-08:00", CurrencyPrefs=home)
            for id, code, money in (("3", "milk", {}), ("4", "beer", {"CurrencyRef": {"value": "EUR"}})):
                item = {"Type": "Inventory", "Sku": code, "PurchaseCost": 0.8, "Active": True, **money}
                books.put("Item", id, f"{at}-08:00", PrefVendorRef={"value": "30"}, **item)
        async with fetching(tmp_path) as one, books.serve() as url:
            await done(one.shop, SetSupplier("quickbooks-30", {"en": "Bessie"}), SYSTEM)
            account = books.realm if isinstance(books, SimQuickBooks) else books.tenant
            mapping = '[values]\nsupplier_id = "quickbooks-30"\n' if kind == "xero" else ""
            prices = Connector("b", kind=kind, entity_type="SupplierPrice", address=url, account=account, every_min=5)
            await asked_by(one, msgspec.structs.replace(prices, mapping=mapping), books.secret)
            (job,) = await one.look()
            said = [(row.key.split("\x1f")[1], [one.code for one in row.reasons]) for row in records(one.shop, job)]
            assert sorted(said) == [("beer", []), ("milk", ["currency"])]
            rows = one.shop.reader.execute("SELECT sku, cost_minor FROM supplier_price").fetchall()
            assert [tuple(row) for row in rows] == [("beer", 80)]

    run(scenario())
