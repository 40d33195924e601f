"""Read all pages of a list that may change in the meantime.

In a list sorted by modification time, an edited record moves to the end, and all records after it move up by one. The
first record of the next page would then be skipped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from edge.backoffice.feeds.service.vendor_wire import PAGE, RecordsNotHad, VendorRow

PageAt = Callable[[int], Awaitable[list[VendorRow]]]
BACK = 10
"""Records to go back if records have moved; doubled if that isn't enough."""
BACKS_MOST = 50
"""Maximum pages to read in addition to those that the records fill."""
READS_MOST = 3
"""Maximum times to read a list with fixed pages until no record moves while it's read."""


class SeenRows:
    """Records in their latest version, identified by those of `keys` that they have. Without keys, records can't be
    identified."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys, self._rows = keys, dict[object, VendorRow]()
        self.moved = False

    def has(self, row: VendorRow) -> bool:
        """Whether this version of a record was already read."""
        return self._rows.get(self._key(row)) == row

    def add(self, page: list[VendorRow]) -> None:
        for row in page:
            key = self._key(row)
            self.moved |= self._rows.pop(key, None) is not None
            self._rows[key] = row

    def all(self) -> list[VendorRow]:
        return list(self._rows.values())

    def _key(self, row: VendorRow) -> object:
        return next(
            (str(row[key]) for key in self._keys if row.get(key)), len(self._rows) if not self._keys else str(row)
        )


async def read_by_offset(page_at: PageAt, keys: tuple[str, ...], most: int, one_page: bool = False) -> list[VendorRow]:
    """Read pages, each of which begins with the last record of the previous one. If a page doesn't, records have moved
    up, and reading resumes further back. Raises `RecordsNotHad`."""
    seen, at, before, step = SeenRows(keys), 0, list[VendorRow](), BACK
    for _ in range(-(-most // (PAGE - BACK)) + BACKS_MOST):
        page = await page_at(at)
        if page and page == before:
            raise RecordsNotHad(str(at), "", "feeds.page_repeats")
        before = page
        if at and not (page and seen.has(page[0])):
            at, step = max(0, at - step), min(PAGE, 2 * step)
            continue
        seen.add(page)
        step = BACK
        if len(page) < PAGE or one_page:
            return seen.all()
        at += len(page) - 1
    raise RecordsNotHad(str(len(seen.all())), "", "feeds.too_many_records")


async def read_by_page(page_at: PageAt, keys: tuple[str, ...], most: int, one_page: bool = False) -> list[VendorRow]:
    """Read fixed pages. If a record appears twice, it has moved, and reading starts over. Raises `RecordsNotHad`."""
    for _ in range(READS_MOST):
        seen, at, before = SeenRows(keys), 0, list[VendorRow]()
        while at < most:
            page = await page_at(at)
            if page and page == before:
                raise RecordsNotHad(str(at), "", "feeds.page_repeats")
            before = page
            seen.add(page)
            at += len(page)
            if len(page) < PAGE or one_page:
                break
        else:
            raise RecordsNotHad(str(at), "", "feeds.too_many_records")
        if at <= PAGE or not seen.moved:
            return seen.all()
    raise RecordsNotHad(str(len(seen.all())), "", "feeds.records_move")
