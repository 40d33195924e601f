"""Checks whether head office has all our rows: compared daily and by `edge sync verify`, stored in `proof.json`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
import structlog

from edge import __version__
from edge.core.clock import Clock
from edge.core.process.parts import PartState, Ready
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection, open_reader
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state import restore_gap
from edge.runtime.backup_state.limits import PROOF_INTERVAL_S, PROVE_AT_START_S, PROVE_EVERY_S, STANDING_EVERY_S
from edge.runtime.backup_state.restore_gap import MissingFacts, epochs_of
from edge.runtime.config import Config
from sync.digests import Proof, compare
from sync.hub_rpc import Questions, asking
from sync.lineage import shared_epochs
from sync.mqtt import BrokerConfig
from sync.session import LinkLost
from sync.uplink import DeviceIdentity
from sync.wire import Epoch, Fetch, WireError

Got = TypeVar("Got")
_log = structlog.get_logger(__name__)

FILE = "proof.json"
_ENDS = "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM journal"
_ACKNOWLEDGED = """
    SELECT through FROM sync_position WHERE epoch = (SELECT epoch FROM journal ORDER BY seq DESC LIMIT 1)
"""
_HASHES = "SELECT hash FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq"


class ReplicaCheck(msgspec.Struct, frozen=True):
    """A comparison, made at `at_us` (UTC microseconds). `head` was our last row then, `acknowledged` the last row
    confirmed by head office. `lacking`: rows that head office has and we don't; `unheard`: our rows since a restore
    that it hasn't received, which can't be compared."""

    at_us: int
    head: int
    proof: Proof
    acknowledged: int = 0
    lacking: MissingFacts | None = None
    unheard: int = 0

    @property
    def set_back(self) -> int:
        """Rows that head office confirmed but no longer has."""
        return max(0, self.acknowledged - self.proof.through)

    @property
    def holds(self) -> bool:
        return self.proof.holds and not self.set_back and self.lacking is None


def load(folder: Path) -> ReplicaCheck | None:
    """Return the last comparison; None if there is none or its file is unreadable."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=ReplicaCheck)
    except (OSError, msgspec.MsgspecError):
        return None


async def prove(config: Config, broker: BrokerConfig, clock: Clock) -> ReplicaCheck:
    """Compare the whole live journal with the hub's copy and store the result.

    Raises `NeedsHuman` if the comparison fails.
    """

    async def work(questions: Questions) -> tuple[int, int, MissingFacts | None, int, Proof]:
        first, head = await asyncio.to_thread(_read, config.ledger, _ends)
        told = await asyncio.to_thread(_read, config.ledger, acknowledged_row)
        held = await questions.fetch(Fetch(0))
        lacks = await asyncio.to_thread(_read, config.ledger, lambda db: restore_gap.of(db, held.orphans))
        shared = shared_end(await asyncio.to_thread(_read, config.ledger, epochs_of), held.epochs, head)

        async def hashes(start: int, end: int) -> Sequence[bytes]:
            return await asyncio.to_thread(_read, config.ledger, lambda db: _hashes(db, start, end))

        return head, told, lacks, head - shared, await compare(first, shared, hashes, questions.digests)

    header = config.header
    try:
        who = DeviceIdentity(header.tenant, header.store, header.device, __version__)
        head, told, lacks, unheard, proof = await asking(who, broker, work)
    except LinkLost as lost:
        raise NeedsHuman(lost.trouble.why, lost.trouble.advice) from lost
    except WireError as error:
        raise NeedsHuman(f"The hub sent an invalid answer: {error}.", "Upgrade the hub or this box.") from error
    proved = ReplicaCheck(clock.read().at_us, head, proof, told, lacks, unheard)
    write_whole(config.folder / FILE, msgspec.json.encode(proved), durable=False)
    restore_gap.note(config.folder, lacks)
    return proved


def shared_end(mine: Sequence[Epoch], theirs: Sequence[Epoch], head: int) -> int:
    """Return the last comparable row. It is `head`, unless we began an epoch (by a restore) that head office doesn't
    know yet. Rows after that differ although their numbers match."""
    shared = shared_epochs(mine, theirs)
    begun = [epochs[shared].first_seq - 1 for epochs in (mine, theirs) if shared < len(epochs)]
    return min(begun) if shared < len(mine) and theirs else head


def acknowledged_row(db: Connection) -> int:
    """Return the last row of the newest epoch confirmed by head office; 0 if none."""
    found = db.execute(_ACKNOWLEDGED).fetchone()
    return int(found[0]) if found else 0


def _read(ledger: Path, read: Callable[[Connection], Got]) -> Got:
    db = open_reader(ledger)
    try:
        return read(db)
    finally:
        db.close()


def _ends(db: Connection) -> tuple[int, int]:
    first, head = db.execute(_ENDS).fetchone()
    return int(first), int(head)


def _hashes(db: Connection, first: int, last: int) -> list[bytes]:
    return [row[0] for row in db.execute(_HASHES, (first, last))]


class SyncStatus(Protocol):
    """Status of sync."""

    @property
    def state(self) -> str:
        """`flowing` while connected to a hub."""
        ...

    @property
    def set_back(self) -> int:
        """Rows that the hub confirmed but no longer has."""
        ...


class ReplicaCheckPart:
    """A part that compares on schedule while there is a hub, and immediately reports problems detected by sync."""

    def __init__(
        self,
        config: Config,
        broker: BrokerConfig,
        clock: Clock,
        sync: SyncStatus,
    ) -> None:
        self._sync = sync
        self._config = config
        self._broker = broker
        self._clock = clock

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        now = asyncio.get_running_loop().time
        look_at = now() + PROVE_AT_START_S
        while True:
            ready(self._state())
            if now() >= look_at:
                look_at = now() + PROOF_INTERVAL_S * (0.5 + random.random())  # nosec B311
                if self._sync.state == "flowing" and self._due():
                    await self._prove()
            await asyncio.sleep(STANDING_EVERY_S)

    async def _prove(self) -> None:
        try:
            await prove(self._config, self._broker, self._clock)
        except NeedsHuman as error:
            _log.warning("head office's copy couldn't be compared", why=str(error))

    def _state(self) -> PartState:
        """Return the most serious known problem of both copies."""
        if rows := self._sync.set_back:
            what = (
                f"Head office is missing {rows} rows that it had confirmed. "
                "Its database was restored from an older backup."
            )
            advice = "No data is lost here, and the rows are sent again. Call head office."
            return PartState("", "lost", what, advice, "proof.set_back", {"rows": rows})
        compared = _comparison_state(load(self._config.folder))
        lacks = restore_gap.load(self._config.folder)
        return lacks.state if compared.state == "ok" and lacks else compared

    def _due(self) -> bool:
        last = load(self._config.folder)
        return last is None or not 0 <= self._clock.read().at_us - last.at_us < PROVE_EVERY_S * 1_000_000


def _comparison_state(proved: ReplicaCheck | None) -> PartState:
    if proved is None or proved.proof.holds:
        return PartState("", "ok")
    proof = proved.proof
    what = f"Head office's copy differs: {proof.missing} rows missing, {proof.different} different."
    values: dict[str, str | int] = {"missing": proof.missing, "different": proof.different}
    return PartState("", "lost", what, "Call head office. Nothing is lost here.", "proof.differs", values)
