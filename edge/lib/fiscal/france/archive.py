"""The archive of closed periods: its tables, and their ZIP with a detached signature. Pure.

`PERIOD.zip` has a CSV file for each table, the public key, a description of each column in French, and a manifest with
the hash of each file. `PERIOD.zip.jws` signs all of it (JWS with detached payload, RFC 7515, appendix F).
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.lib.fiscal.es256 import sign_digest, to_base64url
from edge.lib.fiscal.fixed_zip import write_zip
from edge.lib.fiscal.france.chains import (
    CopyEntry,
    EventEntry,
    ItemizedTicketEntry,
    NoteEntry,
    PaidTicketEntry,
    TicketEntry,
    hash_lines,
    rate_sums,
    write_payments,
)
from edge.lib.fiscal.france.closings import PeriodTotals, PerpetualTotals
from edge.lib.fiscal.france.tables import Described, description, write_rows, write_table

CHUNK_BYTES = 256 * 1024
BASE64_BYTES = 3 * CHUNK_BYTES
"""A multiple of three, so that only the last part is padded."""
JWS_HEADER = to_base64url(b'{"alg":"ES256"}')
MANIFEST, KEY, DESCRIPTION = "manifest.json", "key.pem", "description.txt"


class ArchivedPaper(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    number: Annotated[int, Described("Numéro du ticket dans la caisse")]
    kind: Annotated[str, Described("Nature : VENTE, REMBOURSEMENT, ANNULATION, ECHANGE")]
    day: Annotated[date, Described("Jour d'exploitation")]
    at: Annotated[datetime, Described("Date et heure locales")]
    operator: Annotated[str, Described("Identifiant de l'opérateur")]
    total_minor: Annotated[int, Described("Total TTC hors opérations à part", 2)]
    apart_minor: Annotated[int, Described("Opérations à part : cartes cadeaux, pourboires", 2)] = 0
    basis: Annotated[str, Described("Ticket d'origine, vide sans origine")] = ""

    @property
    def key(self) -> tuple[str, int]:
        return self.register, self.number

    @property
    def name(self) -> str:
        """The number as signed and printed."""
        return f"{self.register}-{self.number}"

    def entries(
        self, taxes: Iterable[ArchivedTax], payments: Iterable[ArchivedPayment], lines: Iterable[ArchivedLine]
    ) -> tuple[TicketEntry, ...]:
        """The signed fields of the paper, in the current version and in versions 3 and earlier."""
        vat = rate_sums((row.rate, row.gross_minor) for row in taxes)
        fields: dict[str, Any] = {"vat": vat, "total_minor": self.total_minor, "at": self.at}
        fields |= {"number": self.name, "kind": self.kind}
        paid = write_payments((one.means, one.amount_minor) for one in payments)
        hashed = hash_lines(line.signed_fields for line in lines)
        return (
            ItemizedTicketEntry(**fields, payments=paid, lines=hashed),
            PaidTicketEntry(**fields, payments=paid),
            TicketEntry(**fields),
        )


class ArchivedLine(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    number: Annotated[int, Described("Numéro du ticket dans la caisse")]
    line: Annotated[int, Described("Ligne du ticket")]
    article: Annotated[str, Described("Code de l'article")]
    label: Annotated[str, Described("Désignation")]
    quantity_thousandths: Annotated[int, Described("Quantité", 3)]
    rate: Annotated[int, Described("Taux de TVA en pour cent", 2)]
    gross_minor: Annotated[int, Described("Montant TTC, remises déduites", 2)]

    @property
    def signed_fields(self) -> tuple[str, str, int, int, int]:
        """The fields that the paper's signature covers, for `hash_lines`."""
        return self.article, self.label, self.quantity_thousandths, self.rate, self.gross_minor


class ArchivedTax(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    number: Annotated[int, Described("Numéro du ticket dans la caisse")]
    rate: Annotated[int, Described("Taux de TVA en pour cent", 2)]
    net_minor: Annotated[int, Described("Montant HT", 2)]
    tax_minor: Annotated[int, Described("Montant de TVA", 2)]

    @property
    def key(self) -> tuple[str, int]:
        return self.register, self.number

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


class ArchivedPayment(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    number: Annotated[int, Described("Numéro du ticket dans la caisse")]
    line: Annotated[int, Described("Ligne de règlement")]
    means: Annotated[str, Described("Mode de règlement")]
    amount_minor: Annotated[int, Described("Montant, rendu déduit", 2)]

    @property
    def key(self) -> tuple[str, int]:
        return self.register, self.number


class ArchivedCopy(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    copy: Annotated[int, Described("Numéro d'ordre du duplicata dans la caisse")]
    kind: Annotated[str, Described("Nature du ticket")]
    number: Annotated[str, Described("Ticket dupliqué, CAISSE-NUMERO")]
    times: Annotated[int, Described("Combientième duplicata de ce ticket")]
    operator: Annotated[str, Described("Identifiant de l'opérateur")]
    day: Annotated[date, Described("Jour d'exploitation")]
    at: Annotated[datetime, Described("Date et heure locales")]

    def entry(self) -> CopyEntry:
        return CopyEntry(
            copy=self.copy, kind=self.kind, number=self.number, times=self.times, operator=self.operator, at=self.at
        )


class ArchivedNote(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    note: Annotated[int, Described("Numéro d'ordre du document provisoire dans la caisse")]
    total_minor: Annotated[int, Described("Total TTC", 2)]
    at: Annotated[datetime, Described("Date et heure locales")]

    def entry(self) -> NoteEntry:
        return NoteEntry(note=self.note, total_minor=self.total_minor, at=self.at)


class ArchivedClosing(PeriodTotals, frozen=True, kw_only=True):
    at: Annotated[datetime, Described("Date et heure locales de la clôture")]


class ArchivedEvent(msgspec.Struct, frozen=True, kw_only=True):
    register: Annotated[str, Described("Caisse")]
    event: Annotated[int, Described("Numéro d'ordre de l'événement dans la caisse")]
    code: Annotated[str, Described("Code de l'événement")]
    note: Annotated[str, Described("Précisions")]
    at: Annotated[datetime, Described("Date et heure locales")]
    operator: Annotated[str, Described("Identifiant de l'opérateur")]

    def entry(self) -> EventEntry:
        return EventEntry(
            event=self.event,
            code=self.code,
            note=self.note,
            at=self.at,
            operator=self.operator,
            register=self.register,
        )


class ArchivedSignature(msgspec.Struct, frozen=True, kw_only=True):
    chain: Annotated[str, Described("Chaîne : ticket, copy (duplicata), note (provisoire), total (clôture), event")]
    register: Annotated[str, Described("Caisse")]
    signature: Annotated[str, Described("Signature ES256 en base64url, dans l'ordre des lignes de la table signée")]


TABLES: Mapping[str, type[msgspec.Struct]] = MappingProxyType(
    {
        "papers": ArchivedPaper,
        "lines": ArchivedLine,
        "taxes": ArchivedTax,
        "payments": ArchivedPayment,
        "copies": ArchivedCopy,
        "notes": ArchivedNote,
        "closings": ArchivedClosing,
        "events": ArchivedEvent,
        "signatures": ArchivedSignature,
    }
)


class ChainStart(msgspec.Struct, frozen=True, kw_only=True):
    """The last signature of a chain before the archive begins."""

    chain: str
    register: str
    signature: str


class RegisterStart(msgspec.Struct, frozen=True, kw_only=True):
    """A register's totals before the archive begins. `number`: its last ticket number."""

    register: str
    number: int = 0
    totals: PerpetualTotals = PerpetualTotals()


class ArchiveManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Describes the archive. `last_month`: of the tax year. `files`: SHA-256 of each, in hexadecimal. `keys`: if a key
    was replaced, all signing keys, oldest first, as named in events; the last one signed the archive."""

    version: int = 1
    since: date
    until: date
    last_month: int = 12
    chains: tuple[ChainStart, ...] = ()
    registers: tuple[RegisterStart, ...] = ()
    rows: dict[str, int] = {}
    files: dict[str, str] = {}
    keys: tuple[str, ...] = ()

    @property
    def as_json(self) -> bytes:
        """Return the manifest as stored in the archive. It has no `keys` if there was only one."""
        told = msgspec.to_builtins(self)
        if not self.keys:
            del told["keys"]
        return msgspec.json.format(msgspec.json.encode(told), indent=1)


class ArchiveWriter:
    """Builds an archive from rows of all tables. Tables may be added in any order, but the rows of each table by
    register and in order of creation. Tables are written to files of `folder`, so that a year needs no more memory than
    a month."""

    def __init__(self, folder: Path) -> None:
        self._files = {name: (folder / f"{name}.csv").open("w+b") for name in TABLES}
        self._hashes = {name: hashlib.sha256() for name in TABLES}
        self._rows = dict.fromkeys(TABLES, 0)
        for name, table in TABLES.items():
            self._write(name, write_table(table, ()))

    def add(self, name: str, *rows: msgspec.Struct) -> None:
        """Append rows to their table."""
        if rows:
            self._write(name, write_rows(TABLES[name], rows))
            self._rows[name] += len(rows)

    @property
    def records(self) -> int:
        """The total number of rows."""
        return sum(self._rows.values())

    def finish(self, manifest: ArchiveManifest, key: ec.EllipticCurvePrivateKey) -> tuple[bytes, str]:
        """Finish the ZIP and its detached signature. `manifest` has no `rows` and `files`; these are derived from the
        tables."""
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        told = "\r\n".join(line for name, table in TABLES.items() for line in (*description(name, table), "")).encode()
        hashes = {f"{name}.csv": digest.hexdigest() for name, digest in self._hashes.items()}
        hashes |= {KEY: hashlib.sha256(pem).hexdigest(), DESCRIPTION: hashlib.sha256(told).hexdigest()}
        whole = msgspec.structs.replace(manifest, rows=self._rows, files=dict(sorted(hashes.items())))
        files: dict[str, Iterable[bytes]] = {f"{name}.csv": self._chunks(name) for name in TABLES}
        files |= {
            KEY: [pem],
            DESCRIPTION: [told],
            MANIFEST: [whole.as_json],
        }
        target = io.BytesIO()
        write_zip(target, files)
        data = target.getvalue()
        return data, f"{JWS_HEADER}..{to_base64url(sign_digest(key, signing_digest(data)))}"

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _write(self, name: str, lines: Iterable[bytes]) -> None:
        body = b"".join(lines)
        self._files[name].write(body)
        self._hashes[name].update(body)

    def _chunks(self, name: str) -> Iterator[bytes]:
        file = self._files[name]
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def write_archive(
    manifest: ArchiveManifest, tables: Mapping[str, Sequence[msgspec.Struct]], key: ec.EllipticCurvePrivateKey
) -> tuple[bytes, str]:
    """Create the ZIP of in-memory tables and its detached signature (`ArchiveWriter`)."""
    with TemporaryDirectory(prefix="edge-archive-") as folder:
        writer = ArchiveWriter(Path(folder))
        try:
            for name, rows in tables.items():
                writer.add(name, *rows)
            return writer.finish(manifest, key)
        finally:
            writer.close()


def signing_digest(data: bytes) -> bytes:
    """SHA-256 of the signed data: header and payload as in the JWS (RFC 7515, 5.1). The payload is encoded in parts, as
    a year's has tens of megabytes."""
    digest, whole = hashlib.sha256(JWS_HEADER.encode("ascii") + b"."), memoryview(data)
    for at in range(0, len(whole), BASE64_BYTES):
        digest.update(base64.urlsafe_b64encode(whole[at : at + BASE64_BYTES]).rstrip(b"="))
    return digest.digest()
