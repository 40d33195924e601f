"""Carts and orders over HTTP: the kiosk, a phone that no one let in, programs, and what strangers can't do."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.order import secret_in
from edge.ordering.orders.queries import read_cart
from edge.people.customers.commands import SetCustomer
from edge.web.trust import picture
from tests.browser.serving import Served, serve
from tests.browser.strangers import open_to_all, stranger
from tests.flow.ordering.test_sign_in import WITH_SMS
from tests.http_client import when
from tests.ordering import do
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, FakeClock, run

PHONES = CONFIG + "[orders]\nphones = true\n"
AT_KIOSK = {"Register": "2"}


class Client:
    """A browser's requests, as its pages make them."""

    def __init__(self, http: aiohttp.ClientSession, url: str, headers: dict[str, str] | None = None) -> None:
        self._http, self._url, self._headers = http, url, {"Origin": url, **(headers or {})}

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        sent: Any = {"json": body} if body is not None else {}
        async with self._http.request(method, self._url + path, headers={**self._headers, **headers}, **sent) as answer:
            text = await answer.text()
            return answer.status, await answer.json() if "json" in answer.content_type else text


def browser() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True)
    )  # an address without a name has cookies, too


@asynccontextmanager
async def shop(folder: Path, text: str = PHONES, **more: Any) -> AsyncIterator[tuple[Served, Client]]:
    async with serve(folder, text, **more) as served, browser() as http:
        yield served, Client(http, served.url)


def test_the_kiosk_from_the_first_goods_to_the_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (_, client):
            status, page = await client.ask("GET", "/kiosk?register=2&lang=fr")
            assert status == 200 and "Lait" in page and "Commencer la commande" in page
            assert len(page) < 200_000
            found = partial(client.ask, "GET", "/kiosk/goods?text=lai&lang=fr", **AT_KIOSK)
            await when(found, lambda answer: "Lait" in answer[1], "the index has caught up with the goods")
            status, beer = await client.ask("GET", "/kiosk/goods/beer", **AT_KIOSK)
            assert status == 200 and 'data-age="18"' in beer
            assert (await client.ask("GET", "/kiosk/goods/nothing", **AT_KIOSK))[0] == 404
            status, no = await client.ask("POST", "/kiosk/add", {"sku": "beer"}, **AT_KIOSK)
            assert (status, no["refused"]["code"]) == (422, "age_not_checked")
            status, added = await client.ask("POST", "/kiosk/add", {"sku": "beer", "age_said": 18}, **AT_KIOSK)
            assert (status, added["count"]) == (200, 1) and "2,50" in added["cart"]
            status, _ = await client.ask("POST", "/kiosk/line", {"line": 1, "quantity": 2000}, **AT_KIOSK)
            assert status == 200
            status, check = await client.ask("GET", "/kiosk/checkout", **AT_KIOSK)
            assert 'data-total="500"' in check
            wrong = {"accepted_total_minor": 1}
            assert (await client.ask("POST", "/kiosk/place", wrong, **AT_KIOSK))[1]["refused"][
                "code"
            ] == "price_changed"
            status, placed = await client.ask("POST", "/kiosk/place", {"accepted_total_minor": 500}, **AT_KIOSK)
            assert (status, placed["said"]) == (200, "K01") and "data:image/svg+xml" in placed["html"]
            assert (await client.ask("GET", "/kiosk/cart", **AT_KIOSK))[1]["count"] == 0, "the next one begins anew"
            long = {"accepted_total_minor": 0, "name": "n" * 201}
            assert (await client.ask("POST", "/kiosk/place", long, **AT_KIOSK))[0] == 400

    run(scenario())


@pytest.mark.parametrize("box", ["https://box.local:8443", "https://192.168.1.9:8443", "https://shop.example"])
def test_the_qr_of_a_kiosk_leads_a_phone_that_is_elsewhere_to_the_shops_wifi(tmp_path: Path, box: str) -> None:
    async def scenario() -> None:
        join = '[orders]\nphones = true\njoin_page = "https://hub.example/join"\nwifi = "Café & co"\n'
        proxy = f'port = 0\ntrusted_proxy = "127.0.0.3"\npublic_origin = "{box}"'
        text = CONFIG.replace("port = 0", proxy) + join
        to = box if box == "https://shop.example" else f"https://hub.example/join#wifi=Caf%C3%A9%20%26%20co&to={box}"
        async with shop(tmp_path, text) as (served, client):
            await client.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            (cart,) = served.shop.reader.execute("SELECT id FROM cart").fetchone()
            elsewhere = (await client.ask("GET", "/kiosk/elsewhere", **AT_KIOSK))[1]
            assert picture(f"{to}/shop?take={cart}") in elsewhere
            placed = (await client.ask("POST", "/kiosk/place", {"accepted_total_minor": 120}, **AT_KIOSK))[1]
            assert picture(f"{to}/order/{placed['secret']}#corner") in placed["html"]
            _, drawn = await client.ask("GET", "/display/code?path=/receipt/1-1/abc", Register="1")
            assert base64.b64encode(drawn.encode()).decode() in picture(f"{to}/receipt/1-1/abc"), "and of a receipt"

    run(scenario())


def test_the_qr_of_an_order_says_which_store_it_is_of_where_head_office_shows_how_far_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        box = "https://box.local:8443"
        proxy = f'port = 0\ntrusted_proxy = "127.0.0.3"\npublic_origin = "{box}"'
        join = '[orders]\nphones = true\njoin_page = "https://hub.example/join"\nwifi = "Guests"\n'
        text = CONFIG.replace("port = 0", proxy) + join + 'status_at_head_office = true\n[sync]\nhost = "127.0.0.1"\n'
        async with shop(tmp_path, text) as (served, client):
            await client.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            (cart,) = served.shop.reader.execute("SELECT id FROM cart").fetchone()
            elsewhere = (await client.ask("GET", "/kiosk/elsewhere", **AT_KIOSK))[1]
            wifi = "https://hub.example/join#wifi=Guests"
            assert picture(f"{wifi}&to={box}/shop?take={cart}") in elsewhere, "a cart is nothing to head office"
            placed = (await client.ask("POST", "/kiosk/place", {"accepted_total_minor": 120}, **AT_KIOSK))[1]
            link = f"{wifi}&of=demo/corner&to={box}/order/{placed['secret']}#corner"
            assert picture(link) in placed["html"] and secret_in(link) == placed["secret"], "and a till reads it"

    run(scenario())


def test_a_phone_orders_in_the_shops_network_and_follows_its_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):
            assert "Milk" in (await client.ask("GET", "/shop?place=Table%207"))[1]
            status, _ = await client.ask("POST", "/shop/add?place=Table%207", {"sku": "milk"})
            assert status == 200
            async with browser() as other:
                theirs = Client(other, served.url)
                assert (await theirs.ask("GET", "/shop/cart"))[1]["count"] == 0, "a cart is its phone's alone"
            assert (await client.ask("GET", "/shop/cart"))[1]["count"] == 1
            wanted = {"accepted_total_minor": 120, "name": "Dana"}
            status, placed = await client.ask("POST", "/shop/place", wanted)
            secret = placed["secret"]
            status, page = await client.ask("GET", f"/order/{secret}")
            assert status == 200 and "P01" in page and "Dana" not in page
            assert "Milk" in page, "what can still be taken out"
            following = asyncio.create_task(client.ask("GET", f"/order/{secret}/state?seen=placed 120"))
            await asyncio.sleep(0)
            (order,) = (await client.ask("GET", "/api/v1/orders", Register="1"))[1]["orders"]
            assert (order["place"], order["name"]) == ("Table 7", "Dana")
            moved = await client.ask("PATCH", f"/api/v1/orders/{order['id']}/status", {"to": "accepted"}, Register="1")
            assert moved[0] == 200
            assert (await following)[1]["state"] == "accepted"
            status, no = await client.ask("POST", f"/order/{secret}/cancel")
            assert (status, no["refused"]["code"]) == (422, "order_being_made")
            assert (await client.ask("GET", f"/order/{'x' * 24}"))[0] == 404

    run(scenario())


def test_a_postal_code_says_as_it_is_typed_what_a_delivery_costs_and_when_it_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):
            await do(served.shop, SetHours(StoreHours(((OpenSpan(0, 1440),),) * 7, slot_min=60, days_ahead=2)), SYSTEM)
            mornings = ((OpenSpan(480, 600),),) * 7
            for zone in (
                DeliveryZone("town", "Town", ("750",), "mystery", 300, free_from_minor=360),
                DeliveryZone("centre", "Centre", ("75001",), "mystery", 500, least_minor=200, weekly=mornings),
            ):
                await do(served.shop, SetZone(zone), SYSTEM)

            async def terms(code: str) -> tuple[int, str, int]:
                _, said = await client.ask("GET", f"/shop/terms?lang=en&postal_code={code}")
                return said["total_minor"], said["html"], said["html"].count("<option")

            assert (await client.ask("GET", "/shop/terms"))[0] == 404, "nothing is in the cart"
            await client.ask("POST", "/shop/add", {"sku": "milk"})
            (fetched, _, any_time), (typed, begun, _) = await terms(""), await terms("7")
            assert (fetched, typed) == (120, 120) and "Delivery" not in begun and "error" not in begun
            total, html, times = await terms("750")
            assert (total, times) == (420, any_time) and "Town" in html and "€3.00" in html
            total, html, _ = await terms("75001")
            assert total == 120 and "€2.00" in html and "error" in html, "less than the least order"
            assert "deliver to 9. Choose pickup" in (await terms("9"))[1]
            await client.ask("POST", "/shop/add", {"sku": "milk"})
            total, html, times = await terms("75001")
            assert total == 740 and "Centre" in html
            assert 1 < times < any_time // 4, "two hours a day"
            await client.ask("POST", "/shop/add", {"sku": "milk"})
            total, html, _ = await terms("75020")
            assert total == 360 and "is free" in html
            there = {
                "fulfilment": "delivery",
                "name": "Dana",
                "phone": "0123456789",
                "address": "Rue 1",
                "postal_code": "75020",
            }
            status, _ = await client.ask("POST", "/shop/place", {"accepted_total_minor": total, **there})
            assert status == 200, "what was said holds"

    run(scenario())


def test_a_cart_goes_to_the_phone_and_back_and_an_old_order_into_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):

            def cart_of(channel: str) -> str:
                row = served.shop.reader.execute("SELECT id FROM cart WHERE channel = ?", (channel,)).fetchone()
                return str(row[0])

            await client.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            status, piece = await client.ask("GET", "/kiosk/elsewhere", **AT_KIOSK)
            assert status == 200 and "data:image/svg+xml" in piece
            mine = cart_of("kiosk")
            status, page = await client.ask("GET", f"/shop?take={mine}")
            assert status == 200 and f'data-take="{mine}"' in page, "the phone is asked"
            assert (await client.ask("GET", "/kiosk/cart", **AT_KIOSK))[1]["count"] == 1, "and nothing has changed yet"
            status, moved = await client.ask("POST", "/shop/add", {"code": f"/shop?take={mine}"})
            assert (status, moved["count"]) == (200, 1), "the phone goes on with it"
            assert (await client.ask("GET", "/shop/cart"))[1]["count"] == 1, "and knows it again"
            assert (await client.ask("GET", "/kiosk/cart", **AT_KIOSK))[1]["count"] == 0
            for wrong in ("nothing", "%22%3E%3Cscript%3Ealert(1)", "x" * 90):
                status, page = await client.ask("GET", f"/shop?take={wrong}")
                assert status == 200 and 'data-take=""' in page
            code = f"{served.url}/shop?take={cart_of('phone')}"
            status, back = await client.ask("POST", "/kiosk/add", {"code": code}, **AT_KIOSK)
            assert (status, back["count"]) == (200, 1)
            used = await client.ask("POST", "/kiosk/add", {"code": code}, **AT_KIOSK)
            assert (used[0], used[1]["refused"]["code"]) == (422, "no_such_cart")
            wanted = {"accepted_total_minor": 120, "phone": "0123456789"}
            secret = (await client.ask("POST", "/kiosk/place", wanted, **AT_KIOSK))[1]["secret"]
            status, piece = await client.ask("POST", "/kiosk/order", {"secret": secret}, **AT_KIOSK)
            assert status == 200 and "K01" in piece and "Milk" in piece
            for unknown in ({"secret": "x" * 24}, {"secret": 7}, {}):
                assert (await client.ask("POST", "/kiosk/order", unknown, **AT_KIOSK))[0] == 404
            elsewhere = {"secret": "x" * 24, "scanned": f"https://box/order/{'x' * 24}#north"}
            status, other = await client.ask("POST", "/kiosk/order", elsewhere, **AT_KIOSK)
            assert (status, other["refused"]["message"]) == (422, "This order belongs to another store: north.")
            in_address = await client.ask("GET", f"/kiosk/order?secret={secret}", **AT_KIOSK)
            assert in_address[0] == 405, "a secret stands in no address that a log keeps"
            assert (await client.ask("POST", f"/order/{secret}/quiet"))[0] == 200
            no = await client.ask("POST", f"/order/{secret}/slot", {"slot_from_us": 1})
            assert (no[0], no[1]["refused"]["code"]) == (422, "slot_past")
            assert (await client.ask("POST", f"/order/{secret}/cancel"))[0] == 200
            assert 'id="again"' in (await client.ask("GET", f"/order/{secret}"))[1]
            await client.ask("POST", "/shop/add", {"sku": "beer", "age_said": 18})
            for _ in range(3):
                assert (await client.ask("POST", f"/order/{secret}/again")) == (200, {"missing": []})
            assert (await client.ask("GET", "/shop/cart"))[1]["count"] == 2, "beside what lay in it, and once"
            (carts,) = served.shop.reader.execute("SELECT count(*) FROM cart").fetchone()
            assert carts == 1

    run(scenario())


def test_strangers_in_the_network_reach_the_shop_and_no_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES, here=lambda peer: False) as served, browser() as http:
            client = Client(http, served.url)
            assert (await client.ask("GET", "/shop"))[0] == 200
            assert (await client.ask("POST", "/shop/add", {"sku": "milk"}))[0] == 200
            for path in ("/kiosk", "/manager/orders", "/api/v1/orders", "/api/v1/carts/" + "x" * 20):
                assert (await client.ask("GET", path))[0] == 401, path
            assert (await client.ask("POST", "/api/v1/commands/AddLine", {"sku": "milk"}))[0] == 401
            assert (await client.ask("POST", "/kiosk/add", {"sku": "milk"}))[0] == 401

    run(scenario())


def test_phones_are_let_in_only_where_the_shop_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, CONFIG) as (served, client):
            assert (await client.ask("GET", "/shop"))[0] == 404
            assert (await client.ask("POST", "/shop/add", {"sku": "milk"}))[0] == 404
            served.site.door.here = lambda peer: False
            assert (await client.ask("GET", "/shop", Accept="application/json"))[0] == 401

    run(scenario())


def test_programs_order_and_hand_over_and_may_repeat_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, clock=FakeClock()) as (_, client):
            at = {"Register": "1"}
            status, cart = await client.ask("POST", "/api/v1/carts", {}, **at)
            assert status == 201
            path = f"/api/v1/carts/{cart['id']}"
            status, cart = await client.ask("POST", f"{path}/lines", {"sku": "tomato", "quantity": 500}, **at)
            assert (status, cart["total_minor"]) == (200, 200)
            assert (await client.ask("PATCH", f"{path}/lines/1", {"quantity": 1000}, **at))[1]["total_minor"] == 399
            assert (await client.ask("GET", path, **at))[0] == 200
            wanted, key = {"cart": cart["id"], "accepted_total_minor": 399}, "0190a1b2-0000-7000-8000-000000000001"
            placed = [
                await client.ask("POST", "/api/v1/orders", wanted, **at, **{"Idempotency-Key": key}) for _ in "12"
            ]
            assert [status for status, _ in placed] == [201, 201] and placed[0][1]["id"] == placed[1][1]["id"]
            order = f"/api/v1/orders/{placed[0][1]['id']}"
            assert placed[0][1]["said"] == "W01"
            status, done = await client.ask("POST", f"{order}/hand-over", {"tenders": [{"kind": "card"}]}, **at)
            assert (status, done["receipt"], done["total_minor"]) == (200, 1, 399)
            steps = (await client.ask("GET", f"{order}/steps", **at))[1]
            assert [step["now"] for step in steps][-1] == "handed_over"
            assert (await client.ask("GET", "/api/v1/orders?ended=yes", **at))[1]["orders"][0]["receipt"] == 1
            assert (await client.ask("GET", "/api/v1/orders/o" + "0" * 16, **at))[0] == 404
            assert (await client.ask("GET", "/api/v1/order-slots", **at))[0] == 200
            assert (await client.ask("POST", "/api/v1/orders", {"cart": "?"}, **at))[0] == 400

    run(scenario())


def test_the_hours_and_zones_of_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):
            token = {"Grant": served.site.door.token}
            hours = (await client.ask("GET", "/api/v1/store-hours", Register="1"))[1]
            assert (await client.ask("PUT", "/api/v1/store-hours", hours, Register="1"))[0] == 403
            hours["exceptions"] = [{"date": "2027-12-25", "why": "Christmas"}]
            assert (await client.ask("PUT", "/api/v1/store-hours", hours, **token))[0] == 200
            kept = (await client.ask("GET", "/api/v1/store-hours", Register="1"))[1]
            assert kept["exceptions"][0]["why"] == "Christmas"
            zone = {"title": "Town", "prefixes": ["750"], "fee": "milk", "fee_minor": 300}
            assert (await client.ask("PUT", "/api/v1/delivery-zones/town", zone, **token))[0] == 200
            assert [one["id"] for one in (await client.ask("GET", "/api/v1/delivery-zones", Register="1"))[1]] == [
                "town"
            ]
            assert (await client.ask("DELETE", "/api/v1/delivery-zones/town", **token))[0] == 200
            assert (await client.ask("GET", "/api/v1/delivery-zones", Register="1"))[1] == []
            for page in ("/manager/orders", "/manager/hours"):
                status, text = await client.ask("GET", f"{page}?register=1&lang=he", **token)
                assert status == 200 and 'dir="rtl"' in text

    run(scenario())


def test_who_has_no_right_reads_no_orders(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):
            kiosk = {"Register": "2", "Surface": "kiosk"}
            assert (await client.ask("GET", "/api/v1/orders", **kiosk))[0] == 403
            assert (await client.ask("GET", "/manager/orders?register=2", **kiosk))[0] == 403
            assert (await client.ask("POST", "/api/v1/orders/o00000000/cancel", {}, Register="1"))[0] == 403
            assert CASHIER.may("sell") and served

    run(scenario())


def test_programs_read_on_what_happened_and_nothing_of_people(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):
            await client.ask("POST", "/shop/add", {"sku": "milk"})
            await client.ask("POST", "/shop/place", {"accepted_total_minor": 120, "name": "Dana"})
            token = {"Grant": served.site.door.token, "Register": "1"}
            status, page = await client.ask("GET", "/api/v1/events", **token)
            assert (status, [event["type"] for event in page["events"]]) == (200, ["OrderPlaced"])
            assert page["events"][0]["said"] == "P01" and "name" not in page["events"][0]
            again = (await client.ask("GET", f"/api/v1/events?after={page['after']}", **token))[1]
            assert again == {"events": [], "after": page["after"]}
            assert (await client.ask("GET", "/api/v1/events", Register="1"))[0] == 403
            assert (await client.ask("GET", "/api/v1/events?after=x", **token))[0] == 400

    run(scenario())


def test_a_paired_kiosk_is_its_register_and_reaches_no_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as kiosk:
            assert (await kiosk.get("/kiosk", Accept="text/html")).status in (302, 303)
            await kiosk.let_in("kiosk", "2")
            page = await kiosk.get("/kiosk", Accept="text/html", Register="")
            assert page.status == 200 and 'data-register="2"' in page.text and "register=2&amp;lang=fr" in page.text
            added = await kiosk.call("POST", "/kiosk/add", {"sku": "milk"}, Register="2", Origin=kiosk.url)
            assert added.status == 200
            elsewhere = await kiosk.call("POST", "/kiosk/add", {"sku": "milk"}, Register="1", Origin=kiosk.url)
            assert elsewhere.status == 400 and "paired with register 2, not 1" in elsewhere.text
            for path in ("/", "/manager/orders", "/manager/hours"):
                assert (await kiosk.get(path, Accept="text/html", Register="")).status == 403, path

    run(scenario())


def test_a_phone_that_signed_in_goes_on_and_whoever_saw_its_qr_has_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, WITH_SMS + "[orders]\nphones = true\n") as (served, phone):
            await do(served.shop, SetCustomer(name="Dana", phone="+33123456789"), SYSTEM)
            assert (await phone.ask("POST", "/shop/add", {"sku": "milk"}))[0] == 200
            (seen,) = served.shop.reader.execute("SELECT id FROM cart").fetchone()
            assert (await phone.ask("POST", "/shop/sign-in", {"to": "01 23 45 67 89"}))[0] == 200
            (code,) = served.shop.reader.execute("SELECT code FROM sign_in").fetchone()
            status, mine = await phone.ask("POST", "/shop/sign-in/code", {"code": code})
            assert (status, mine["count"]) == (200, 1)
            assert (await phone.ask("GET", "/shop/cart"))[1]["count"] == 1
            assert read_cart(served.shop.reader, seen) is None

    run(scenario())
