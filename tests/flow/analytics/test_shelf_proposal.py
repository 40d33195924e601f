"""A bay that someone rearranged: its new plan is proposed, and is one once a person says so."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from PIL import Image

from drivers.roles import Frame
from edge.analytics.shelf.geometry import place_in_picture
from edge.analytics.shelf.queries import read_findings, read_look, read_planogram
from sim.shelves.scene import Bay, Place, draw, jpeg
from tests.bench.shelf_bays import layout_of
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.analytics.test_shelf import FAST, USE, awake, standing
from tests.flow.analytics.test_shelf import there_is_time_to_see as there_is_time_to_see
from tests.shop_fixture import BEER, MILK, FakeClock, run

pytest.importorskip("cv2", reason="missing: opencv")

WIDE = Bay(tuple(tuple(Place(row * 10 + at) for at in range(4)) for row in range(2)), seed=5, width=1920, height=1080)
WIDE_LAYOUT = layout_of(WIDE)
SWAPPED = {(row, at): Place(row * 10 + at // 2, "wrong", 10 - row * 10 + at // 2) for row in (0, 1) for at in range(6)}
"""What stood in the first row stands in the second, and the other way round."""


def test_a_rearranged_bay_gets_a_proposed_plan_and_a_new_version_by_a_persons_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            await shop.look()
            for (row, at), place in SWAPPED.items():
                shop.camera.put(row, at, place)
            await shop.look(6)
            reader = shop.served.shop.reader
            look = read_look(reader, "bay-1")
            assert look is not None and look.track.out_of_date
            assert read_findings(reader) == [], "one question, and no dozen of findings"
            shown = await shop.caller.get("/manager/shelf?register=till-1")
            assert "/manager/bay?id=bay-1&amp;now=1" in shown.text
            path = "/api/v1/shelf/bays/bay-1"
            found = await shop.caller.call("POST", f"{path}/proposal", {}, **shop.grant)
            assert found.status == 200, found.text
            made = found.json
            assert (made["bay"], made["changes"], made["unfit"], made["moved"]) == ("bay-1", 1, [], [])
            skus = {one["id"]: one["sku"] for one in made["layout"]["facings"]}
            before = {one["id"]: one["before"] for one in made["facings"]}
            assert (skus["r0f0"], skus["r0f3"], skus["r1f0"]) == ("milk", "beer", "other-0")
            assert (before["r0f0"], before["r1f0"]) == ("other-0", "milk")
            assert made["names"]["milk"]["en"] == "Milk"
            plan = read_planogram(reader, "bay-1")
            assert plan is not None and plan.edition == 1, "nothing is saved before a person says so"

            body = {"name": plan.name, "camera": plan.camera, "bare": plan.bare, "full": made["picture"]}
            body |= {"layout": made["layout"], "changes": made["changes"]}
            saved = await shop.caller.call("PUT", path, body, **shop.grant)
            assert (saved.status, saved.json["edition"], saved.json["cannot_judge"]) == (200, 2, []), saved.text
            assert set((await shop.look(2)).values()) == {"present"}
            shop.camera.take(0, 2)
            shop.camera.take(0, 3)
            await shop.look(4)
            assert [one.sku for one in read_findings(reader)] == ["beer"], "watched by the new plan"

    run(scenario(), limit_s=120)


def test_a_proposal_says_what_is_no_reference_and_what_it_cannot_know(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            path = "/api/v1/shelf/bays/bay-1/proposal"
            shop.camera.take(2, 5)
            shop.camera.put(1, 0, Place(10, "wrong", 77))
            found = await shop.caller.call("POST", path, {}, **shop.grant)
            assert found.status == 200, found.text
            assert found.json["unfit"] == ["r2f5"], "empty: to be filled before its picture is a reference"
            anew = {one["id"]: one["sku"] for one in found.json["facings"]}
            assert list(anew) == ["r1f0"] and anew["r1f0"] != "milk", "a stranger is never what was planned there"
            shop.camera.cover()
            dark = await shop.caller.call("POST", path, {}, **shop.grant)
            assert (dark.status, dark.code) == (422, "bay_not_seen")
            shop.camera.unplug()
            lost = await shop.caller.call("POST", path, {}, **shop.grant)
            assert (lost.status, lost.code) == (503, "camera_lost")
            none = await shop.caller.call("POST", "/api/v1/shelf/bays/none/proposal", {}, **shop.grant)
            assert (none.status, none.code) == (404, "no_such_bay")
            assert (await shop.caller.call("POST", path, {})).status == 403

    run(scenario(), limit_s=120)


class Labelled:
    """A camera in front of a bay whose labels can be read: EAN-13 bars on the edge below each group."""

    lives = True

    def __init__(self) -> None:
        self.places: dict[tuple[int, int], str] = {(0, 0): MILK, (1, 2): BEER}
        self.bay, self.seen = WIDE, 0

    async def frame(self) -> Frame:
        self.seen += 1
        picture = draw(self.bay, moment=self.seen)
        for (row, at), code in self.places.items():
            left, _, right, bottom = WIDE.box(row, at)
            x, y = place_in_picture(WIDE_LAYOUT, (left + right) / 2, bottom + 0.003)
            barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13)
            bars = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=2)).convert("RGB").resize((230, 34))
            picture.paste(bars, (round(x * WIDE.width) - 115, round(y * WIDE.height)))
        return Frame(jpeg(picture), time.monotonic_ns() // 1000)

    async def close(self) -> None:
        pass


def test_a_label_names_what_stands_there_now_and_one_that_was_moved_is_told(tmp_path: Path) -> None:
    """Milk stands where something else was planned, above its label; and the beer's label is at another's goods."""

    async def scenario() -> None:
        async with serve(tmp_path, FAST, clock=FakeClock()) as served, calling(served) as caller:
            camera, grant = Labelled(), {"Grant": served.site.door.token}
            served.shelf.camera(camera, "eye", USE)
            await awake(served)
            full = await caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **grant)
            camera.bay = WIDE.all("gap")
            bare = await caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **grant)
            camera.bay = WIDE.with_places({(0, 0): Place(0, "wrong", 55)})
            body = {"name": "Wide", "camera": "eye", "layout": msgspec.to_builtins(WIDE_LAYOUT)}
            body |= {"full": full.json["name"], "bare": bare.json["name"], "changes": 0}
            saved = await caller.call("PUT", "/api/v1/shelf/bays/wide", body, **grant)
            assert saved.status == 200, saved.text
            found = await caller.call("POST", "/api/v1/shelf/bays/wide/proposal", {}, **grant)
            assert found.status == 200, found.text
            assert found.json["facings"] == [{"id": "r0f0", "before": "0", "sku": "milk"}]
            assert found.json["moved"] == [{"id": "r1f2", "before": "12", "sku": "beer"}]
            assert next(one for one in found.json["layout"]["facings"] if one["id"] == "r1f2")["sku"] == "12"

    run(scenario(), limit_s=120)
