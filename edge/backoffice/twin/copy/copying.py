"""Sends a box the differing pages of the ledger on a separate connection, while the shop sells."""

from __future__ import annotations

import hashlib
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import structlog

from edge.backoffice.twin.copy.data_files import list_files
from edge.backoffice.twin.copy.ledger_copy import LedgerCopy, record
from edge.backoffice.twin.copy.marks import read_mark
from edge.backoffice.twin.copy.shipment_body import FileChange, ShippedBody, pack
from edge.backoffice.twin.copy.shipping_gate import ShippingGate
from edge.backoffice.twin.copy.wal_reader import WalReader
from edge.backoffice.twin.limits import COPIED_AT_ONCE, COPY_PAUSE_S, PAGE_BYTES
from edge.backoffice.twin.wire import frames
from edge.backoffice.twin.wire.frames import BadFrame, Copied, Have
from edge.backoffice.twin.wire.link import reader
from edge.core.storage.database import Connection, open_reader
from edge.core.storage.wal import FRAME, HEADER
from twin.messages import Image
from twin.records import Mark

_log = structlog.get_logger(__name__)

DIGEST_BYTES = 16
COPY_S = 30.0
"""How long the other side may be silent while it copies, in seconds."""
OnWriter = Callable[[Callable[[Connection], object]], object]


class CopySender:
    """The leader's side of copying."""

    def __init__(self, ledger: Path, gate: ShippingGate) -> None:
        self._ledger, self._gate = ledger, gate
        self.on_writer: OnWriter | None = None
        """Runs a function on the writer's thread between two commits; None: the shop isn't open yet."""

    def serve(self, name: str, heard: ssl.SSLSocket) -> None:
        """Compare the pages and send those that differ. Runs on the connection's thread."""
        heard.settimeout(COPY_S)
        have = frames.read(reader(heard))
        if not isinstance(have, Have) or self.on_writer is None:
            return
        began = time.monotonic()
        made: list[_Snapshot] = []
        self.on_writer(lambda _: made.append(_Snapshot(self._ledger, self._gate.reader)))
        if not made:
            return
        sent = 0
        with closing(made[0]) as snapshot:
            snapshot.index()
            self._send_files(heard, have.files)
            chunk: dict[int, bytes] = {}
            for number in range(1, snapshot.size + 1):
                page = snapshot.page(number)
                at = (number - 1) * DIGEST_BYTES
                if have.digests[at : at + DIGEST_BYTES] != _digest(page):
                    chunk[number] = page
                    sent += 1
                if len(chunk) == COPIED_AT_ONCE:
                    heard.sendall(frames.encode(Copied(chunk)))
                    chunk = {}
                if not number % COPIED_AT_ONCE:
                    time.sleep(COPY_PAUSE_S)
            mark = snapshot.mark
            last = Copied(chunk, snapshot.size, mark.term, mark.position, mark.checksum)
            heard.sendall(frames.encode(last))
        took = round(time.monotonic() - began, 2)
        _log.info("differing pages were sent to the other box", box=name, pages=sent, seconds=took)

    def _send_files(self, heard: ssl.SSLSocket, have: dict[str, bytes]) -> None:
        folder = self._ledger.parent
        there: set[str] = set()
        for path in list_files(folder):
            name = str(path.relative_to(folder))
            there.add(name)
            body = path.read_bytes()
            if have.get(name) != _digest(body):
                heard.sendall(frames.encode(Copied({}, files=((name, body),))))
        gone = tuple((name, b"") for name in have if name not in there)
        if gone:
            heard.sendall(frames.encode(Copied({}, size=-1, files=gone)))


class _Snapshot:
    """The ledger as of one commit, read while later commits follow. It reads the WAL pages up to that commit, and the
    rest from the file. While its reader is open, no checkpoint overwrites them (wal.c)."""

    def __init__(self, ledger: Path, at: WalReader | None) -> None:
        assert at is not None, "the ledger is open"
        self._db = open_reader(ledger)
        self._db.execute("BEGIN")
        self.mark = read_mark(self._db)
        (self.size,) = self._db.execute("PRAGMA page_count").fetchone()
        self._salts, self._end = at.salts, at.end
        self._places: dict[int, int] = {}
        self._file = os.open(ledger, os.O_RDONLY | os.O_CLOEXEC)
        self._wal = os.open(ledger.with_name(f"{ledger.name}-wal"), os.O_RDONLY | os.O_CLOEXEC)

    def index(self) -> None:
        """Find the newest version of each page in the WAL; runs alongside the writer."""
        step = FRAME.size + PAGE_BYTES
        for at in range(HEADER.size, self._end, step):
            head = os.pread(self._wal, FRAME.size, at)
            if len(head) < FRAME.size:
                break
            number, *_ = FRAME.unpack(head)
            self._places[number] = at

    def page(self, number: int) -> bytes:
        at = self._places.get(number)
        if at is not None:
            content = os.pread(self._wal, FRAME.size + PAGE_BYTES, at)
            if len(content) == FRAME.size + PAGE_BYTES:
                found, _, salt_1, salt_2, _, _ = FRAME.unpack_from(content)
                if (found, (salt_1, salt_2)) == (number, self._salts):
                    return content[FRAME.size :]
        # the WAL was restarted, so the file has all its pages
        return os.pread(self._file, PAGE_BYTES, (number - 1) * PAGE_BYTES)

    def close(self) -> None:
        os.close(self._wal)
        os.close(self._file)
        self._db.close()


class CopyTarget(Protocol):
    """The owner of the copied ledger."""

    @property
    def floor(self) -> int:
        """The journal position that some leader is known to have reached."""
        ...

    def is_leading(self) -> bool: ...

    def receive(self, sender: str, message: Image) -> None:
        """Called when the copy is complete."""
        ...


class CopyReceiver:
    """The follower's side of copying. It requests a copy on a separate thread and hands it over when complete.
    `fetch(leader)` opens a connection."""

    def __init__(self, copy: LedgerCopy, fetch: Callable[[str], ssl.SSLSocket], target: CopyTarget) -> None:
        self._copy, self._fetch_from, self._target = copy, fetch, target
        self._busy = threading.Lock()

    def want(self, leader: str, offered: Image) -> None:
        """Request a full copy, as the leader says that this box needs one."""
        if self._target.is_leading() or not self._busy.acquire(blocking=False):
            return
        threading.Thread(target=self._run, args=(leader, offered.term), name="twin copies", daemon=True).start()

    def _run(self, leader: str, term: int) -> None:
        copy = self._copy
        try:
            copy.catch_up()
            before, floor = copy.last, self._target.floor
            last = self._fetch(leader, before)
            if last is not None:
                self._target.receive(leader, Image(term, before, last, str(copy.staging()), floor))
        except (OSError, BadFrame, ValueError) as error:
            _log.warning("the ledger couldn't be copied; retrying", why=str(error))
        finally:
            if not self._target.is_leading():
                copy.begin()
            self._busy.release()

    def _fetch(self, leader: str, before: Mark) -> Mark | None:
        copy = self._copy
        with self._fetch_from(leader) as talking:
            talking.settimeout(COPY_S)
            files = {str(path.relative_to(copy.folder)): _digest(path.read_bytes()) for path in list_files(copy.folder)}
            talking.sendall(frames.encode(Have(b"".join(_digests(copy.ledger)), files)))
            take = reader(talking)
            with copy.staging().open("wb") as staged:
                while True:
                    part = frames.read(take)
                    if not isinstance(part, Copied):
                        raise BadFrame("this isn't a copy")
                    changes = tuple(FileChange(name, body if part.size >= 0 else None) for name, body in part.files)
                    if changes:
                        staged.write(record(Mark(), pack(ShippedBody(0, {}, changes))))
                        continue
                    mark = Mark(part.term, part.position, part.checksum)
                    staged.write(record(mark, pack(ShippedBody(part.size, part.pages))))
                    if part.size:
                        staged.flush()
                        os.fsync(staged.fileno())
                        return mark


def _digests(ledger: Path) -> Iterator[bytes]:
    if not ledger.exists():
        return
    with ledger.open("rb") as file:
        while page := file.read(PAGE_BYTES):
            yield _digest(page)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()
