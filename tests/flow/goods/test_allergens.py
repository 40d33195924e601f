"""Allergens of what a dish is made of: at the kiosk, the phone, the product's page, and where something is replaced."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import SetBom
from edge.analytics.production.queries import product_allergens
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.goods.catalog.allergen_words import allergen_keys
from edge.goods.catalog.allergens import Allergens, allergens_of
from edge.goods.catalog.categories.queries import product_attributes
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product, Value
from edge.goods.catalog.queries import find_by_sku
from edge.people.customers.commands import GiveConsent, SetCustomer
from edge.people.customers.customer import Preferences
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.customers import known
from tests.flow.ordering.test_orders_http import AT_KIOSK, PHONES, Client, browser
from tests.shop_fixture import SYSTEM, done, open_shop, run

TODAY = "2027-01-15"


def _of(text: str) -> dict[str, Value]:
    return {"Allergens": Value(text)}


GOODS = (
    Product("flour", {"en": "Flour"}, unit="kg", attributes=_of("Gluten")),
    Product("milk", {"en": "Milk"}, attributes=_of("milk")),
    Product("salt", {"en": "Salt", "fr": "Sel"}),
    Product("bread", {"en": "Bread"}),
    Product("butter", {"en": "Butter"}, parts=(BundlePart("milk", 1_000), BundlePart("salt", 1))),
    Product("toast", {"en": "Toast"}, attributes=_of("sesame; MILK"), price_minor=500,
            parts=(BundlePart("bread", 1_000), BundlePart("butter", 20))),
    Product("sandwich", {"en": "Sandwich"}, price_minor=700, parts=(BundlePart("toast", 2_000), BundlePart("salt", 1))),
)  # fmt: skip


async def _stocked(shop: CommandBus) -> None:
    await done(shop, SetProducts(GOODS), SYSTEM)
    await done(shop, SetBom(Bom("bread", "bread", (BomLine("flour", 500), BomLine("salt", 10)))), SYSTEM)


def test_a_dish_has_the_allergens_of_all_that_is_in_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            db = shop.reader
            assert product_allergens(db, "butter", TODAY) == Allergens(("milk",), ("salt",))
            assert product_allergens(db, "bread", TODAY) == Allergens(("Gluten",), ("salt",)), "of its bill"
            toast = product_allergens(db, "toast", TODAY)
            assert (sorted(toast.keys), toast.unsaid) == (["gluten", "milk", "sesame"], ()), "somebody has looked at it"
            sandwich = product_allergens(db, "sandwich", TODAY)
            assert (sorted(sandwich.keys), sandwich.unsaid) == (["gluten", "milk", "sesame"], ("salt",))
            assert product_allergens(db, "salt", TODAY) == Allergens((), ("salt",))

    run(scenario())


def test_whoever_may_order_a_dish_is_told_what_is_in_it_and_of_what_no_one_knows(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            butter = find_by_sku(shop.reader, "butter")
            assert butter is not None
            told = product_attributes(shop.reader, butter, language="fr")
            assert [(one.names["fr"], one.text, one.required) for one in told] == [
                ("Allergènes", "milk", True),
                ("Produits sans information sur les allergènes", "Sel", True),
            ]
            flour = find_by_sku(shop.reader, "flour")
            assert flour is not None
            assert [(one.names["en"], one.text) for one in product_attributes(shop.reader, flour)] == [
                ("Allergens", "Gluten")
            ], "what is made of nothing says its own"

    run(scenario())


def test_what_adds_an_allergen_or_leaves_one_open_is_not_within(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            found = allergens_of(shop.reader, [one.sku for one in GOODS])
            assert found["milk"].within(found["toast"])
            assert not found["toast"].within(found["milk"]), "it adds sesame"
            assert not found["butter"].within(found["toast"]), "of its salt nobody knows"
            assert found["salt"].within(found["bread"]), "by recipes alone nobody says any of both"
            assert not found["salt"].within(found["toast"])

    run(scenario())


def test_kiosk_phone_and_the_products_page_show_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, calling(served) as caller, browser() as http:
            await _stocked(served.shop)
            client = Client(http, served.url)
            for base in ("/kiosk", "/shop"):
                headers = AT_KIOSK if base == "/kiosk" else {}
                _, page = await client.ask("GET", f"{base}/goods/sandwich?lang=fr", **headers)
                facts = page.split("<dl", 1)[1].split("</dl>", 1)[0]
                assert "Gluten" in facts and "sesame" in facts, base
                assert "sans information sur les allergènes" in facts and "Sel" in facts, base
            page = (await caller.get("/manager/product?sku=sandwich")).text
            shown = page.split('id="allergens"', 1)[1].split("</div>", 1)[0]
            assert "Gluten" in shown and "Salt" in shown and "sku=salt" in shown
            assert 'id="allergens"' not in (await caller.get("/manager/product?sku=flour")).text

    run(scenario())


def test_a_word_for_an_allergen_is_that_in_every_language() -> None:
    said = ("Lait", "peut contenir des noisettes", "ביצים", "Kiwi", "sans gluten", "coconut milk", "none")
    assert allergen_keys(said) == {"milk", "nuts", "eggs", "kiwi", "coconut milk"}
    cream, cheese, soup = (Allergens(words) for words in (("cream",), ("Fromage",), ("celery", "milk")))
    assert cheese.within(cream) and not soup.within(cheese)


def test_who_avoids_an_allergen_is_shown_nothing_with_it_nor_what_no_one_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            shop = served.shop
            said = {"brie": "lait", "crackers": "blé, sésame", "grapes": "aucun", "dip": None}
            goods = [
                Product(sku, {"en": sku.title()}, price_minor=300, attributes=_of(text) if text else {})
                for sku, text in said.items()
            ]
            await done(shop, SetProducts(tuple(goods)), SYSTEM)
            dana = await known(shop)
            await done(shop, GiveConsent(dana, "profile", "en"), SYSTEM)
            await done(shop, GiveConsent(dana, "recommendations", "en"), SYSTEM)
            for _ in range(2):
                lines = tuple(LineSold(sku=sku) for sku in said)
                await done(shop, SellBasket(lines, (TenderGiven("card"),), customer=dana))
            rights = {"Grant": served.site.door.token, "Surface": "panel"}

            async def again() -> set[str]:
                answer = await caller.call("GET", f"/api/v1/recommendations?customer={dana}&k=5", **rights)
                return {one["sku"] for one in answer.json["again"]}

            assert await again() == set(said)
            await done(shop, SetCustomer(id=dana, preferences=Preferences(allergens=("milk", "sesame"))), SYSTEM)
            assert await again() == {"grapes"}

    run(scenario())
