"""Whom an invoice was made out to: while the law keeps it in no byte in clear, and behind its years nowhere at all."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.accounting.invoices.commands import IssueInvoice
from edge.accounting.invoices.settings import InvoiceSettings
from edge.app.cli.shop_access import reach
from edge.core.messages import Done
from edge.core.people.sealing import Keyring
from edge.core.storage.database import open_reader
from edge.operations.maintenance.backups import backup
from sim.postgres import Postgres
from tests.flow.operations.test_backup import with_backups
from tests.flow.people.test_forgetting import is_nowhere, key_of, rotated
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, Cloud, Store, cloud, store

YOUNG: dict[str, Any] = {
    "name": "Quincaillerie Xanthippe",
    "address": "44 Thimbleberry Lane\nParis",
    "tax_number": "FR40303265045",
    "country": "FR",
    "email": "xanthippe@example.org",
}
OLD: dict[str, Any] = YOUNG | {"name": "Zwieback & Daughters", "email": "zwieback@example.org"}
NOBODY_LISTENS = '[notify.email]\nhost = "127.0.0.1"\nport = 9\nsender = "shop@example.com"\n'
TRACES = [text.encode() for one in (YOUNG, OLD) for text in (one["name"], one["email"])]
TRACES += [b"Thimbleberry Lane", YOUNG["tax_number"].encode()]


async def of_a_customer(shop: Store) -> tuple[str, str]:
    """A customer, and the number of the invoice that was made out to them, printed, and is to be mailed."""
    token, do = shop.api.token, shop.api.do
    customer = str(await do("SetCustomer", token, name=YOUNG["name"], email=YOUNG["email"]))
    said = await do("IssueInvoice", token, receipt=await shop.sell(), customer=customer, **YOUNG)
    await do("MailInvoice", token, number=said["number"])
    return customer, said["number"]


async def of_seven_years_ago(shop: Store, receipt: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of an invoice whose years are over, issued while the shop stands still."""
    with monkeypatch.context() as patched:
        patched.setattr("edge.accounting.invoices.settings_of", lambda _: InvoiceSettings(keep_years=-7))
        async with reach(shop.config, "1") as till:
            made = await till.do(IssueInvoice(receipt, print=False, **OLD))
    assert isinstance(made, Done), made
    return str(made.result.number)


async def document(shop: Store, number: str) -> Any:
    return await shop.api.query("invoice", number=number)


@pytest.mark.slow
def test_a_name_on_an_invoice_is_ciphertext_for_its_years_and_then_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usb, other = tmp_path / "usb", tmp_path / "other"
    other.mkdir()

    async def for_its_years(shop: Store, office: Cloud) -> str:
        await shop.start(PRODUCTS)
        customer, young = await of_a_customer(shop)
        await shop.api.do("ForgetCustomer", shop.api.token, id=customer)
        await shop.sell()
        assert (await shop.edge("backup", "now")).status == 0
        await office.holds(shop)
        assert (await document(shop, young))["buyer"]["name"] == YOUNG["name"], "the books read it"
        return young

    async def behind_them(shop: Store, office: Cloud) -> tuple[str, Path]:
        receipt = await shop.sell()
        await shop.stop()
        old = await of_seven_years_ago(shop, receipt, monkeypatch)
        with closing(open_reader(shop.config.ledger)) as db:
            (id,) = db.execute("SELECT key FROM invoice WHERE number = ?", (old,)).fetchone()
            assert Keyring(db).key(id)
        key = key_of(shop.config, id)
        assert (await shop.edge("backup", "now")).status == 0
        newest = backup.list_backups(usb, shop.config.header)[0].path
        (other / newest.name).write_bytes(newest.read_bytes())
        await shop.start()
        await when(lambda: document(shop, old), lambda seen: seen["buyer"] is None, "its name went by itself")
        await when(lambda: rotated(shop), bool, "the old wrapping key is destroyed")
        assert (await shop.edge("backup", "now")).status == 0
        await office.holds(shop)
        await is_nowhere(shop, office, usb, [*TRACES, key, key.hex().encode()])
        rows = await office.fetch("SELECT sealed FROM invoice WHERE ended IS NOT NULL")
        assert [tuple(row) for row in rows] == [([],)]
        return old, other / newest.name

    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with (
                cloud(postgres, "invoices", tmp_path) as office,
                store(tmp_path, office, with_backups(usb, CONFIG + NOBODY_LISTENS)) as shop,
            ):
                young = await for_its_years(shop, office)
                old, kept = await behind_them(shop, office)
                await shop.stop()
                assert (await shop.edge("restore", kept, "--replace")).status == 0
                await shop.start()
                assert (await document(shop, old))["buyer"] is None, "a restore does not bring it back"
                assert (await document(shop, young))["buyer"]["name"] == YOUNG["name"]
                assert (await shop.edge("verify")).status == 0

    run(scenario(), 240)
