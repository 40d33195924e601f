"""Strangers only learn that the box answers. Also: whose cookie counts for reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.calling import calling
from tests.browser.strangers import open_to_all, stranger
from tests.contract.api.test_panel_keys import key_of
from tests.shop_fixture import run
from tests.signing_in import hire, own_device


def test_how_much_is_sold_and_what_is_plugged_in_is_told_to_nobody_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as here, stranger(served) as guest:
            details = (await here.get("/manager/status")).text
            assert "Some things need your attention" in details and "Backups are off" in details
            assert "Web pages" in details and "Sales are saved" in details
            for internal in ("Watchdog", "Search ranking by sales", "Sales search", "Device detection", "search_sold"):
                assert internal not in details
            for language, word in (("fr", "Fonctionnement normal"), ("he", "פועל כרגיל")):
                assert word in (await here.get(f"/manager/status?lang={language}")).text
            await here.set_pin()
            assert "edge_commands_total" in (await here.get("/metrics")).text
            assert (await here.get("/healthz")).json["parts"]
            closed = await guest.get("/metrics")
            assert (closed.status, "edge_" in closed.text) == (401, False)
            health = await guest.get("/healthz")
            assert (health.status, health.json) == (200, {"healthy": True})
            said = await guest.get("/status")
            assert said.status == 200 and "The shop can sell" in said.text
            assert "Web pages" not in said.text and "entry" not in said.text
            for rights, status in ((("sell",), 403), (("reports",), 200)):
                key = await key_of(served, here, *rights)
                answer = await guest.get("/metrics", Register="", **key)
                assert (answer.status, "edge_" in answer.text) == (status, status == 200)
                assert (await guest.get("/healthz", Register="", **key)).json["parts"]
            await guest.let_in("kiosk")
            assert (await guest.get("/metrics")).status == 403

    run(scenario())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 401),
        ({"Sec-Fetch-Site": "cross-site"}, 401),
        ({"Origin": "https://elsewhere.example"}, 401),
    ],
)
def test_a_device_of_ones_own_reads_without_a_register_and_for_our_pages_alone(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as phone:
            await hire(served)
            sent = {"Cookie": await own_device(phone), "Register": "", "Origin": "", **headers}
            for path in ("notify/alerts", "auth/me"):
                assert (await phone.get(f"/api/v1/{path}", **sent)).status == status, path

    run(scenario())
