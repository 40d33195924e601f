"""A till with a scale: goods on it are weighed when they are scanned, once, net, and the paper says how."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from drivers import registry
from edge.core.process.parts import Part
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import Weighed
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.devices.scale_part import ScalePart
from edge.counter.till.queries import read_basket
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Value
from sim.scale import SimScale
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.counter_shop import paper
from tests.http_client import when
from tests.shop_fixture import SYSTEM, TOMATO, done, run

DEADLINE_S = 20.0


@asynccontextmanager
async def weighing(folder: Path) -> AsyncIterator[tuple[Served, Caller, SimScale]]:
    """A shop whose first register has a scale."""
    async with serve(folder) as served, calling(served) as caller, asyncio.timeout(DEADLINE_S):
        sim = SimScale("sics", folder / "scale")
        device = registry.create("scale", "sics", {"path": sim.path, "answer_timeout_ms": 500})
        part = served.tills.scales["1"] = ScalePart(served.shop, device, "1")
        served.supervisor.start(Part("scale", part.run))
        try:
            await shown(caller, lambda state: state == "stable")
            yield served, caller, sim
        finally:
            sim.close()


async def shown(caller: Caller, wanted: Callable[[str], bool], net_g: int | None = None) -> None:
    """Wait until the scale shows that."""

    async def read() -> dict[str, Any]:
        return dict((await caller.get("/api/v1/scale")).json)

    await when(
        read, lambda said: wanted(said["state"]) and net_g in (None, said["net_g"]), "the scale shows it", DEADLINE_S
    )


def basket(served: Served) -> Basket:
    return read_basket(served.shop.reader, "1")


async def lines(served: Served, count: int) -> Basket:
    """The counter, once it has so many lines."""

    async def read() -> Basket:
        return basket(served)

    return await when(read, lambda found: len(found.lines) == count, f"{count} lines", DEADLINE_S)


def test_goods_on_the_scale_are_weighed_once_as_they_are_scanned(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with weighing(tmp_path) as (served, caller, sim):
            sim.put(640)
            await shown(caller, lambda state: state == "stable", 640)
            await done(served.shop, AddLine(TOMATO))
            line = (await lines(served, 1)).lines[0]
            assert (line.quantity, line.amount_minor, line.weighed) == (640, 255, Weighed("scale"))
            again = await done(served.shop, AddLine(TOMATO))
            question = again.result.questions[0].id
            twice = await caller.call("POST", "/api/v1/scale/weigh", {"question": question})
            assert (twice.status, twice.code) == (422, "weight_taken")
            sim.put(0)
            await shown(caller, lambda state: state == "stable", 0)
            sim.put(500, stable=False)
            moving = await caller.call("POST", "/api/v1/scale/weigh", {"question": question})
            assert moving.code == "scale_moving"
            sim.put(500)
            taken = await caller.call("POST", "/api/v1/scale/weigh", {"question": question})
            assert taken.status == 200
            assert [line.quantity for line in (await lines(served, 2)).lines] == [640, 500]

    run(scenario())


def test_packing_is_taken_off_and_printed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with weighing(tmp_path) as (served, caller, sim):
            grapes = Product("grapes", {"en": "Grapes"}, ("2000000000022",), 1000, "reduced", "kg")
            packed = Product(
                "berries", {"en": "Berries"}, ("2000000000039",), 1000, unit="kg", attributes={"tare_g": Value("15")}
            )
            await done(served.shop, SetProducts((grapes, packed)), SYSTEM)
            sim.put(120)
            tared = await caller.call("POST", "/api/v1/scale/tare", {})
            assert (tared.json["net_g"], tared.json["tare_g"]) == (0, 120)
            sim.put(620)
            await shown(caller, lambda state: state == "stable", 500)
            await done(served.shop, AddLine(sku="grapes"))
            assert (await lines(served, 1)).lines[0].weighed == Weighed("scale", 120)
            sim.put(0)
            await shown(caller, lambda state: state == "stable", -120)
            assert (await caller.call("POST", "/api/v1/scale/tare", {})).json["tare_g"] == 0
            sim.put(215)
            await shown(caller, lambda state: state == "stable", 215)
            await done(served.shop, AddLine(sku="berries"))
            await lines(served, 2)
            await done(served.shop, AddLine(sku="grapes", quantity=100))
            await done(served.shop, Pay("cash"))
            said = paper(served.shop)
            assert {"0.5 kg × 10.00", "Net weight; tare 0.12 kg", "0.2 kg × 10.00"} <= set(said)
            assert "Net weight; tare 0.015 kg" in said
            assert "Weight entered manually" in said

    run(scenario())


def test_a_scale_that_is_gone_leaves_typing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with weighing(tmp_path) as (served, caller, sim):
            sim.unplug()
            await shown(caller, lambda state: state == "lost")
            asked = await done(served.shop, AddLine(TOMATO))
            question = asked.result.questions[0].id
            gone = await caller.call("POST", "/api/v1/scale/weigh", {"question": question})
            assert gone.code == "scale_lost"
            typed = await caller.call(
                "POST", "/api/v1/commands/AnswerQuestion", {"question": question, "quantity": 300}
            )
            assert typed.status == 200
            assert (await lines(served, 1)).lines[0].weighed == Weighed("hand")
            forged = await caller.call("POST", "/api/v1/commands/WeighGoods", {"question": 1, "gross_g": 300})
            assert forged.status == 404, "only the scale says what it shows"
            other = await caller.call("GET", "/api/v1/scale", Register="2")
            assert (other.status, other.code) == (404, "no_scale")

    run(scenario())
