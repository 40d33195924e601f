"""A follower's copy of the ledger.

Shipments are synced to a log at once and applied to the file a little later. No other process has the file open.

    twin/shipped-N.log      shipments that follow the files with a lower number
    twin/image-N.log        all pages of a leader's ledger that differed, and its files; it supersedes older files
    twin/led                a leader has written this copy since: it may have rows that no other box has
    twin/doubted            this copy differs from the shipments, until the difference is repaired
    twin/damaged            when damage was last found
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import structlog

from edge.backoffice.twin.copy import aside, data_files
from edge.backoffice.twin.copy.marks import read_mark
from edge.backoffice.twin.copy.shipment_body import ShippedBody, unpack
from edge.backoffice.twin.copy.sync_times import SyncTimes
from edge.backoffice.twin.limits import APPLY_PAGES, APPLY_S, FRAME_BYTES, LOG_BYTES, PAGE_BYTES
from edge.core.journal import highwater
from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import open_reader
from twin.records import Mark, Shipment

_log = structlog.get_logger(__name__)

RECORD = struct.Struct(">4sIQQ32s16s")
"""Header of a log record: kind, body length, term, position, checksum of the mark, digest of the body."""
MAGIC = b"ship"
_LOG = re.compile(r"(shipped|image)-(\d+)\.log")
LED = "led"
DAMAGED_AT, DOUBTED = "damaged", "doubted"
USER_VERSION = 60
"""Offset of the schema version in an SQLite file."""
DAMAGED = Mark(0, 0, b"damaged")
"""Mark of a damaged copy: no position, so it gets no votes and receives the differing pages."""
NOTHING = Mark(0, 0, b"nothing")
"""Mark of a box without a ledger, which has no position either. A ledger written by a single box has no mark yet; later
commits are useless to a box without the earlier ones."""
T = TypeVar("T")


class Hurried(Exception):
    """This box is about to lead; anything using its copy must stop."""


class LedgerCopy:
    """The copy in `folder` (the data folder). Call all methods with the box's lock held, except those of the copy's own
    thread."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._twin = folder, folder / "twin"
        self.ledger = folder / "ledger.db"
        self._lock, self._applying = threading.Lock(), threading.Lock()
        self._generation = 0
        self._log: int = -1
        self._log_bytes = 0
        self._applied_of = self._applied_to = 0  # the log being applied, and the position in it
        self._wakes, self._end = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self.applied_s = time.monotonic()
        self._is_hurried = self._is_stuck = False
        self.syncs = SyncTimes()
        self.last = self._recover()
        if (self._twin / DOUBTED).exists():
            self.last = DAMAGED

    def begin(self) -> None:
        """Start following: apply shipments in the background."""
        self._end.clear()
        self._thread = threading.Thread(target=self._run, name="twin applies", daemon=True)
        self._thread.start()

    def append(self, shipments: Sequence[Shipment]) -> None:
        """Append shipments to the log; durable on return. Raises `OSError` if the disk fails."""
        content = b"".join(record(one.mark, one.body) for one in shipments)
        with self._lock:
            if self._log < 0:
                self._open_log()
            try:
                _write_all(self._log, content)
                with self.syncs.measure_sync():
                    os.fdatasync(self._log)
            except OSError:
                os.ftruncate(self._log, self._log_bytes)
                raise
            self._log_bytes += len(content)
        self.last = shipments[-1].mark
        self._wakes.set()

    def replace(self, image: Path, last: Mark) -> None:
        """Replace the ledger with `image`, a file already written and synced."""
        with self._lock:
            self._close_log()
            self._generation += 1
            image.replace(self._twin / f"image-{self._generation}.log")
            sync_folder(self._twin)
        (self._twin / DOUBTED).unlink(missing_ok=True)
        self.last = last
        self._wakes.set()

    def staging(self) -> Path:
        """The path for an image while it's being received."""
        self._twin.mkdir(mode=0o700, exist_ok=True)
        return self._twin / "image.part"

    def catch_up(self) -> None:
        """Apply all shipments to the ledger's file, so that it can be compared with a leader's."""
        self._halt()
        self._apply(whole=True)

    def settle(self) -> None:
        """Apply all shipments durably, as this box is about to open and write the ledger itself."""
        self._is_hurried = True
        self.catch_up()
        (self._twin / LED).touch()
        (self._twin / DOUBTED).unlink(missing_ok=True)  # if the copy was damaged, a person let it lead anyway
        sync_folder(self._twin)

    def inspect(self, read: Callable[[Path], T]) -> T:
        """Apply all shipments, then call `read` on the ledger's file. New shipments stay in the log meanwhile.

        Raises `Hurried` if this box is about to lead, or if the ledger is about to be replaced.
        """
        with self._applying:
            self.require_time()
            if self.was_led:
                raise Hurried("what differs is on its way")
            self._apply_logs(whole=True)
            try:
                return read(self.ledger)
            finally:
                self._forget_wal()  # left by the reader

    def require_time(self) -> None:
        """Raise `Hurried` if users of the ledger's file must stop."""
        if self._is_hurried:
            raise Hurried("this box is about to lead")

    def doubt(self, at_us: int) -> None:
        """Mark the copy as damaged at `at_us`, so that the leader sends the differing pages, also after a restart.
        Raises `OSError`."""
        self.last = DAMAGED
        write_whole(self._twin / DAMAGED_AT, f"{at_us}\n".encode())
        (self._twin / DOUBTED).touch()
        sync_folder(self._twin)

    @property
    def damaged_us(self) -> int:
        """When damage was last found; 0: never."""
        try:
            return int((self._twin / DAMAGED_AT).read_text())
        except (OSError, ValueError):
            return 0

    def about(self) -> tuple[int, int]:
        """The disk's sync time (p99, ms), and when damage was last found (us)."""
        return self.syncs.p99_ms, self.damaged_us

    @property
    def schema(self) -> int:
        """The schema version in the ledger's file (sqlite.org/fileformat2.html, 1.3); 0 if there is none."""
        try:
            with self.ledger.open("rb") as file:
                file.seek(USER_VERSION)
                return int.from_bytes(file.read(4), "big")
        except OSError:
            return 0

    def mark(self) -> Mark:
        """The position of the ledger's file, including its WAL."""
        if not self.ledger.exists():
            return Mark()
        with closing(open_reader(self.ledger)) as db:
            return read_mark(db)

    @property
    def was_led(self) -> bool:
        return (self._twin / LED).exists()

    def _halt(self) -> None:
        """Stop the thread at once: the shop waits for this when its box is about to lead."""
        self._end.set()
        self._wakes.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._end.is_set():
            self._wakes.wait()
            self._wakes.clear()
            if self._log_bytes - self._applied_to < APPLY_PAGES * PAGE_BYTES:
                self._end.wait(APPLY_S / 2)
            if not self._end.is_set():
                self._apply_or_wait()

    def _apply_or_wait(self) -> None:
        """Apply the logs. If the disk is failing, wait, as the logs hold all shipments."""
        try:
            self._apply(self._log_bytes > LOG_BYTES)
            self._is_stuck = False
        except OSError as error:
            if not self._is_stuck:  # log it once, not every second
                _log.warning("shipped rows aren't in the ledger yet", why=str(error))
            self._is_stuck = True
            self._wakes.set()
            self._end.wait(APPLY_S)

    def _apply(self, whole: bool) -> None:
        """Apply the logs to the ledger's file. `whole`: make it durable, then delete the logs."""
        with self._applying:
            self._apply_logs(whole)

    def _apply_logs(self, whole: bool) -> None:
        if whole:
            with self._lock:
                self._close_log()
                self._generation += 1
        now = self._generation
        for path in list_logs(self._twin):
            if path.name.startswith("image"):
                self._apply_image(path)
                whole = True
            elif path.exists():
                self._apply_log(path)
        old = [path for path in list_logs(self._twin) if _number(path) < now]
        if old:
            _sync(self.ledger)
            for path in old:
                path.unlink(missing_ok=True)
            sync_folder(self._twin)
        self.applied_s = time.monotonic()

    def _apply_image(self, path: Path) -> None:
        for older in list_logs(self._twin):
            if _number(older) < _number(path):
                older.unlink(missing_ok=True)
        if self.was_led:
            aside.keep_end(self._twin, self.ledger)
        self._forget_wal()
        (self.folder / highwater.NAME).unlink(missing_ok=True)  # it belongs to the replaced ledger
        for shipment in records(path):
            self._write(unpack(shipment.body))
        _sync(self.ledger)
        aside.keep_what_lacks(self._twin, self.ledger)
        self._forget_wal()
        (self._twin / LED).unlink(missing_ok=True)
        path.unlink()
        sync_folder(self._twin)

    def _apply_log(self, path: Path) -> None:
        generation = _number(path)
        if self._applied_of != generation:
            self._applied_of, self._applied_to = generation, 0
        for shipment, end in records_from(path, self._applied_to):
            self._write(unpack(shipment.body))
            self._applied_to = end

    def _write(self, body: ShippedBody) -> None:
        data_files.apply(self.folder, body.files)
        if not body.pages and body.size <= 0:
            return
        fd = os.open(self.ledger, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = PAGE_BYTES
        try:
            for number, page in body.pages.items():
                os.pwrite(fd, page, (number - 1) * size)
            if body.size > 0:  # the first parts of an image don't know the final size
                os.ftruncate(fd, body.size * size)
        finally:
            os.close(fd)

    def _recover(self) -> Mark:
        """Recover the position: the end of the logs."""
        self._twin.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._twin / "image.part").unlink(missing_ok=True)
        images = [_number(path) for path in list_logs(self._twin) if path.name.startswith("image")]
        for path in list_logs(self._twin):
            if images and _number(path) < max(images):
                path.unlink()
        self._generation = max((_number(path) for path in list_logs(self._twin)), default=0)
        last = None
        for path in list_logs(self._twin):
            for shipment in records(path):
                last = shipment.mark
        self._generation += 1
        return self._of_the_ledger() if last is None else last

    def _of_the_ledger(self) -> Mark:
        if not self.ledger.exists():
            return NOTHING
        mark = self.mark()
        if not self.was_led:
            self._forget_wal()  # left by the read above; shipped pages are written below it
        # Rows written since it led may exist nowhere else: the "led" checksum matches no shipped copy.
        return Mark(mark.term, mark.position, b"led") if self.was_led else mark

    def _forget_wal(self) -> None:
        for end in ("-wal", "-shm"):
            self.ledger.with_name(self.ledger.name + end).unlink(missing_ok=True)

    def _open_log(self) -> None:
        path = self._twin / f"shipped-{self._generation}.log"
        self._log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._log_bytes = os.fstat(self._log).st_size
        sync_folder(self._twin)

    def _close_log(self) -> None:
        if self._log >= 0:
            os.close(self._log)
        self._log, self._log_bytes = -1, 0


def list_logs(twin: Path) -> list[Path]:
    """The logs in order. If numbers are equal, the image comes first."""
    found = [path for path in twin.iterdir() if _LOG.fullmatch(path.name)]
    return sorted(found, key=lambda path: (_number(path), path.name))


def record(mark: Mark, body: bytes) -> bytes:
    """A record of a log."""
    digest = hashlib.blake2b(body, digest_size=16).digest()
    return RECORD.pack(MAGIC, len(body), mark.term, mark.position, mark.checksum, digest) + body


def records(path: Path) -> Iterator[Shipment]:
    """All records of a log up to a truncated one. A truncated record was never acknowledged."""
    for shipment, _ in records_from(path, 0):
        yield shipment


def records_from(path: Path, at: int) -> Iterator[tuple[Shipment, int]]:
    """The records from a position on, each with its end."""
    with path.open("rb") as file:
        file.seek(at)
        while len(head := file.read(RECORD.size)) == RECORD.size:
            magic, length, term, position, checksum, digest = RECORD.unpack(head)
            if magic != MAGIC or length > FRAME_BYTES:
                return
            body = file.read(length)
            if len(body) < length or hashlib.blake2b(body, digest_size=16).digest() != digest:
                return
            yield Shipment(Mark(term, position, checksum), body), file.tell()


def _number(path: Path) -> int:
    match = _LOG.fullmatch(path.name)
    assert match, "it is one of the logs"
    return int(match[2])


def _write_all(fd: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]


def _sync(path: Path) -> None:
    if not path.exists():
        return
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
