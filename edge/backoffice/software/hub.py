"""Tracks each box's updates at head office, and serves releases to boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from edge.backoffice.software.events import SoftwareAsked, SoftwareMoved
from edge.backoffice.software.head_office_messages import ReleaseAnswer, encode, part_of
from sync.hub.api.keys import BOXES
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.releases import signed_release
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _step(fact: Fact) -> str:
    return str(fact.event.step) if isinstance(fact.event, SoftwareMoved) else "asked"


def _reason(fact: Fact) -> str:
    return str(fact.event.reason) if isinstance(fact.event, SoftwareMoved) else ""


UPDATE = Table(
    "software_update",
    "Status of each software update on each box.",
    *place(device="The box."),
    Column("directive", "bigint", "Directive that requested it.", "event.directive", key=True),
    Column("release", "text", "Version to install.", "event.release"),
    Column(
        *("step", "text", "asked, fetched, rehearsed, swapping, healthy, went_back, stuck or refused."),
        _step,
    ),
    Column("reason", "text", "Why it was rolled back, is stuck or was refused.", _reason),
    Column("changed_at", "timestamptz", "Time of the last change, on the box's clock.", "row.at_us"),
)
_SET = UPDATE.upsert()
A_NIGHT = timedelta(hours=20)
"""How long other boxes wait after a box of the store was updated, so that they use another night."""
_FIRST_TURN = """
    INSERT INTO software_turn (tenant, store, device) VALUES ($1, $2, $3)
    ON CONFLICT (tenant, store) DO NOTHING RETURNING device
"""
_TURN = """
    UPDATE software_turn AS known SET device = $3, at = now()
    WHERE tenant = $1 AND store = $2 AND (device = $3 OR at < now() - $4::interval AND NOT EXISTS (
        SELECT FROM software_update AS other WHERE other.tenant = $1 AND other.store = known.store
            AND other.device <> $3 AND other.step = 'swapping'))
    RETURNING device
"""
_PIECE = "SELECT body FROM software_piece WHERE tenant = $1 AND version = $2 AND n = $3"


class SoftwareTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "software"
    version = 1
    tables = (UPDATE,)
    reads = (
        UPDATE.read(
            "software", Filter("store", "store"), Filter("step", "step"), Filter("release", "release"), area=BOXES
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._follow, SoftwareAsked, SoftwareMoved)

    async def _follow(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, as an update's last event determines its state."""
        for fact in self.facts(key, rows):
            await connection.execute(_SET, *UPDATE.record(fact))


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Answer a box's request for a release of its tenant; see `head_office_messages`."""
    part = part_of(body)
    if part.turn:
        box = (key.tenant, key.store, key.device)
        granted = await connection.fetchval(_FIRST_TURN, *box) or await connection.fetchval(_TURN, *box, A_NIGHT)
        return encode(ReleaseAnswer(turn=granted is not None))
    if part.n == 0:
        return encode(ReleaseAnswer(await signed_release(connection, key.tenant, part.version)))
    return encode(ReleaseAnswer(data=await connection.fetchval(_PIECE, key.tenant, part.version, part.n) or b""))
