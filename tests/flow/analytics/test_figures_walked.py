"""A shop that was lived in: each figure of each page opens, adds up, and comes to what was shown."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from edge.accounting.accounts.commands import DeliveredLine, DeliverSalesOrder, OpenSalesOrder, OrderedLine
from edge.accounting.settlements.commands import TakeBatch
from edge.backoffice.feeds.commands import NoteCountsGiven, SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.other_tills.commands import NotePosDay, SetOtherTill
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import PosDifference
from edge.core.command_bus import CommandBus
from edge.counter.bottle_deposits.commands import ReturnedBottles, TakeBottles
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.counter.till.commands import RefundedLine, RefundSale
from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider
from tests.accounts import OFFICE
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.feeding import ingest
from tests.flow.analytics.test_figure_explained import a_day
from tests.flow.analytics.test_page_figures import a_batch, a_customer, a_gift_card, a_shift, closed_rows, goods
from tests.flow.analytics.test_page_figures_counter import (
    CRATE,
    LIMO,
    MORNING_US,
    a_counted_shift,
    hours_and_tips,
)
from tests.flow.analytics.test_page_figures_learned import learn, make_coupons, sell, watch
from tests.invoicing import issued, sold
from tests.ordering import milk_order
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, done, run
from tests.shown_figures import closed_sentences, numbers_of, unexplained
from tests.unit.analytics.test_shelf_stock import TEXT

NO_FIGURES = ("/manager/figure", "/manager/journal", "/manager/past", "/manager/design", "/manager/replay")
"""What figures open to, and examples of how pages look."""
LIMIT_S = 600
OF_A_KIND = 2
"""Pages that are visited at one address: the first product, the first receipts..."""
PIN_EACH = 20
"""Pages until the PIN is entered again, as a grant ends."""
NOTHING = {"0", "0.00"}
BRITISH = TEXT.replace("[tax]", 'country = "GB"\n[tax]')


async def live(served: Served, clock: FakeClock, folder: Path) -> None:
    """Weeks of a shop that does what shops do."""
    shop = served.shop
    customer = await a_customer(shop)
    await goods(shop)
    await a_shift(shop, customer)
    await a_day(shop)
    await sell(shop, clock, 3)
    await watch(shop, clock)
    await done(shop, SetProducts((LIMO, CRATE)), SYSTEM)
    await done(shop, OpenShift(10_000), CASHIER)
    await done(shop, TakeBottles((ReturnedBottles("limo", 4),)), CASHIER)
    await done(shop, CloseShift(9_900), CASHIER)
    today = served.site.config.business_date(shop.now_us())
    await learn(shop, today)
    await make_coupons(shop)
    await a_counted_shift(shop)
    await on_paper_and_elsewhere(shop, customer, today, folder)
    clock.advance((MORNING_US - clock.at_us) / 1e6)
    await hours_and_tips(shop, clock)
    await catch_up(shop)


async def on_paper_and_elsewhere(shop: CommandBus, customer: str, today: str, folder: Path) -> None:
    """An invoice, orders, a payout, a gift card, a feed, another till."""
    receipt = await sold(shop)
    await issued(shop, receipt)
    await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1_000),)), MANAGER)
    await done(shop, RecordMovement("milk", "in", units=90_000), SYSTEM)
    await milk_order(shop)
    for _ in range(2):
        await done(shop, OpenSalesOrder(customer, (OrderedLine("milk", 4_000),)), SYSTEM)
    await done(shop, DeliverSalesOrder(1, (DeliveredLine("milk", 2_000),)), OFFICE)
    await done(shop, SetProvider(Provider("sim", "sim", "test", ("EUR",))), SYSTEM)
    await done(shop, TakeBatch("sim", a_batch(today)), SYSTEM)
    await a_gift_card(shop)
    bar = OtherTill("bar", "square", "https://bar.example", places="L1 = main", every_min=15)
    await done(shop, SetOtherTill(bar), SYSTEM)
    off = (PosDifference("amount_differs", "S1", 1_250, 1_200), PosDifference("missing_here", "S2", 1, 0))
    await done(shop, NotePosDay("bar", "L1", today, 9, 3, off), SYSTEM)
    erp = Connector("erp", "ERP", "odoo", "Inventory", "https://erp.example", every_min=60, push_counts=True)
    await done(shop, SetConnector(erp), SYSTEM)
    await done(shop, NoteCountsGiven("erp", 7, 1), SYSTEM)
    suppliers = folder / "suppliers.csv"
    suppliers.write_text("supplier_id,name,rating\nalp,Alp,5\nsea,Sea,6\n")
    await ingest(shop, suppliers, entity_type="Supplier")


class Walker:
    """A manager who follows each link, and enters the PIN again before it is asked for."""

    def __init__(self, caller: Caller, grant: str) -> None:
        self._caller, self.grant = caller, grant
        self.seen, self._of_kind = set[str](), dict[str, int]()
        self.wrong: list[object] = []
        self.opened = set[str]()

    async def walk(self, todo: list[str]) -> None:
        while todo:
            address = todo.pop(0)
            path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
            kind = f"{path}?{' '.join(sorted(set(query) - {'register'}))}"
            new = address not in self.seen and self._of_kind.get(kind, 0) < OF_A_KIND
            if path.startswith("/manager") and not path.startswith(NO_FIGURES) and new:
                self.seen.add(address)
                self._of_kind[kind] = self._of_kind.get(kind, 0) + 1
                todo += await self._visit(address)

    async def _visit(self, address: str) -> list[str]:
        """Open each figure of a page; where the page leads."""
        answer = await self._get(address)
        if answer.status != 200 or "<main" not in answer.text:
            return [answer.headers["Location"]] if answer.status == 303 else []
        text = answer.text
        main = text[text.index("<main") : text.index("</main>")]
        closed = [*closed_rows(text), *closed_sentences(text)]
        shown = [one for one in closed if numbers_of(re.sub(r"<button.*?</button>", "", one, flags=re.S)) - NOTHING]
        found = [*shown, *await unexplained(self._caller, text, Grant=self.grant)]
        self.wrong += [(address, one) for one in found]
        self.opened |= set(re.findall(r"/manager/figure\?[^\"]*?name=([\w.]+)", main))
        return [unescape(link) for link in re.findall(r'href="(/manager[^"#]*)', main)]

    async def _get(self, address: str) -> Answer:
        asked = f"{address}{'&' if '?' in address else '?'}lang=en"
        if len(self.seen) % PIN_EACH == 0:
            self.grant = await self._caller.enter_pin()
        return await self._caller.get(asked, Grant=self.grant)


@pytest.mark.timeout(LIMIT_S + 60)
def test_each_figure_of_a_lived_in_shop_opens_and_comes_to_what_is_shown(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, BRITISH, clock=clock) as served, calling(served) as caller:
            await live(served, clock, tmp_path)
            await caller.set_pin()
            walker = Walker(caller, await caller.enter_pin())
            pages = [one.path for one in served.site.declared.pages.values() if "{" not in one.path]
            await walker.walk(pages)
            assert not walker.wrong, "\n".join(map(str, walker.wrong))
            assert len(walker.seen) > 120, len(walker.seen)
            assert len(walker.opened) > 80, sorted(walker.opened)

    run(check(), LIMIT_S)
