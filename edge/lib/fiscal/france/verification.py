"""Verifies from an archive of closed periods alone, without a ledger, that the till wrote it. Pure.

It checks the detached signature, the hash of each file, events, each paper (number, sums and signature), copies and
bills, and the closings against the papers. The first fault inside is reported along with any fault of the file. A
replaced key is listed with its successor; in each chain, the later key signs from some entry on.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from typing import Any

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from edge.lib.fiscal.es256 import KeyLine, from_base64url, is_digest_signed, key_of
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.following_rows import FollowingRows
from edge.lib.fiscal.france.archive import (
    DESCRIPTION,
    JWS_HEADER,
    KEY,
    MANIFEST,
    TABLES,
    ArchivedClosing,
    ArchivedEvent,
    ArchivedPaper,
    ArchiveManifest,
    RegisterStart,
    signing_digest,
)
from edge.lib.fiscal.france.chains import SignedEntry, is_chained
from edge.lib.fiscal.france.closings import PERIOD_CHARS, PeriodTotals, PerpetualTotals, close_day, close_longer, fits
from edge.lib.fiscal.france.tables import read_table

UNPACKED_BYTES = 4 * 2**30
"""Archives whose files declare a larger size aren't unpacked."""
REPLACED = re.compile(r"([\w-]+) > ([\w-]+)")
"""Content of a KEY event: the previous key, and the key that replaces it."""
SKIPPED = re.compile(r"(\d+)-(\d+)\b")
"""Start of a SKIPPED event: the first and last unused number."""


def verify_archive(data: bytes, jws: str, trusted: ec.EllipticCurvePublicKey | None = None) -> ArchiveManifest:
    """Verify the archive and return its manifest. Raises `FiscalFault` at a fault. `trusted`: the key that must have
    signed the archive; without one, the archive's own key is accepted."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return _verify(_Archive(opened), data, jws, trusted)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        # errors that a damaged ZIP file may cause
        raise FiscalFault("malformed", "archive", f"it isn't a ZIP file: {error}.") from error


def _verify(archive: _Archive, data: bytes, jws: str, trusted: ec.EllipticCurvePublicKey | None) -> ArchiveManifest:
    """Verify the contents. If the file isn't as signed, its contents show which paper is wrong first."""
    manifest, wrong = archive.manifest(), list(archive.wrong_file(data, jws, trusted))
    wrong += archive.wrong_hashes(manifest)
    try:
        _Check(archive, manifest).run()
    except FiscalFault as found:
        if not wrong:
            raise
        raise FiscalFault(wrong[0].code, found.place, f"{found.reason} {wrong[0]}") from found
    if wrong:
        raise wrong[0]
    return manifest


class _Archive:
    def __init__(self, opened: zipfile.ZipFile) -> None:
        self.zip = opened
        self.read: Counter[str] = Counter()
        wanted = sorted([*(f"{name}.csv" for name in TABLES), KEY, DESCRIPTION, MANIFEST])
        if opened.namelist() != wanted:
            raise FiscalFault("files", "archive", f"it contains {opened.namelist()}, but must contain {wanted}.")
        if sum(info.file_size for info in opened.infolist()) > UNPACKED_BYTES:
            raise FiscalFault("too_large", "archive", f"its files are larger than {UNPACKED_BYTES} bytes.")
        try:
            key = load_pem_public_key(opened.read(KEY))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise FiscalFault("key", KEY, "it isn't a public key.") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise FiscalFault("key", KEY, "it isn't a P-256 key.")
        self.key = key

    def wrong_file(self, data: bytes, jws: str, trusted: ec.EllipticCurvePublicKey | None) -> Iterator[FiscalFault]:
        """Yield why the detached signature doesn't match the file. Raises `FiscalFault` if the file was signed with
        another shop's key."""
        if trusted and _pem(trusted) != _pem(self.key):
            raise FiscalFault("key", KEY, "the archive isn't signed with the shop's key.")
        header, _, signature = jws.partition("..")
        try:
            raw = from_base64url(signature)
        except ValueError:
            raw = b""
        if header != JWS_HEADER or not is_digest_signed(self.key, signing_digest(data), raw):
            yield FiscalFault("signature", "archive", "its detached signature doesn't match the file.")

    def manifest(self) -> ArchiveManifest:
        try:
            return msgspec.json.decode(self.zip.read(MANIFEST), type=ArchiveManifest)
        except msgspec.DecodeError as error:
            raise FiscalFault("malformed", MANIFEST, f"{error}.") from error

    def keys(self, manifest: ArchiveManifest) -> tuple[ec.EllipticCurvePublicKey, ...]:
        """All signing keys, oldest first."""
        try:
            keys = tuple(key_of(text) for text in manifest.keys) or (self.key,)
        except ValueError as error:
            raise FiscalFault("key", MANIFEST, "it contains an entry that isn't a key.") from error
        if _pem(keys[-1]) != _pem(self.key):
            raise FiscalFault("key", MANIFEST, "its last key isn't the archive's key.")
        return keys

    def wrong_hashes(self, manifest: ArchiveManifest) -> Iterator[FiscalFault]:
        for name in self.zip.namelist():
            if name != MANIFEST:
                with self.zip.open(name) as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
                if found != manifest.files.get(name):
                    yield FiscalFault("hash", name, "its SHA-256 doesn't match the manifest's.")

    def rows(self, name: str) -> Iterator[Any]:
        with self.zip.open(f"{name}.csv") as file, io.TextIOWrapper(file, "utf-8", newline="") as lines:
            try:
                for row in read_table(name, TABLES[name], lines):
                    self.read[name] += 1
                    yield row
            except UnicodeDecodeError as error:
                raise FiscalFault("malformed", name, "it isn't valid UTF-8.") from error


class _Chains:
    """The archive's signatures by chain and register. Each entry takes the next one of its chain."""

    def __init__(self, archive: _Archive, manifest: ArchiveManifest) -> None:
        self._keys = archive.keys(manifest)
        self._lines: dict[tuple[str, str], KeyLine] = {}
        self._previous = {(start.chain, start.register): start.signature for start in manifest.chains}
        self._signatures: dict[tuple[str, str], Iterator[str]] = {}
        self._left: Counter[tuple[str, str]] = Counter()
        found: dict[tuple[str, str], io.BytesIO] = defaultdict(io.BytesIO)  # as strings they'd need twice the memory
        for row in archive.rows("signatures"):
            self._left[row.chain, row.register] += 1
            found[row.chain, row.register].write(f"{row.signature}\n".encode())
        for place, lines in found.items():
            lines.seek(0)
            self._signatures[place] = (line.decode().removesuffix("\n") for line in lines)

    def take(self, register: str, place: str, *entries: SignedEntry) -> None:
        """Check the next signature. `entries`: the entry as signed in each version."""
        chain = (entries[0].CHAIN, register)
        line = self._lines.setdefault(chain, KeyLine(self._keys))
        signature = next(self._signatures.get(chain, iter(())), "")
        previous = self._previous.get(chain, "")
        if not any(is_chained(line, entry, previous, signature) for entry in entries):
            raise FiscalFault("chain", place, "its signature doesn't match its content and the previous signature.")
        self._previous[chain] = signature
        self._left[chain] -= 1

    def finish(self) -> None:
        for (chain, register), left in self._left.items():
            if left:
                raise FiscalFault(
                    "chain", f"{chain} of {register}", f"{left} signatures belong to nothing in the archive."
                )


class _Check:
    def __init__(self, archive: _Archive, manifest: ArchiveManifest) -> None:
        self.archive = archive
        self.manifest = manifest
        self.starts = {start.register: start for start in manifest.registers}
        self.chains = _Chains(archive, manifest)
        self.skipped: dict[str, set[tuple[int, int]]] = defaultdict(set)
        self.days: dict[tuple[str, str], PeriodTotals] = {}
        self.copies: Counter[tuple[str, str]] = Counter()

    def run(self) -> None:
        self._check_chain("events", lambda row: f"event {row.register}-{row.event} {row.code}", self._note_skipped)
        self._papers()
        self._check_chain("copies", lambda row: f"copy {row.register}-{row.copy}", self._note_copy)
        self._check_chain("notes", lambda row: f"note {row.register}-{row.note}", lambda row: None)
        self._closings()
        self.chains.finish()
        for name in TABLES:
            if (found := self.archive.read[name]) != self.manifest.rows.get(name):
                raise FiscalFault("rows", name, f"it has {found} rows, the manifest {self.manifest.rows.get(name)}.")

    def _check_chain(self, name: str, place: Callable[[Any], str], note: Callable[[Any], None]) -> None:
        for row in self.archive.rows(name):
            self.chains.take(row.register, place(row), row.entry())
            note(row)

    def _note_skipped(self, row: ArchivedEvent) -> None:
        replaced = REPLACED.fullmatch(row.note) if row.code == "KEY" else None
        if replaced and (replaced[1], replaced[2]) not in pairwise(self.manifest.keys):
            raise FiscalFault("key", f"event {row.register}-{row.event} KEY", "the manifest names different keys.")
        if row.code == "SKIPPED" and (numbers := SKIPPED.match(row.note)):
            self.skipped[row.register].add((int(numbers[1]), int(numbers[2])))

    def _note_copy(self, row: Any) -> None:
        self.copies[row.register, row.day.isoformat()] += 1

    def _start(self, register: str) -> RegisterStart:
        return self.starts.get(register, RegisterStart(register=register))

    def _papers(self) -> None:
        following = {
            name: FollowingRows(self.archive.rows(name), lambda row: (row.register, row.number))
            for name in ("lines", "taxes", "payments")
        }
        numbers: dict[str, int] = {}
        totals: dict[str, PerpetualTotals] = {}
        for (register, day), papers in groupby(self.archive.rows("papers"), key=lambda row: (row.register, row.day)):
            place = f"papers of {register} on {day}"
            if not self.manifest.since <= day <= self.manifest.until:
                raise FiscalFault("range", place, "the archive doesn't cover this day.")
            before = totals.get(register, self._start(register).totals)
            tickets = []
            for paper in papers:
                self._number(paper, numbers)
                rows = {name: rows.take(paper.key) for name, rows in following.items()}
                _sums(paper, rows)
                entries = paper.entries(rows["taxes"], rows["payments"], rows["lines"])
                self.chains.take(register, f"paper {paper.name}", *entries)
                tickets.append((paper.number, entries[0]))
            if (register, day.isoformat()) in self.days:
                raise FiscalFault("order", place, "they aren't next to each other.")
            closed = close_day(register, day.isoformat(), tickets, before)
            self.days[register, day.isoformat()] = closed
            totals[register] = PerpetualTotals(closed.perpetual_minor, closed.absolute_minor)
        for name, table in following.items():
            if table.next_key is not None:
                register, number = table.next_key
                raise FiscalFault("orphan", f"{name} of {register}-{number}", "its document is missing.")

    def _number(self, paper: ArchivedPaper, numbers: dict[str, int]) -> None:
        last = numbers.get(paper.register, self._start(paper.register).number)
        if paper.number <= last:
            raise FiscalFault("doubled", f"paper {paper.name}", f"its number isn't above the previous one, {last}.")
        if paper.number > last + 1 and (last + 1, paper.number - 1) not in self.skipped[paper.register]:
            raise FiscalFault(
                "gap",
                f"paper {paper.name}",
                f"the numbers {last + 1}-{paper.number - 1} are missing, and no event explains why.",
            )
        numbers[paper.register] = paper.number

    def _closings(self) -> None:
        made: list[ArchivedClosing] = []
        seen: set[tuple[str, str]] = set()
        for row in self.archive.rows("closings"):
            place = f"closing {row.kind} {row.period} of {row.register}"
            if len(row.period) != PERIOD_CHARS[row.kind]:
                raise FiscalFault("period", place, "the period doesn't match its type.")
            self.chains.take(row.register, place, row.entry(row.at))
            if (row.register, row.period) in seen:
                raise FiscalFault("doubled", place, "the period was already closed.")
            seen.add((row.register, row.period))
            expected = self._expected_totals(row, made, place)
            if expected is not None and (wrong := _differences(row, expected)):
                raise FiscalFault("closing", place, f"its {wrong} isn't the total of its documents.")
            made.append(row)
        if unclosed := sorted(self.days.keys() - seen):
            register, day = unclosed[0]
            raise FiscalFault("unclosed", f"papers of {register} on {day}", "the day wasn't closed.")

    def _expected_totals(self, row: ArchivedClosing, made: list[ArchivedClosing], place: str) -> PeriodTotals | None:
        """Return the correct totals of a closing; None if the archive begins within its period."""
        if row.kind == "day":
            found = self.days.get((row.register, row.period))
            if found is None:
                raise FiscalFault("closing", place, "the day has no documents.")
            return msgspec.structs.replace(found, copies=self.copies[row.register, row.period])
        if self._begins_within(row):
            return None
        own = [part for part in made if part.register == row.register]
        last_month = self.manifest.last_month
        parts = [part for part in own if fits(part.kind, part.period, row.kind, row.period, last_month)]
        totals = self._start(row.register).totals
        before = PerpetualTotals(own[-1].perpetual_minor, own[-1].absolute_minor) if own else totals
        return close_longer(row.register, row.kind, row.period, parts, before, last_month)

    def _begins_within(self, row: ArchivedClosing) -> bool:
        since = self.manifest.since
        if row.kind == "month":
            return f"{row.period}-01" < since.isoformat()
        first_month = self.manifest.last_month % 12 + 1
        year = int(row.period) - (self.manifest.last_month != 12)
        return f"{year:04}-{first_month:02}-01" < since.isoformat()


def _sums(paper: ArchivedPaper, rows: dict[str, list[Any]]) -> None:
    """Check that lines and payments add up to the total and the separate amounts, and taxes to the total."""
    whole_minor = paper.total_minor + paper.apart_minor
    for name, found_minor, right_minor in (
        ("lines", sum(row.gross_minor for row in rows["lines"]), whole_minor),
        ("taxes", sum(row.gross_minor for row in rows["taxes"]), paper.total_minor),
        ("payments", sum(row.amount_minor for row in rows["payments"]), whole_minor),
    ):
        if found_minor != right_minor:
            raise FiscalFault(name, f"paper {paper.name}", f"its {name} are {found_minor} cents, not {right_minor}.")


def _differences(row: ArchivedClosing, expected: PeriodTotals) -> str:
    """Names of the fields that differ, separated by commas."""
    names = expected.__struct_fields__
    return ", ".join(name for name in names if getattr(row, name) != getattr(expected, name))


def _pem(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
