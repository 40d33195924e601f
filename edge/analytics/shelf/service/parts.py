"""Runs shelf cameras, and deletes outdated pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from drivers.roles import Camera
from edge.analytics.shelf.shelf_service import SHELF
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts of shelf monitoring."""
    shelf = context.services.of(SHELF)
    for device, made in context.of_role("camera"):
        part = shelf.camera(cast(Camera, made), device.name, device.camera)
        yield Part(device.name, part.run, stage=Stage.BACKGROUND)
    yield Part("shelves", shelf.run, stage=Stage.BACKGROUND)
