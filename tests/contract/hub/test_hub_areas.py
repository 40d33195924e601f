"""The areas of head office's page besides the day: each shows this tenant's rows, and its actions work."""

from __future__ import annotations

import asyncio
import gzip
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from edge.backoffice.directives.kinds.alerts import MindedAlerts
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import DANA, hire, sign_in, staff
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.http_client import when

DAY = "2025-11-20"
"""Day of the rows that `two_tenants` creates."""
ROWS = """
    UPDATE alert SET state = 'raised', severity = 'high', kind = 'low_stock', title = 'Milk runs low';
    UPDATE shop_order SET state = 'ready', said = 'K-12', currency = 'EUR', total_minor = 1250, channel = 'kiosk';
    UPDATE work_order SET state = 'planned', quantity = 12500, start_on = '2025-11-20';
    UPDATE sales_order SET state = 'open', currency = 'EUR', total_minor = 900, left_minor = 300, due_on = '2025-11-21';
    UPDATE payment SET state = 'captured', mode = 'live', currency = 'EUR', amount_minor = 1250, taken_minor = 1250;
    UPDATE payment_refund SET state = 'requested', currency = 'EUR';
    UPDATE fiscal_law SET regime = 'fr', closed_day = '2025-11-20', file_day = NULL, until_day = NULL;
    UPDATE fiscal_file SET regime = 'fr', sha256 = repeat('b', 64);
    UPDATE setting_override SET name = 'catalog.retired', value = '"sell"', said_by = 'head office';
    UPDATE setting_in_force SET name = 'catalog.retired', value = '"sell"', filed = '"refuse"', said_by = 'head office';
    UPDATE product SET names = '{"en": "Milk", "fr": "Lait", "he": "חלב"}';
    UPDATE shop_text SET key = 'category/tobacco', names = '{"en": "Tobacco"}';
    UPDATE store_record SET name = 'Corner shop', currency = 'EUR', store_group = 'north', licence = 'L-7',
                            licence_ends = now()::date + 20;
    UPDATE office_alert SET kind = 'quota', subject = 'stores', grave = false,
        said = '{"used": 4, "limit": 5, "percent": 80}';
    UPDATE publication SET state = 'waiting', title = 'Spring prices', made_by = 'key-1', reach = '{}',
        digest = repeat('a', 64),
        directives = '[{"kind": "prices", "body": {"prices": [{"sku": "milk", "price_minor": 99}]}}]';
    UPDATE transfer_sent SET to_store = 'second', sku = 'milk', quantity = 12000, state = 'sent';
    UPDATE tenant_record SET limits = '{"stores": 1}';
    UPDATE customer SET merged_into = NULL, forgotten = NULL; UPDATE customer_consent SET purpose = 'marketing';
    UPDATE put_aside SET state = 'waits', kind = 'sale', currency = 'EUR', total_minor = 450;
    UPDATE sale_day SET currency = 'EUR'; UPDATE tender_day SET currency = 'EUR'; UPDATE tax_day SET currency = 'EUR';
    UPDATE sale SET currency = 'EUR'; UPDATE refund SET currency = 'EUR'; UPDATE sale_hour SET currency = 'EUR'
"""
SHOWN = {
    "orders": ("orders", "K-12"),
    "customers": ("customers", "Corner shop"),
    "stock": ("stock", "Corner shop"),
    "making": ("work", "12.5"),
    "alerts": ("alerts", "Milk runs low"),
    "payments": ("payments", "€12.50"),
    "laws": ("laws", "France: secured till"),
    "boxes": ("boxes", "Corner shop"),
    "stores": ("stores", "Corner shop"),
    "publications": ("publications", "Spring prices"),
    "settings": ("settings", "Discontinued products"),
    "people": ("people", DANA),
}
"""By area: the table with one of this tenant's rows, and a text in that row."""


async def opened(page: Page, house: House, client: Client) -> list[str]:
    """Open the page as a signed-in person; returns its errors."""
    complaints: list[str] = []
    page.set_default_timeout(DEADLINE_MS)
    page.on("pageerror", lambda error: complaints.append(str(error.stack)))
    token = client.headers["Authorization"].removeprefix("Bearer ")
    await page.add_init_script(
        "globalThis.setInterval = () => 0;"
        f"sessionStorage.setItem('edge-hub-token', '{token}'); sessionStorage.setItem('edge-hub-used', Date.now())"
    )
    await page.goto(house.base + "/")
    return complaints


async def go(page: Page, area: str) -> None:
    await page.evaluate(f"location.hash = document.querySelector('.groups [data-area={area}]').hash")
    await page.wait_for_selector(f'body[data-area="{area}"]')
    assert await page.evaluate("scrollY") == 0, "its first card is in sight"


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        for width, height in ((390, 664), (1024, 768)):
            await page.set_viewport_size({"width": width, "height": height})
            await page.screenshot(path=Path(folder) / f"hub_{name}_{width}.png")


NAMES = ("Élan", "Oak 9", "Oak 10", "Zebra Road")
NAMED = """
    DELETE FROM store_record WHERE tenant = 'mine';
    INSERT INTO store_record (tenant, store, name, currency) VALUES
        ('mine', '7', 'Zebra Road', 'EUR'), ('mine', 'x', 'Oak 10', 'EUR'), ('mine', 'z', 'Oak 9', 'EUR'),
        ('mine', 'm', 'Élan', 'EUR')
"""


@pytest.mark.needs("chromium")
def test_stores_are_listed_by_name_wherever_they_are(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(f"SET session_replication_role = replica; {NAMED}")
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 1024, "height": 768}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await go(page, "stores")
            await expect(page.locator("#stores tbody tr")).to_have_count(4, timeout=DEADLINE_MS)
            listed = {
                "stores": await page.locator("#stores tbody tr").all_inner_texts(),
                "scope": await page.locator("#scope option").all_inner_texts(),
            }
            for place, texts in listed.items():
                found = [name for text in texts for name in NAMES if name in text]
                assert found == list(NAMES), (place, texts)
            assert complaints == []

    asyncio.run(scenario())


@pytest.mark.needs("chromium")
def test_each_area_shows_this_tenant_and_an_owner_acts_in_it(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(ROWS)
            await hire(database, monkeypatch, mine="owner")
            page = await launched.new_page(viewport={"width": 1024, "height": 768}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await go(page, "today")
            await page.fill("#date", DAY)
            await expect(page.locator("#receipts tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
            await picture(page, "today")
            for area, (place, text) in SHOWN.items():
                await go(page, area)
                if area == "stock":
                    await page.select_option("#stock-show", "")
                await expect(page.locator(f"#{place} tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
                await expect(page.locator(f"#{place} tbody")).to_contain_text(text)
                assert await violations(page, area) == []
                assert "neighbour" not in await page.content()
                await picture(page, area)
            await as_a_file(page, house)
            await ask_a_box(page, house)
            await mind_the_alert(page, house)
            await approve_the_publication(page, house)
            await narrow_the_range(page, house)
            await route_cards(page, house)
            await pause_the_store(page, house)
            await ask_all_shops(page, house)
            await take_all_out(page)
            await go(page, "stores")
            await page.select_option("#language", "he")
            await expect(page.locator("#stores tbody")).to_contain_text(words()["he"]["store_paused"])
            assert await violations(page, "he") == []
            await picture(page, "stores_he")
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


async def as_a_file(page: Page, house: House) -> None:
    """Download the stock, including goods in transit. No formula in it can run in a spreadsheet."""
    await house.owner.execute('UPDATE product SET names = \'{"en": "=1+1, x"}\'')
    await go(page, "stock")
    await page.select_option("#stock-show", "low")
    await page.select_option("#stock-show", "")
    await expect(page.locator("#transfers tbody")).to_contain_text(words()["en"]["transfer_sent"])
    await expect(page.locator("#stock tbody")).to_contain_text("=1+1, x")
    async with page.expect_download() as downloading:
        await page.click("#csv")
    found = await downloading.value
    assert found.suggested_filename.startswith("stock-") and found.suggested_filename.endswith(".csv")
    said = words()["en"]
    lines = (await found.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == said["area_stock"] and lines[1].startswith(f"{said['product']},")
    assert lines[2].startswith('"\'=1+1, x",')
    assert said["transfers"] in lines and any(said["transfer_sent"] in line for line in lines)


async def ask_all_shops(page: Page, house: House) -> None:
    """Send a person's legal request to all shops."""
    await go(page, "customers")
    await page.click("#ask-shops")
    await page.select_option("#edit [name=law_kind]", "erasure")
    await page.click("#edit button.strong")
    await expect(page.locator("#edit .error")).not_to_be_empty()  # it names nobody
    await page.fill("#edit [name=email]", "dana@example.com")
    await page.click("#edit button.strong")
    await expect(page.locator("#shops-asked tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
    await page.click("#look-again")
    assert await violations(page, "asks") == []
    await picture(page, "asks")
    asked = await house.owner.fetchval("SELECT count(*) FROM office_log WHERE what = 'privacy' AND tenant = 'mine'")
    assert asked == 1


async def take_all_out(page: Page) -> None:
    """Download all of a business's data. A tenant that isn't closing can't be removed."""
    await go(page, "settings")
    async with page.expect_download() as downloading:
        await page.click("#take-out")
    found = await downloading.value
    assert found.suggested_filename.startswith("mine-")
    with gzip.open(await found.path(), "rt", encoding="utf-8") as lines:
        first, *_, last = map(msgspec.json.decode, lines)
    assert (first["tenant"], last["end"]) == ("mine", True)
    await page.click("#ask-removal")
    await page.fill("#edit [name=tenant]", "mine")
    await page.click("#edit button.strong")
    await expect(page.locator("#edit .error")).to_have_text(words()["en"]["refused_removal_state"])
    await page.click("#edit-cancel")
    await page.click("#approve-removal")
    await expect(page.locator("#removal")).to_have_text(words()["en"]["refused_removal_state"])
    assert await violations(page, "closing") == []
    await picture(page, "closing")


async def mind_the_alert(page: Page, house: House) -> None:
    await go(page, "alerts")
    await page.click("#alerts tbody button")
    await expect(page.locator("#alerts tbody")).to_contain_text(words()["en"]["asked_box"])
    row = await house.owner.fetchrow("SELECT tenant, store, body FROM directive WHERE kind = 'alerts'")
    assert (row["tenant"], row["store"]) == ("mine", "x")
    (minded,) = msgspec.json.decode(row["body"], type=MindedAlerts).alerts
    alert = await house.owner.fetchrow("SELECT id, raised_at FROM alert WHERE tenant = 'mine'")
    assert (minded.id, minded.kind, minded.raised_at) == (alert["id"], "low_stock", alert["raised_at"])


async def ask_a_box(page: Page, house: House) -> None:
    await go(page, "boxes")
    await page.click("#ask-box")
    await page.fill("#edit [name=reason]", "Why is it slow?")
    await picture(page, "ask")
    await page.click("#edit button.strong")
    await expect(page.locator("#edit-shown")).to_have_text(words()["en"]["asking"].replace("{count}", "10"))
    await picture(page, "asking")
    await page.click("#edit button.strong")
    await expect(page.locator("#cases tbody")).to_contain_text("Why is it slow?")
    await picture(page, "asked")
    asked = await house.owner.fetchrow("SELECT store, question, asked_by FROM support_ask WHERE reason LIKE 'Why%'")
    assert (asked["store"], asked["question"], asked["asked_by"][:7]) == ("x", "check", "person-")


async def choose_setting(page: Page, at: int, called: str, value: str) -> None:
    """Choose a setting by its label, and enter its value in its field."""
    row = page.locator("#composer .setting").nth(at)
    await row.locator("select").first.select_option(label=called)
    field = row.get_by_label(words()["en"]["value"], exact=True)
    kind = await field.evaluate("field => field.tagName")
    if kind == "SELECT":
        await field.select_option(label=value)
    elif kind == "DIV":
        await field.get_by_label(value).check()
    else:
        await field.fill(value)


async def approve_the_publication(page: Page, house: House) -> None:
    await go(page, "publications")
    await page.click("#publications tbody button")
    await expect(page.locator("#edit .preview tbody tr")).to_contain_text(
        f"milk{words()['en']['finding_unknown']}–€0.99"
    )
    await expect(page.locator("#edit .fields")).not_to_contain_text("price_minor")
    await page.locator("#edit-sent summary").click()
    await expect(page.locator("#edit-sent pre")).to_contain_text('"price_minor": 99')
    await picture(page, "approve")
    await page.click("#edit button.strong")
    await expect(page.locator("#publications tbody")).to_contain_text(words()["en"]["publication_approved"])
    decided = await house.owner.fetchrow("SELECT state, decided_by FROM publication WHERE tenant = 'mine'")
    assert (decided["state"], decided["decided_by"][:7]) == ("approved", "person-")
    await page.click("#new-publication")
    await page.fill("#composer [name=title]", "A footer")
    await page.click("#composer-save")
    await expect(page.locator("#composer-error")).to_have_text(words()["en"]["products_none"])
    await page.select_option("#composer [name=kind]", "settings")
    await choose_setting(page, 0, "Receipt footer", "Thank you\nUntil soon")
    await page.get_by_role("button", name=words()["en"]["another_setting"]).click()
    await choose_setting(page, 1, "Blind count (show the expected amount afterwards)", "Yes")
    await page.get_by_role("button", name=words()["en"]["another_setting"]).click()
    await choose_setting(page, 2, "Categories without discounts", "Tobacco")
    assert await violations(page, "publication") == []
    await page.select_option("#composer [name=first]", "x")
    await picture(page, "publication")
    await page.click("#composer-save")
    await expect(page.locator("#publications tbody")).to_contain_text("A footer")
    await page.click("#composer-close")
    made = await house.owner.fetchrow(
        "SELECT state, directives::text, reach::text FROM publication WHERE title = 'A footer'"
    )
    (said,) = msgspec.json.decode(made["directives"])
    footer, blind, undiscounted = said["body"]["settings"]
    assert footer == {"name": "store.footer", "value": ["Thank you", "Until soon"]}
    assert blind == {"name": "shifts.blind", "value": True}
    assert undiscounted == {"name": "till.undiscounted", "value": ["tobacco"]}, "by its name in the shops"
    assert (made["state"], msgspec.json.decode(made["reach"])["first"]) == ("draft", ["x"])


RANGE = """
    INSERT INTO product (tenant, store, device, sku, names, price_minor) VALUES
        ('mine', 'x', 'x', 'milk', '{"en": "Fresh milk"}', 99), ('mine', 'x', 'x', 'beer', '{"en": "Dark beer"}', 500),
        ('mine', 'x', 'x', 'bread', '{"en": "Bread"}', 300)
"""


async def narrow_the_range(page: Page, house: House) -> None:
    """Publish an assortment for a group of stores, with start days and prices. Sums have people's notation."""
    await house.owner.execute(RANGE)
    await go(page, "publications")
    await page.click("#new-publication")
    await page.fill("#composer [name=title]", "A smaller range")
    await page.select_option("#composer [name=kind]", "assortment")
    for sku in ("milk", "beer", "bread"):
        await page.fill("#composer [name=search]", sku)
        await page.press("#composer [name=search]", "Enter")
        await page.locator("#composer-found tbody tr", has_text=f"· {sku}").get_by_role("button").click()
    said = words()["en"]
    await page.get_by_label(f"{said['in_range']} Fresh milk").select_option("no")
    await page.get_by_label(f"{said['starts_on']} Fresh milk").last.fill("2027-01-31")
    await page.get_by_label(f"{said['price_new']} Dark beer").fill("maybe")
    await page.click("#composer-save")
    await expect(page.locator("#composer-error")).to_contain_text("Dark beer")
    await page.get_by_label(f"{said['price_new']} Dark beer").fill("1.234,50 €")
    await page.get_by_role("checkbox", name="Group north").check()
    await picture(page, "range")
    await page.click("#composer-save")
    await expect(page.locator("#publications tbody")).to_contain_text("A smaller range")
    query = "SELECT directives::text, reach::text FROM publication WHERE title = 'A smaller range'"
    made = await house.owner.fetchrow(query)
    (sent,) = msgspec.json.decode(made["directives"])
    milk, beer, bread = sent["body"]["assortment"]
    assert (milk["listed"], milk["from_us"] > 1_801_000_000_000_000, "price_minor" in milk) == (False, True, False)
    of_north = {"listed": True, "group": "north"}
    assert (beer, bread) == ({"sku": "beer", "price_minor": 123_450, **of_north}, {"sku": "bread", **of_north})
    assert msgspec.json.decode(made["reach"])["groups"] == ["north"]
    await page.click("#composer-close")


async def route_cards(page: Page, house: House) -> None:
    """Route card payments to providers. The store is chosen, not typed."""
    await go(page, "payments")
    await page.click("#new-route")
    await page.fill("#edit [name=takers]", "stripe, other")
    stores = await page.locator("#edit [name=at_store] option").all_inner_texts()
    assert stores[0] == "–" and "Corner shop" in stores
    await page.select_option("#edit [name=at_store]", "x")
    await page.fill("#edit [name=rank]", "no")
    await page.click("#edit button.strong")
    await expect(page.locator("#edit .error")).to_have_text("This line can't be read: no")
    await page.fill("#edit [name=rank]", "3")
    await page.fill("#edit [name=from_amount]", "1 000,50")
    await picture(page, "route")
    await page.click("#edit button.strong")
    await expect(page.locator("#edit")).to_be_hidden()
    made = await house.owner.fetchrow(
        "SELECT directives::text, reach::text FROM publication WHERE title LIKE '%stripe, other'"
    )
    (said,) = msgspec.json.decode(made["directives"])
    (new,) = said["body"]["payments"]
    route = new["route"]
    assert (said["kind"], route["providers"], route["store"], route["rank"]) == (
        *("payments", ["stripe", "other"], "x", 3),
    )
    assert (route["from_minor"], route["to_minor"]) == (100_050, 0)
    assert msgspec.json.decode(made["reach"])["stores"] == ["x"]


async def pause_the_store(page: Page, house: House) -> None:
    await go(page, "stores")
    await expect(page.locator("#usage")).to_contain_text(words()["en"]["limit_full"])
    await page.click("#new-store")
    await page.fill("#edit [name=store]", "second")
    await page.click("#edit button.strong")
    said = "Stores: the limit of 1 has been reached. Your head office operator can raise it. Shops keep selling."
    await expect(page.locator("#edit .error")).to_have_text(said)
    await page.click("#edit-cancel")
    await page.click("#stores tbody button")
    await page.select_option("#edit [name=state]", "paused")
    await picture(page, "edit")
    await page.click("#edit button.strong")
    await expect(page.locator("#stores tbody")).to_contain_text("paused")
    query = "SELECT name, store_group, state FROM store_record WHERE tenant = 'mine'"
    assert tuple(await house.owner.fetchrow(query)) == ("Corner shop", "north", "paused")


@pytest.mark.needs("chromium")
def test_support_is_shown_boxes_and_stores_alone(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch)
            assert await staff(database, "join", DANA, "mine", "--role", "support") == 0
            page = await launched.new_page(viewport={"width": 390, "height": 664}, locale="fr")
            refused: list[Any] = []
            page.on("response", lambda got: refused.append(got.url) if got.status == 403 else None)
            support = Client(house.session, house.base, (await sign_in(house))[1]["token"])
            complaints = await opened(page, house, support)
            await page.wait_for_selector('body[data-area="boxes"]')
            areas = await page.locator(".groups a:not([hidden])").evaluate_all(
                "all => all.map(one => one.dataset.area)"
            )
            assert areas == ["settings", "stores", "boxes", "myself"]
            await go(page, "stores")
            await expect(page.locator("#stores tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
            await expect(page.locator("#stores table.as-cards")).to_be_visible(timeout=DEADLINE_MS)
            assert (refused, complaints) == ([], [])

            async def times() -> int:
                return len((await support.get("/v1/stores"))[1]["rows"])

            await when(times, lambda found: found == 1, "support reads stores")

    asyncio.run(asyncio.wait_for(scenario(), 240))
