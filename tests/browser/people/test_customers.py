"""A cashier finds a customer by keyboard and by touch; a manager makes one, takes consents, reads out and forgets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from edge.goods.catalog.commands import SetPrice
from edge.ordering.reviews.commands import WriteReview
from edge.ordering.reviews.queries import read_rating
from edge.people.customers.commands import AddWish, SetCustomer
from edge.people.customers.consents import consents_to
from edge.people.customers.customer import NotMine, Preferences
from edge.people.customers.queries import read_customer, read_customers
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.customers import DANA, known
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, run


def test_a_cashier_finds_a_customer_and_takes_them_off_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, till() as page, calling(served) as caller:
            await caller.set_pin()
            await done(served.shop, SetPrice("milk", 100, "member"), SYSTEM)
            dana = await known(served.shop, **DANA, price_list="member", member_code="4711")
            await done(served.shop, AddWish(dana, "milk"), SYSTEM)
            await known(served.shop, name="Dan Brown")
            await page.open(served)
            await page.scan(MILK)
            await page.see("#sums .due", "€1.20")
            await page.keys("F11")
            await page.see("#customer-dialog[open]")
            await page.keys("d", "a", "n")
            await page.see("#customers-found [data-customer]:nth-child(2)")
            await page.keys("ArrowDown", "Enter")
            await page.see('[data-act="member"][aria-pressed="true"]', "Dana Lévi")
            await page.see("#sums .due", "€1.00")
            await page.page.locator('[data-act="member"]').click()
            await page.page.locator("[data-customer-off]").click()
            await page.see("#sums .due", "€1.20")
            await page.scan("M/4711")
            await page.see("#sums .due", "€1.00")
            await page.keys("F11", "5678", "Enter")
            await page.gone("#customer-dialog")
            await page.keys("F9")
            await page.page.locator("#card-dialog [type=submit]").click()
            await page.see('[data-act="member"][aria-pressed="false"]', "Customer")
            await page.scan("M/4711")
            await page.see('[data-act="member"]', "Dana Lévi")
            await page.keys("F11")
            await page.page.locator("[data-customer-wishes]").click()
            await page.see("#lines .line", "Milk")
            await page.page.locator('[data-act="member"]').click()
            await page.page.locator("#customer-dialog [name=text]").fill("Zohar Neumann")
            await page.page.locator("[data-customer-new]", has_text="Zohar Neumann").click()  # nobody was found
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see('[data-act="member"][aria-pressed="true"]', "Zohar Neumann")
            assert page.complaints == []

    run(scenario())


def test_a_manager_makes_a_customer_takes_consents_and_forgets(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, till() as page, calling(served) as caller:
            await caller.set_pin()
            shop = served.shop
            await page.open(served, path="/manager/customers")
            new = page.page.locator("#new")
            await new.locator("[name=name]").fill("Noa <b>Peretz</b>")
            await new.locator("[name=phone]").fill("call me")
            await new.locator("[type=submit]").click()
            await page.see("#new .error", "Enter a valid phone number")
            await new.locator("[name=phone]").fill("06 12 34 56 78")
            await new.locator("[type=submit]").click()
            await page.see("main h1", "Noa <b>Peretz</b>")
            (one,) = read_customers(shop.reader).customers
            await page.page.locator('[data-give="profile"]').click()
            await page.see('[data-withdraw="profile"]')
            assert consents_to(shop.reader, one.id, "profile", shop.now_us())
            not_mine = (NotMine("brand", "Acme"),)
            await done(shop, SetCustomer(id=one.id, preferences=Preferences(not_mine=not_mine)), SYSTEM)
            form = page.page.locator('[data-form="preferences"]')
            await form.locator("[name=allergen][value=milk]").check()
            await form.locator("[name=other_allergens]").fill("kiwi")
            await form.locator("[name=price_limit]").fill("12.50")
            await form.locator("[type=submit]").click()
            await page.see('[data-form="preferences"] [value=milk][checked] + span', "Milk")
            kept = read_customer(shop.reader, one.id, shop.now_us())
            liked = Preferences(price_limit_minor=1250, not_mine=not_mine, allergens=("milk", "kiwi"))
            assert kept and kept.preferences == liked, "what the form does not show stays"
            form = page.page.locator('[data-form="address"]')
            await page.page.locator("details summary", has_text="New address").click()
            for name, text in (("line1", "290 Bremner"), ("city", "Toronto"), ("country", "ca"), ("province", "on")):
                await form.locator(f"[name={name}]").fill(text)
            await form.locator("[name=postal_code]").fill("h2x1y4")
            await form.locator("[type=submit]").click()
            await page.see("#sure-dialog .subject", "H2X 1Y4")
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see(".addresses li", "H2X 1Y4")
            await page.page.locator('[data-form="export"] [name=why]').fill("She asked")
            async with page.page.expect_download() as download:
                await page.page.locator('[data-form="export"] [value=json]').click()
            exported = msgspec.json.decode(await asyncio.to_thread((await (await download.value).path()).read_bytes))
            assert exported["customer"]["phone"] == "+33612345678"
            await page.page.locator('[data-form="export"] [value=paper]').click()
            await page.see(".sheet", "She asked")
            for read in ("Milk, kiwi", "€12.50", "Acme"):
                await page.see(".sheet dl", read)
            await page.open(served, path="/manager/customers")
            await new.locator("[name=phone]").fill("06 12 34 56 78")
            await new.locator("[type=submit]").click()
            await page.page.locator("#new .error a", has_text="Open this customer").click()
            await page.see("main h1", "Noa")
            await page.page.locator('[data-form="forget"] [type=submit]').click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#found", "No customers found.")
            assert read_customers(shop.reader).customers == []
            assert len(page.complaints) == 3 and all("422" in one for one in page.complaints), "what was refused above"

    run(scenario())


def test_a_review_is_published_by_one_touch(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, till() as page, calling(served) as caller:
            await caller.set_pin()
            dana = await known(served.shop)
            await done(served.shop, WriteReview(dana, "milk", 4, "<script>alert(1)</script>"), SYSTEM)
            await page.open(served, path="/manager/reviews")
            await page.see(".reviews .text", "<script>alert(1)</script>")
            await page.page.locator('[data-do="PublishReview"]').click()
            await page.see(".reviews", "No reviews.")
            assert read_rating(served.shop.reader, "milk").tenths == 40
            assert page.complaints == []

    run(scenario())
