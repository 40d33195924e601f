"""Sync part of the appliance: gives `sync` the journal and accepts directives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import structlog

from edge import __version__
from edge.backoffice.directives.commands import RefuseDirective, TakeDirective
from edge.backoffice.directives.kinds.signing_key import SIGNING_KEY
from edge.backoffice.directives.queries import is_taken, last_received, newest_ended
from edge.backoffice.directives.service import box_key
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.journal.rows import Header, epochs_begun, read_rows
from edge.core.messages import Done, Refused
from edge.core.process.parts import TaskSet
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection, open_reader
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.runtime import directive_trust
from edge.runtime.backup_state import restore_gap
from edge.runtime.backup_state.replica_check import acknowledged_row
from edge.runtime.config import Sync
from edge.runtime.secrets import secrets_of
from sync.directive_sealing import NotForUs
from sync.link_errors import LinkError
from sync.mqtt import BrokerConfig, place_of
from sync.session import LinkLost
from sync.store_link import StoreLink, Unproven
from sync.uplink import DeviceIdentity, Head, State
from sync.wire import Directive, Epoch, Orphans, Row

_log = structlog.get_logger(__name__)

SYNC = "sync"
"""Bus topic for changes of the journal's synced position or of the sync error."""

AT_A_TILL_ROWS = 250
"""Maximum rows per message while a till is in use."""

READ_S = 0.02
"""The minimum assumed read time when computing the pause before the next read."""

SHOW_S = 0.25
"""Minimum interval of position updates to the page, in seconds."""

_NO_KEY_TO_FOLLOW = "this box has no key of head office's that another could follow: enrol it with one"

_SAVE_POSITION = "INSERT OR REPLACE INTO sync_position (one, epoch, through, hash) VALUES (1, ?, ?, ?)"
_PARENT = "SELECT epoch FROM journal WHERE seq = ?"


class SyncSource:
    """The shop's journal, in the interface of `sync.store_link.Journal`."""

    def __init__(self, shop: CommandBus, header: Header, ledger: Path) -> None:
        self.secrets = secrets_of(ledger.parent)
        self._shop = shop
        self._header = header
        self._ledger = ledger
        self.grown = asyncio.Event()

    async def head(self) -> Head:
        head = self._shop.head
        return Head(head.epoch, head.seq, head.hash)

    async def epochs(self) -> Sequence[Epoch]:
        db = self._shop.reader
        return [Epoch(epoch, seq, _epoch_at(db, seq - 1), seq - 1, prev) for epoch, seq, prev in epochs_begun(db)]

    async def read(self, from_seq: int, max_rows: int, max_bytes: int) -> list[Row]:
        till_first = self._shop.till_first
        # After a week offline or a job with 60,000 prices there is much to send. While a till is in use, send a little
        # at a time, but not in many nearly empty messages.
        async with till_first.turn(READ_S):
            few = till_first.budget(max_rows, AT_A_TILL_ROWS)
            rows = await asyncio.to_thread(self._read, from_seq, few, max_bytes)
        size = 0
        for place, row in enumerate(rows):
            size += len(row.body)
            if size > max_bytes:
                return rows[: place + 1]
        return rows

    async def hash_at(self, seq: int) -> bytes | None:
        rows = read_rows(self._shop.reader, seq, 1)
        return rows[0].hash if rows and rows[0].seq == seq else None

    async def save_position(self, epoch: int, through: int, hash: bytes) -> None:
        def save(db: Connection) -> None:
            db.execute(_SAVE_POSITION, (epoch, through, hash))

        # If the position can't be saved (a full disk), the hub repeats it at the next hello.
        await self._shop.maintain(save)

    async def applied_version(self) -> int:
        return last_received(self._shop.reader)

    async def apply(self, directive: Directive) -> str | Unproven | None:
        folder, number = self._ledger.parent, directive.version
        trust = directive_trust.load(folder)
        reason = _NO_KEY_TO_FOLLOW if trust is None and directive.kind == SIGNING_KEY.name else None
        if trust is not None:
            if why := trust.unproven(self._header.tenant, self._header.store, directive):
                return Unproven(why)
            if not is_taken(self._shop.reader, number):
                reason = trust.refusal(directive, None if self._shop.doubt_of_clock else self._shop.now_us())
            if reason is None and directive.kind == SIGNING_KEY.name and not SIGNING_KEY.fault(directive.body):
                # Save it before acknowledging. Otherwise a power cut in between would leave the box with the old key.
                (key,) = SIGNING_KEY.items(directive.body)
                directive_trust.save(folder, trust.with_key(key, number))
        return await self._take(directive, reason)

    async def _take(self, directive: Directive, reason: str | None) -> str | None:
        """Have the shop accept a directive, or record in the journal that it was refused for this reason.

        Returns the error if neither could be written, otherwise None.
        """
        number, kind, body = directive.version, directive.kind, ""
        try:
            header = self._header
            opened = await asyncio.to_thread(
                box_key.open_sealed_body, self.secrets, header.tenant, header.store, directive
            )
            body = opened.decode("utf-8", "replace")
        except NotForUs as error:
            reason = reason or f"{error}: publish it again"
        command = TakeDirective(number, kind, body) if reason is None else RefuseDirective(number, kind, reason)
        outcome = await self._shop.do(command, system("hub"))
        if isinstance(outcome, Done):
            return None
        return f"{outcome.code} {outcome.values}" if isinstance(outcome, Refused) else outcome.why

    def _read(self, from_seq: int, max_rows: int, max_bytes: int) -> list[Row]:
        # This runs in a thread, so it can't use the shop's reader: during a statement, all reads on its connection see
        # the ledger as it was when the statement began. A print job just done would look unfinished.
        db = open_reader(self._ledger)
        try:
            return read_rows(db, from_seq, max_rows, max_bytes)
        finally:
            db.close()


class SyncPart:
    """Syncs with head office. Manager pages show its properties (`edge.runtime.sync_state.SyncState`)."""

    def __init__(
        self,
        config: Sync,
        shop: CommandBus,
        header: Header,
        ledger: Path,
        told: Callable[[int], None] = lambda at_us: None,
    ) -> None:
        """`told` receives head office's clock."""
        self._shop = shop
        self._journal = SyncSource(shop, header, ledger)
        who = DeviceIdentity(header.tenant, header.store, header.device, __version__)
        self._folder = ledger.parent
        self._link = StoreLink(
            *(who, self._journal, broker_of(config, self._journal.secrets)),
            acknowledged=acknowledged_row(shop.reader),
            left=self._note_orphans,
            told=told,
        )
        self._shown: tuple[State, LinkError] | None = None
        self._ended = 0
        self._held = _synced_through(shop.reader)

    @property
    def state(self) -> str:
        return self._link.state.phase

    @property
    def through(self) -> int:
        """The last journal row that the hub has, now or as last reported."""
        return self._link.state.through or self._held

    @property
    def set_back(self) -> int:
        """Number of rows that the hub acknowledged but no longer has. They're being sent again."""
        return self._link.state.set_back

    @property
    def head(self) -> int:
        return self._shop.head.seq

    @property
    def key(self) -> str:
        code = self._trouble.code
        return f"link.{code}" if code else ""

    @property
    def values(self) -> Mapping[str, str]:
        return self._trouble.values

    @property
    def advice(self) -> str:
        return f"{self._trouble.why} {self._trouble.advice}".strip()

    @property
    def _trouble(self) -> LinkError:
        """The error of the link, or else of its directives."""
        number = self._link.directives.unproven
        if self._link.state.trouble.code or not number:
            return self._link.state.trouble
        return LinkError("unproven", {"number": str(number)})

    @property
    def place(self) -> str:
        """The broker's address while connected, else ""."""
        return self._link.place

    @property
    def is_reachable(self) -> bool:
        """Whether a question would be sent now."""
        return self._link.state.phase == "flowing"

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        """Ask `room` at head office; None if there is no answer in time."""
        try:
            return await self._link.ask(room, body, timeout_s)
        except LinkLost:
            return None

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled. If the broker is lost, wait for it and show that."""
        tasks = TaskSet(limit=3)
        ready()
        try:
            tasks.start(self._watch(), "sync: new rows")
            tasks.start(self._show(), "sync: state")
            tasks.start(box_key.announce(self._shop, self._journal.secrets), "sync: this box's key")
            await self._link.run()
        except* EdgeError as errors:
            raise errors.exceptions[0] from None
        finally:
            await tasks.stop()

    def _note_orphans(self, orphans: Sequence[Orphans]) -> None:
        """Record the rows of earlier epochs that the hub has and this box doesn't."""
        try:
            restore_gap.note(self._folder, restore_gap.of(self._shop.reader, orphans))
        except OSError as error:
            _log.warning("missing rows of this box couldn't be recorded; reported again", why=str(error))

    async def _watch(self) -> None:
        subscription = self._shop.bus.subscribe(COMMITTED)
        try:
            while True:
                self._note_directives()
                await subscription.next()
                self._journal.grown.set()
        finally:
            self._shop.bus.unsubscribe(subscription)

    def _note_directives(self) -> None:
        """Record completed directives outside the ledger too."""
        ended = newest_ended(self._shop.reader)
        if ended <= self._ended:
            return
        try:
            directive_trust.raise_highest(self._folder, ended)
            self._ended = ended
        except OSError as error:
            _log.warning("progress of directives couldn't be saved; retrying", why=str(error))

    async def _show(self) -> None:
        """Notify pages of state changes, a few times a second at most."""
        while True:
            shown = self._link.state, self._trouble
            if shown != self._shown:
                self._shown = shown
                self._shop.bus.publish(SYNC, self._link.state)
            await asyncio.sleep(SHOW_S)


class _Password(msgspec.Struct, frozen=True):
    """A password read on each use, so a new one needs no restart."""

    value: str
    store: SecretStore

    def __call__(self) -> str:
        try:
            return self.store.resolve(self.value)
        except EdgeError as error:
            raise LinkLost("no_secret", detail=error.what) from None


def broker_of(config: Sync, secrets: SecretStore) -> BrokerConfig:
    """The broker settings for `sync`; the password is read at each connection."""
    return BrokerConfig(
        host=config.host,
        port=config.port,
        others=tuple(map(place_of, config.others)),
        user=config.username or "",
        password=_Password(config.password, secrets) if config.password else "",
        password_file=config.password_file or "",
        tls=config.tls,
        ca_file=config.ca_file or "",
    )


def _synced_through(db: Connection) -> int:
    found = db.execute("SELECT through FROM sync_position").fetchone()
    return int(found[0]) if found else 0


def _epoch_at(db: Connection, seq: int) -> int:
    found = db.execute(_PARENT, (seq,)).fetchone()
    return int(found[0]) if found else 0
