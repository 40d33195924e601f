"""Undo on the pages of coupons, gift cards, suppliers' invoices, shelf plans, secrets, webhooks and extensions."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.analytics.shelf.commands import SetPlanogram
from edge.analytics.shelf.queries import read_planogram
from edge.analytics.shelf.shelf_service import SHELF
from edge.backoffice.extensions.queries import extensions_on
from edge.foundation.webhooks.webhook_state import read_webhooks
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.supplier_invoices.queries import read_invoice_in
from edge.lib.sight.kinds import BayLayout, Facing
from edge.money.gift_cards.commands import LoadCard
from edge.money.gift_cards.queries import read_card
from edge.people.coupons.queries import read_series
from edge.runtime.secrets import secrets_of
from tests.browser.backoffice.test_extensions_page import METADATA
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.invoicing_in import ubl
from tests.shop_fixture import CONFIG, MILK, SYSTEM, config, done, run

pytestmark = pytest.mark.needs("chromium")
CORNERS = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
CARD = "c" * 24
PICTURE = "a" * 20


async def press_undo(opened: Till, answer: str = "Undone") -> None:
    await opened.page.locator("#toast-bar button").click()
    await opened.see("#toast-bar", answer)


async def yes(opened: Till) -> None:
    await opened.page.locator("#sure-dialog [type=submit]").click()


def test_coupons_and_gift_cards_are_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            page, db = opened.page, served.shop.reader
            await opened.open(served, "lang=en", path="/manager/coupons")
            for name, text in (("name", "Spring"), ("worth", "10"), ("ends", "2100-01-01")):
                await page.locator(f"#make [name={name}]").fill(text)
            await page.locator("#make [type=submit]").click()
            await opened.see("[data-series]", "Spring")
            await press_undo(opened)
            assert [one.ended for one in read_series(db)] == [True], "what can't be unmade is ended"

            await page.locator("#make [name=name]").fill("Summer")
            await page.locator("#make [name=worth]").fill("5")
            await page.locator("#make [name=ends]").fill("2100-01-01")
            await page.locator("#make [type=submit]").click()
            row = page.locator("[data-series]", has_text="Summer")
            await row.locator("button").first.click()
            await row.locator('[data-do="EndCoupons"]').click()
            await yes(opened)
            await opened.see(".tag", "Ended")
            await press_undo(opened)
            assert {one.name: one.ended for one in read_series(db)} == {"Spring": True, "Summer": False}

            await done(served.shop, LoadCard(CARD, "7777", 5_000), SYSTEM)
            await opened.open(served, f"lang=en&id={CARD}", path="/manager/cards")
            await page.locator("[data-close-card]").click()
            await yes(opened)
            await opened.gone("[data-close-card]")
            await press_undo(opened)
            await opened.see("#card-moves", "Reopened")
            card = read_card(db, CARD)
            assert card is not None and (card.closed, card.balance_minor) == (False, 5_000)
            assert opened.complaints == []

    run(scenario(), 120)


def test_answers_about_a_suppliers_invoice_are_put_back(tmp_path: Path) -> None:
    file = tmp_path / "invoice.xml"
    file.write_bytes(ubl(("5449000000996", "10", "0.85"), (MILK, "1", "0.80"), seller="The Dairy"))

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await done(served.shop, SetSupplier("dairy", {"en": "Dairy & Sons"}), SYSTEM)
            page = opened.page

            def invoice() -> tuple[str, str]:
                found = read_invoice_in(served.shop.reader, 1)
                assert found is not None
                return found.supplier, found.state

            await opened.open(served, "lang=en", path="/manager/supplier-invoices")
            await page.locator("#bring [name=file]").set_input_files(file)
            await page.locator("#bring button").click()
            supplier = page.locator("[data-command=SetInvoiceSupplier]")
            await supplier.locator("select").select_option("dairy")
            await supplier.locator("button").click()
            await supplier.wait_for(state="detached")
            assert invoice() == ("dairy", "to_review")
            await press_undo(opened)
            await supplier.wait_for()
            assert invoice() == ("", "to_review")

            await supplier.locator("select").select_option("dairy")
            await supplier.locator("button").click()
            await supplier.wait_for(state="detached")
            line = page.locator('[data-command=SetInvoiceLine][data-at="0"]')
            await line.locator("[data-charge]").click()
            charge = page.locator('[data-line="0"] > p > .pill')
            await charge.wait_for()
            await press_undo(opened)
            await charge.wait_for(state="detached")
            await line.locator("[name=sku]").fill("milk")
            await page.keyboard.press("Escape")
            await line.locator("[type=submit]").click()
            await line.wait_for(state="detached")
            await press_undo(opened)
            await line.wait_for()

            await page.locator("#decide [name=note]").fill("never ordered")
            await page.locator("[data-decide=RejectInvoice]").click()
            await opened.see("[data-review]")
            assert invoice() == ("dairy", "rejected")
            await press_undo(opened)
            await opened.see("[data-decide=RejectInvoice]")
            assert invoice() == ("dairy", "to_review")
            assert opened.complaints == []

    run(scenario(), 120)


def layout(sku: str) -> BayLayout:
    return BayLayout(
        ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)), (1.0,), (Facing("a", 0, 0.0, 0.0, 1.0, 0.9, sku),)
    )


def test_a_shelfs_plan_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            picture = served.site.services.of(SHELF).pictures.path(PICTURE)
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(b"")
            await done(served.shop, SetPlanogram("dairy", "Dairy", "eye", layout("milk"), PICTURE), SYSTEM)

            def plan() -> tuple[int, str] | None:
                found = read_planogram(served.shop.reader, "dairy")
                return found and (found.edition, found.name)

            await opened.open(served, "lang=en&id=dairy", path="/manager/bay")
            await opened.page.locator("#bay-form [name=name]").fill("Milk")
            await opened.page.locator("#save").click()
            await opened.see("#toast-bar button")
            assert plan() == (2, "Milk")
            await press_undo(opened)
            assert plan() == (3, "Dairy")

            await opened.page.locator("#end").click()
            await yes(opened)
            await opened.page.wait_for_url("**/manager/shelf")
            assert plan() is None
            await press_undo(opened)
            assert plan() == (4, "Dairy")

    run(scenario(), 120)


async def enter_secret(opened: Till, name: str, value: str) -> None:
    await opened.page.locator("#enter [name=name]").fill(name)
    await opened.page.locator("#enter [name=value]").fill(value)
    await opened.page.locator("#enter button").click()


def webhooks(served: Served) -> list[str]:
    return [one.url for one in read_webhooks(served.shop.reader)]


def test_secrets_webhooks_and_extensions_are_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        package = config(tmp_path).folder / "extensions" / "acme_scale-2.1.dist-info"
        package.mkdir(parents=True)
        (package / "METADATA").write_text(METADATA)
        (package / "entry_points.txt").write_text("[edge.drivers]\nscale.acme = acme_scale:AcmeScale\n")
        text = CONFIG + '\n[notify]\nallow = ["hooks.example.org"]\n'
        async with serve(tmp_path, text) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            page, stored = opened.page, secrets_of(served.config.folder)
            await opened.open(served, "lang=en", path="/manager/secrets")
            await enter_secret(opened, "mail", "first-secret-value")
            await opened.see("#toast-bar button")
            assert stored.open("mail") == "first-secret-value"
            await press_undo(opened)
            assert [one.name for one in stored.list_secrets()] == []
            await enter_secret(opened, "mail", "first-secret-value")
            await opened.see(".secret-rows li", "mail")
            await enter_secret(opened, "mail", "second-secret-value")
            await opened.see("#sure-dialog", "can't be restored")
            await yes(opened)
            await opened.see("#secrets-said", "Saved")
            assert await page.locator("#toast-bar button").count() == 0, "the first value is known no more"

            await opened.open(served, "lang=en", path="/manager/webhooks")
            await page.locator("#add [name=url]").fill("https://hooks.example.org/in")
            await page.locator("#add [type=submit]").click()
            await opened.see("#secret code", "whsec_")
            assert webhooks(served) == ["https://hooks.example.org/in"]
            await press_undo(opened)
            assert webhooks(served) == []

            await opened.open(served, "lang=en", path="/manager/extensions")
            await page.locator("[data-on]").click()
            await yes(opened)
            await page.locator("[data-off]").wait_for()
            await press_undo(opened)
            await page.locator("[data-on]").wait_for()
            assert extensions_on(served.ledger.db) == []
            assert opened.complaints == []

    run(scenario(), 120)
