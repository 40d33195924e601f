"""What rivals ask: fetched by a connector, kept where it changed, shown beside what the shop asks."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.analytics.pricing.commands import NoteCompetitorPrice, NoteRivalPrice
from edge.analytics.pricing.queries import RivalChange, rival_prices, rivals_of
from edge.backoffice.feeds.commands import (
    DropRecord,
    DropRivalGood,
    MatchRivalGood,
    MendRecord,
    SetConnector,
    TakeRecord,
)
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.queries import read_feed_jobs
from edge.backoffice.feeds.rival_goods import read_rival_goods
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.feeding import finished, ingest, records
from tests.flow.analytics.test_insight import opened
from tests.flow.backoffice.test_feeds_fetched import fetching, put
from tests.flow.backoffice.test_feeds_orders import codes, told
from tests.outgoing import http_server
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.sync_doubles import until

HEADER = "competitor,gtin,price,in_stock,currency\n"


def test_prices_are_fetched_and_kept_only_where_they_changed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            shop = one.shop
            address = f"{server.url}/prices.csv"
            connector = Connector("mart", "Rival", "http", "RivalPrice", address, every_min=5)
            await done(shop, SetConnector(connector), SYSTEM)
            server.usual = (200, {}, HEADER + f"Mart,{MILK},0.99,InStock,EUR\nMart,X-1,1.00,,EUR\nMart,beer,2,,USD\n")
            (job,) = await one.look()
            assert (told(job), codes(shop, job)) == ((1, 0, 0, 2), [[], ["unknown_sku"], ["currency_other"]])
            began_us = rivals_of(shop.reader)["milk"][0].since_us
            facts = shop.head
            (job,) = await one.look(5)
            assert told(job) == (0, 1, 0, 2), "the same is known to be so for longer"
            (now,) = rivals_of(shop.reader)["milk"]
            assert (now.price_minor, now.in_stock, now.since_us) == (99, "yes", began_us) and now.until_us > began_us
            assert shop.head.seq == facts.seq + 1, "that the run ended, and no more"
            server.usual = (200, {}, HEADER + f"Mart,{MILK},0.89,out of stock,EUR\n")
            (job,) = await one.look(5)
            server.usual = (200, {}, HEADER + f"Mart,{MILK},0.30,yes,EUR\n")
            (job,) = await one.look(5)
            assert (told(job), codes(shop, job)) == ((0, 0, 1, 0), [["price_jump"]])
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            await done(shop, NoteCompetitorPrice("milk", "Mart"), SYSTEM)
            history = rival_prices(shop.reader, "milk", shop.now_us())
            prices = [(change.price_minor, change.in_stock) for change in history.changes]
            assert prices == [(None, "unknown"), (30, "yes"), (89, "no"), (99, "yes")]
            assert (history.now, history.ours_minor) == ([], 120)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_code_that_was_mended_once_is_known_from_then_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            shop, inbox = one.shop, tmp_path / "inbox"
            connector = Connector("mart", "Rival", "folder", "RivalPrice", str(inbox), every_min=5)
            await done(shop, SetConnector(connector), SYSTEM)
            put(inbox, "a.csv", HEADER + "Mart,OWN-7,1.10,,\n", 1)
            (job,) = await one.look(5)
            assert codes(shop, job) == [["unknown_sku"]]
            await done(shop, MendRecord(job.run, 0, "sku", "milk"), SYSTEM)
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            assert [row.state for row in records(shop, job)] == ["applied"]
            put(inbox, "b.csv", HEADER + "Mart,OWN-7,1.15,,\n", 2)
            (job,) = await one.look(5)
            assert (job.applied, rivals_of(shop.reader)["milk"][0].price_minor) == (1, 115)

    run(scenario())


def test_what_is_older_or_not_of_rivals_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for wrong in (Connector("x", "Rival"), Connector("x", "ERP", entity_type="RivalPrice")):
                outcome = await shop.do(SetConnector(wrong), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == "feed_rival_prices_alone"
            now_us = shop.now_us()
            assert (await done(shop, NoteRivalPrice("milk", "Mart", 100, now_us), SYSTEM)).result
            older = await done(shop, NoteRivalPrice("milk", "Mart", 50, now_us - 1), SYSTEM)
            assert (older.result, older.events) == (False, ())
            outcome = await shop.do(NoteRivalPrice("soap", "Mart", 50, now_us), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "unknown_sku"
            assert rival_prices(shop.reader, "milk").changes == [RivalChange("Mart", 100, "unknown", now_us, "")]

    run(scenario())


def test_what_a_rival_asked_two_years_ago_is_kept_only_while_it_is_its_newest_price(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:

            async def noted(name: str, minor: int) -> None:
                await done(shop, NoteRivalPrice("milk", name, minor, shop.now_us()), SYSTEM)

            await noted("Mart", 100)
            await noted("Deli", 90)
            clock.advance(86_400)
            await noted("Mart", 110)
            clock.advance(729.5 * 86_400)
            await noted("Mart", 120)
            kept = shop.reader.execute("SELECT competitor, price_minor FROM rival_price ORDER BY seq").fetchall()
            assert kept == [("Deli", 90), ("Mart", 110), ("Mart", 120)]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_the_page_shows_ours_beside_theirs_and_who_is_dearer_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            shop = served.shop
            now_us = shop.now_us()
            hour_us = 3600 * 1_000_000
            await done(shop, NoteRivalPrice("milk", "Mart", 100, now_us - hour_us, "yes"), SYSTEM)
            await done(shop, NoteRivalPrice("beer", "Kiosk", 1, now_us, "no"), SYSTEM)
            page = await caller.page("/manager/rivals?lang=en")
            assert all(text in page for text in ("Mart", "Kiosk", "as of", "up to date", "cheaper there"))
            dearer = await caller.page("/manager/rivals?lang=en&dearer=1")
            assert "Mart" in dearer and "Kiosk" not in dearer, "who has none is no rival"
            before = await caller.page("/manager/rivals?lang=fr&sku=milk")
            assert 'id="changes"' in before
            watch = shop.registry.watches["dearer_than_rivals"]
            (condition,) = watch.read(shop.reader, now_us, "2027-01-15")
            assert condition.values == {"count": 1, "percent": 5}
            await done(shop, SetSetting("pricing.dearer_percent", 20), SYSTEM)
            assert list(watch.read(shop.reader, now_us, "2027-01-15")) == [], "1.20 is 20 % above 1.00, and no more"
            assert "Mart" not in await caller.page("/manager/rivals?lang=en&dearer=1")
            status, answer = await caller.get(f"queries/rival_prices?sku=milk&now_us={now_us}")
            assert (status, answer["result"]["as_of"], answer["result"]["ours_minor"]) == (200, ["Mart"], 120)

    run(scenario(), 200)


PAGE = """<html><head><script type="application/ld+json">{"@graph": [{"@type": "Product", "gtin13": "%s",
"offers": [{"@type": "Offer", "price": "0.95", "priceCurrency": "eur", "availability": "https://schema.org/LimitedAvailability"}]}]}
</script><script type="application/ld+json">{ no JSON</script></head><body>Milk</body></html>"""


def test_pages_say_their_prices_to_machines_and_a_no_is_one_for_a_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            shop = one.shop
            address = f"{server.url}/milk {server.url}/other"
            pages = Connector("mart", "Rival", "json_ld", "RivalPrice", address, every_min=5)
            await done(shop, SetConnector(pages), SYSTEM)
            robots: tuple[int, dict[str, str], str] = (200, {}, "User-agent: *\nDisallow: /private\nCrawl-delay: 7\n")
            server.next = [robots, (200, {}, PAGE % MILK), (200, {}, "<p>nothing</p>")]
            (job,) = await one.look()
            assert told(job) == (1, 0, 0, 0), codes(shop, job)
            (now,) = rivals_of(shop.reader)["milk"]
            assert (now.competitor, now.price_minor, now.in_stock) == ("127.0.0.1", 95, "yes")
            assert (now.url, one.waits) == (f"{server.url}/milk", [7.0, 7.0])
            assert [asked.path for asked in server.asked] == ["/robots.txt", "/milk", "/other"]
            assert {asked.headers["User-Agent"] for asked in server.asked} == {"edge-store-prices"}

            server.next = [(404, {}, ""), (403, {}, "")]
            assert await one.look(5) == []
            assert (one.why(), one.waits[2:]) == ("feeds.rival_refused", [5.0])
            asked = len(server.asked)
            await one.look(23 * 60)
            assert len(server.asked) == asked, "no is no, that day"
            server.next = [(200, {}, "User-agent: *\nDisallow: /\n")]
            await one.look(2 * 60)
            assert (len(server.asked), one.why()) == (asked + 1, "feeds.rival_refused"), "nothing but robots.txt"
            await done(shop, SetSetting("feeds.rival_apart_s", 9), SYSTEM)
            server.next = [robots, (403, {}, "")]
            await one.look(24 * 60)
            assert one.waits[3:] == [9.0], "the shop waits longer than they ask for"

    run(scenario())


def test_pages_are_of_one_rival(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for address in ("", "https://a.example/x https://b.example/y"):
                wanted = Connector("x", "Rival", "json_ld", "RivalPrice", address)
                outcome = await shop.do(SetConnector(wanted), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == "feed_pages_of_one_rival"

    run(scenario())


def test_a_rival_that_is_asked_slowly_holds_up_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            shop, inbox, over = one.shop, tmp_path / "inbox", asyncio.Event()
            pages = " ".join(f"{server.url}/{page}" for page in range(3))
            rival = Connector("mart", "Rival", "json_ld", "RivalPrice", pages, every_min=5)
            await done(shop, SetConnector(rival), SYSTEM)
            await done(shop, SetConnector(Connector("own", kind="folder", address=str(inbox), every_min=5)), SYSTEM)
            put(inbox, "a.csv", "supplier_id,name\ndairy,Dairy\n", 1)
            server.next = [(404, {}, ""), (200, {}, PAGE % MILK), (200, {}, ""), (200, {}, "")]

            async def politely(_: float) -> None:
                await over.wait()

            one.pause = politely
            await one.part.begin()
            await until(lambda: read_feed_jobs(shop.reader), "the folder is taken while the rival's pages wait")
            await finished(shop, read_feed_jobs(shop.reader)[0].id)
            assert one.suppliers == ["dairy"]
            assert [asked.path for asked in server.asked] == ["/robots.txt"]
            await one.part.begin()  # neither is asked twice at a time
            over.set()
            await until(lambda: len(read_feed_jobs(shop.reader)) == 2, "the pages are taken in the end")
            await finished(shop, read_feed_jobs(shop.reader)[0].id)
            assert rivals_of(shop.reader)["milk"][0].price_minor == 95
            assert [asked.path for asked in server.asked] == ["/robots.txt", "/0", "/1", "/2"]

    run(scenario())


def test_a_name_alone_is_a_proposal_and_a_no_is_remembered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            shop, inbox = one.shop, tmp_path / "inbox"
            goods = (
                Product("star", {"en": "Goldstar beer can 500 ml"}, (), 700),
                Product("choc", {"en": "Dark chocolate Lindt 100 g"}, (), 900),
            )
            await done(shop, SetProducts(goods), SYSTEM)
            connector = Connector("mart", "Rival", "folder", "RivalPrice", str(inbox), every_min=5)
            await done(shop, SetConnector(connector), SYSTEM)
            lines = "Beer Goldstar can 0.5 L,,6.00\nLindt dark choc. 100 g,,9.00\nGoldstar,,5.00\n"
            coded = "Beer Goldstar can 0.5 L,7290000000001,6.00\n"
            put(inbox, "a.csv", "competitor,name,gtin,price\n" + _of_mart(lines + coded), 1)
            (job,) = await one.look(5)
            unknown = ["unknown_sku"]
            assert codes(shop, job) == [["name_like"], ["name_like"], unknown, unknown], (
                "a code of an article says more"
            )
            assert not rivals_of(shop.reader), "nothing is taken by itself"
            await done(shop, TakeRecord(job.run, 0), SYSTEM)
            await done(shop, DropRecord(job.run, 1), SYSTEM)
            assert rivals_of(shop.reader)["star"][0].price_minor == 600
            put(inbox, "b.csv", "competitor,name,gtin,price\n" + _of_mart(lines.replace("6.00", "6.10")), 2)
            (job,) = await one.look(5)
            assert codes(shop, job) == [[], unknown, unknown], "both answers are known"
            assert rivals_of(shop.reader)["star"][0].price_minor == 610

    run(scenario())


def test_goods_that_only_a_rival_sells_have_a_place_of_their_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one:
            shop, inbox = one.shop, tmp_path / "inbox"
            connector = Connector("mart", "Rival", "folder", "RivalPrice", str(inbox), every_min=5)
            await done(shop, SetConnector(connector), SYSTEM)
            head = "competitor,gtin,name,price,in_stock,currency\n"
            put(
                inbox, "a.csv", f"{head}Mart,X-1,Oat bar,1.00,yes,EUR\nMart,X-2,Rye,2.00,,EUR\nMart,X-3,Tea,3,,USD\n", 1
            )
            await one.look(5)
            (bar, rye) = read_rival_goods(shop.reader)
            assert (bar.name, bar.price_minor, bar.in_stock, rye.theirs) == ("Oat bar", 100, "yes", "X-2")
            put(inbox, "b.csv", f"{head}Mart,X-1,Oat bar,1.10,no,EUR\nMart,X-2,Rye,2.00,,EUR\n", 2)
            await one.look(5)
            now = {good.theirs: good for good in read_rival_goods(shop.reader)}
            assert (now["X-1"].price_minor, now["X-1"].since_us == now["X-1"].until_us) == (110, True)
            assert now["X-2"].since_us == rye.since_us < now["X-2"].until_us, "the same price since then"
            ours = shop.reader.execute("SELECT count(*) FROM product WHERE sku LIKE 'X-%'").fetchone()
            assert tuple(ours) == (0,) and rivals_of(shop.reader) == {}, "no product and no price of the shop"

            await done(shop, DropRivalGood("Mart", "X-2"), SYSTEM)
            await done(shop, MatchRivalGood("Mart", "X-1", "beer"), SYSTEM)
            assert read_rival_goods(shop.reader) == []
            assert [theirs.price_minor for theirs in rivals_of(shop.reader)["beer"]] == [110]
            put(inbox, "c.csv", f"{head}Mart,X-1,Oat bar,1.20,yes,EUR\nMart,X-2,Rye,2.10,,EUR\n", 3)
            (job,) = await one.look(5)
            assert (job.applied, rivals_of(shop.reader)["beer"][0].price_minor) == (1, 120), "it is known from then on"
            assert read_rival_goods(shop.reader) == [], "what somebody hid stays so"
            gone = await shop.do(MatchRivalGood("Mart", "X-1", "beer"), SYSTEM)
            assert isinstance(gone, Refused) and gone.code == "rival_good_unknown"
            assert verify(shop.reader, shop.registry).faults == ()

            put(inbox, "d.csv", f"{head}Mart,X-4,Rice,2.00,,EUR\n", 4)
            await one.look(5)
            one.clock.advance(731 * 86_400)
            put(inbox, "e.csv", f"{head}Mart,X-5,Salt,0.50,,EUR\n", 5)
            await one.look(5)
            assert [good.theirs for good in read_rival_goods(shop.reader)] == ["X-5"], "as old prices, they end"

    run(scenario())


def test_the_page_of_goods_that_only_rivals_sell(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            assert "No such products yet" in await caller.page("/manager/rivals/goods?lang=en")
            path = tmp_path / "rivals.csv"
            path.write_text("competitor,gtin,name,price\nMart,X-1,Oat bar,1.00\nDeli,X-1,Oat bar <XL>,1.30\n")
            await ingest(served.shop, path, entity_type="RivalPrice")
            page = await caller.page("/manager/rivals/goods?lang=en")
            assert all(text in page for text in ("Mart", "Deli", "Oat bar &lt;XL&gt;", 'id="goods"'))
            assert "XL" not in await caller.page("/manager/rivals/goods?lang=fr&competitor=Mart")
            assert 'id="goods"' in await caller.page("/manager/rivals/goods?lang=he")

    run(scenario(), 200)


def _of_mart(lines: str) -> str:
    return "".join(f"Mart,{line}\n" for line in lines.splitlines())
