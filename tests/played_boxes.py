"""Boxes of a chain as head office hears them: each has a journal, takes directives, says what came of them, and sells.

They speak the messages that a hub worker takes, to its own store and projectors, many of them in one process. What the
rows say is what the appliance's events say. `bad(kind)` is what makes a box ill that takes such a directive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from edge.app import hub
from edge.backoffice.directives.events import DirectiveApplied, DirectiveRefused
from edge.backoffice.directives.kinds import KINDS
from edge.backoffice.directives.kinds.settings import SETTINGS
from edge.backoffice.directives.kinds.software import SOFTWARE, WantedRelease
from edge.backoffice.software.events import SoftwareAsked, SoftwareMoved, Step
from edge.foundation.alerts.events import AlertRaised
from edge.foundation.settings.events import SettingChanged
from sync import row_packing, wire
from sync.hub.model import Key
from sync.hub.projection_runner import ProjectionRunner
from sync.hub.row_verifier import open_rows
from sync.hub.store import Store
from sync.wire import PROTOCOL, Directive, Directives, Hello, Pull, Row
from tests.sync_doubles import History

PROJECTED = ("directives", "alerts", "settings", "sales", "software")
CREDIT = 1000
HEAD_OFFICE = "head office"


def healthy(_directive: Directive) -> bool:
    """A release with which nothing is wrong."""
    return False


class PlayedJournal(History):
    """Rows of now, not of a day long ago."""

    def _add(self, type: str, body: bytes, version: int = 1) -> None:
        super()._add(type, body, version)
        at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        last = self.rows.pop()
        named = msgspec.structs.asdict(last) | {"at_us": at_us, "business_date": datetime.now(UTC).date().isoformat()}
        fields: tuple[Any, ...] = tuple(named[name] for name in last.__struct_fields__[:-1])
        self.rows.append(Row(*fields, wire.row_hash(*fields)))


class PlayedBox:
    """One box. `ill_of`: which directives break it; `refuses`: it says no to all; `away`: it hears nothing;
    `gets_as_far`: of the four steps to a newer version of the software."""

    def __init__(self, key: Key, ill_of: Callable[[Directive], bool] = healthy) -> None:
        self.key = key
        self.journal = PlayedJournal(key, seed=hash(key.store) % 2**31)
        self.ill_of = ill_of
        self.refuses = False
        self.away = False
        self.gets_as_far = 4
        self.taken: list[Directive] = []
        self._sent = 0

    def say(self, event: msgspec.Struct) -> None:
        """One more row of its journal."""
        body = msgspec.json.encode(event)
        self.journal.append(type=type(event).__name__, body=body, version=getattr(event, "version", 1))

    def say_setting(self, name: str, value: str, by: str = HEAD_OFFICE) -> None:
        """Someone there, or head office, says what a setting is."""
        self.say(SettingChanged(name, value, by))

    async def hello(self, store: Store) -> None:
        """Connect."""
        head = self.journal.head
        place: tuple[Any, ...] = msgspec.structs.astuple(self.key)
        message = Hello(PROTOCOL, *place, head.epoch, head.seq, head.hash, self.journal.epochs, "1.0.0")
        await store.hello(self.key, message, CREDIT)

    async def turn(self, store: Store) -> int:
        """Pull what is new, do it, and send what there is to be told; how many rows that were."""
        if self.away:
            return 0
        known = self.taken[-1].version if self.taken else 0
        found = await store.directives(self.key, Pull(known, self.journal.head.epoch))
        assert isinstance(found, Directives), found
        for directive in found.directives:
            self._take(directive)
        rows = self.journal.rows[self._sent :]
        if rows:
            epoch = self.journal.head.epoch
            block = open_rows(row_packing.pack(epoch, rows))
            await store.rows(self.key, [block], CREDIT)
            self._sent = len(self.journal.rows)
        return len(rows)

    def _take(self, directive: Directive) -> None:
        self.taken.append(directive)
        if self.refuses:
            self.say(DirectiveRefused(directive.version, directive.kind, "this shop's version does not know it"))
            return
        items = KINDS[directive.kind].items(directive.body)
        if directive.kind == SETTINGS.name:
            for new in items:
                self.say(SettingChanged(new.name, None if new.cleared else new.value, HEAD_OFFICE))
        if directive.kind == SOFTWARE.name:
            self._exchange(directive.version, items[0], self.ill_of(directive))
        self.say(DirectiveApplied(directive.version, directive.kind, len(items)))
        if directive.kind != SOFTWARE.name and self.ill_of(directive):
            self.say(AlertRaised("disk_full", "", "critical", {}))

    def _exchange(self, directive: int, wanted: WantedRelease, is_ill: bool) -> None:
        """As it would be night, and all of it done in a moment."""
        self.say(SoftwareAsked(directive, wanted.version, wanted.digest))
        steps: tuple[Step, ...] = ("fetched", "rehearsed", "swapping", "went_back" if is_ill else "healthy")
        for step in steps[: self.gets_as_far]:
            self.say(SoftwareMoved(directive, wanted.version, step, "unwell" if step == "went_back" else ""))


class PlayedChain:
    """All boxes of a tenant, one a store."""

    def __init__(self, store: Store, boxes: Sequence[PlayedBox]) -> None:
        self.store = store
        self.boxes = {box.key.store: box for box in boxes}
        wanted = [one for one in hub.projectors() if one.name in PROJECTED]
        self._runner = ProjectionRunner(store, wanted, hub.release())

    async def hello(self) -> None:
        """All connect."""
        for box in self.boxes.values():
            await box.hello(self.store)

    async def turn(self, stores: Sequence[str] | None = None) -> None:
        """Each (of these stores alone) pulls, does and tells, and what it told is in head office's tables."""
        for box in self.boxes.values() if stores is None else [self.boxes[store] for store in stores]:
            if await box.turn(self.store):
                while await self._runner._step(box.key):
                    pass
