"""Whether head office holds what is here: compared once a day, and by `edge sync verify`; kept in `proof.json`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from edge import __version__
from edge.config import Config
from edge.core.clock import Clock
from edge.core.errors import NeedsHuman
from edge.core.process.parts import PartState, Ready
from edge.core.storage.database import Connection, open_reader
from edge.core.storage.whole import write_whole
from edge.keeping.limits import PROVE_AGAIN_S, PROVE_AT_START_S, PROVE_EVERY_S
from sync.digests import Proof, compare
from sync.mqtt import BrokerConfig
from sync.questions import Questions, asking
from sync.session import LinkLost
from sync.uplink import Who
from sync.wire import WireError

Got = TypeVar("Got")
_log = structlog.get_logger(__name__)

FILE = "proof.json"
_ENDS = "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM journal"
_HASHES = "SELECT hash FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq"


class Proved(msgspec.Struct, frozen=True):
    """A comparison and when it was made, in UTC microseconds; `head` was our last row then."""

    at_us: int
    head: int
    proof: Proof


def load(folder: Path) -> Proved | None:
    """The last comparison; None where there was none, or its file cannot be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Proved)
    except (OSError, msgspec.MsgspecError):
        return None


async def prove(config: Config, broker: BrokerConfig, clock: Clock) -> Proved:
    """Compare the whole live journal with the hub's copy, and remember what was found.

    `NeedsHuman`: it could not be compared, and why.
    """

    async def work(questions: Questions) -> tuple[int, Proof]:
        first, head = await asyncio.to_thread(_read, config.ledger, _ends)

        async def hashes(start: int, end: int) -> Sequence[bytes]:
            return await asyncio.to_thread(_read, config.ledger, lambda db: _hashes(db, start, end))

        return head, await compare(first, head, hashes, questions.digests)

    header = config.header
    try:
        head, proof = await asking(Who(header.tenant, header.store, header.device, __version__), broker, work)
    except LinkLost as lost:
        raise NeedsHuman(lost.trouble.why, lost.trouble.advice) from lost
    except WireError as error:
        raise NeedsHuman(f"The hub's answer makes no sense: {error}.", "Upgrade the hub, or this box.") from error
    proved = Proved(clock.read().at_us, head, proof)
    write_whole(config.folder / FILE, msgspec.json.encode(proved), durable=False)
    return proved


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


class Proving:
    """The part that compares by schedule, while `flowing` says that there is a hub."""

    def __init__(self, config: Config, broker: BrokerConfig, clock: Clock, flowing: Callable[[], bool]) -> None:
        self._config = config
        self._broker = broker
        self._clock = clock
        self._flowing = flowing

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
        ready(_state(load(self._config.folder)))
        await asyncio.sleep(PROVE_AT_START_S)
        while True:
            if self._flowing() and self._due():
                try:
                    ready(_state(await prove(self._config, self._broker, self._clock)))
                except NeedsHuman as error:
                    _log.warning("head office's copy could not be compared", why=str(error))
            await asyncio.sleep(PROVE_AGAIN_S * (0.5 + random.random()))

    def _due(self) -> bool:
        last = load(self._config.folder)
        return last is None or not 0 <= self._clock.read().at_us - last.at_us < PROVE_EVERY_S * 1_000_000


def _state(proved: Proved | None) -> PartState:
    if proved is None or proved.proof.holds:
        return PartState("", "ok")
    proof = proved.proof
    what = f"Head office's copy differs: {proof.missing} rows missing, {proof.different} different."
    values: dict[str, str | int] = {"missing": proof.missing, "different": proof.different}
    return PartState("", "lost", what, "Call head office. Nothing is lost here.", "proof.differs", values)
