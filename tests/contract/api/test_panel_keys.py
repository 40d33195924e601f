"""Programs with keys: what a key opens (never more than its maker may do), and when it stops working."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from edge.foundation.access.programs.api_key import DAY_US, HOUR_US
from edge.web.rate_limit import RATES
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_pairing import ALWAYS, pair
from tests.contract.api.test_panel_users import add
from tests.http_client import when
from tests.shop_fixture import CONFIG, MILK, FakeClock, run

TWO_YEARS_US = 730 * DAY_US
BASKET = "/api/v1/queries/basket"


async def make(caller: Caller, *rights: str, grant: str, **fields: Any) -> Answer:
    body = {"name": "Web shop", "rights": rights, **fields}
    return await caller.call("POST", "/api/v1/keys", body, Grant=grant)


async def key_of(served: Served, caller: Caller, *rights: str, grant: str = "", **fields: Any) -> dict[str, str]:
    """Return the headers of a program with a new key. Without `grant`, the command line makes the key."""
    made = await make(caller, *rights, grant=grant or served.site.door.token, **fields)
    assert made.status == 200, made.text
    return {"Authorization": f"Bearer {made.json['key']['bearer']}"}


async def manager(served: Served, caller: Caller, pin: str = "730584") -> str:
    """Add a manager, and return the token that their PIN opens. The first one's id is u1."""
    assert (await add(caller, "Moshe", "manager", pin, Grant=served.site.door.token)).status == 200
    given = await caller.call("POST", "/api/v1/grants", {"pin": pin}, Surface="panel")
    return str(given.json["grant"]["token"])


def journal(served: Served, type: str) -> list[tuple[str, bytes]]:
    rows = served.shop.reader.execute("SELECT actor, body FROM journal WHERE type = ? ORDER BY seq", (type,))
    return list(rows.fetchall())


def id_of(key: dict[str, str]) -> str:
    return key["Authorization"].split("_")[1]


def test_a_program_is_let_in_by_its_key_alone_and_is_an_actor_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS + "[till]\nsign_in = true\n") as served, calling(served) as caller:
            assert (await caller.get(BASKET)).code == "not_paired"
            key = await key_of(served, caller, "sell")
            assert (await caller.do("AddLine", {"code": MILK}, **key)).status == 200
            assert (await caller.do("Pay", {"kind": "card"}, **key)).status == 200
            assert journal(served, "SaleCompleted")[0][0] == f"key:{id_of(key)}"
            assert (await caller.do("SetPrice", {"sku": "milk", "price_minor": 1}, **key)).code == "right_denied"

            ((who, body),) = journal(served, "KeyMade")
            assert who == "system" and b"Web shop" not in body, "ids alone"
            secret = key["Authorization"].rpartition("_")[2]
            listed = await caller.get("/api/v1/keys", Grant=served.site.door.token)
            assert listed.json["keys"][0]["name"] == "Web shop" and secret not in listed.text
            kept = served.shop.reader.execute("SELECT * FROM access_key").fetchall()
            assert secret not in str(kept) and secret not in str(journal(served, "KeyMade"))
            assert bytes.fromhex(secret) not in kept[0]

    run(scenario())


def test_a_key_never_goes_beyond_its_maker(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            role = {"id": "it", "name": "IT", "rights": ["sell", "keys", "stock"], "limits": {}}
            assert (await caller.manage("SetRole", role)).status == 200
            assert (await add(caller, "Noa", "it", "604917", Grant=served.site.door.token)).status == 200
            given = await caller.call("POST", "/api/v1/grants", {"pin": "604917"}, Surface="panel")
            grant = given.json["grant"]["token"]
            for rights in (("settings",), ("manage",), ("stock", "users")):
                assert (await make(caller, *rights, grant=grant)).code == "right_not_yours", rights
            assert (await make(caller, "fly", grant=grant)).code == "right_unknown"
            assert (await make(caller, "pins", grant=served.site.door.token)).code == "right_unknown", (
                "nobody's to give"
            )
            wrongs: list[dict[str, Any]] = [
                {"days": 366},
                {"days": 0},
                {"rights": []},
                {"register": "9"},
                {"name": " "},
            ]
            for wrong in wrongs:
                assert (await make(caller, "stock", grant=grant, **wrong)).status == 400, wrong
            key = await key_of(served, caller, "sell", "keys", grant=grant)
            assert (await caller.get("/api/v1/keys", **key)).status == 200
            assert (await caller.manage("SetRole", {**role, "rights": ["sell", "stock"]})).status == 200
            assert (await caller.get("/api/v1/keys", **key)).code == "right_denied", "the meet of both, at each request"
            assert (await caller.get(BASKET, **key)).status == 200
            assert (await caller.manage("SetRole", {**role, "rights": ["stock"]})).status == 200
            assert (await caller.get(BASKET, **key)).code == "key_stopped"

    run(scenario())


def test_a_key_stops_when_its_maker_is_retired_and_when_it_is_revoked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            grant = await manager(served, caller)
            theirs, other = [await key_of(served, caller, "sell", grant=of) for of in (grant, "")]
            assert (await caller.get(BASKET, **theirs)).status == 200
            assert (await add(caller, "Noa", "manager", "604917", Grant=served.site.door.token)).status == 200
            assert (await caller.manage("RetireUser", {"id": "u1"})).status == 200
            gone = await caller.get(BASKET, **theirs)
            assert (gone.status, gone.code) == (401, "key_wrong")
            assert gone.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
            assert journal(served, "KeyRevoked")[0][1] == f'{{"key":"{id_of(theirs)}"}}'.encode()
            path = f"/api/v1/keys/{id_of(other)}"
            for status in (200, 404):
                assert (await caller.call("DELETE", path, Grant=served.site.door.token)).status == status
            assert (await caller.get(BASKET, **other)).code == "key_wrong"
            assert len(journal(served, "KeyRevoked")) == 2

    run(scenario())


def test_a_key_ends_and_no_clock_that_is_set_back_brings_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            key, longer = [await key_of(served, caller, "sell", days=days) for days in (2, 365)]
            clock.at_us -= TWO_YEARS_US
            assert (await caller.get(BASKET, **key)).code == "clock_suspect"
            assert (await make(caller, "sell", grant=served.site.door.token)).code == "clock_suspect"
            clock.at_us += TWO_YEARS_US
            assert (await caller.do("AddLine", {"code": MILK}, **key)).status == 200
            clock.at_us += 50 * DAY_US  # implausibly far ahead
            assert (await caller.do("AddLine", {"code": MILK})).status == 200, "selling goes on"
            assert (await caller.get(BASKET, **key)).code == "clock_suspect"
            clock.at_us -= 50 * DAY_US
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert (await caller.get(BASKET, **key)).status == 200, "no wrong clock has ended it"
            clock.advance(2 * DAY_US / 1e6)
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            for back_us in (0, TWO_YEARS_US, -TWO_YEARS_US):
                clock.at_us -= back_us
                ended = await caller.get(BASKET, **key)
                assert (ended.status, ended.code) == (401, "key_ended")
            assert (await caller.get(BASKET, **longer)).status == 200

    run(scenario())


def test_an_invalid_key_opens_nothing_wherever_it_comes_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            one, two = [(await key_of(served, caller, "sell"))["Authorization"] for _ in range(2)]
            crossed = two.rpartition("_")[0] + "_" + one.rpartition("_")[2]
            for wrong in (crossed, one[:-1], one.upper(), f"{one}0", "Bearer", "Bearer edge_", "bearer x.y.z"):
                answer = await caller.get(BASKET, Authorization=wrong)
                assert (answer.status, answer.code) == (401, "token_wrong" if "." in wrong else "key_wrong"), wrong
            assert (await caller.get(BASKET, Authorization=one.replace("Bearer", "bearer"))).status == 200
            assert (await caller.get(BASKET, Authorization="Basic cHJveHk6eA==")).status == 200, "a proxy's, not ours"
            both = await caller.get(BASKET, Authorization=one, Grant=served.site.door.token)
            assert (both.status, both.code) == (400, "credentials_twice")

    run(scenario())


def test_a_program_is_no_browser_and_changes_no_ones_rights(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            key = await key_of(served, caller, "manage", "sell", "override")
            assert (await caller.get("/api/v1/queries/users", **key)).status == 200
            for path, body in (
                *(
                    ("grants", {"pin": PIN}),
                    ("sign-in", {"pin": PIN}),
                    ("sign-out", {}),
                    ("lock", {}),
                    ("pairings", {}),
                ),
                *(("pin", {"pin": "918273", "old_pin": PIN}), ("recovery-code", {"end": "ABCD"})),
                ("sessions/end", {"register": "1"}),
                ("users", {"name": "Mallory", "role": "manager", "pin": "918273"}),
                ("keys", {"name": "Another", "rights": ["sell"]}),
                ("commands/SetRole", {"id": "x", "name": "X", "rights": ["manage"]}),
                ("commands/RevokeKey", {"id": id_of(key)}),
            ):
                answer = await caller.call("POST", f"/api/v1/{path}", body, **key)
                assert (answer.status, answer.code) == (403, "key_cannot"), path
            for path in ("/", "/manager", "/manager/access", "/fragments/access"):
                assert (await caller.get(path, **key)).status == 403, path
            assert (await caller.call("POST", "/fragments/recovery-code", {}, **key)).status == 403
            assert (await caller.call("GET", "/ws?page=cashier&register=1", Upgrade="websocket", **key)).status == 403

            given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            cookie, weak = given.headers["Set-Cookie"].split("; ")[0], await key_of(served, caller, "sell")
            mixed = {**weak, "Cookie": cookie, "Surface": "panel", "Origin": served.url}
            assert (await caller.get("/api/v1/queries/users", **mixed)).code == "right_denied", "no cookie counts"

    run(scenario())


def test_a_key_for_one_register_is_for_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            key = await key_of(served, caller, "sell", register="2")
            assert (await caller.do("AddLine", {"code": MILK}, Register="", **key)).status == 200
            assert (await caller.do("AddLine", {"code": MILK}, Register="2", **key)).status == 200
            other = await caller.do("AddLine", {"code": MILK}, Register="1", **key)
            assert (other.status, other.code) == (400, "register_not_of_key")

    run(scenario())


def test_the_last_use_is_kept_to_the_hour_and_not_written_at_each_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            key, hour_us = await key_of(served, caller, "sell"), clock.at_us // HOUR_US * HOUR_US

            async def used() -> list[Any]:
                return list(served.shop.reader.execute("SELECT used_us, network FROM access_key").fetchall())

            await caller.get(BASKET, **key)
            written = await when(used, lambda rows: rows[0][0] == hour_us, "the hour of its last use")
            for _ in range(5):
                clock.advance(HOUR_US / 1e6)
                assert (await caller.get(BASKET, **key)).status == 200
            assert await used() == written, "once in five minutes"
            await served.access.keys.stop()
            assert (await used())[0][0] == hour_us + 5 * HOUR_US, "what is left is written at the end"

    run(scenario())


def test_a_program_has_its_own_share_of_requests_and_no_till_waits_for_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller:
            key, other = [await key_of(served, caller, "sell") for _ in range(2)]
            for _ in range(RATES["command"].burst + 20):
                answer = await caller.do("AbandonBasket", {}, **key)
                if answer.status == 429:
                    break
            assert (answer.status, answer.code) == (429, "too_often") and int(answer.headers["Retry-After"]) > 0
            assert (await caller.do("AddLine", {"code": MILK}, **key)).status == 200, (
                "another endpoint has its own share"
            )
            for headers in (other, {}):
                assert (await caller.do("AddLine", {"code": MILK}, **headers)).status == 200

    run(scenario())


def test_the_managers_page_lists_keys_and_the_api_says_how_one_is_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            key = await key_of(served, caller, "stock", "reports", register="2")
            cookie = await pair(caller, "manager", "")
            for language in ("en", "fr", "he"):
                shown = await caller.get(
                    f"/fragments/access?lang={language}", Cookie=cookie, Grant=served.site.door.token
                )
                assert "Web shop" in shown.text and f"key:{id_of(key)}" in shown.text
                assert not re.search(r"\baccess\.[a-z_]+", shown.text), "a sentence lacks"
            api = (await caller.get("/api/v1/openapi.json", **key)).json
            assert api["components"]["securitySchemes"]["key"] == {
                **api["components"]["securitySchemes"]["key"],
                "type": "http",
                "scheme": "bearer",
            }
            assert {"key": []} in api["security"]
            assert "401" in api["paths"]["/api/v1/keys"]["post"]["responses"]

    run(scenario())
