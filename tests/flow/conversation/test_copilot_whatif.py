"""What another rule would have come to, asked in words: what is understood, and both parts of the answer, later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from edge.analytics.whatif.scenario import CouponRule, DepositRule, PriceRule, Scenario, TaxRule
from edge.analytics.whatif.service.runs import RUNS, STOCK_RUNS
from edge.analytics.whatif.stock_scenario import StockRule, StockScenario, require_sound_stock
from edge.conversation.copilot.form_wishes import ReadFormWish
from edge.conversation.copilot.whatif_wishes import ReadWhatifWish, WhatifWish
from edge.core.command_bus import CommandBus
from edge.core.process.reading_process import ReadQuestion
from edge.counter.loyalty.commands import SetEarnRule
from edge.counter.loyalty.loyalty import EarnRule
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.opening_hours.rules import OpenSpan
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import BuyGet, Deal, Goods, PercentOff, Promotion, SeveralFor
from edge.goods.purchasing.commands import SetSupplier
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS
from tests.flow.conversation.test_copilot import ask
from tests.flow.conversation.test_meanings import CODES, GOODS, GROUPS
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, done, open_shop, run
from tests.sync_doubles import until

TODAY = "2027-01-15"
MONTH, WEEK = ("2026-12-01", "2026-12-31"), ("2027-01-04", "2027-01-10")
BAKERY, MILK = Goods(categories=("bakery",)), Goods(("milk",))
DEALS: tuple[tuple[str, str, Deal, Goods, tuple[str, str]], ...] = (
    ("en", "what would 3 for 2 on bakery have cost last month?", BuyGet(2, 1), BAKERY, MONTH),
    ("fr", "qu'aurait coûté 3 pour 2 sur la boulangerie le mois dernier ?", BuyGet(2, 1), BAKERY, MONTH),
    ("he", "כמה היה עולה מבצע 3 ב-2 על מאפים בחודש שעבר?", BuyGet(2, 1), BAKERY, MONTH),
    ("en", "What would three for two on milk have cost?", BuyGet(2, 1), MILK, MONTH),
    ("en", "what if milk had been 1+1 last week", BuyGet(1, 1), MILK, WEEK),
    ("fr", "combien aurait coûté 2 achetés 1 offert sur le lait la semaine dernière", BuyGet(2, 1), MILK, WEEK),
    ("en", "what would 20% off everything have brought last week", PercentOff(20_000), Goods(), WEEK),
    ("he", "מה היה מכניס חלב ב-20% הנחה בשבוע שעבר", PercentOff(20_000), MILK, WEEK),
    ("en", "how much would 2 for 5.50 on milk have made last week", SeveralFor(2, 550), MILK, WEEK),
)
PRICES = (
    ("en", "what if milk had been 10% cheaper last week?", PriceRule(MILK, percent=-10_000)),
    ("fr", "et si le lait avait été 10 % plus cher la semaine dernière ?", PriceRule(MILK, percent=10_000)),
    ("he", "מה אם חלב היה זול ב-10% בשבוע שעבר?", PriceRule(MILK, percent=-10_000)),
    ("en", "what if milk had cost 1.35 last week", PriceRule(MILK, price_minor=135)),
    ("fr", "et si le lait avait été à 1,35 la semaine dernière", PriceRule(MILK, price_minor=135)),
    ("he", "מה אם חלב היה עולה 1.35 בשבוע שעבר", PriceRule(MILK, price_minor=135)),
)
DAILY = (OpenSpan(0, 1_440),)
SUNDAYS_OFF, FRIDAYS_OFF = (*(DAILY,) * 6, ()), (*(DAILY,) * 4, (), *(DAILY,) * 2)
UNTIL_TEN, FROM_NINE = ((OpenSpan(0, 1_320),),) * 7, ((OpenSpan(540, 1_440),),) * 7
UNTIL_EIGHT = ((OpenSpan(0, 480),),) * 7
UNTIL_HALF_EIGHT = ((OpenSpan(0, 1_170),),) * 7
EARN = EarnRule("p", {"en": "Points"}, points=2, spent_minor=100)
TOWN = DeliveryZone("town", "Town", ("750",), "milk", 300, 1_000)
NEVER = TaxRule("standard", (0,))
OF_SHOP: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("en", "what if coupons had been worth 20% last week?", {"coupons": (CouponRule(share=20_000),)}),
    (
        "fr",
        "et si les bons de réduction avaient été de 5 € la semaine dernière ?",
        {"coupons": (CouponRule(sum_minor=500),)},
    ),
    ("he", "מה אם הקופונים היו 20% בשבוע שעבר?", {"coupons": (CouponRule(share=20_000),)}),
    ("en", "what would double points have cost last week?", {"earn": (replace(EARN, points=4),)}),
    ("fr", "et si nous avions donné 3 fois plus de points la semaine dernière", {"earn": (replace(EARN, points=6),)}),
    ("he", "מה היה קורה עם נקודות כפולות בשבוע שעבר?", {"earn": (replace(EARN, points=4),)}),
    ("en", "what if we had given no points last week", {"without_earn": ("p",)}),
    ("en", "what if VAT had been 17% last week?", {"taxes": (TaxRule("standard", (17_000,)),)}),
    ("fr", "et si la TVA avait été de 5,5 % la semaine dernière ?", {"taxes": (TaxRule("standard", (5_500,)),)}),
    ("he", 'מה אם המע"מ היה 17% בשבוע שעבר?', {"taxes": (TaxRule("standard", (17_000,)),)}),
    ("en", "what if VAT had been 0% last week", {"taxes": (NEVER,)}),
    ("en", "what if the deposit had been 0.25 last week?", {"deposits": (DepositRule(Goods(), 25),)}),
    ("en", "what if the deposit on milk had been 0.25 last week?", {"deposits": (DepositRule(MILK, 25),)}),
    ("fr", "et si la consigne avait été de 0,25 la semaine dernière", {"deposits": (DepositRule(Goods(), 25),)}),
    ("he", "מה אם הפיקדון היה 0.25 בשבוע שעבר", {"deposits": (DepositRule(Goods(), 25),)}),
    ("en", "what if delivery had cost 4.50 last week?", {"zones": (replace(TOWN, fee_minor=450),)}),
    ("fr", "et si la livraison avait été gratuite la semaine dernière ?", {"zones": (replace(TOWN, fee_minor=0),)}),
    ("en", "what would free delivery from 50 have cost last week", {"zones": (replace(TOWN, free_from_minor=5_000),)}),
    ("he", "מה היה קורה עם משלוח חינם מעל 50 בשבוע שעבר", {"zones": (replace(TOWN, free_from_minor=5_000),)}),
    ("en", "what if the minimum order had been 30 last week?", {"zones": (replace(TOWN, least_minor=3_000),)}),
    (
        "fr",
        "et si la commande minimale avait été de 30 € la semaine dernière",
        {"zones": (replace(TOWN, least_minor=3_000),)},
    ),
    ("he", "מה אם מינימום ההזמנה היה 30 בשבוע שעבר", {"zones": (replace(TOWN, least_minor=3_000),)}),
    ("en", "what if we had closed on Sundays last week?", {"weekly": SUNDAYS_OFF}),
    ("fr", "et si nous avions fermé le dimanche la semaine dernière ?", {"weekly": SUNDAYS_OFF}),
    ("he", "מה אם היינו סגורים בימי שישי בשבוע שעבר?", {"weekly": FRIDAYS_OFF}),
    ("en", "what if we had stayed open until 10 pm last week", {"weekly": UNTIL_TEN}),
    ("en", "what if we had closed at 10 last week", {"weekly": UNTIL_TEN}),
    ("en", "what if we had closed at 8 am last week", {"weekly": UNTIL_EIGHT}),
    ("fr", "et si nous avions fermé à 8 h du matin la semaine dernière", {"weekly": UNTIL_EIGHT}),
    ("he", "מה אם היינו סוגרים ב-8 בבוקר בשבוע שעבר", {"weekly": UNTIL_EIGHT}),
    ("fr", "et si nous avions fermé à 19 h 30 la semaine dernière", {"weekly": UNTIL_HALF_EIGHT}),
    ("he", "מה אם היינו סוגרים ב-22:00 בשבוע שעבר", {"weekly": UNTIL_TEN}),
    ("en", "what if we had opened at 9 last week", {"weekly": FROM_NINE}),
)
QUARTER, LAST_QUARTER = ("2026-10-16", "2027-01-14"), ("2026-10-01", "2026-12-31")
STOCK: tuple[tuple[str, str, StockRule, tuple[str, str]], ...] = (
    ("en", "what if reorder points had been 20% higher last quarter?", StockRule(reorder_percent=20), LAST_QUARTER),
    (
        "fr",
        "et si les seuils de réapprovisionnement avaient été 20 % plus bas ?",
        StockRule(reorder_percent=-20),
        QUARTER,
    ),
    (
        "fr",
        "et si les seuils de commande avaient été 20 % plus hauts le trimestre dernier ?",
        StockRule(reorder_percent=20),
        LAST_QUARTER,
    ),
    ("he", "מה אם ספי ההזמנה היו גבוהים ב-20% ברבעון שעבר?", StockRule(reorder_percent=20), LAST_QUARTER),
    ("he", "מה אם נקודות ההזמנה היו גבוהות ב-20% ברבעון שעבר?", StockRule(reorder_percent=20), LAST_QUARTER),
    ("en", "what if the reorder point of milk had been 12?", StockRule(MILK, reorder=12_000), QUARTER),
    ("en", "what if the lead time had been 5 days last quarter", StockRule(lead_days=5), LAST_QUARTER),
    ("fr", "et si le délai de livraison du lait avait été de 2 jours", StockRule(MILK, lead_days=2), QUARTER),
    ("he", "מה אם זמן האספקה היה 3 ימים", StockRule(lead_days=3), QUARTER),
    (
        "en",
        "what if milk had been bought from Green Farm last quarter?",
        StockRule(MILK, supplier="farm"),
        LAST_QUARTER,
    ),
    ("fr", "et si le lait avait été acheté chez Green Farm ?", StockRule(MILK, supplier="farm"), QUARTER),
    ("en", "what if the target level of milk had been 40", StockRule(MILK, up_to=40_000), QUARTER),
)
NOT_SAID = (
    ("en", "what if we had hired more people?", "can't calculate that"),
    ("en", "what if coupons on milk had been worth 20% last week?", "whole shop"),
    ("en", "what if milk had been bought from Nobody Ltd last quarter?", "nobody"),
    ("en", "what if reorder points had been 20% higher last week?", "28"),
    ("en", "what if milk had been 5% dearer and bread 10% cheaper last month", "one change at a time"),
    ("en", "what would 3 for 2 on frobnicated have cost last month", "frobnicated"),
    ("en", "what if dairy had cost 1.35 last week", "one product"),
    ("en", "what would 3 for 2 on milk have cost last month by hour", "not by place, person or hour"),
    ("fr", "et si nous avions embauché, qu'aurions-nous vendu ?", "calculer cela ici"),
    ("he", "מה אם היינו מעסיקים עוד עובדים", "אי אפשר לחשב את זה כאן"),
)
OTHERS = (
    ("en", "what were the sales last month?"),
    ("en", "what would I have to order tomorrow?"),
    ("fr", "quelles ventes le mois dernier ?"),
    ("he", "מה היו המכירות אתמול?"),
    ("he", "מה היה הרווח בשבוע שעבר"),
)


def test_a_question_is_read_as_a_scenario(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await _goods(shop)
            old = Promotion("winter", {"en": "Winter"}, PercentOff(5_000), until_us=shop.now_us() + 10**9)
            await done(shop, SetPromotion(old), SYSTEM)
            await catch_up(shop)

            def wish(text: str, language: str) -> WhatifWish | None:
                at = (BOSS, "EUR", TODAY, shop.now_us(), "Europe/Paris")
                return ReadWhatifWish(*at, text, language, "standard").read(shop.reader, shop.registry)

            def wished(text: str, language: str) -> tuple[Scenario | None, str]:
                found = wish(text, language)
                return (found.scenario, found.text) if found else (None, "")

            nothing = wish("what if delivery had cost 4.50 last week?", "en")
            assert nothing and nothing.scenario is None and "no delivery zones" in nothing.text
            nothing = wish("what would double points have cost last week?", "en")
            assert nothing and nothing.scenario is None and "no rules for earning points" in nothing.text
            for command in (SetZone(TOWN), SetEarnRule(EARN), SetSupplier("farm", {"en": "Green Farm"})):
                await done(shop, command, SYSTEM)
            for language, text, rules in OF_SHOP:
                assert wished(text, language)[0] == Scenario(*WEEK, **rules), (text, wished(text, language))
            for language, text, rule, days in STOCK:
                asked = wish(text, language)
                assert asked and asked.stock == StockScenario(*days, (rule,)), (text, asked)
                require_sound_stock(asked.stock, TODAY)
            assert wished(OF_SHOP[8][1], "fr")[1].startswith("Taxe à 5,5 % (standard), "), "as French writes it"
            for language, text, deal, goods, days in DEALS:
                found, told = wished(text, language)
                assert found and (found.first, found.last) == days, (text, found, told)
                assert [(one.deal, one.goods) for one in found.promotions] == [(deal, goods)], (text, found)
            for language, text, priced in PRICES:
                assert wished(text, language)[0] == Scenario(*WEEK, prices=(priced,)), text
            none = wished("what would we have taken without promotions last week?", "en")[0]
            assert none == Scenario(*WEEK, without=("winter",))
            coupons = wished("et si c'était sans coupons la semaine dernière", "fr")[0]
            assert coupons == Scenario(*WEEK, coupons=(CouponRule(),))
            for language, text, why in NOT_SAID:
                found, told = wished(text, language)
                assert found is None and why in told, (text, told)
                assert told.count("3") >= 1 and len(told.split("\n")) == 2, "examples say what can be asked"
            for language, text in OTHERS:
                assert wished(text, language) == (None, ""), text

    run(scenario(), 60)


async def _goods(shop: CommandBus) -> None:
    await done(shop, SetCategories(GROUPS), SYSTEM)
    await done(shop, SetProducts(GOODS), SYSTEM)


async def _sold(served: Served) -> None:
    await _goods(served.shop)
    for sku in ("bread", "milk"):
        await done(served.shop, AddLine(CODES[sku], quantity=3_000), CASHIER)
    await done(served.shop, Pay("card"), CASHIER)
    await catch_up(served.shop)


async def _ended(served: Served, run: str) -> None:
    services = served.site.services

    def is_over() -> bool:
        found = services.of(STOCK_RUNS if "/" in run else RUNS).find(run.rpartition("/")[2])
        return found is not None and found.state not in ("waiting", "running")

    await until(is_over, "the receipts are priced again", within_s=90)


def test_the_answer_is_told_later_in_the_same_conversation(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await _sold(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            begun = (await ask(caller, grant, "what would 3 for 2 on bakery have cost today?")).json
            assert begun["run"] and not begun["tool_calls"] and "result will appear here" in begun["message"]
            assert begun["message"].startswith("3 for 2, Bakery, ")
            assert begun["options"][0]["id"] == f"open:/manager/whatif?register=1&run={begun['run']}"
            await _ended(served, begun["run"])
            option, session = f"whatif:{begun['run']}", begun["session_id"]
            told = (await ask(caller, grant, "", session, option=option)).json
            exact, demand = told["message"].split("\n")[1:3]
            assert exact.startswith(
                "For exactly the same baskets, sales were €12.60 and would have been €9.60 (-€3.00)."
            ), told
            assert demand.startswith("Including customer response: no estimate"), "never the one without the other"
            assert told["tool_calls"][0]["result"]["would_minor"] == 960 and told["sources"] == ["whatif"]
            asked = await ask(caller, grant, "et si le pain avait été 10 % moins cher aujourd'hui ?", session)
            await _ended(served, asked.json["run"])
            told = (await ask(caller, grant, "", session, option=f"whatif:{asked.json['run']}")).json
            assert told["message"].split("\n")[0].startswith("Prix 10 % plus bas, Pain, ")
            assert "Mêmes paniers, calcul exact" in told["message"] and "réaction des clients" in told["message"]
            lost = (await ask(caller, grant, "", session, option="whatif:nothing")).json
            assert "no longer available" in lost["message"] and not lost["sources"]
            history = await caller.get(f"/api/v1/copilot/session/{session}/history", Grant=grant, Surface="panel")
            texts = [one["text"] for one in history.json["messages"] if one["role"] == "user"]
            assert texts[1] == "", "nobody typed the question for the answer"

    run(scenario(), 120)


def test_hours_and_stock_are_answered_too(tmp_path: Path) -> None:
    """What is sold outside other hours is counted, and no demand is made up for it; stock is told in ranges."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await _sold(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            begun = (await ask(caller, grant, "what if we had closed at 6 pm today?")).json
            assert begun["message"].startswith("Closing at 18:00, "), begun
            await _ended(served, begun["run"])
            told = (await ask(caller, grant, "", begun["session_id"], option=f"whatif:{begun['run']}")).json
            exact, *rest = told["message"].split("\n")[1:]
            assert exact.startswith("For exactly the same baskets, no receipt would have changed"), told
            assert not any("customer response" in line for line in rest) and rest, "hours were never tried"
            begun = (await ask(caller, grant, "what if reorder points had been 20% higher?")).json
            assert begun["run"].startswith("stock/") and "simulating the stock" in begun["message"], begun
            assert begun["options"][0]["id"].startswith("open:/manager/whatif-stock?register=1&run=")
            answered = await caller.get(f"/api/v1/whatif/{begun['run']}", Grant=grant, Surface="panel")
            assert answered.status == 200, "the page asks there how far it is"
            await _ended(served, begun["run"])
            told = (await ask(caller, grant, "", begun["session_id"], option=f"whatif:{begun['run']}")).json
            assert told["message"].startswith("Reorder points 20% higher, All products, "), told
            rows = told["tool_calls"][0]["rows"]
            assert told["sources"] == ["whatif"] and len(rows) == 5
            assert (rows[0]["figure"], rows[0]["values"]["name"]) == ("Days out of stock", "out_days"), rows[0]
            assert all(isinstance(one[key], str) for one in rows for key in ("happened", "simulated", "simulated_with"))

    run(scenario(), 120)


def test_what_another_process_reads_it_is_asked(tmp_path: Path) -> None:
    from edge.app.reading_child import Question

    asked: tuple[type[ReadQuestion], ...] = (ReadWhatifWish, ReadFormWish)  # type: ignore[type-arg]
    assert set(asked) <= set(Question.__args__)


@pytest.mark.needs("chromium")
def test_the_page_shows_the_answer_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((390, 664)) as phone:
            await _sold(served)
            await caller.set_pin()
            await phone.open(served, "register=1&lang=he", "/manager/copilot")
            await phone.page.locator("#say input").fill("כמה היה עולה מבצע 3 ב-2 על מאפים היום?")
            await phone.page.keyboard.press("Enter")
            await phone.see(".turn.told p", "אותם סלים, בדיוק")
            assert await phone.page.locator(".turn.said").count() == 1
            assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 390
            await phone.page.reload()
            await phone.see(".turn.told p", "אותם סלים, בדיוק")
            assert await phone.page.locator(".turn.told").count() == 2, "told once, also when the page is opened again"
            await phone.page.locator('#options a[href*="whatif?"]').click()
            await phone.see("#answer")

    run(scenario(), 120)
