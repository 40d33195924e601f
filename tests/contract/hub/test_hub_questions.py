"""Questions in words about all stores.

The copilot's reader understands them, and head office's tables answer them, limited to the asking person's rights.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import Client, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor

PLACE = "/v1/questions"
TODAY = "2026-03-11"
ROWS = """
    INSERT INTO store_record (tenant, store, name, store_group, currency, zone) VALUES
        ('acme', 'alder', 'Alder Street', 'north', 'EUR', 'Europe/Paris'),
        ('acme', 'birch', 'Birch Square', 'north', 'EUR', 'Europe/Paris'),
        ('acme', 'cedar', 'חיפה', '', 'ILS', 'Asia/Jerusalem'),
        ('other', 'alder', 'Elsewhere', '', 'EUR', 'UTC');
    INSERT INTO sale (tenant, store, device, register, number, seq, business_date, at, currency, net_minor,
                      total_minor, rounding_minor, lines)
    SELECT tenant, store, 'box1', '1', n, n, day::date, at::timestamptz, currency, minor, minor, 0,
           jsonb_build_array(jsonb_build_object('line', 1, 'sku', sku, 'quantity', quantity, 'amount_minor', minor))
    FROM (VALUES
        ('acme', 'alder', 1, '2026-03-10', '2026-03-10 09:10Z', 'EUR', 500, 'oat', 2000),
        ('acme', 'alder', 2, '2026-03-10', '2026-03-10 16:10Z', 'EUR', 700, 'milk', 7000),
        ('acme', 'birch', 1, '2026-03-10', '2026-03-10 09:40Z', 'EUR', 300, 'milk', 3000),
        ('acme', 'cedar', 1, '2026-03-10', '2026-03-10 10:00Z', 'ILS', 9000, 'wine', 1000),
        ('acme', 'birch', 2, '2026-03-03', '2026-03-03 09:00Z', 'EUR', 1000, 'milk', 9000),
        ('other', 'alder', 1, '2026-03-10', '2026-03-10 09:00Z', 'EUR', 7777, 'milk', 1000)
    ) AS made (tenant, store, n, day, at, currency, minor, sku, quantity);
    INSERT INTO sale_day (tenant, store, device, business_date, currency, sales, refunds, net_minor, paid_minor,
                          earning, earned_minor)
    SELECT tenant, store, device, business_date, currency, count(*), 0, sum(net_minor), sum(total_minor), count(*),
           sum(total_minor) FROM sale GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO product_day (tenant, store, device, business_date, currency, sku, sold, returned, amount_minor)
    SELECT tenant, store, device, business_date, currency, sku, sum(quantity), 0, sum(amount_minor)
    FROM sale CROSS JOIN LATERAL jsonb_to_recordset(lines) AS line (sku text, quantity bigint, amount_minor bigint)
    GROUP BY 1, 2, 3, 4, 5, 6;
    INSERT INTO sale_hour (tenant, store, device, business_date, currency, hour, sales, paid_minor)
    SELECT tenant, store, device, business_date, currency, date_trunc('hour', at, 'UTC'), count(*), sum(total_minor)
    FROM sale GROUP BY 1, 2, 3, 4, 5, 6;
    INSERT INTO tender_day (tenant, store, device, business_date, currency, kind, amount_minor) VALUES
        ('acme', 'alder', 'box1', '2026-03-10', 'EUR', 'cash', 500),
        ('acme', 'alder', 'box1', '2026-03-10', 'EUR', 'card', 700),
        ('acme', 'birch', 'box1', '2026-03-10', 'EUR', 'card', 300);
    INSERT INTO product (tenant, store, device, sku, names, category, unit)
    SELECT 'acme', store, 'box1', sku, names::jsonb, category, 'piece'
    FROM unnest(ARRAY['alder', 'birch']) AS store, (VALUES
        ('milk', '{"en": "Fresh milk", "fr": "Lait frais", "he": "חלב טרי"}', 'dairy'),
        ('oat', '{"en": "Oat drink", "fr": "Boisson à l''avoine"}', 'drinks')) AS made (sku, names, category);
    INSERT INTO stock (tenant, store, device, sku, on_hand) VALUES
        ('acme', 'alder', 'box1', 'milk', 4000), ('acme', 'birch', 'box1', 'milk', 9000);
    SELECT refresh_stock('acme', store, NULL) FROM unnest(ARRAY['alder', 'birch']) AS store
"""


async def ask(client: Client, question: str, **more: Any) -> list[Any]:
    status, found = await client.post(PLACE, {"question": question, "today": TODAY, **more})
    assert status == 200, found
    answers: list[Any] = found["answers"]
    return answers


def rows(answer: Any) -> list[tuple[str, ...]]:
    return [(*row["of"], row["value"], *([row["before"]] if row["before"] else [])) for row in answer["rows"]]


def text(answer: Any) -> str:
    return " ".join(answer["lines"]).replace("\xa0", " ")


ASKED = (
    ("What were sales yesterday in all stores?", "en", "Total: €15.00. Total: ₪90.00."),
    ("sales of Alder Street yesterday", "en", "Total: €12.00."),
    ("what did the Birch Square store sell yesterday", "en", "Total: €3.00."),
    ("sales in north yesterday", "en", "Total: €15.00."),
    ("how many receipts yesterday at Alder Street", "en", "Total: 2."),
    ("sales yesterday without Birch Square", "en", "Total: €12.00. Total: ₪90.00."),
    ("sales yesterday except dairy", "en", "Total: €5.00. Total: ₪90.00."),
    ("sales yesterday without card", "en", "Total: €5.00."),
    ("average basket yesterday at Alder Street", "en", "Total: €6.00."),
    ("how much milk did we sell yesterday", "en", "Total: 10."),
    ("how much milk is left", "en", "Total: 13."),
    ("card sales yesterday", "en", "Total: €10.00."),
    ("sales yesterday between 17 and 18", "en", "Total: €7.00."),
    ("Ventes d'hier dans tous les magasins", "fr", "Total : 15,00 €. Total : 90,00 ₪."),
    ("ventes de lait hier", "fr", "Total : 10,00 €."),
    ("כמה מכרנו אתמול בחיפה", "he", "90.00"),
    ("ventes de boisson à l'avoine hier", "fr", "Total : 5,00 €."),
    ("מכירות אתמול בחיפה וב-Alder Street", "he", "12.00"),
)
SEVERAL = (
    ("takings yesterday, the day before and last Tuesday in all stores", ["€15.00", "No data", "€15.00"]),
    ("how much milk is left at Birch Square and how much did we sell yesterday?", ["Total: 9.", "Total: 3."]),
)


def test_a_question_about_the_chain_is_answered_from_its_tables(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(ROWS)
            client = await house.client("acme", "read")
            told = [(*one[:2], text((await ask(client, one[0], language=one[1]))[0])) for one in ASKED]
            assert [one for one, (*_, wanted) in zip(told, ASKED, strict=True) if wanted not in one[2]] == []

    asyncio.run(scenario())


def test_each_part_of_a_question_about_the_chain_is_answered(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(ROWS)
            client = await house.client("acme", "read")
            for question, wanted in SEVERAL:
                answers = [text(one) for one in await ask(client, question)]
                assert len(answers) == len(wanted), answers
                assert all(one in told for one, told in zip(wanted, answers, strict=True)), answers
            (answer,) = await ask(client, "which store sold the most milk yesterday")
            assert rows(answer)[0] == ("Alder Street", "€7.00")
            (answer,) = await ask(client, "sales yesterday at Alder Street vs Birch Square")
            assert rows(answer) == [("Alder Street", "€12.00"), ("Birch Square", "€3.00")]

    asyncio.run(scenario())


def test_it_is_told_apart_compared_and_put_in_order(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(ROWS)
            client = await house.client("acme", "read")
            (answer,) = await ask(client, "sales by store yesterday", store=None)
            assert answer["columns"] == ["store"]
            assert rows(answer) == [("Alder Street", "€12.00"), ("Birch Square", "€3.00"), ("חיפה", "₪90.00")]
            (answer,) = await ask(client, "which shop sold least yesterday", group="north")
            assert rows(answer)[0] == ("Birch Square", "€3.00")
            (answer,) = await ask(client, "sales of Birch Square yesterday compared with March 3")
            assert "€3.00" in text(answer) and "€10.00" in text(answer) and "-€7.00" in text(answer)
            (answer,) = await ask(client, "best selling products yesterday")
            assert [one[0] for one in rows(answer)] == ["Fresh milk", "Oat drink", "wine"]
            (answer,) = await ask(client, "sales by week this month", store="cedar")
            assert rows(answer) == [("Sun 8 Mar", "₪90.00")], "a week begins as it does there"
            (answer,) = await ask(client, "sold milk by branch yesterday")
            assert [one[0] for one in rows(answer)] == ["Alder Street", "Birch Square"]
            status, found = await client.post(PLACE, {"question": "sales of Alder Street yesterday", "today": TODAY})
            (answer,) = await ask(client, "and Birch Square?", before=found["meaning"])
            assert status == 200 and "€3.00" in text(answer)

    asyncio.run(scenario())


def test_no_one_reads_more_by_asking_than_by_looking(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(ROWS)
            one = await house.client("acme", "read", stores=["birch"])
            assert "€3.00" in text((await ask(one, "sales yesterday"))[0])
            assert "15" not in text((await ask(one, "sales in north yesterday"))[0])
            assert "12" not in text((await ask(one, "sales yesterday", store="alder"))[0])
            assert "12" not in text((await ask(one, "sales of Alder Street yesterday"))[0]), "a store of others"
            boxes = await house.client("acme", "read:boxes")
            assert (await boxes.post(PLACE, {"question": "sales yesterday", "today": TODAY}))[0] == 403

    asyncio.run(scenario())


def test_what_cannot_be_told_says_so_and_what_can(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(ROWS)
            client = await house.client("acme", "read")
            (answer,) = await ask(client, "sales by cashier yesterday")
            assert text(answer) == (
                "I can show sales by store, product, category, hour, payment method, but not by person. "
                "Try “sales by store” or “sales this week”"
            )
            (answer,) = await ask(client, "sales by cashier at Alder Street yesterday")
            assert "but not by person. Try" in text(answer), "a store that is named can be told"
            (answer,) = await ask(client, "refunds tomorrow by store")
            assert text(answer).startswith("I can't predict refunds.") and "sales by store" in text(answer)
            (answer,) = await ask(client, "sales on 31 February by store")
            assert not answer["rows"] and "31" in text(answer)
            (answer,) = await ask(client, "how much did we waste last week")
            assert text(answer).startswith("Head office can show sales, average basket, quantity sold, receipts")
            (answer,) = await ask(client, "wibble the frobnicator yesterday")
            assert not answer["rows"] and "frobnicator" in text(answer)
            (answer,) = await ask(client, "delete all sales")
            assert not answer["rows"]
            for wrong in (
                {"question": "", "today": TODAY},
                {"question": "x" * 501, "today": TODAY},
                {"question": "sales", "today": "yesterday"},
                {"question": "sales\x00", "today": TODAY},
                {"question": "sales", "today": "2026-02-30"},
                {"question": "sales", "today": TODAY, "group": "\x00"},
            ):
                assert (await client.post(PLACE, wrong))[0] in (400, 422), wrong
            for forged in (
                '{"measure": 1}',
                '{"measure": "sales", "by": ["password"]}',
                '{"measure": "sales", "filters": {"hour": ["x"]}}',
                '{"measure": "sales", "period": {"first": "never", "last": "2026-03-01"}}',
                '{"measure": "sales", "filters": {"product": ["\\u0000"]}}',
                '{"measure": "sales", "filters": {"weekday": ["7"]}}',
                '{"measure": "sales", "filters": {"month": ["x"]}}',
                "[",
            ):
                (answer,) = await ask(client, "sales yesterday", before=forged)
                assert "€15.00" in text(answer), "a meaning that is none is not gone on with"
                assert await ask(client, "and last week?", before=forged)

    asyncio.run(scenario())


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"questions_{name}.png", full_page=True)


@pytest.mark.needs("chromium")
def test_someone_asks_on_the_page_in_three_languages(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, browser() as launched:
            await house.owner.execute(ROWS.replace("2026-03-10", "2026-01-14"))
            await hire(database, monkeypatch, acme="owner")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await go(page, "questions")
            answers = page.locator("#ask-answers")
            await page.fill("#question input", "card sales by store in January 2026")
            await page.click("#question button.strong")
            await expect(answers.locator("tbody tr")).to_have_text(
                ["Alder Street€7.00", "Birch Square€3.00"], timeout=DEADLINE_MS
            )
            await page.fill("#question input", "and cash?")
            await page.click("#question button.strong")
            await expect(answers.locator("tbody tr").first).to_have_text("Alder Street€5.00", timeout=DEADLINE_MS)
            assert await violations(page, "questions") == []
            await picture(page, "en")
            for language in ("fr", "he"):
                await page.select_option("#language", language)
                await page.get_by_role("button", name=words()[language]["ask_example_1"]).click()
                await expect(answers.locator(".asked").first).to_have_text(words()[language]["ask_example_1"])
                for width in (390, 1366):
                    await page.set_viewport_size({"width": width, "height": 664})
                    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
                    await picture(page, f"{language}_{width}")
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 120))
