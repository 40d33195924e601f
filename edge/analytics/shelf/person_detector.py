"""Detect people in front of a shelf with an engine of kind `detect` in `models/`: facings they hide are `blocked`.
Without one, hidden facings are only inferred."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec
import structlog

from edge.analytics.shelf.geometry import outline
from edge.analytics.shelf.sight_process import SightError, SightProcess
from edge.lib.sight.kinds import BayLayout, Facing, Looked, Mask, Prepare, Prepared, Seen

_log = structlog.get_logger(__name__)
PERSON, SIDE = "person", 960
FIND_S = 5.0
"""Seconds to wait for a detector, after which the look continues without it."""
HIDES = 0.2
"""Share of a facing hidden by a person above which it isn't judged."""


@runtime_checkable
class Detectors(Protocol):
    """Object detection: `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(self, request: Any, within_s: float) -> Awaitable[Any]: ...


class PersonDetector:
    """Marks facings hidden by people. Their positions are neither passed on nor stored."""

    def __init__(self, eyes: SightProcess, models: object = None) -> None:
        self._eyes = eyes
        self._models = models

    async def without_hidden(self, layout: BayLayout, data: bytes, masks: tuple[Mask, ...], looked: Looked) -> Looked:
        """The look with facings hidden by people marked as `blocked`. A complete look doesn't need this."""
        models = self._models
        if all(one.state not in ("gap", "low", "wrong") for one in looked.facings):
            return looked
        if not isinstance(models, Detectors) or not models.has("detect"):
            return looked
        found = await self._find_people(models, data, masks)
        where = {one.id: one for one in layout.facings}
        seen = tuple(_mark_blocked(one, layout, where[one.id], found) for one in looked.facings)
        return msgspec.structs.replace(looked, facings=seen)

    async def _find_people(
        self, models: Detectors, data: bytes, masks: tuple[Mask, ...]
    ) -> list[tuple[float, float, float, float]]:
        """Bounding boxes of people (left, top, right, bottom, as shares of the picture); empty if detection fails."""
        from models.errors import ModelError
        from models.kinds import Detect, Picture
        from models.tensor import Tensor

        try:
            made = await self._eyes.ask(Prepare(data, masks, SIDE), Prepared)
            asked = Detect((Picture(Tensor(made.data, (len(made.data),)), "file"),), labels=(PERSON,))
            boxes = (await asyncio.wait_for(_reply(models, asked), FIND_S)).boxes[0]
        except (ModelError, SightError, TimeoutError) as error:
            _log.warning("person detection in front of a shelf was skipped", why=str(error))
            return []
        wide, tall = made.width, made.height
        return [(box.left / wide, box.top / tall, box.right / wide, box.bottom / tall) for box in boxes]


def _mark_blocked(
    seen: Seen, layout: BayLayout, facing: Facing, people: Sequence[tuple[float, float, float, float]]
) -> Seen:
    x, y = zip(*outline(layout, facing), strict=True)
    left, top, right, bottom = min(x), min(y), max(x), max(y)
    area = max(1e-9, (right - left) * (bottom - top))
    for box in people:
        wide, tall = min(right, box[2]) - max(left, box[0]), min(bottom, box[3]) - max(top, box[1])
        if wide > 0 and tall > 0 and wide * tall > HIDES * area:
            return Seen(seen.id, "blocked", seen.confidence)
    return seen


async def _reply(models: Detectors, request: Any) -> Any:
    return await models.ask(request, FIND_S)
