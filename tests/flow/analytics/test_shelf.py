"""A camera in front of a shelf: set up over HTTP, emptied, found, answered; and pictures that are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from drivers import registry as drivers
from drivers.roles import Camera
from edge.analytics.shelf.camera_part import CameraPart
from edge.analytics.shelf.events import ReferenceRenewed
from edge.analytics.shelf.queries import read_cameras, read_findings, read_look, read_planograms, renewed_picture
from edge.analytics.shelf.sight_process import SightProcess
from edge.core.journal.rows import facts
from edge.core.messages import Done
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.stock.commands import Moved, MoveStock
from edge.goods.stock.queries import read_stock
from edge.lib.sight.kinds import Probe, Probed
from edge.runtime.config.device_uses import CameraUse
from sim.shelves.bottles import DrawnBottle, draw_bottles
from sim.shelves.camera import SimShelfCamera
from sim.shelves.scene import Bay, Place, View, draw, jpeg
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import BEER, CONFIG, MILK, SYSTEM, FakeClock, run
from tests.unit.analytics.test_shelf_labels import ROWS, WHOLE, facings, shelf

pytest.importorskip("cv2", reason="missing: opencv")

BAY = Bay(tuple(tuple(Place(row * 10 + at // 2) for at in range(6)) for row in range(3)), seed=5, width=640, height=360)
SKUS = {10: "milk", 11: "beer", 12: "tomato"}
USE = CameraUse(purpose="empty shelves", contact="the manager", sign_is_up=True)
FAST = CONFIG.replace("[panel]", "[shelf]\ngap_after_min = 1\n[panel]")


@pytest.fixture(autouse=True)
def there_is_time_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sees gives way to everything else, and on a busy machine that is long."""
    monkeypatch.setattr(SightProcess.ask, "__defaults__", (120.0,))


class Standing:
    """A shop with a camera in front of a bay, whose clock a test moves."""

    def __init__(
        self, served: Served, caller: Caller, camera: SimShelfCamera, part: CameraPart, clock: FakeClock
    ) -> None:
        self.served, self.caller, self.camera, self.part, self.clock = served, caller, camera, part, clock
        self.grant = {"Grant": served.site.door.token}

    async def look(self, times: int = 1) -> dict[str, str]:
        """Look so many times, a minute apart; the states behind it."""
        for _ in range(times):
            self.clock.advance(61)
            await self.part.look()
        look = read_look(self.served.shop.reader, "bay-1")
        assert look is not None
        return {one.id: one.state for one in look.look.facings}

    async def set_up(self, changes: int = 0) -> Any:
        full = await self.caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **self.grant)
        self.camera.bay = BAY.all("gap")
        bare = await self.caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **self.grant)
        self.camera.refill()
        assert (full.status, bare.status) == (201, 201), full.text
        body = {
            "name": "Dairy",
            "camera": "eye",
            "layout": layout(),
            "full": full.json["name"],
            "bare": bare.json["name"],
            "changes": changes,
        }
        return await self.caller.call("PUT", "/api/v1/shelf/bays/bay-1", body, **self.grant)


def layout() -> dict[str, Any]:
    facings = []
    for row, places in enumerate(BAY.rows):
        for at, place in enumerate(places):
            left, top, right, bottom = BAY.box(row, at)
            sku = SKUS.get(place.product, f"other-{place.product}")
            box = {"left": left, "top": top, "right": right, "bottom": bottom}
            facings.append({"id": f"r{row}f{at}", "row": row, "sku": sku, **box})
    return {"corners": BAY.corners, "rows": [], "facings": facings}


async def awake(served: Served) -> None:
    """What sees takes a moment to begin with, on a busy machine a long one."""
    await served.shelf.eyes.ask(Probe(jpeg(draw(BAY))), Probed)


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Standing]:
    clock = FakeClock()
    async with (
        SimShelfCamera(BAY, fps=40) as sim,
        serve(folder, FAST, clock=clock) as served,
        calling(served) as caller,
    ):
        driver = cast(Camera, drivers.create("camera", "mjpeg", {"url": sim.url, "frame_timeout_ms": 2000}))
        part = served.shelf.camera(driver, "eye", USE)
        await awake(served)
        yield Standing(served, caller, sim, part, clock)


def test_the_facings_of_a_new_bay_are_recognised_by_what_stands_elsewhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            assert (await shop.set_up()).status == 200
            taken = await shop.caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **shop.grant)
            unnamed = [{**one, "sku": ""} for one in layout()["facings"]]
            asked = {"picture": taken.json["name"], "corners": BAY.corners, "facings": unnamed}
            found = await shop.caller.call("POST", "/api/v1/shelf/recognitions", asked, **shop.grant)
            assert found.status == 200, found.text
            best = {one["id"]: one["products"][0]["sku"] for one in found.json["facings"]}
            assert (best["r1f2"], best["r1f3"]) == ("beer", "beer")
            assert found.json["names"]["beer"]["en"], "names to show"
            edges = shelf({(0, 0.05): MILK, (0, 0.6): BEER})
            labelled = await shop.caller.call("POST", "/api/v1/shelf/pictures", edges, **shop.grant)
            rows = [msgspec.to_builtins(one) for one in facings(0, 4)]
            ask = {"picture": labelled.json["name"], "corners": WHOLE, "rows": ROWS, "facings": rows}
            read = await shop.caller.call("POST", "/api/v1/shelf/labels", ask, **shop.grant)
            assert read.status == 200, read.text
            assert [one["sku"] for one in read.json["facings"]] == ["milk", "milk", "beer", "beer"]
            assert (read.json["labels"], read.json["unknown"], read.json["texts"]) == (2, [], False)
            assert (await shop.caller.call("POST", "/api/v1/shelf/labels", ask)).status == 403
            gone = {**asked, "picture": "0" * 20}
            assert (await shop.caller.call("POST", "/api/v1/shelf/recognitions", gone, **shop.grant)).status == 404

    run(scenario())


def test_what_cannot_be_judged_is_said_when_a_bay_is_saved(tmp_path: Path) -> None:
    """One place was empty when its full picture was taken: nothing tells its goods from the bare shelf."""

    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            shop.camera.take(1, 2)
            put = await shop.set_up()
            assert (put.status, put.json["cannot_judge"]) == (200, ["r1f2"]), put.text
            again = await shop.set_up(changes=1)
            assert (again.json["edition"], again.json["cannot_judge"]) == (2, [])

    run(scenario(), limit_s=120)


def test_a_gap_is_found_told_answered_and_closed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            put = await shop.set_up()
            assert (put.status, put.json["edition"]) == (200, 1), put.text
            again = await shop.set_up()
            assert again.code == "planogram_changed_meanwhile", "two people set it up, and the later is told"
            reader, beer = shop.served.shop.reader, (Moved("beer", 4000),)
            assert isinstance(await shop.served.shop.do(MoveStock("received", beer), SYSTEM), Done)
            assert set((await shop.look()).values()) == {"present"}
            shop.camera.take(1, 2)
            assert (await shop.look(2))["r1f2"] == "gap"
            assert read_findings(reader) == [], "one of two facings of the beer is there"
            shop.camera.take(1, 3)
            await shop.look(3)
            [gap] = read_findings(reader)
            assert (gap.kind, gap.sku, gap.on_hand, gap.facings) == ("gap", "beer", 4000, ("r1f2", "r1f3"))
            picture = await shop.caller.get(f"/api/v1/shelf/pictures/{gap.picture}", **shop.grant)
            assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")

            shop.camera.stand(0.5)
            states = await shop.look()
            assert "blocked" in states.values()
            assert len(read_findings(reader)) == 1, "who stands in front empties nothing"
            shop.camera.refill()
            await shop.look(2)
            [closed] = read_findings(reader, open=False)
            assert (closed.how, read_findings(reader)) == ("restocked", [])

            shop.camera.take(1, 2)
            shop.camera.take(1, 3)
            await shop.look(3)
            assert read_findings(reader) == [], "goods that were back for a moment are told of twice as late"
            await shop.look(3)
            [gap] = read_findings(reader)
            body = {"seq": gap.seq, "answer": "not_there"}
            done = await shop.caller.call("POST", "/api/v1/commands/AnswerFinding", body, **shop.grant)
            assert done.status == 200, done.text
            assert read_stock(reader, "beer") == 0, "counted as none"

    run(scenario(), limit_s=120)


def test_a_bay_is_compared_with_how_it_was_when_it_was_whole_last(tmp_path: Path) -> None:
    """Goods come in another box one day: a person says that this is right. What is not whole is never taken for it."""

    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            path, reader = "/api/v1/shelf/bays/bay-1/reference", shop.served.shop.reader

            async def reference(query: str = "") -> Any:
                return await shop.caller.call("POST", path + query, {}, **shop.grant)

            def now() -> str:
                (plan,) = read_planograms(reader)
                return renewed_picture(reader, plan)

            shop.camera.take(1, 2)
            refused = await reference()
            assert (refused.status, refused.code) == (422, "bay_not_full"), refused.text
            assert now() == "" and (await shop.caller.call("POST", path, {})).status == 403
            shop.camera.refill()
            shop.camera.knock(9, -6)
            renewed = await reference()
            assert renewed.status == 200 and now() == renewed.json["picture"] != "", renewed.text
            assert set((await shop.look()).values()) == {"present"}
            shop.camera.take(1, 2)
            assert (await shop.look())["r1f2"] == "gap", "it knows a gap as before"
            assert (await reference("?first=yes")).status == 200 and now() == ""
            shop.camera.refill()
            await shop.look()
            shop.camera.take(1, 2)
            shop.camera.take(1, 3)
            await shop.look(3)
            assert [one.kind for one in read_findings(reader)] == ["gap"]
            shop.camera.refill()
            await shop.look(2)
            by = [event.how for event in facts_of(reader, shop.served.shop.registry)]
            assert by[:2] == ["person", "person"] and by[2:] in ([], ["restocked"]), "where all is seen for sure"

    run(scenario(), limit_s=120)


def test_a_bay_has_a_reference_of_its_own_by_night(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            path, reader = "/api/v1/shelf/bays/bay-1/reference", shop.served.shop.reader
            (plan,) = read_planograms(reader)
            await shop.look()
            shop.camera.view = View(infrared=True)
            await shop.look(2)
            assert read_cameras(reader)[0].state == "night"
            taken = await shop.caller.call("POST", path, {}, **shop.grant)
            assert taken.status == 200, taken.text
            assert renewed_picture(reader, plan, "night") == taken.json["picture"]
            assert renewed_picture(reader, plan) == "", "the day is compared with the day's picture as before"
            assert set((await shop.look()).values()) == {"present"}
            shop.camera.take(1, 2)
            shop.camera.take(1, 3)
            states = await shop.look(4)
            assert states["r1f2"] == states["r1f3"] == "gap"
            assert [one.sku for one in read_findings(reader)] == ["beer"]
            refused = await shop.caller.call("POST", path, {}, **shop.grant)
            assert (refused.status, refused.code) == (422, "bay_not_full"), "once there is one, it must be whole"
            shop.camera.refill()
            assert set((await shop.look(2)).values()) == {"present"}
            shown = await shop.caller.get("/manager/shelf?register=till-1")
            assert "At night, compared with" in shown.text
            assert (await shop.caller.call("POST", path + "?first=yes", {}, **shop.grant)).status == 200
            assert renewed_picture(reader, plan, "night") == ""

    run(scenario(), limit_s=120)


def facts_of(reader: Connection, registry: Registry) -> list[ReferenceRenewed]:
    return [fact.event for fact in facts(reader, registry) if isinstance(fact.event, ReferenceRenewed)]


def test_what_the_camera_cannot_see_is_no_gap(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            await shop.look()
            reader = shop.served.shop.reader

            async def state_after(change: Any) -> str:
                shop.camera.refill()
                change()
                await shop.look(1)
                return read_cameras(reader)[0].state

            camera = shop.camera
            assert await state_after(lambda: camera.cover()) == "covered"
            assert await state_after(lambda: camera.knock(410, 170)) == "moved"
            assert await state_after(lambda: setattr(camera, "view", View(blur=9))) == "blurred"
            dark = View(light=type(camera.view.light)(level=0.05))
            assert await state_after(lambda: setattr(camera, "view", dark)) == "dark"
            assert await state_after(lambda: None) == "ok"
            assert await state_after(lambda: camera.knock(12, -8)) == "ok", "moved a little is put right"
            assert read_findings(reader, open=False) == []
            camera.unplug()
            lost = await shop.caller.call("POST", "/api/v1/shelf/cameras/eye/look", {}, **shop.grant)
            assert (lost.status, lost.code) == (503, "camera_lost")
            assert read_cameras(reader)[0].state == "offline"

    run(scenario(), limit_s=120)


def test_vision_jobs_are_asked_for_by_their_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            call, grant = shop.caller.call, shop.grant
            picture = jpeg(draw(BAY.with_places({(0, 0): Place(0, "gap")})))
            jobs = [
                await call("POST", "/api/v1/vision/analyze-shelf?bay=bay-1", picture, **grant),
                await call("POST", "/api/v1/vision/analyze-shelf", {"camera": "eye", "location": "bay-1"}, **grant),
                await call("POST", "/api/v1/vision/detect-bottles", picture, **grant),
            ]
            assert [job.status for job in jobs] == [202] * 3
            told = [await ended(shop.caller, job.json["job_id"], grant) for job in jobs]
            assert [job["status"] for job in told] == ["completed"] * 3, told
            states = {one["id"]: one["state"] for one in told[0]["result"]["facings"]}
            assert (states["r0f0"], states["r0f1"]) == ("gap", "present")
            other = next(count for count in told[0]["result"]["counts"] if count["sku"] == "other-0")
            assert (other["facings"], other["planned"]) == (1, 2)
            assert all(one["state"] == "present" for one in told[1]["result"]["facings"])
            none = "00000000-0000-0000-0000-000000000000"
            assert (await shop.caller.get(f"/api/v1/vision/processing-status/{none}", **grant)).status == 404
            unknown = await call("POST", "/api/v1/vision/analyze-shelf", {"camera": "nobody"}, **grant)
            assert (unknown.status, unknown.code) == (404, "no_such_camera")
            assert (await call("POST", "/api/v1/vision/analyze-shelf", picture)).status == 403

    run(scenario(), limit_s=120)


def test_a_bottle_measured_by_two_pictures_is_told_by_its_level(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, FAST) as served, calling(served) as caller:
            await awake(served)
            grant = {"Grant": served.site.door.token}

            async def kept(*drawn: DrawnBottle) -> str:
                data = jpeg(draw_bottles(drawn, 3))
                answer = await caller.call("POST", "/api/v1/shelf/pictures", data, **grant)
                assert answer.status == 201, answer.text
                return str(answer.json["name"])

            body = {
                "sku": "wine",
                "volume_ml": 750,
                "full": await kept(DrawnBottle(1)),
                "empty": await kept(DrawnBottle(0)),
            }
            measured = await caller.call("POST", "/api/v1/vision/bottle-types", body, **grant)
            assert measured.status == 200, measured.text
            two = {**body, "full": await kept(DrawnBottle(1), DrawnBottle(1))}
            refused = await caller.call("POST", "/api/v1/vision/bottle-types", two, **grant)
            assert (refused.status, refused.code) == (422, "bottle_not_alone")
            shelf = jpeg(draw_bottles((DrawnBottle(1), DrawnBottle(0.5), DrawnBottle(0.25)), 4))
            begun = await caller.call("POST", "/api/v1/vision/detect-bottles", shelf, **grant)
            job = await ended(caller, begun.json["job_id"], grant)
            levels = [one["fill_level"] for one in job["result"]["bottles"]]
            assert levels == [pytest.approx(level, abs=0.1) for level in (1, 0.5, 0.25)]
            assert job["result"]["total_ml"] == pytest.approx(1312, abs=150)

    run(scenario(), limit_s=120)


async def ended(caller: Caller, id: str, grant: dict[str, str]) -> dict[str, Any]:
    """A job once it is over."""
    async with asyncio.timeout(30):
        while True:
            job = (await caller.get(f"/api/v1/vision/processing-status/{id}", **grant)).json
            if job["status"] in ("completed", "failed"):
                return cast(dict[str, Any], job)
            await asyncio.sleep(0.05)
