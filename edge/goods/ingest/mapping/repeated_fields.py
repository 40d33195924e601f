"""Repeated data in a row: packs, suppliers, parts, other and future prices. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from edge.goods.catalog.product import BundlePart, Pack, Supply
from edge.goods.ingest.mapping import cell_parsers
from edge.goods.ingest.mapping.cell_access import WrongCell, pick
from edge.goods.ingest.mapping.fields import GROUPS
from edge.goods.ingest.mapping.mapping import ColumnMapping

UNITS_LIMIT = 100_000


class PlannedPrice(msgspec.Struct, frozen=True):
    """A price in another list, or with a start or end (see `catalog.commands.SetPrice`).

    `file_minor`: the file's price before tax was added or removed.
    """

    list: str
    price_minor: int
    from_us: int | None = None
    until_us: int | None = None
    file_minor: int | None = None

    @property
    def listed_minor(self) -> int:
        return self.price_minor if self.file_minor is None else self.file_minor


class Groups:
    """Numbered or list-named columns of a layout.

    `price` and `thousandths` parse cells. Times without an offset are in the shop's `zone`.
    """

    def __init__(
        self,
        layout: ColumnMapping,
        price: Callable[[str], int | None],
        thousandths: Callable[[str], int],
        zone: str = "UTC",
    ) -> None:
        self._zone = ZoneInfo(zone)
        self._price = price
        self._thousandths = thousandths
        places = layout.places
        supplier, code = (places.get(field, (None,))[0] for field in ("supplier", "supplier_code"))
        self._supplier = {"supplier": supplier, "code": code}
        self._lists = [(at[0], field.partition(".")[2]) for field, at in places.items() if field.startswith("price.")]
        self._groups = {name: _group_places(layout, name, parts) for name, parts in GROUPS.items()}
        self.any = bool(self._lists or supplier is not None or any(self._groups.values()))

    def packs(self, texts: list[str]) -> tuple[Pack, ...]:
        packs = []
        for at in self._groups["pack"]:
            if code := pick(texts, at.get("code"), cell_parsers.code):
                units = pick(texts, at.get("units"), lambda text: cell_parsers.whole(text, UNITS_LIMIT))
                if units is None or units < 2:
                    raise WrongCell(at.get("units", at["code"]), cell_parsers.CellError("pack_units"))
                price = pick(texts, at.get("price"), self._price)
                packs.append(Pack(code, units, price, pick(texts, at.get("name"), cell_parsers.word) or ""))
        return tuple(packs)

    def supplies(self, texts: list[str]) -> tuple[Supply, ...]:
        groups: list[Mapping[str, int | None]] = [self._supplier, *self._groups["supply"]]
        found = []
        for at in groups:
            if supplier := pick(texts, at.get("supplier"), cell_parsers.word):
                code = pick(texts, at.get("code"), cell_parsers.word) or ""
                found.append(Supply(supplier, code, pick(texts, at.get("cost"), self._price)))
        return tuple(found)

    def parts(self, texts: list[str]) -> tuple[BundlePart, ...]:
        found = []
        for at in self._groups["part"]:
            if sku := pick(texts, at.get("sku"), cell_parsers.sku):
                quantity = pick(texts, at.get("quantity"), self._thousandths) or 1000
                measure = pick(texts, at.get("measure"), cell_parsers.measure) or ""
                lost = pick(texts, at.get("loss"), cell_parsers.loss) or 0
                found.append(BundlePart(sku, quantity, measure, loss_permille=lost))
        return tuple(found)

    def prices(self, texts: list[str]) -> tuple[PlannedPrice, ...]:
        found = []
        for place, name in self._lists:
            if (price := pick(texts, place, self._price)) is not None:
                found.append(PlannedPrice(name, price))
        for at in self._groups["plan"]:
            if (price := pick(texts, at.get("price"), self._price)) is not None:
                moments = (pick(texts, at.get(part), self._moment_us) for part in ("from", "until"))
                found.append(PlannedPrice(pick(texts, at.get("list"), str.strip) or "store", price, *moments))
        return tuple(found)

    def _moment_us(self, text: str) -> int:
        return _moment_us(text, self._zone)


def _group_places(layout: ColumnMapping, group: str, parts: tuple[str, ...]) -> list[dict[str, int]]:
    """Columns of a group's parts, one entry per number."""
    found: dict[int, dict[str, int]] = {}
    for field, at in layout.places.items():
        head, _, rest = field.partition(".")
        number, _, part = rest.partition(".")
        if head == group and part in parts:
            found.setdefault(int(number), {})[part] = at[0]
    return [found[number] for number in sorted(found)]


def _moment_us(text: str, zone: ZoneInfo) -> int:
    """Parse an ISO 8601 moment to UTC microseconds; without an offset it's in `zone`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise cell_parsers.CellError("not_moment") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    whole = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds
