"""A detector that a shop put into `models/` finds someone in front of a shelf: what they hide is no gap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.analytics.shelf.queries import read_findings, read_look
from edge.analytics.shelf.shelf_service import ShelfService
from models.errors import ModelError
from models.kinds import Box, Detect, Detected
from tests.flow.analytics.test_shelf import BAY, USE, standing
from tests.flow.analytics.test_shelf import there_is_time_to_see as there_is_time_to_see
from tests.shop_fixture import run

pytest.importorskip("cv2", reason="missing: opencv")


class PlayedDetector:
    """Finds what a test says, or fails; notes which things it was asked for, and how often."""

    def __init__(self, *boxes: Box, fails: bool = False) -> None:
        self.boxes, self.fails, self.asked = boxes, fails, list[tuple[str, ...]]()

    def has(self, kind: str, language: str = "") -> bool:
        return kind == "detect"

    async def ask(self, request: Any, within_s: float) -> Detected:
        assert isinstance(request, Detect)
        self.asked.append(request.labels)
        assert request.pictures[0].pixels.data[:2] == b"\xff\xd8", "a picture that was masked, as a JPEG"
        if self.fails:
            raise ModelError("toy", "It stumbled.")
        return Detected((self.boxes,))


SOMEBODY = Box("person", 0.9, 0.0, 0.0, 1280.0, 720.0)
ELSEWHERE = Box("person", 0.9, 0.0, 0.0, 20.0, 20.0)


@pytest.mark.parametrize(
    ("detector", "state"),
    [
        (PlayedDetector(SOMEBODY), "blocked"),
        (PlayedDetector(ELSEWHERE), "gap"),
        (PlayedDetector(), "gap"),
        (PlayedDetector(fails=True), "gap"),
    ],
    ids=["in front", "beside", "nobody", "it fails"],
)
def test_what_a_person_hides_is_blocked_and_a_look_at_a_full_bay_asks_no_one(
    tmp_path: Path, detector: PlayedDetector, state: str
) -> None:
    async def scenario() -> None:
        async with standing(tmp_path) as shop:
            site = shop.served.site
            settings = shop.served.shelf.settings
            service = ShelfService(shop.served.shop, site.config.folder, settings, lambda: "2027-01-15", detector)
            await shop.set_up()
            shop.part = service.camera(shop.part.camera, "eye", USE)
            await shop.look()
            assert detector.asked == [], "all is there"
            shop.camera.take(1, 2)
            shop.camera.take(1, 3)
            states = await shop.look(4)
            assert detector.asked == [("person",)] * 4
            assert (states["r1f2"], states["r1f3"]) == (state, state)
            assert [one.sku for one in read_findings(shop.served.shop.reader)] == ["beer"] * (state == "gap")
            look = read_look(shop.served.shop.reader, "bay-1")
            assert look is not None and len(look.look.facings) == sum(len(row) for row in BAY.rows)
            service.close()

    run(scenario(), limit_s=120)
