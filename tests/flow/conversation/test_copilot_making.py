"""The manager asks what production lacks and what customers owe, in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.commands import DeliverSalesOrder, OpenSalesOrder, OrderedLine, ReceivePayment, SetAccount
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import PlanWork, SetBom
from edge.conversation.copilot import copilot
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.accounts import OWNER, on_account, stocked
from tests.catch_up import catch_up
from tests.flow.conversation.test_copilot_business import Manager
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, agreed, done, open_shop, run
from tests.unit.analytics.test_insight import DAY_S

BOARD = Bom("board", "wine", (BomLine("cheese", 1_000),), makes=2_000)
"""A wine is made of half a cheese, so that both are there already."""
LATER = "2027-01-18"


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


ASKED = (
    ("which work orders are late", "en", "2 work orders are open: 2 late, 1 blocked.\n#1: Wine 20 pcs, late\n#2: "),
    ("what is late in production", "en", "2 late, 1 blocked."),
    ("what is blocked", "en", "1 work order is open: 1 late, 1 blocked.\n#2: Wine 90 pcs, late; missing Cheese 17 pcs"),
    ("blocked by what?", "en", "missing Cheese 17 pcs"),
    ("how much milk can we make", "en", "There are enough components for: Milk 40 pcs."),
    ("what can we make", "en", "There are enough components for: Milk 40 pcs."),
    ("can we make cheese", "en", "This product has no bill of materials."),
    ("who owes us money", "en", "1 customer owes €60.00, €60.00 of it overdue.\nBistro Nord €60.00 (€60.00"),
    ("what does Bistro Nord owe us", "en", "1 customer owes €60.00"),
    ("who is over their limit", "en", "1 customer is over the credit limit.\nBistro Nord €80.00 of €50.00"),
    (
        "statement of Bistro Nord",
        "en",
        "January 2027: opening balance €0.00, charged €100.00, paid or returned €40.00, closing",
    ),
    ("statement of Bistro Nord last month", "en", "December 2026: opening balance €0.00, charged €0.00"),
    ("show me the statement", "en", "Which customer account?"),
    ("quels ordres de fabrication sont en retard", "fr", "2 en retard, 1 bloqué"),
    ("qu'est-ce qui est bloqué en production ?", "fr", "il manque Fromage 17"),
    ("que peut-on fabriquer", "fr", "Il y a assez de composants pour : "),
    ("qui nous doit de l'argent", "fr", "1 client doit 60,00\xa0€, dont 60,00\xa0€ en retard."),
    ("qui dépasse la limite", "fr", "Bistro Nord 80,00\xa0€ sur 50,00\xa0€"),
    ("relevé de compte de Bistro Nord", "fr", "janvier 2027 : solde initial 0,00\xa0€, facturé 100,00\xa0€"),
    ("אילו הוראות עבודה באיחור", "he", "2 באיחור, 1 חסומות"),
    ("מה תקוע בייצור", "he", "חסר גבינה 17"),
    ("מה אפשר לייצר", "he", "יש מספיק רכיבים עבור: חלב 40"),
    ("מי חייב לנו כסף", "he", "Bistro Nord \u200f60.00\xa0\u200f€ (\u200f60.00\xa0\u200f€ באיחור)"),
    ("מי מעל המסגרת", "he", "Bistro Nord \u200f80.00\xa0\u200f€ מתוך \u200f50.00\xa0\u200f€"),
    ("כרטסת של Bistro Nord", "he", "שולמו או הוחזרו \u200f40.00\xa0\u200f€"),
)


def test_production_and_accounts_are_told_in_three_languages(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop, terms_days=1)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 10_000),)), OWNER)
            await agreed(shop, DeliverSalesOrder(1), OWNER)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 2_000),)), OWNER)
            await done(shop, ReceivePayment(customer, 4_000, "transfer"), OWNER)
            await done(shop, SetAccount(Account(customer, 5_000, terms_days=1)), OWNER)
            await done(shop, SetBom(BOARD), SYSTEM)
            await done(shop, SetProducts((Product("powder", {"en": "Powder"}, unit="kg"),)), SYSTEM)
            await done(shop, RecordMovement("powder", "in", units=4_000, unit_cost_minor=100), SYSTEM)
            await done(shop, SetBom(Bom("milk", "milk", (BomLine("powder", 100),))), SYSTEM)
            await done(shop, PlanWork("wine", 20_000), SYSTEM)
            await done(shop, PlanWork("wine", 90_000), SYSTEM)
            clock.advance(3 * DAY_S)
            await catch_up(shop)  # names are found once the search index has them
            boss = Manager(shop, tmp_path, LATER)
            answers = [(one, (await boss.asks(*one[:2])).message) for one in ASKED]
            assert [(one, message) for one, message in answers if one[2] not in message] == []
            maker = Manager(shop, tmp_path, LATER, CASHIER)
            hidden = await maker.asks("statement of Bistro Nord")
            assert "EUR" not in hidden.message and hidden.confidence <= 0.4, "nobody's name is known who may not ask"

    run(scenario())
