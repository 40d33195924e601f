"""A shop comes from Odoo by its API: what it has is read page by page into files, which are taken like any others."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Any, TypeVar

import pytest

from edge.backoffice.feeds.service.erp_records import NO_MODEL, REFUSED_RIGHTS
from edge.backoffice.feeds.service.vendor_wire import PAGE
from edge.backoffice.switching.commands import MoveIn
from edge.backoffice.switching.looking import look_at_file
from edge.backoffice.switching.moved import MovedFile
from edge.backoffice.switching.service.odoo_move import OdooAccess, OdooMove, OdooProgress
from edge.backoffice.switching.service.odoo_reader import ShopPrices
from edge.backoffice.switching.settings import switching_settings
from edge.core.command_bus import CommandBus
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.queries import read_stock
from edge.money.gift_cards.queries import find_card
from edge.people.customers.queries import by_email, read_customer
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sim.vendors.odoo import SimOdoo
from tests.flow.backoffice.test_switching import NOW_US, history, moved, standings
from tests.shop_fixture import CONFIG, FakeClock, config, open_shop, run

Sim = TypeVar("Sim", bound=SimOdoo)
OLD = "2026-11-01 10:00:00"
WAYS = ("", "buyer")
"""JSON-2 by a key alone, and JSON-RPC by a user, too."""


class GoesAway(SimOdoo):
    """Answers nothing any more once it was asked for a model."""

    gone_at = ""

    def _read(self, model: str, domain: list[Any], more: dict[str, Any]) -> list[dict[str, Any]]:
        self.faults.down = model == self.gone_at
        if self.faults.down:
            raise RuntimeError("gone")
        return super()._read(model, domain, more)


def odoo_with_a_past(odoo: Sim) -> Sim:
    def put(model: str, id: int, **fields: Any) -> None:
        odoo.put(model, id, OLD, **fields)

    for id, size in ((11, "Small"), (12, "Large")):
        put("product.template.attribute.value", id, name=size, attribute_id=[1, "Size"])
    put("account.tax", 5, amount=20.0, amount_type="percent", price_include=True)
    put("product.supplierinfo", 1, product_tmpl_id=[3, "Flat White"], partner_id=[90, "Roasters"], product_code="R-1")
    for id, size, price in ((31, 11, 3.5), (32, 12, 4.2)):
        about = {"product_tmpl_id": [3, "Flat White"], "categ_id": [7, "All / Drinks / Hot"], "barcode": False}
        about |= {"product_template_attribute_value_ids": [size], "taxes_id": [5], "sale_ok": True}
        put(
            "product.product",
            id,
            **about,
            **{"default_code": f"FW-{id}", "name": "Flat White", "lst_price": price, "standard_price": 0.9},
            **{"qty_available": 12.0, "to_weight": False},
        )
    mug = {"default_code": False, "barcode": "4006381333931", "name": "Mug", "lst_price": 14.0, "sale_ok": True}
    put("product.product", 33, product_tmpl_id=[4, "Mug"], taxes_id=[5], qty_available=3.0, **mug)
    put("res.partner", 40, name="Ada Lovelace", email="ada@example.com", phone="+33 1 99 00 00 01", **PERSON)
    put("res.partner", 41, name="Roasters", supplier_rank=1, customer_rank=0, partner_share=True)
    put("loyalty.card", 1, code="L-1", points=120.0, partner_id=[40, "Ada"], program_type="loyalty")
    put("loyalty.card", 2, code="0444-abcd-4f11", points=25.0, partner_id=False, program_type="gift_card")
    put("pos.order", 1, name="Shop/0001", date_order="2026-07-18 23:30:00", partner_id=[40, "Ada"], state="done")
    put("pos.order", 2, name="Shop/0002", date_order="2026-07-19 08:00:00", partner_id=False, state="cancel")
    line = {"order_id": [1, "Shop/0001"], "product_id": [32, "[FW-32] Flat White (Large)"]}
    put("pos.order.line", 1, qty=2.0, price_subtotal=7.0, **line)
    put("pos.order.line", 2, qty=1.0, price_subtotal=11.67, order_id=[1, "Shop/0001"], product_id=[33, "Mug"])
    return odoo


PERSON: dict[str, Any] = {
    **{"supplier_rank": 0, "customer_rank": 2, "partner_share": True, "street": "1 High St", "street2": False},
    **{"city": "Paris", "state_id": False, "zip": "75001", "country_id": [75, "France"], "credit": 30.5},
}


async def no_pause(seconds: float) -> None: ...


WITH_VAT = ShopPrices(inclusive=True, currency="EUR")
ANSWERS = {"member": "members", "account": "pay_off", "buyers": "keep"}


async def read(
    shop: CommandBus, url: str, odoo: SimOdoo, user: str, key: str = "", prices: ShopPrices = WITH_VAT
) -> OdooProgress:
    host = url.partition("://")[2].partition(":")[0]
    http = OutgoingHttp(Breakers(), (host,), 5.0)
    move = OdooMove(shop.path.parent, shop.till_first, lambda: http, prices, no_pause)
    assert move.begin(OdooAccess(f"{url}/web#home", odoo.database, key or odoo.key, user))
    while move.progress.state == "reading":  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return move.progress


@pytest.mark.parametrize("user", WAYS)
def test_what_odoo_has_is_read_and_taken_as_files_are(tmp_path: Path, user: str) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_past(SimOdoo())
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop, odoo.serve() as url:
            read_now = await read(shop, url, odoo, user)
            assert (read_now.state, read_now.rows, len(read_now.files)) == ("done", 7, 4), read_now
            settings, files = switching_settings(config(tmp_path, CONFIG)), []
            for path in read_now.files:
                look = look_at_file(settings, MovedFile(path, "unknown"), NOW_US).look
                assert look is not None and all(sum_.left_minor == 0 for sum_ in look.sums), look
                assert {question.id for question in look.questions} <= ANSWERS.keys(), look.questions
                answers = {question.id: ANSWERS[question.id] for question in look.questions}
                files.append(MovedFile(path, look.kind, answers))
            assert [one.kind for one in files] == ["catalogue", "customers", "gift_cards", "sales_lines"]
            await moved(shop, MoveIn(tuple(files)), clock)
            large = find_by_sku(shop.reader, "FW-32")
            assert large is not None and (large.price_minor, large.variant_of) == (420, "FW-31")
            ada = by_email(shop.reader, "ada@example.com")
            assert ada is not None
            customer = read_customer(shop.reader, ada, shop.now_us())
            assert customer is not None and customer.addresses[0].city == "Paris"
            assert standings(shop) == {"Ada Lovelace": (3_050, 0)}
            card = find_card(shop.reader, "0444-abcd-4f11")
            assert card is not None and card.balance_minor == 2_500
            assert read_stock(shop.reader, "FW-31") == 12_000
            sold = history(shop)
            assert sold["FW-32", "2026-07-19"] == (2_000, 0, 700), "a moment of UTC is of the shop's own day"
            assert sum(minor for _, _, minor in sold.values()) == 1_867

    run(scenario())


@pytest.mark.parametrize("user", WAYS)
def test_a_wrong_key_and_a_system_that_goes_away_leave_nothing(tmp_path: Path, user: str) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_past(GoesAway())
        async with open_shop(tmp_path, stocked=False) as shop, odoo.serve() as url:
            uploads = shop.path.parent / "imports"
            wrong = await read(shop, url, odoo, user, key="another")
            assert (wrong.state, wrong.error, wrong.rows) == ("failed", "undelivered.wrong_password", 0)
            assert "another" not in repr(OdooAccess(url, "shop", "another", user))
            odoo.gone_at = "pos.order.line"
            half = await read(shop, url, odoo, user)
            assert (half.state, half.error, half.rows) == ("failed", "undelivered.server_failed", 5)
            assert not [path for path in uploads.rglob("*") if path.is_file()], "nothing of it is left"

    run(scenario())


@pytest.mark.parametrize(
    ("user", "rights", "fails"),
    (("", "undelivered.wrong_password", "undelivered.refused"), ("buyer", REFUSED_RIGHTS, "feeds.page_not_understood")),
)
def test_customers_that_may_not_be_read_or_fail_are_not_passed_over(
    tmp_path: Path, user: str, rights: str, fails: str
) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_past(SimOdoo())
        async with open_shop(tmp_path, stocked=False) as shop, odoo.serve() as url:
            odoo.no_rights = frozenset(("res.partner",))
            read_now = await read(shop, url, odoo, user)
            assert (read_now.state, read_now.error, read_now.files) == ("failed", rights, ())
            odoo.no_rights, odoo.failing = frozenset(), frozenset(("res.partner",))
            read_now = await read(shop, url, odoo, user)
            assert (read_now.state, read_now.error, read_now.files) == ("failed", fails, ())
            odoo.failing = frozenset()
            del odoo.models["product.product"]
            read_now = await read(shop, url, odoo, user)
            assert (read_now.state, read_now.error) == ("failed", NO_MODEL if user else "undelivered.refused")

    run(scenario())


@pytest.mark.parametrize("user", WAYS)
def test_pages_are_read_to_the_end_and_what_is_not_installed_is_passed_over(tmp_path: Path, user: str) -> None:
    async def scenario() -> None:
        odoo = odoo_with_a_past(SimOdoo())
        for model in ("loyalty.card", "pos.order", "pos.order.line", "product.supplierinfo"):
            del odoo.models[model]
        for at in range(PAGE + 20):
            more = {"name": f"Guest {at}", "email": f"g{at}@example.com", **PERSON, "credit": 0.0}
            odoo.put("res.partner", 1000 + at, OLD, **more)
        async with open_shop(tmp_path, stocked=False) as shop, odoo.serve() as url:
            read_now = await read(shop, url, odoo, user)
            assert (read_now.state, len(read_now.files)) == ("done", 2)
            look = look_at_file(
                switching_settings(config(tmp_path, CONFIG)), MovedFile(read_now.files[1], "unknown"), NOW_US
            ).look
            assert look is not None and look.counts["customers"] == PAGE + 21

    run(scenario())


@pytest.mark.parametrize("user", WAYS)
def test_who_has_a_login_of_the_web_shop_comes_and_staff_do_not(tmp_path: Path, user: str) -> None:
    async def scenario() -> None:
        odoo = SimOdoo()
        odoo.put("product.product", 1, OLD, name="Mug", product_tmpl_id=[1, "Mug"], sale_ok=True)
        for id, name, more in (
            (40, "Ada", {"user_ids": False}),
            (41, "Bob", {"user_ids": [8]}),
            (42, "Cashier", {"user_ids": [9], "partner_share": False}),
        ):
            odoo.put("res.partner", id, OLD, name=name, email=f"{name}@example.com", **PERSON | more)
        async with open_shop(tmp_path, stocked=False) as shop, odoo.serve() as url:
            read_now = await read(shop, url, odoo, user)
            assert read_now.state == "done", read_now
            assert [row["Name"] for row in _rows(read_now.files[1])] == ["Ada", "Bob"]

    run(scenario())


def test_prices_become_the_shops_with_tax_or_without(tmp_path: Path) -> None:
    """Sales taxes of products: one excluded, one included, two excluded, a rate of nothing, none, and one that doesn't
    say."""

    async def scenario() -> None:
        odoo = SimOdoo()
        for id, amount, said in (
            (1, 20.0, {"price_include": False}),
            (2, 20.0, {"price_include": True}),
            (3, 5.0, {"price_include": False}),
            (4, 0.0, {"price_include": False}),
        ):
            odoo.put("account.tax", id, OLD, amount=amount, amount_type="percent", **said)
        odoo.put("account.tax", 5, OLD, amount=20.0, amount_type="percent", price_include=None)
        odoo.put("account.tax", 6, OLD, amount=0.0, amount_type="group", price_include=False, children_tax_ids=[1, 3])
        products: dict[str, list[int]] = {"OUT": [1], "IN": [2], "TWO": [1, 3], "ZERO": [4], "NONE": [], "ODD": [5]}
        products |= {"GROUP": [6], "GONE": [99]}
        for id, (sku, taxes) in enumerate(products.items(), 1):
            about = {"default_code": sku, "name": sku, "lst_price": 9.97, "sale_ok": True, "taxes_id": taxes}
            odoo.put("product.product", id, OLD, product_tmpl_id=[id, sku], **about)
        unclear = dict.fromkeys(products)
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop, odoo.serve() as url:
            without = await read(shop, url, odoo, "", prices=ShopPrices(inclusive=False, currency="EUR"))
            assert _prices(without) == unclear | {
                **{"OUT": "9.97", "IN": "8.31", "TWO": "9.97", "ZERO": "9.97", "NONE": "9.97", "GROUP": "9.97"},
            }
            assert (without.error, without.values) == ("switching.odoo_unpriced", {"count": 2})
            read_now = await read(shop, url, odoo, "")
            assert _prices(read_now) == unclear | {"OUT": "11.96", "IN": "9.97", "ZERO": "9.97", "NONE": "9.97"}
            assert (read_now.error, read_now.values) == ("switching.odoo_unpriced", {"count": 4})
            await moved(shop, MoveIn((MovedFile(read_now.files[0], "catalogue"),)), clock)
            taken = {sku: one.price_minor for sku in products if (one := find_by_sku(shop.reader, sku))}
            assert taken == unclear | {"OUT": 1_196, "IN": 997, "ZERO": 997, "NONE": 997}, "all come, some unpriced"

    run(scenario())


def _prices(read_now: OdooProgress) -> dict[str, str | None]:
    assert read_now.state == "done", read_now
    return {row["SKU"]: row["Price"] or None for row in _rows(read_now.files[0])}


def _rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
