"""Undo of what managers change: the earlier state comes back, a later change stays, and the same right is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import SetBom
from edge.analytics.production.queries import read_boms
from edge.foundation.access.commands import SetFactorPolicy, SetRole, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import factor_policies, read_users, roles
from edge.foundation.settings.commands import SetSetting, SetText
from edge.foundation.settings.queries import read_settings, read_texts
from edge.goods.catalog.commands import SetPrice, SetProducts
from edge.goods.catalog.prices import price_history
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import FOREVER_US, Goods, PercentOff, Promotion
from edge.goods.promotions.queries import read_promotion
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import read_supplier_prices
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.runtime import config
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import CONFIG, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
TEA = Product("tea", {"en": "Green tea"}, ("5449000000996",), 500)
CHEAPER = Promotion("tea-week", {"en": "Tea week"}, PercentOff(10_000), Goods(skus=("tea",)))
IN_2100_US = 4_102_473_600_000_000
READERS_PIN = "795310"
CHANGED = "changed this in the meantime"


async def press_undo(opened: Till, answer: str = "Undone") -> None:
    await opened.page.locator("#toast-bar button").click()
    await opened.see("#toast-bar", answer)


async def staff(served: Served) -> None:
    dana = SetUser("u1", "Dana", "cashier", hash_pin("7394"), email="dana@example.org")
    await done(served.shop, dana, SYSTEM)
    await done(served.shop, SetRole("baker", "Baker", ("sell",), {"open_amount": 1250}), SYSTEM)
    await done(served.shop, SetFactorPolicy("baker", "totp"), SYSTEM)


def own_roles(served: Served) -> list[tuple[str, Any, Any]]:
    return [(one.name, set(one.rights), one.limits) for one in roles(served.shop.reader) if not one.built_in]


def prices_ahead(served: Served) -> list[tuple[str, int | None]]:
    found = price_history(served.shop.reader, "tea")
    return [(one.list, one.price_minor) for one in found if one.from_us == IN_2100_US]


async def rename(opened: Till, name: str) -> None:
    """Change Dana's name on the page of users."""
    await opened.see("#person-u1 > summary")
    if await opened.page.locator("#person-u1[open]").count() == 0:
        await opened.page.locator("#person-u1 > summary").click()
    await opened.page.locator("#person-u1 [name=name]").fill(name)
    await opened.page.locator("#person-u1 form.fields [type=submit]").click()
    await opened.see("#person-u1 > summary", name)
    await opened.see("#toast-bar button")


def test_people_roles_and_second_factors_are_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await staff(served)
            page, before = opened.page, read_users(served.shop.reader)
            await opened.open(served, "lang=en", path="/manager/users")
            await rename(opened, "Dana Levi")
            await press_undo(opened)
            assert read_users(served.shop.reader) == before

            factor = page.locator('[data-form="policy"][data-id="baker"]')
            await factor.locator("select").select_option("none")
            await factor.locator("[type=submit]").click()
            await opened.see("#toast-bar button")
            assert factor_policies(served.shop.reader)["baker"] == "none"
            await press_undo(opened)
            assert factor_policies(served.shop.reader)["baker"] == "totp"

            had = own_roles(served)
            await page.locator("#role-baker summary").click()
            await page.locator("#role-baker [data-command=RetireRole]").click()
            await page.locator("#sure-dialog [type=submit]").click()
            await opened.gone("#role-baker")
            assert own_roles(served) == []
            await press_undo(opened)
            await opened.see("#role-baker")
            assert own_roles(served) == had
            assert factor_policies(served.shop.reader)["baker"] == "totp"
            assert opened.complaints == []

    run(scenario(), 120)


def test_tax_rates_are_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        file.write_text(CONFIG)
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            before = config.load(file).tax
            for interfering in (False, True):
                await opened.open(served, "lang=en", path="/manager/taxes")
                await opened.page.locator("#classes .class [name=percent]").first.fill("3.5")
                await opened.page.locator("#tax-form [type=submit]").click()
                await opened.see("#taxes-said", "Saved")
                await opened.see("#toast-bar button")
                assert config.load(file).tax != before
                if not interfering:
                    await press_undo(opened)
                    assert config.load(file).tax == before
            later = file.read_text().replace("3.5", "4.5")
            file.write_text(later)
            await press_undo(opened, CHANGED)
            assert file.read_text() == later
            assert opened.complaints == []

    run(scenario(), 120)


def test_a_planned_price_that_was_dropped_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts((TEA,), Source("catalogue", line=1)), SYSTEM)
            planned = SetPrice("tea", 450, "store", IN_2100_US, IN_2100_US + 86_400_000_000, Source(MANAGER))
            await done(served.shop, planned, SYSTEM)
            before = price_history(served.shop.reader, "tea")
            await opened.open(served, "lang=en&sku=tea", path="/manager/product")
            await opened.page.locator("#part-prices [data-drop]").click()
            await opened.gone("#part-prices .ahead")
            assert prices_ahead(served) == []
            await press_undo(opened)
            await opened.see("#part-prices .ahead", "4.50")
            assert price_history(served.shop.reader, "tea") == before

            await opened.page.locator("#part-prices [data-drop]").click()
            await opened.gone("#part-prices .ahead")
            await opened.see("#toast-bar button")
            other = SetPrice("tea", 399, "store", IN_2100_US, None, Source(MANAGER))
            await done(served.shop, other, SYSTEM)
            await press_undo(opened, CHANGED)
            assert prices_ahead(served) == [("store", 399)]
            assert opened.complaints == []

    run(scenario(), 120)


def test_what_someone_else_changed_since_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await staff(served)
            await opened.open(served, "lang=en", path="/manager/users")
            await rename(opened, "Dana Levi")
            await done(served.shop, SetUser("u1", "Dana Cohen", "cashier", email="d@example.org"), SYSTEM)
            await press_undo(opened, CHANGED)
            assert [(one.name, one.email) for one in read_users(served.shop.reader)] == [
                ("Dana Cohen", "d@example.org")
            ]

            await opened.open(served, "lang=en", path="/manager/users")
            factor = opened.page.locator('[data-form="policy"][data-id="baker"]')
            await factor.locator("select").select_option("none")
            await factor.locator("[type=submit]").click()
            await opened.see("#toast-bar button")
            await done(served.shop, SetFactorPolicy("baker", "otp"), SYSTEM)
            await press_undo(opened, CHANGED)
            assert factor_policies(served.shop.reader)["baker"] == "otp"
            assert opened.complaints == []

    run(scenario(), 120)


def test_undo_asks_for_a_pin_again_once_the_manager_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await staff(served)
            await opened.open(served, "lang=en", path="/manager/users")
            await rename(opened, "Dana Levi")
            await opened.page.context.clear_cookies()
            await opened.page.locator("#toast-bar button").click()
            await opened.see("#pin-dialog[open]")
            assert [one.name for one in read_users(served.shop.reader)] == ["Dana Levi"]

    run(scenario())


def test_what_undo_sends_needs_the_right_to_change(tmp_path: Path) -> None:
    """Someone who may only read reports can't put anything back, nor can someone without a PIN."""

    async def scenario() -> None:
        (tmp_path / "config.toml").write_text(CONFIG)
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller:
            await caller.set_pin()
            await staff(served)
            await done(served.shop, SetRole("reader", "Reader", ("reports",)), SYSTEM)
            await done(served.shop, SetUser("u2", "Avi", "reader", hash_pin(READERS_PIN)), SYSTEM)
            body = {"pin": READERS_PIN}
            answer = await caller.call("POST", "/api/v1/grants", body, Surface="panel")
            assert answer.status == 200, answer
            grant = answer.json["grant"]["token"]
            price = {"sku": "milk", "price_minor": 1, "list": "store", "source": {"kind": MANAGER}}
            taxes = {"place": "", "inclusive": True, "rounding": "line", "classes": []}
            undoing = (
                ("PUT", "configuration/taxes", taxes),
                ("POST", "users", {"id": "u1", "name": "Mallory", "role": "cashier"}),
                ("POST", "commands/SetRole", {"id": "baker", "name": "Mallory", "rights": []}),
                ("POST", "commands/SetFactorPolicy", {"role": "baker", "factor": "none"}),
                ("POST", "commands/SetPrice", price),
            )
            for method, path, sent in undoing:
                for header in ("", grant):
                    answer = await caller.call(method, f"/api/v1/{path}", sent, Grant=header, Surface="panel")
                    assert answer.status == 403, (path, header, answer)
            assert [one.name for one in read_users(served.shop.reader)] == ["Avi", "Dana"]
            assert [name for name, *_ in own_roles(served)] == ["Baker", "Reader"]
            assert factor_policies(served.shop.reader)["baker"] == "totp"

    run(scenario())


def supplier_prices(served: Served) -> list[int]:
    return [one.cost_minor for one in read_supplier_prices(served.shop.reader, "mill")]


async def set_price(opened: Till, cost: str) -> None:
    await opened.page.locator("#price [name=sku]").fill("tea")
    await opened.page.locator("#price [name=cost]").fill(cost)
    await opened.page.locator("#price [type=submit]").click()
    await opened.see("#part-prices tbody", cost)
    await opened.see("#toast-bar button")


def test_a_suppliers_price_is_withdrawn_and_the_one_before_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts((TEA,), Source("catalogue", line=1)), SYSTEM)
            await done(served.shop, SetSupplier("mill", {"en": "Old Mill"}), SYSTEM)
            await opened.open(served, "lang=en&id=mill", path="/manager/supplier")
            await set_price(opened, "1.20")
            await set_price(opened, "1.50")
            assert supplier_prices(served) == [150, 120]
            await press_undo(opened)
            assert supplier_prices(served) == [120]

            await opened.open(served, "lang=en&id=mill", path="/manager/supplier")
            await set_price(opened, "1.70")
            await done(served.shop, SetSupplierPrice("mill", "tea", 180), SYSTEM)
            await press_undo(opened, CHANGED)
            assert supplier_prices(served) == [180, 170, 120]
            assert opened.complaints == []

    run(scenario(), 120)


def test_a_logo_that_was_replaced_or_removed_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        (tmp_path / "config.toml").write_text(CONFIG)
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            logo = served.config.logo
            brought = []
            await opened.open(served, "lang=en", path="/manager/papers")
            for shade in (0, 200):
                file = tmp_path / f"{shade}.png"
                Image.new("L", (64, 64), shade).save(file)
                was = await opened.page.locator("#logo").get_attribute("data-changed")
                await opened.page.locator("#logo").set_input_files(file)
                await opened.see(f'#logo:not([data-changed="{was}"])')
                await opened.see("#toast-bar button")
                brought.append(logo.read_bytes())
            assert brought[0] != brought[1]
            await press_undo(opened)
            assert logo.read_bytes() == brought[0]
            await opened.page.locator("#drop-logo").click()
            await opened.gone("#drop-logo")
            assert not logo.exists()
            await press_undo(opened)
            await opened.see("#drop-logo")
            assert logo.read_bytes() == brought[0]
            assert opened.complaints == []

    run(scenario(), 120)


def test_levels_events_settings_and_prices_in_a_list_are_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            await done(served.shop, SetProducts((TEA,), Source("catalogue", line=1)), SYSTEM)
            page, reader = opened.page, served.shop.reader

            def priority() -> int:
                found = read_promotion(reader, CHEAPER.id)
                assert found
                return found.promotion.priority

            await opened.open(served, "lang=en&sku=tea", path="/manager/stock/item")
            await page.locator('[data-levels="main"] [name=reorder]').fill("5")
            await page.locator('[data-levels="main"] [name=par]').fill("9")
            await page.locator('[data-levels="main"] [type=submit]').click()
            await press_undo(opened)
            assert await page.locator('[data-levels="main"] [name=reorder]').input_value() in ("", "0")

            await opened.open(served, "lang=en", path="/manager/forecast")
            await page.locator("#occasion [name=name]").fill("Town fair")
            await page.locator("#occasion [type=submit]").click()
            await opened.see("#occasions", "Town fair")
            await page.locator("#occasions [data-end]").click()
            await opened.gone("#occasions")
            await press_undo(opened)
            await opened.see("#occasions", "Town fair")

            await done(served.shop, SetPromotion(CHEAPER), SYSTEM)
            await opened.open(served, "lang=en&id=tea-week", path="/manager/promotions")
            await page.locator("#promotion [name=priority]").fill("3")
            await page.locator("#promotion [type=submit]").click()
            await opened.see("#toast-bar button")
            assert priority() == 3
            await press_undo(opened)
            assert priority() == CHEAPER.priority

            await opened.open(served, "lang=en", path="/manager/products")
            for interfering in (False, True):
                await page.locator('[data-key="tea"]').click()
                await page.locator(".spot-form input").fill("6.50")
                await page.locator(".spot-form button").click()
                await opened.see("#toast-bar button")
                if interfering:
                    await done(served.shop, SetPrice("tea", 700, "store", source=Source(MANAGER)), SYSTEM)
                await press_undo(opened, CHANGED if interfering else "Undone")
                found = find_by_sku(reader, "tea")
                assert found and found.price_minor == (700 if interfering else 500)
            assert opened.complaints == []

    run(scenario(), 120)


def test_what_was_ended_retired_counted_or_cleared_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((1024, 768)) as opened:
            await caller.set_pin()
            page, reader = opened.page, served.shop.reader
            await done(served.shop, SetProducts((TEA,), Source("catalogue", line=1)), SYSTEM)
            await done(served.shop, SetPromotion(CHEAPER), SYSTEM)
            await done(served.shop, RecordMovement("tea", "in", units=20_000), SYSTEM)
            await done(served.shop, SetSetting("till.sign_out_min", 7), SYSTEM)
            await done(served.shop, SetText("t1", "receipt_below", {"en": "Merry Christmas"}), SYSTEM)
            await done(served.shop, SetBom(Bom("tea", "tea", (BomLine("milk", 500),))), SYSTEM)

            await opened.open(served, "lang=en", path="/manager/promotions")
            await page.locator("[data-menu]").click()
            await page.locator('[data-end="tea-week"]').click()
            await opened.see("#toast-bar button")
            await press_undo(opened)
            await opened.see('tr:has([data-end="tea-week"])')
            ahead = read_promotion(reader, CHEAPER.id)
            assert ahead and ahead.promotion.deal == CHEAPER.deal and ahead.until_us in (None, FOREVER_US)

            await opened.open(served, "lang=en&sku=tea", path="/manager/product")
            await page.locator("#retire").click()
            await opened.see('#retire[data-command="RestoreProducts"]')
            await press_undo(opened)
            await opened.see('#retire[data-command="RetireProducts"]')

            await opened.open(served, "lang=en", path="/manager/stock")
            await page.locator('[data-spot="count"][data-key="tea"]').click()
            await page.locator(".spot-form input").fill("12")
            await page.locator(".spot-form button").click()
            await opened.see("#toast-bar button")
            assert read_stock(reader, "tea") == 12_000
            await press_undo(opened)
            assert read_stock(reader, "tea") == 20_000

            await opened.open(served, "lang=en", path="/manager/production")
            await page.locator('[data-end="tea"]').click()
            await opened.agree()
            await opened.gone('tr[data-bom="tea"]')
            await press_undo(opened)
            await opened.see('tr[data-bom="tea"]')
            assert [one.bom.lines for one in read_boms(reader, "2026-01-01")] == [(BomLine("milk", 500),)]

            await opened.open(served, "lang=en", path="/manager/settings")
            await page.locator('nav.parts a[href="#about-till"]').click()
            await page.locator('form[data-name="till.sign_out_min"] [data-command="ClearSetting"]').click()
            await press_undo(opened)
            assert [(one.name, one.value) for one in read_settings(reader)] == [("till.sign_out_min", 7)]
            await page.locator('nav.parts a[href="#about-texts"]').click()
            await page.locator('[data-command="EndText"]').click()
            await opened.gone("#text-t1")
            await press_undo(opened)
            assert [one.texts for one in read_texts(reader)] == [{"en": "Merry Christmas"}]
            assert opened.complaints == []

    run(scenario(), 120)
