"""Lamps that flicker draw dark bands into a picture, each time elsewhere: no goods are missing for that."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from drivers.roles import Frame
from edge.analytics.shelf.queries import read_look
from edge.runtime.config.device_uses import CameraUse
from sim.shelves.scene import draw, jpeg
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.analytics.test_shelf import BAY, FAST, USE, awake, layout
from tests.flow.analytics.test_shelf import there_is_time_to_see as there_is_time_to_see
from tests.shop_fixture import FakeClock, run

pytest.importorskip("cv2", reason="missing: opencv")

BANDS = (0.42, 0.05, 0.74)
"""Where a band begins in one picture, the next and the one behind that."""


class Flickering:
    """A camera below lamps that flicker, once they do."""

    lives = True

    def __init__(self) -> None:
        self.bay, self.flickers, self.asked = BAY, False, 0

    async def frame(self) -> Frame:
        pixels = np.asarray(draw(self.bay, moment=self.asked)).astype(float)
        if self.flickers:
            begin = round(BANDS[self.asked % 3] * len(pixels))
            pixels[begin : begin + len(pixels) // 5] *= 0.12
        self.asked += 1
        return Frame(jpeg(Image.fromarray(pixels.astype(np.uint8))), time.monotonic_ns() // 1000)

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("met", [False, True], ids=["one picture", "the middle of three"])
def test_bands_of_lamps_empty_nothing_where_a_camera_is_said_to_show_them(tmp_path: Path, met: bool) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, FAST, clock=clock) as served, calling(served) as caller:
            camera, grant = Flickering(), {"Grant": served.site.door.token}
            use: CameraUse = msgspec.structs.replace(USE, flicker=met)
            part = served.shelf.camera(camera, "eye", use)
            await awake(served)
            full = await caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **grant)
            camera.bay = BAY.all("gap")
            bare = await caller.call("POST", "/api/v1/shelf/pictures?camera=eye", {}, **grant)
            camera.bay = BAY
            body = {"name": "Dairy", "camera": "eye", "layout": layout(), "full": full.json["name"], "changes": 0}
            saved = await caller.call("PUT", "/api/v1/shelf/bays/bay", body | {"bare": bare.json["name"]}, **grant)
            assert saved.status == 200, saved.text
            camera.flickers, camera.asked = True, 0
            clock.advance(61)
            await part.look()
            look = read_look(served.shop.reader, "bay")
            assert look is not None
            assert ({one.state for one in look.look.facings} == {"present"}) == met, look.look
            assert camera.asked == (3 if met else 1)

    run(scenario(), limit_s=120)
