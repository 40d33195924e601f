"""Each key figure, and each part of one, opens and adds up from its facts to the cent."""

from __future__ import annotations

import re
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

from edge.analytics.insight.explain import GROUPS, OTHER, PARTED, ExplainFigure, is_explained
from edge.analytics.insight.kpis import ROWS, read_kpi_rows, read_kpis
from edge.analytics.insight.queries import FigureSums, read_by_category, read_by_key, read_hours
from edge.analytics.insight.reports import read_moves
from edge.analytics.insight.rules import DaySpan
from edge.app.panel import looking_back
from edge.core.command_bus import CommandBus
from edge.core.journal.figure_trace import ExplainedFigure
from edge.core.storage.database import Connection
from edge.counter.till.commands import (
    AddLine,
    AddLoad,
    OverridePrice,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    VoidLastSale,
)
from edge.counter.till.events import SaleCompleted
from edge.goods.catalog.commands import ChangePrice, SetPrice
from edge.goods.catalog.prices import price_history
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.moving.movements import list_movements
from tests.browser.calling import calling
from tests.browser.serving import DEADLINE_S, serve
from tests.catch_up import catch_up
from tests.http_client import when
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, done, open_shop, run
from tests.shown_figures import ADDS_UP, closed_sentences, figures_shown, unexplained, unexplained_of

REST = ("stock_out", "forecast_error", "cost_corrected", "supplier_on_time", "supplier_short", "supplier_price")
"""Key figures whose rows lead to a page of their own."""


async def a_day(shop: CommandBus) -> str:
    """A day on which goods came at a cost, were sold, undone, thrown away and counted; its date."""
    for cost in (40, 70):
        await done(shop, RecordMovement("milk", "in", units=5_000, unit_cost_minor=cost, document="DN-1"), SYSTEM)
    sold = list[int]()
    for kind in ("cash", "card"):
        await done(shop, AddLine(MILK), MANAGER)
        await done(shop, AddLine(TOMATO, quantity=1_250), MANAGER)
        events = (await done(shop, Pay(kind), MANAGER)).events  # type: ignore[arg-type]
        sold += [event.number for event in events if isinstance(event, SaleCompleted)]
    await done(shop, VoidLastSale(), MANAGER)
    await done(shop, AddLine(MILK), MANAGER)
    await done(shop, OverridePrice(1, 99), MANAGER)
    await done(shop, Pay("cash"), MANAGER)
    await done(shop, RefundSale(sold[0], lines=(RefundedLine(1, 1_000),)), MANAGER)
    await done(shop, RecordMovement("milk", "waste", units=1_000, cause="spoilage"), SYSTEM)
    await done(shop, RecordMovement("milk", "adjust", units=4_000, reason="count"), SYSTEM)
    await done(shop, PrintReport("z"), MANAGER)
    await catch_up(shop)
    (day,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
    return str(day)


def groups_of(db: Connection, by: str, span: DaySpan) -> dict[str, FigureSums]:
    if by == "category":
        return read_by_category(db, span)
    if kind := {"hour": "quarter", "waste_hour": "waste_quarter"}.get(by):
        return {one.key: one.sums for one in read_hours(db, span, ZoneInfo("Europe/Paris"), kind)}
    if by == "moved":
        return {
            one.reason: FigureSums(count=one.moves, quantity=one.quantity, minor=one.cost_minor)
            for one in read_moves(db, span)
        }
    return read_by_key(db, by, span)


def explain(shop: CommandBus, name: str, span: DaySpan, key: str = "", through: int = 0) -> ExplainedFigure:
    found = ExplainFigure(name, span.first, span.last, key, "Europe/Paris", through).read(shop.reader, shop.registry)
    assert found is not None
    return found


def assert_adds_up(found: ExplainedFigure, shown: tuple[int, int]) -> None:
    sides = [found.before, found.more_sides, *((one.numerator, one.denominator) for one in found.parts)]
    assert (sum(one[0] for one in sides), sum(one[1] for one in sides)) == found.shown == shown
    assert (found.left_over, found.faults) == ((0, 0), ())


def test_every_key_figure_and_every_part_of_one_adds_up_from_its_facts(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            days = [await a_day(shop)]
            clock.advance(86_400)
            days.append(await a_day(shop))
            span, opened = DaySpan(days[0], days[1]), 0
            assert {name for name in ROWS if not is_explained(name)} == set(REST)
            for name in set(ROWS) - set(REST):
                for row in read_kpi_rows(shop.reader, name, span):
                    of_day = row.key in days
                    asked = (DaySpan(row.key, row.key), "") if of_day else (span, row.key)
                    assert_adds_up(explain(shop, name, *asked), (row.numerator, row.denominator))
                    opened += 1
            for name, by in GROUPS.items():
                for key, sums in groups_of(shop.reader, by, span).items():
                    assert_adds_up(explain(shop, name, span, key or OTHER), (sums.minor, sums.count))
                    opened += 1
            for name, (measure, by) in PARTED.items():
                of_part = {"net": "net_minor", "cost": "cost_minor", "units": "quantity"}.get(measure, "")
                for key, sums in groups_of(shop.reader, by, span).items() if of_part else ():
                    found = explain(shop, name, span, key or OTHER)
                    assert_adds_up(found, (getattr(sums, of_part), 1))
                    opened += 1
            assert opened > 40

    run(check())


def test_a_margin_opens_to_its_products_their_sales_and_the_delivery_note_of_their_cost(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            day = await a_day(served.shop)
            span = DaySpan(day, day)
            margin = explain(served.shop, "margin", span)
            products = {one.sku: (one.numerator, one.denominator) for one in margin.products}
            assert sum(one[0] for one in products.values()) == margin.shown[0]
            assert_adds_up(explain(served.shop, "margin", span, "milk"), products["milk"])
            page = (await caller.get(f"/manager/figure?name=margin&from={day}&to={day}")).text
            (link,) = re.findall(r'href="(/manager/figure[^"]*key=milk)"', page)
            page = (await caller.get(unescape(link))).text
            assert 'id="costs"' in page and "DN-1" in page and "/manager/sale?register=1&amp;number=1" in page

    run(check())


def test_stock_opens_to_its_movements_their_facts_and_the_count_that_corrected_it(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await a_day(served.shop)
            moved = list_movements(served.shop.reader, "milk")
            assert sum(one.delta for one in moved) == moved[0].balance == 4_000
            page = (await caller.get("/manager/stock/item?sku=milk&register=1")).text
            assert all(f"/manager/journal?register=1&amp;before={one.seq + 1}" in page for one in moved)
            sold = {one.document for one in moved if one.reason == "sale"}
            assert all(f"/manager/sales?register=1&amp;receipt={one}" in page for one in sold), sold
            (count,) = [one for one in moved if one.reason == "counted"]
            assert "StockMoved" in (await caller.get(f"/manager/journal?before={count.seq + 1}")).text

    run(check())


def test_a_price_says_whose_it_is_and_since_when_and_opens_to_the_fact_that_set_it(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            shop = served.shop
            rows = list[int]()
            for price in (130, 140):
                clock.advance(60)
                await done(shop, ChangePrice("milk", price), SYSTEM)
                rows.append(shop.head.seq)
            await done(shop, SetPrice("milk", 99, list="member", from_us=clock.at_us), SYSTEM)
            page = (await caller.get("/manager/product?sku=milk&lang=en")).text
            assert f"/manager/journal?before={rows[-1] + 1}" in page
            assert 'href="#part-changes"' in page
            assert "source" in page[page.index('id="priced-by"') :][:60]
            prices = [link for link, _ in figures_shown(page) if "goods.price_minor" in link]
            assert len(set(prices)) == 4, "those before, too"
            assert await unexplained(caller, page) == []
            known = price_history(shop.reader, "milk")
            keys = [f"milk\nstore\n{one.from_us}" for one in known if one.list == "store"]
            found = [explain(shop, "goods.price_minor", DaySpan("", ""), key).parts for key in keys]
            assert [(parts[0].seq, parts[0].numerator) for parts in found][:2] == [(rows[1], 140), (rows[0], 130)]
            for odd in (f"milk\nmember\n{clock.at_us + 1}", "milk\nstore\n-1", f"milk\nstore\n{'9' * 30}"):
                assert (await caller.get(f"/manager/figure?name=goods.price_minor&key={quote(odd)}")).status == 404, odd

    run(check())


def test_a_figure_that_no_fact_accounts_for_is_found(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            day = await a_day(shop)
            spoil = "UPDATE figure_day SET cost_minor = cost_minor + 1 WHERE kind = 'all'"
            await shop.maintain(lambda db: db.execute(spoil))
            assert explain(shop, "margin", DaySpan(day, day)).left_over == (-1, 0)

    run(check())


def test_a_figure_of_the_past_is_explained_as_it_was(tmp_path: Path) -> None:
    async def check() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            day = await a_day(shop)
            span, then = DaySpan(day, day), shop.head.seq
            was = explain(shop, "sales", span).shown
            await done(shop, AddLine(MILK), MANAGER)
            await done(shop, Pay("cash"), MANAGER)
            await catch_up(shop)
            assert explain(shop, "sales", span).shown > was
            assert_adds_up(explain(shop, "sales", span, through=then), was)

    run(check())


FIGURE = re.compile(r'<td class="sum"|<p class="figure"')
NOTHING = re.compile(
    r'<tr class="total">|<td class="sum"><bdi>(?:–|not calculated yet)</bdi></td>'
    r'|<p class="figure"[^>]*><bdi>–</bdi></p>'
)
"""No figure, or the sum of those above it."""


def closed_figures(page: str) -> list[str]:
    """The rows and cards of a page that show a figure and lead nowhere."""
    main = page[page.index("<main") : page.index("</main>")]
    rows = re.findall(r"<tr(?:(?!</tr>).)*</tr>", main, re.S)
    cards = [
        one for one in re.findall(r"<section(?:(?!</section>).)*</section>", main, re.S) if 'class="figure"' in one
    ]
    shown = [one for one in (*rows, *cards) if FIGURE.search(one) and not NOTHING.search(one)]
    assert len(shown) > 3
    return [one for one in shown if not re.search(r'<a [^>]*href="/manager/', one)]


def test_no_figure_of_today_key_figures_and_the_z_is_closed(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            off = Promotion("week", {"en": "Week"}, PercentOff(10_000), Goods(("milk",)))
            await done(served.shop, SetPromotion(off), SYSTEM)
            day = await a_day(served.shop)
            for address in (f"today?day={day}", f"insight?from={day}&to={day}", "explained?of=1&z=1"):
                page = await caller.get(f"/manager/{address}")
                closed = [*closed_figures(page.text), *closed_sentences(page.text)]
                assert not closed, (address, closed)

    run(check())


def test_every_figure_of_today_key_figures_and_the_z_opens_to_what_is_shown(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await a_day(served.shop)
            clock.advance(7 * 86_400)
            await done(served.shop, AddLoad("OTHER-CARD-1", 1_000), MANAGER)  # money that is no revenue, and no receipt
            await done(served.shop, Pay("card"), MANAGER)
            day = await a_day(served.shop)
            clock.advance(60)  # by now, a week before, something was sold
            pages = [
                f"/manager/today?day={day}",
                f"/manager/insight?from={day}&to={day}",
                *(f"/manager/explained?of=1&z={number}" for number in (1, 2)),
            ]
            asked = DaySpan(day, day)
            kpis = [kpi.name for kpi in read_kpis(served.shop.reader, asked) if kpi.value is not None]
            pages += [f"{pages[1]}&kpi={name}" for name in kpis if name in ROWS]
            opened, wrong = set[str](), list[object]()
            for address in [*pages, f"/manager/report?kind=daily&date={day}", ""]:
                if not address:  # and of a day that is over, whose week before is whole
                    clock.advance(86_400)
                    address = pages[0]
                page = await caller.get(f"{address}&lang=en")
                assert page.status == 200, page.text[-400:]
                new = [(link, numbers) for link, numbers in figures_shown(page.text) if link not in opened]
                wrong += [(address, *one) for one in await unexplained_of(caller, new)]
                opened |= {link for link, _ in new}
            assert not wrong, "\n".join(map(str, wrong))
            assert len(opened) > 70
            names = {parse_qs(urlsplit(link).query)["name"][0] for link in opened}
            assert {"reports.day_count", "reports.z_minor", "by_hour", "units", "margin_by_hour", "margin"} <= names
            assert {f"reports.{one}_until" for one in ("minor", "count", "average")} | {"basket"} <= names
            assert (await caller.get(f"/manager/figure?name=nonsense&from={day}&to={day}")).status == 404
            for name in ("margin_by_category", "margin_by_person", "waste_cause"):
                page = await caller.get(f"/manager/figure?name={name}&from={day}&to={day}&key=-&lang=he")
                assert page.status == 200 and ADDS_UP in page.text, name

    run(check(), 280)


def test_the_process_behind_the_till_explains_a_figure(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)

    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served:
            day = await a_day(served.shop)
            process = looking_back(served.config)

            async def pid() -> int | None:
                return process.pid

            with closing(process):
                process.begin()
                await when(pid, bool, "a process that explains figures", DEADLINE_S)
                found = await process.ask(ExplainFigure("margin", day, day, "", "Europe/Paris"), 60)
                assert found == explain(served.shop, "margin", DaySpan(day, day))
                asked = ExplainFigure("reports.day_minor", "", "", f"{day}\ntotal_minor", "Europe/Paris")
                report = await process.ask(asked, 60)
                assert report and report == asked.read(served.shop.reader, served.shop.registry)

    run(check())
