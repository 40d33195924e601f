"""The demo's shelf: a camera on a drawn bay with the catalogue's products, configured and stocked."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.shelf.commands import SetPlanogram
from edge.analytics.shelf.pictures import ShelfPictures
from edge.app.cli.shop_access import Access
from edge.app.demo_shop import demo_catalog
from edge.core.messages import Command
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.sight.kinds import BayLayout, Facing
from sim.shelves.scene import Bay, Place, draw, jpeg

NAME = "shelf camera"
CONFIG = """
[shelf]
look_every_s = 10
gap_after_min = 0

[[device]]
name = "shelf camera"
role = "camera"
driver = "mjpeg"
purpose = "finding empty shelves"
contact = "the shop's manager"
sign_is_up = true
url = "{url}"
"""
"""Camera settings that react faster than in a real shop."""
ROWS, PLACES = 4, 8


def bay() -> Bay:
    """Four shelves of groceries, two facings per product."""
    rows = (tuple(Place(4000 + (row * PLACES + at) // 2) for at in range(PLACES)) for row in range(ROWS))
    return Bay(tuple(rows), seed=7)


def commands(folder: Path) -> list[Command]:
    """Store the bay's pictures in the shop's folder, and return the commands that configure the bay."""
    drawn, pictures = bay(), ShelfPictures(folder / "shelf")
    full, bare = (pictures.keep(jpeg(draw(one, moment=at))) for at, one in enumerate((drawn, drawn.all("gap"))))
    skus = [product.sku for product in demo_catalog.products() if product.unit == "piece"][: ROWS * PLACES // 2]
    facings = tuple(
        Facing(f"r{row}f{at}", row, *drawn.box(row, at), sku=skus[(row * PLACES + at) // 2])
        for row in range(ROWS)
        for at in range(PLACES)
    )
    edges = tuple(round(drawn.box(row, 0)[3] + 0.04, 4) for row in range(ROWS - 1))
    layout = BayLayout(drawn.corners, (*edges, 1.0), facings)  # type: ignore[arg-type]
    behind = MoveStock("received", tuple(Moved(sku, 12_000) for sku in skus))
    return [behind, SetPlanogram("bay-1", "Dairy", NAME, layout, full, bare)]


async def seed(shop: Access, folder: Path) -> None:
    """Configure the bay through the command bus."""
    for command in commands(folder):
        await shop.do(command)
