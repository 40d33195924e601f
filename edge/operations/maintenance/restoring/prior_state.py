"""Knowledge about the time missing from a restored ledger: the highest used numbers, and the newest epoch.

A restored ledger lacks the sales since the backup. Head office may have them (if they were sent), and so may the
replaced ledger. After the highest known number, a margin is skipped for sales that were never sent. No number is
therefore used twice, and the journal records the skipped numbers and the reason.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from edge import __version__
from edge.core import ids
from edge.core.journal.rows import fact_of, read_head, read_rows
from edge.core.messages import Done, Event
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Registry
from edge.core.storage.database import Connection, DatabaseError, open_reader
from edge.core.transaction import content_hash, encode
from edge.core.writer import Answered, Request, Writer
from edge.counter.till.after_sale.receipt_numbers import last_numbers
from edge.counter.till.commands import Series, SkipNumbers
from edge.counter.till.events import NumbersSkipped, ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided
from edge.foundation.access.rights import system
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state.limits import (
    ASK_S,
    NUMBERS_A_DAY,
    NUMBERS_LEAST,
    NUMBERS_MOST,
    NUMBERS_ROUND,
    UNKNOWN_DAYS,
    Z_A_DAY,
    Z_LEAST,
    Z_MOST,
    Z_ROUND,
)
from edge.runtime.backup_state.restore_gap import epochs_of
from edge.runtime.backup_state.schedule import DAY_US
from edge.runtime.config import Config
from sync import lineage
from sync.history_fetch import Fetching, Held, fetching
from sync.mqtt import BrokerConfig
from sync.session import LinkLost
from sync.uplink import DeviceIdentity
from sync.wire import Epoch, Row, WireError

_log = structlog.get_logger(__name__)
Why = Literal["restored", "recovered"]
_NUMBERED = {kind.__name__ for kind in (SaleCompleted, SaleVoided, SaleRefunded, ReportPrinted, NumbersSkipped)}

_SPARE: dict[Series, tuple[int, int, int, int]] = {
    "receipt": (NUMBERS_A_DAY, NUMBERS_LEAST, NUMBERS_MOST, NUMBERS_ROUND),
    "z": (Z_A_DAY, Z_LEAST, Z_MOST, Z_ROUND),
}


class PriorState(msgspec.Struct, frozen=True):
    """Knowledge about the time missing from a ledger.

    `epoch`: the newest epoch. `numbers`, `z_numbers`: each register's last receipt and Z report numbers. `at_us`: the
    time of the newest fact (UTC microseconds). `asked`: whether head office was a source; `why_not`: the reason if it
    wasn't. `forgotten`: the forgotten people.
    """

    epoch: int = 0
    numbers: dict[str, int] = {}
    at_us: int = 0
    asked: bool = False
    why_not: str = ""
    forgotten: tuple[str, ...] = ()
    z_numbers: dict[str, int] = {}

    def with_other(self, other: PriorState) -> PriorState:
        """The combined knowledge of both."""
        numbers, z_numbers = _newest(self.numbers, other.numbers), _newest(self.z_numbers, other.z_numbers)
        asked, why_not = self.asked or other.asked, self.why_not or other.why_not
        gone = tuple(sorted({*self.forgotten, *other.forgotten}))
        epoch, at_us = max(self.epoch, other.epoch), max(self.at_us, other.at_us)
        return PriorState(epoch, numbers, at_us, asked, why_not, gone, z_numbers)

    def newest(self, series: Series) -> dict[str, int]:
        """Each register's last number of a series."""
        return self.z_numbers if series == "z" else self.numbers


def _newest(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {register: max(one.get(register, 0), other.get(register, 0)) for register in sorted(one.keys() | other)}


def of_ledger(path: Path) -> PriorState:
    """Return a ledger's knowledge: less if it is damaged or of an older version, none if it is missing."""
    if not path.exists():
        return PriorState()
    epoch = 0
    try:
        db = open_reader(path)
        try:
            epoch = read_head(db).epoch
            return of(db)
        finally:
            db.close()
    except (DatabaseError, NeedsHuman):
        return PriorState(epoch)


def of(db: Connection) -> PriorState:
    """The knowledge of an open ledger with the current schema."""
    head = read_head(db)
    rows = read_rows(db, head.seq, 1) if head.seq else []
    at_us = rows[0].at_us if rows else 0
    return PriorState(head.epoch, last_numbers(db), at_us, z_numbers=last_numbers(db, "z"))


def read_prior_state(place: Path, config: Config) -> PriorState:
    """Return the record of earlier restores from the backups in `place`, because a backup may be restored more than
    once."""
    try:
        return msgspec.json.decode(_note(place, config).read_bytes(), type=PriorState)
    except (OSError, msgspec.MsgspecError):
        return PriorState()


def note(place: Path, config: Config, past: PriorState) -> None:
    """Record a restore next to the backups, before its ledger is in place. A failure is logged, and the next restore
    then has less knowledge."""
    path = _note(place, config)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(msgspec.json.encode(past))
        part.replace(path)
    except OSError as error:
        _log.warning("the restore couldn't be recorded in the backup folder", place=str(place), why=str(error))


def _note(place: Path, config: Config) -> Path:
    return place / f"restored-{config.header.store}-{config.header.device}.json"


def of_office(config: Config, broker: BrokerConfig | None, registry: Registry, ledger: Path) -> PriorState:
    """Return head office's knowledge after the end of the ledger at `ledger`. It is asked once, for at most `ASK_S`, so
    that selling doesn't wait."""
    if broker is None:
        return PriorState(why_not="there is no [sync] in the configuration")
    db = open_reader(ledger)
    try:
        head, epochs = read_head(db).seq, epochs_of(db)
    finally:
        db.close()
    header, known = config.header, _Known(registry)

    async def work(hub: Fetching) -> Held:
        async with asyncio.timeout(ASK_S):
            held = await hub.fetch_extent()
        first = beyond(head, epochs, held.epochs)
        await hub.rows(first, held.through, known.take)
        return held

    who = DeviceIdentity(header.tenant, header.store, header.device, __version__)
    try:
        held = asyncio.run(fetching(who, broker, work))
    except LinkLost as lost:
        return PriorState(why_not=lost.trouble.why)
    except TimeoutError:
        return PriorState(why_not="the hub isn't responding")
    except (WireError, LookupError, ValueError) as error:
        return PriorState(why_not=str(error))
    newest = held.epochs[-1].epoch if held.epochs else 0
    numbers, gone = known.numbers, tuple(known.forgotten)
    return PriorState(newest, numbers["receipt"], known.at_us, asked=True, forgotten=gone, z_numbers=numbers["z"])


def beyond(head: int, mine: Sequence[Epoch], theirs: Sequence[Epoch]) -> int:
    """The first row of their history that isn't among our rows 1 to `head`."""
    common = lineage.shared_epochs(mine, theirs)
    return min(head + 1, theirs[common].first_seq) if common < len(theirs) else head + 1


class _Known:
    """The numbers in rows, and the people who were forgotten."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.numbers: dict[Series, dict[str, int]] = {"receipt": {}, "z": {}}
        self.at_us = 0
        self.forgotten: list[str] = []

    def take(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.at_us = max(self.at_us, row.at_us)
            if row.type == PersonForgotten.__name__:
                event = fact_of(self._registry, row).event
                assert isinstance(event, PersonForgotten)
                self.forgotten.append(event.person)
            if row.type in _NUMBERED:
                event = fact_of(self._registry, row).event
                assert isinstance(event, SaleCompleted | SaleVoided | SaleRefunded | ReportPrinted | NumbersSkipped)
                number, series = event.number if not isinstance(event, NumbersSkipped) else event.last, _series(event)
                known = self.numbers[series]
                known[row.register] = max(known.get(row.register, 0), number)


def _series(event: Event) -> Series:
    if isinstance(event, NumbersSkipped):
        return event.series
    return "z" if isinstance(event, ReportPrinted) else "receipt"


def last_skipped_number(number: int, past: PriorState, now_us: int, series: Series = "receipt") -> int:
    """Return the last number to skip, if `number` is the highest known."""
    a_day, least, most, divisor = _SPARE[series]
    days = (now_us - past.at_us) / DAY_US
    spare = math.ceil(a_day * (days if past.at_us and days >= 0 else UNKNOWN_DAYS))
    through = number + min(max(spare, least), most)
    return through if past.asked else -(-through // divisor) * divisor


def skip_numbers(
    writer: Writer, registry: Registry, registers: Iterable[str], past: PriorState, now_us: int, why: Why
) -> None:
    """Skip possibly used numbers at every register. The ledger isn't in place yet."""
    spec = registry.by_name[SkipNumbers.__name__]
    requests = []
    everywhere = sorted({*registers, *past.numbers, *past.z_numbers})
    for register, series in product(everywhere, _SPARE):
        through = last_skipped_number(past.newest(series).get(register, 0), past, now_us, series)
        command = SkipNumbers(through, why, series)
        actor = msgspec.structs.replace(system(), register=register)
        id = ids.command_id(now_us, secrets.token_bytes(10))
        requests.append(Request(spec, command, actor, id, content_hash(spec.name, encode(command)), True))
    early: list[Answered] = []
    for _, answer in [*writer.run(requests, lambda *answered: early.append(answered)), *early]:
        if not isinstance(answer, Done):
            raise NeedsHuman(f"Numbers couldn't be skipped: {answer}.", "Check the disk, and try again.")
