"""Programs sell whole baskets in one request, and look up sales."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.calling import PIN, Answer, Caller, calling, key
from tests.browser.serving import fill_the_disk, make_room, serve
from tests.shop_fixture import BEER, CONFIG, MILK, TOMATO, FakeClock, run

SALES = "/api/v1/sales"
BASKET: dict[str, Any] = {
    "lines": [{"code": MILK, "quantity": 2000}, {"code": BEER}, {"sku": "tomato", "quantity": 750}],
    "tenders": [{"kind": "card", "amount_minor": 500}, {"kind": "cash", "amount_minor": 500}],
    "age_checked": 18,
}
MILK_BY_CARD: dict[str, Any] = {"lines": [{"code": MILK}], "tenders": [{"kind": "card"}]}


async def sell(caller: Caller, body: Any, id: str = "", **headers: str) -> Answer:
    return await caller.call("POST", SALES, body, **{"Idempotency_Key": id or key(), **headers})


def test_a_basket_is_sold_by_one_request_and_looked_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            sold = await sell(caller, BASKET)
            assert (sold.status, sold.headers["Location"]) == (201, f"{SALES}/1/1")
            sale = sold.json
            assert (sale["receipt"], sale["total_minor"], sale["change_minor"]) == ("1-000001", 789, 211)
            assert [line["paid_minor"] for line in sale["lines"]] == [240, 250, 299]
            assert sale["net_minor"] + sum(tax["tax_minor"] for tax in sale["taxes"]) == 789
            assert sale["tenders"] == [
                {"kind": "card", "amount_minor": 500},
                {"kind": "cash", "amount_minor": 500},
            ]
            found = await caller.get(f"{SALES}/1/1")
            assert found.json == {**sale, "voided_by": None, "refunded_minor": 0}
            assert (await caller.manage("VoidLastSale", Register="1")).status == 200
            assert (await caller.get(f"{SALES}/1/1")).json["voided_by"] == 2
            for none in (f"{SALES}/1/2", f"{SALES}/1/99", f"{SALES}/1/999999999999999"):
                missing = await caller.get(none)
                assert (missing.status, missing.code) == (404, "no_such_receipt"), none

    run(scenario())


def test_the_same_key_again_gives_the_same_sale(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            id = key()
            first = await sell(caller, BASKET, id)
            again = await sell(caller, BASKET, id)
            assert (again.status, again.json, again.headers["Location"]) == (201, first.json, first.headers["Location"])
            other = await sell(caller, MILK_BY_CARD, id)
            assert (other.status, other.code) == (409, "conflict")
            assert len((await caller.get("/api/v1/queries/receipts")).json["result"]) == 1
            without = await caller.call("POST", SALES, BASKET)
            assert (without.status, without.code) == (400, "key_missing")

    run(scenario())


def test_a_refused_basket_may_be_mended_under_the_same_key(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            id = key()
            young = await sell(caller, {**BASKET, "age_checked": 0}, id)
            assert (young.status, young.code, young.json["refused"]["values"]["line"]) == (422, "age_not_checked", 2)
            assert young.message == "Beer can only be sold to people aged 18 or over. Check the customer's age first."
            assert (await sell(caller, BASKET, id)).json["number"] == 1

    run(scenario())


def test_another_price_needs_the_right(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await caller.set_pin()
            cheaper = {**MILK_BY_CARD, "lines": [{"code": MILK, "price_minor": 100}]}
            denied = await sell(caller, cheaper)
            assert (denied.status, denied.code) == (403, "right_denied")
            asked = {"pin": PIN, "command": "SellBasket"}
            grant = (await caller.call("POST", "/api/v1/grants", asked)).json["grant"]["token"]
            sold = await sell(caller, cheaper, Grant=grant)
            assert (sold.status, sold.json["total_minor"]) == (201, 100)
            assert (await sell(caller, cheaper, Grant=grant)).status == 403, "a PIN approves one sale"

    run(scenario())


def test_who_may_not_sell_sells_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG.replace("[store]", "till.sign_in = true\n[store]")
        async with serve(tmp_path, text=text) as served, calling(served) as caller:
            assert (await sell(caller, MILK_BY_CARD, Surface="kiosk")).code == "right_denied"
            nobody = await sell(caller, MILK_BY_CARD)
            assert (nobody.status, nobody.code) == (422, "sign_in_first")
            assert (await sell(caller, MILK_BY_CARD, Register="")).code == "register_missing"

    run(scenario())


def test_a_malformed_basket_is_told_what_and_where(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for body, where in (
                ({**MILK_BY_CARD, "lines": []}, "$.lines"),
                ({**MILK_BY_CARD, "tenders": []}, "$.tenders"),
                ({**MILK_BY_CARD, "lines": [{"code": MILK}] * 301}, "$.lines"),
                ({**MILK_BY_CARD, "lines": [{"code": MILK, "quantity": 0}]}, "$.lines[0].quantity"),
                ({**MILK_BY_CARD, "tenders": [{"kind": "SHELLS!"}]}, "$.tenders[0].kind"),
                ({"lines": [{"code": MILK}]}, "$.tenders"),
            ):
                answer = await sell(caller, body)
                assert (answer.status, answer.code) == (400, "body_wrong"), body
                assert answer.json["error"]["values"]["where"] == where
            assert (await sell(caller, b"[1]")).code == "body_wrong"
            assert (await sell(caller, b"x" * 300_000)).code == "body_too_large"
            assert (await sell(caller, MILK_BY_CARD, "yesterday")).code == "id_wrong"

    run(scenario())


def test_the_cashiers_basket_and_page_know_nothing_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            open_basket = (await caller.do("AddLine", {"code": MILK})).json["done"]["result"]
            counter = served.tills.counters["1"]
            await sell(caller, {**MILK_BY_CARD, "lines": [{"sku": "nothing"}]})
            assert (await sell(caller, {**MILK_BY_CARD, "lines": [{"code": TOMATO, "quantity": 500}]})).status == 201
            assert (counter.ended, counter.refused) == (None, None)
            after = (await caller.do("AddLine", {"code": MILK})).json["done"]["result"]
            assert after["revision"] == open_basket["revision"] + 1
            assert [line["quantity"] for line in after["lines"]] == [2000]

    run(scenario())


def test_other_registers_sales_are_for_who_sees_reports(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await sell(caller, MILK_BY_CARD)
            assert (await caller.get(f"{SALES}/1/1")).status == 200
            other = await caller.get(f"{SALES}/1/1", Register="2")
            assert (other.status, other.code) == (403, "right_denied")
            assert (await caller.get(f"{SALES}/1/1", Register="2", Grant=served.site.door.token)).status == 200

    run(scenario())


def test_a_full_disk_sells_nothing_and_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await fill_the_disk(served)
            id = key()
            full = await sell(caller, MILK_BY_CARD, id)
            assert (full.status, full.code, full.headers["Retry-After"]) == (503, "read_only", "1")
            make_room(served)
            assert (await sell(caller, MILK_BY_CARD, id)).json["number"] == 1

    run(scenario())


def test_it_is_described(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            api = (await caller.get("/api/v1/openapi.json")).json
            post, get = api["paths"][SALES]["post"], api["paths"][f"{SALES}/{{register}}/{{number}}"]["get"]
            assert set(post["responses"]) == {
                "201",
                "400",
                "401",
                "403",
                "409",
                "413",
                "415",
                "422",
                "429",
                "500",
                "503",
            }
            answers = post["responses"]["201"]["content"]["application/json"]["schema"]
            fields = api["components"]["schemas"][answers["$ref"].rpartition("/")[2]]["properties"]
            sold = await sell(caller, MILK_BY_CARD)
            assert set(sold.json) == set(fields)
            assert set(get["responses"]) == {"200", "400", "401", "403", "404", "429", "500", "503"}
            assert {one["name"] for one in get["parameters"] if "name" in one} == {"register", "number"}

    run(scenario())
