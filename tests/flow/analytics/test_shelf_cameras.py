"""Cameras and pictures in all their troubles, in a whole shop: what is no picture, what hangs, what is kept."""

from __future__ import annotations

import io
import struct
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from edge.analytics.shelf import camera_part
from edge.analytics.shelf.queries import read_cameras, read_findings
from edge.analytics.shelf.sight_process import SightProcess
from edge.lib.errors import DeviceLost
from sim.shelves.scene import Bay, Place, draw, jpeg
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.analytics.test_shelf import BAY, FAST, USE, awake, standing
from tests.shop_fixture import run

pytest.importorskip("cv2", reason="missing: opencv")


@pytest.fixture(autouse=True)
def there_is_time_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sees gives way to everything else, and on a busy machine that is long."""
    monkeypatch.setattr(SightProcess.ask, "__defaults__", (120.0,))


def no_picture(kind: str) -> bytes:
    whole, out = jpeg(draw(BAY)), io.BytesIO()
    match kind:
        case "one pixel":
            Image.new("RGB", (1, 1)).save(out, "PNG")
        case "100 megapixels":
            Image.new("1", (10_000, 10_000)).save(out, "PNG")
        case "animated":
            frames = [Image.new("RGB", (80, 80), (at, 0, 0)) for at in (0, 200)]
            frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
        case "truncated":
            return whole[: len(whole) // 2]
        case "a size that is not its own":  # the header says 64 times the pixels that come
            at = whole.index(b"\xff\xc0") + 5
            return whole[:at] + struct.pack("!HH", BAY.height * 8, BAY.width * 8) + whole[at + 4 :]
        case "a PDF named .jpg":
            return b"%PDF-1.7 " + b"x" * 2000
        case "noise":
            return bytes(range(256)) * 40
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("empty", "picture_empty"),
        ("one pixel", "picture_too_small"),
        ("100 megapixels", "picture_too_large"),
        ("animated", "picture_animated"),
        ("truncated", "picture_broken"),
        ("a size that is not its own", "picture_broken"),
        ("a PDF named .jpg", "picture_is_pdf"),
        ("noise", "picture_not_one"),
    ],
)
def test_what_is_no_picture_is_refused_by_name_and_what_sees_lives_on(tmp_path: Path, kind: str, code: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, FAST) as served, calling(served) as caller:
            await awake(served)
            process, grant = served.shelf.eyes.pid, {"Grant": served.site.door.token}
            for path in ("vision/analyze-shelf", "vision/detect-bottles", "shelf/pictures"):
                refused = await caller.call("POST", f"/api/v1/{path}", no_picture(kind), **grant)
                assert (refused.status, refused.code) == (422, code), path
                assert len(refused.json["detail"]) > 10, "a sentence"
            whole = await caller.call("POST", "/api/v1/shelf/pictures", jpeg(draw(BAY)), **grant)
            assert (whole.status, served.shelf.eyes.pid) == (201, process), "the same process answers"

    run(scenario(), limit_s=120)


def test_a_camera_that_hangs_sends_rubbish_or_lets_nobody_in_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a state, told once; none of them is a gap."""

    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            await shop.look(2)
            reader, camera = shop.served.shop.reader, shop.camera

            def state() -> str:
                return read_cameras(reader)[0].state

            monkeypatch.setattr(camera_part, "FROZEN_S", 0.0)
            camera.freeze()
            await shop.look(camera_part.FROZEN_LOOKS)
            assert state() == "frozen"
            camera.freeze(False)
            await shop.look()
            assert state() == "ok"
            camera.sends = jpeg(draw(BAY))[:5000] + b"\xff\xd9"
            await shop.look(camera_part.BROKEN_FRAMES - 1)
            assert state() == "ok", "a broken picture now and then is skipped"
            await shop.look()
            assert state() == "broken"
            camera.sends = b""
            camera.refuses = True
            with pytest.raises(DeviceLost):
                await shop.part.look()
            assert state() == "refused"
            assert read_findings(reader, open=False) == []

    run(scenario(), limit_s=120)


def test_a_source_that_never_changed_is_not_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            monkeypatch.setattr(camera_part, "FROZEN_S", 0.0)
            shop.camera.freeze()
            await shop.set_up()
            part = shop.served.shelf.camera(shop.part.camera, "eye", USE)
            for _ in range(camera_part.FROZEN_LOOKS + 2):
                await part.look()
            assert read_cameras(shop.served.shop.reader)[0].state == "ok"

    run(scenario(), limit_s=120)


def test_a_camera_hangs_whose_printed_clock_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            monkeypatch.setattr(camera_part, "FROZEN_S", 0.0)
            clock = ((0.0, 0.0), (0.3, 0.0), (0.3, 0.1), (0.0, 0.1))
            reader = shop.served.shop.reader
            for use, state in ((msgspec.structs.replace(USE, clock=(clock,)), "frozen"), (USE, "ok")):
                shop.camera.refill()
                part = shop.served.shelf.camera(shop.part.camera, "eye", use)
                await part.look()
                shop.camera.hang()
                for _ in range(camera_part.FROZEN_LOOKS + 1):
                    await part.look()
                assert read_cameras(reader)[0].state == state

    run(scenario(), limit_s=120)


def test_new_corners_are_taken_over_in_one_tap_from_a_camera_that_was_moved_far(tmp_path: Path) -> None:
    """It was screwed on upside down: nothing is said of the shelf, until someone takes the new corners over."""

    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            await shop.look()
            reader, path = shop.served.shop.reader, "/api/v1/shelf/bays/bay-1/corners"

            def turned(bay: Bay) -> bytes:
                return jpeg(draw(bay, moment=9).rotate(180))

            shop.camera.sends = turned(BAY)
            assert set((await shop.look()).values()) == {"unknown"}
            assert read_cameras(reader)[0].state == "moved"
            assert (await shop.caller.call("POST", path, {})).status == 403
            taken = await shop.caller.call("POST", path, {}, **shop.grant)
            assert (taken.status, taken.json["edition"]) == (200, 2), taken.text
            assert taken.json["layout"]["corners"][0] == pytest.approx([1 - part for part in BAY.corners[0]], abs=0.02)
            assert set((await shop.look()).values()) == {"present"}
            shop.camera.sends = turned(BAY.with_places({(1, 2): Place(11, "gap")}))
            assert {id for id, state in (await shop.look()).items() if state == "gap"} == {"r1f2"}
            shop.camera.sends = b""
            shop.camera.knock(410, 170)
            refused = await shop.caller.call("POST", path, {}, **shop.grant)
            assert (refused.status, refused.code) == (422, "bay_not_found_again"), "not all of it is in the picture"

    run(scenario(), limit_s=120)


def test_whoever_asks_is_shown_what_is_kept_of_an_hour(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            await shop.set_up()
            now = datetime.now(shop.served.shelf.settings.place)
            path = f"/api/v1/shelf/kept?day={now:%Y-%m-%d}&hour={now.hour}"
            kept = (await shop.caller.get(path, **shop.grant)).json["pictures"]
            assert [one["kind"] for one in kept] == ["references"] * 2, "full and bare"
            shown = await shop.caller.get(f"/api/v1/shelf/pictures/{kept[0]['name']}", **shop.grant)
            assert shown.headers["Content-Type"] == "image/jpeg"
            before = await shop.caller.get("/api/v1/shelf/kept?day=2020-01-31&hour=14", **shop.grant)
            assert before.json == {"pictures": []}
            for wrong in ("day=yesterday&hour=3", "day=2020-01-31&hour=24", "day=2020-01-31"):
                refused = await shop.caller.get(f"/api/v1/shelf/kept?{wrong}", **shop.grant)
                assert (refused.status, refused.code) == (400, "argument_wrong"), wrong

    run(scenario(), limit_s=120)


def test_a_mask_covers_more_where_a_camera_shifted_and_all_where_nobody_knows(tmp_path: Path) -> None:
    """The left fifth of the picture is someone's desk."""
    desk = ((0.0, 0.0), (0.2, 0.0), (0.2, 1.0), (0.0, 1.0))

    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            shop.part.use = msgspec.structs.replace(USE, mask=(desk,))

            async def hidden() -> list[bool]:
                """Whether these parts of the picture's width are painted over."""
                made = await shop.part.picture()
                picture = np.asarray(Image.open(io.BytesIO(made.data)).convert("L")).astype(int)
                columns = [picture[:, round(part * made.width)] for part in (0.1, 0.25, 0.5)]
                return [bool(np.abs(column - 128).max() < 12) for column in columns]

            assert await hidden() == [True, False, False], "no bay is set up: it looks where it looks"
            await shop.set_up()
            assert await hidden() == [True] * 3, "where it looks is not known before it has looked"
            await shop.look()
            assert await hidden() == [True, False, False]
            shop.camera.knock(60, 0)
            await shop.look()
            assert await hidden() == [True, True, False], "the desk may reach as much further"
            shop.camera.knock(410, 170)
            await shop.look()
            assert read_cameras(shop.served.shop.reader)[0].state == "moved"
            assert await hidden() == [True] * 3
            refused = await shop.caller.call("POST", "/api/v1/shelf/bays/bay-1/corners", {}, **shop.grant)
            assert (refused.status, refused.code) == (422, "mask_stands_elsewhere")
            shop.camera.refill()
            await shop.look()
            assert await hidden() == [True, False, False]

    run(scenario(), limit_s=120)
