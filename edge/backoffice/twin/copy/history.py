"""Known history of a leader's commits: the journal rows that machines have read from a box's own ledger."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.limits import AT_ONCE_BYTES, KEPT_BYTES
from twin.records import Mark, Shipment


class ShipmentHistory:
    """The `Ledger` of `twin.actions`. While this box follows, it's the copy's; once it leads, its own."""

    def __init__(self, copy: LedgerCopy) -> None:
        self._copy = copy
        self._last: Mark | None = None
        self._base = Mark()
        self._kept: deque[Shipment] = deque()
        self._bytes = 0

    @property
    def last(self) -> Mark:
        return self._copy.last if self._last is None else self._last

    @property
    def leads(self) -> bool:
        return self._last is not None

    def lead_from(self, mark: Mark, is_known: bool) -> None:
        """Start writing from `mark` on as leader. `is_known`: a ledger at that position is byte-for-byte the same."""
        self._last, self._base = mark, mark if is_known and mark.position else Mark(-1)
        self._kept.clear()
        self._bytes = 0

    def add(self, shipments: Sequence[Shipment]) -> None:
        self._kept.extend(shipments)
        self._bytes += sum(len(one.body) for one in shipments)
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            gone = self._kept.popleft()
            self._bytes -= len(gone.body)
            self._base = gone.mark
        self._last = shipments[-1].mark

    def holds(self, mark: Mark) -> bool:
        if mark == self._base:
            return True
        first = self._kept[0].mark.position if self._kept else 0
        at = mark.position - first
        return 0 <= at < len(self._kept) and self._kept[at].mark == mark

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        if not self.holds(mark) or not self._kept:
            return None
        begin = mark.position + 1 - self._kept[0].mark.position
        found: list[Shipment] = []
        room = AT_ONCE_BYTES
        for at in range(begin, min(begin + most, len(self._kept))):
            room -= len(self._kept[at].body)
            if found and room < 0:
                break
            found.append(self._kept[at])
        return found or None

    def image(self) -> Any:
        """Always None, as differing pages are requested on a separate connection (`copying.py`)."""
        return None
