"""The demo's stock: locations, a boxed delivery, lots near expiry, waste, and a count with shortages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

from edge.app.demo_shop import demo_catalog
from edge.core.messages import Command, Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.stock import commands as stock

BOXES = {"Beer 500 ml": 24, "Mineral water 1.5 l": 6, "Red wine 750 ml": 6, "Whole milk 1 l": 12}
"""Products in boxes, and the units in each."""
PLACES = (
    stock.SetLocation("storage", {"en": "Storage", "fr": "Réserve", "he": "מחסן"}, "storage"),
    stock.SetLocation("rooftop", {"en": "Rooftop", "fr": "Toit-terrasse", "he": "גג"}, "bar"),
    stock.SetLocation("aside", {"en": "Put aside", "fr": "Mis de côté", "he": "בצד"}, "quarantine"),
)
ORDERED = (
    *("Cappuccino", "Croissant", "Bagel", "Mint tea", "Cheesecake"),
    *("Olive oil 750 ml", "Basmati rice 1 kg"),
)
"""Stock for the demo's orders, independent of its sales history."""
EXPIRE_DAYS = (30, 60, 9, 90, 10, 45, 2, 12, 75, 14, 20, 120)
"""Days until the lots of other products expire, one per product. One of them is soon enough for an alert."""


async def fill(do: Callable[[Command], Awaitable[Done]]) -> None:
    """Create sample stock."""
    for command in _commands(datetime.now(UTC)):
        await do(command)
    count = int((await do(stock.StartCount("main"))).result)
    sku = _box_sizes()[0][0]
    for mode in ("", "replace"):  # far from the booked quantity, so it was counted twice
        await do(stock.CountLine(count, sku, boxes=1, units=10_000, mode=mode))
    await do(stock.PostCount(count))


def words() -> tuple[Product, ...]:
    """Return the products' stock settings as entered by the manager. Later manager settings must include these, because
    each source's data is replaced as a whole."""
    return tuple(Product(sku, box=box, minimum=3 * box * 1000) for sku, box in _box_sizes())


def _box_sizes() -> list[tuple[str, int]]:
    """Boxed products with their pack sizes."""
    skus = demo_catalog.skus()
    return [(skus[name], box) for name, box in BOXES.items()]


def _commands(now: datetime) -> Iterator[Command]:
    yield from PLACES
    boxed = _box_sizes()
    yield SetProducts(words(), Source(MANAGER))
    for number, (sku, _) in enumerate(boxed):
        move = stock.RecordMovement(sku, "in", boxes=4 + number, reason="delivery", document="DN 1001")
        yield stock.RecordMovement(sku, "in", boxes=2, location="storage", unit_cost_minor=310, document="DN 1001")
        yield move
    first, second = boxed[0][0], boxed[1][0]
    yield stock.TransferStock("main", "rooftop", (stock.TransferLine(first, 60_000), stock.TransferLine(second, 8_000)))
    yield stock.SetLevels(second, "rooftop", par=48_000, reorder=12_000, maximum=96_000)
    yield stock.RecordMovement(first, "waste", units=2_000, location="rooftop", cause="breakage", note="a tray fell")
    others = [one for one in demo_catalog.products() if one.unit == "piece" and one.sku not in dict(boxed)]
    for number, (product, days) in enumerate(zip(others, EXPIRE_DAYS, strict=False)):
        expiry = (now + timedelta(days=days)).date().isoformat()
        units = (6 + 5 * number) * 1000
        lot = f"L{number + 1:02d}"
        yield stock.RecordMovement(product.sku, "in", units=units, lot=lot, expiry=expiry, document="DN 1002")
    skus = demo_catalog.skus()
    for name in ORDERED:
        yield stock.RecordMovement(skus[name], "in", units=12_000, document="DN 1003")
    yield stock.RecordMovement(others[1].sku, "waste", units=1_000, cause="spoilage")
