"""Promotions over HTTP: in the shop's time zone, in pages, only sent again if changed, and refused in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge.goods.promotions import routes as promotions
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

ALL = "/api/v1/promotions"
HALF: dict[str, Any] = {"names": {"en": "Half"}, "deal": {"kind": "percent_off", "share": 50_000}}


def test_put_read_and_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotions, "PROMOTIONS_SHOWN", 2)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            grant = {"Grant": served.site.door.token}
            body = {**HALF, "begins": "2031-05-01T08:30", "ends": "2031-05-31T20:00+00:00"}
            put = await caller.call("PUT", f"{ALL}/may", body, **grant)
            begins = datetime(2031, 5, 1, 8, 30, tzinfo=ZoneInfo("Europe/Paris"))
            assert (put.status, put.json["from_us"]) == (200, int(begins.timestamp() * 1e6))
            assert put.json["until_us"] - put.json["from_us"] == (30 * 24 + 13.5) * 3_600_000_000
            for id in ("a", "z"):
                assert (await caller.call("PUT", f"{ALL}/{id}", HALF, **grant)).status == 200

            first = await caller.get(ALL)
            assert [kept["promotion"]["id"] for kept in first.json["promotions"]] == ["a", "may"]
            assert (await caller.get(ALL, If_None_Match=first.headers["Etag"])).status == 304
            rest = await caller.get(f"{ALL}?after={first.json['after']}")
            assert ([kept["promotion"]["id"] for kept in rest.json["promotions"]], rest.json["after"]) == (["z"], None)
            await caller.manage("EndPromotion", {"id": "z"})
            over = await caller.get(f"{ALL}?over=yes")
            assert [kept["promotion"]["id"] for kept in over.json["promotions"]] == ["z"]
            assert (await caller.get(f"{ALL}/may")).json == put.json

            assert (await caller.get(f"{ALL}/none")).status == 404
            assert (await caller.get(f"{ALL}?over=maybe")).code == "argument_wrong"
            assert (await caller.call("PUT", f"{ALL}/b", HALF)).status == 403
            ended = await caller.call("PUT", f"{ALL}/b", {**HALF, "ends": "2001-01-01"}, **grant)
            assert (ended.status, ended.code) == (422, "promotion_over")
            wrong = await caller.call("PUT", f"{ALL}/b", {**HALF, "deal": {"kind": "lottery"}}, **grant)
            assert (wrong.status, wrong.code) == (400, "body_wrong")

    run(scenario())
