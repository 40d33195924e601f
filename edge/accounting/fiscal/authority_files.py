"""Files for tax authorities: made from the journal, and reproduced byte for byte from their record."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal.closing import last_day
from edge.accounting.fiscal.commands import RecordFiscalFile
from edge.accounting.fiscal.events import FileIdentity, FileKind, PaperSigned
from edge.accounting.fiscal.fiscal_paper import FiscalPaper
from edge.accounting.fiscal.france.french_archive import LONGEST_DAYS, FrenchArchive
from edge.accounting.fiscal.germany.german_file import GermanFile
from edge.accounting.fiscal.israel.israel_file import IsraelFile
from edge.accounting.fiscal.israel.israel_tape import tape
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.ontario_report import OntarioReport
from edge.accounting.fiscal.paper_reader import PaperReader
from edge.accounting.fiscal.quebec.quebec_outbox import Outbox
from edge.accounting.fiscal.queries import FiscalFile, KeptRegime, regime_at
from edge.accounting.fiscal.regimes import SIGNING, Regime
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.signing import CERTIFICATE, Signing
from edge.accounting.fiscal.taxed_paper import austrian_sums, with_advances
from edge.accounting.fiscal.version import SOFTWARE_VERSION
from edge.core.journal.rows import read_head
from edge.core.messages import Refusal
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.settings import TillSettings
from edge.lib.fiscal.austria.export import not_before, write_export
from edge.lib.fiscal.austria.receipt import RksvRegister, RksvText, read_text, split_jws
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.fixed_zip import write_zip
from edge.lib.fiscal.israel import reports
from edge.lib.fiscal.israel.reports import TypeSum
from edge.lib.fiscal.israel.uniform_file import UniformWriter
from edge.lib.fiscal.ontario.workbook import month_workbook, read_template
from edge.lib.i18n.dates import is_day

Rest = Callable[[], None]
KINDS: dict[Regime, FileKind] = {"il": "uniform", "fr": "archive", "at": "dep", "de": "dsfinvk", "ca-on": "month"}
"""The kind of file for each authority."""
LAYOUTS: dict[FileKind, int] = {"dsfinvk": 2}
"""The current layout version by kind of file (default 1). A recorded file is reproduced in its recorded version. From 2
on, DSFinV-K files treat foreign notes as cash in their own currency."""
IDENTIFIER_DIGITS = 15
_TAKEN = "SELECT 1 FROM fiscal_file WHERE at = ? LIMIT 1"
_RECEIPTS = """
    SELECT p.seq, coalesce(r.seq, 0), p.zero, p.number FROM fiscal_paper p
    LEFT JOIN receipt r ON p.zero = 0 AND r.register = p.register AND r.number = p.number
    WHERE p.regime = 'at' AND p.register = ? AND p.day >= ? AND p.day <= ? ORDER BY p.seq
"""


class WantedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of a file; it includes journal rows before `through`."""

    regime: Regime
    of_register: str
    since: str
    until: str
    identifier: int
    at: str
    through: int
    template: str = ""
    layout: int = 1
    identity: FileIdentity | None = None

    @property
    def kind(self) -> FileKind:
        return KINDS[self.regime]


class MadeFile(msgspec.Struct, frozen=True):
    """A file: its name, content, number of records, and the number of name characters that didn't fit. `beside`: a
    detached signature, or "". `told`: lines of its printed summary, and its sums by type."""

    wanted: WantedFile
    name: str
    data: bytes
    records: int
    lost: int = 0
    beside: str = ""
    told: tuple[str, ...] = ()
    sums: tuple[TypeSum, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def record_command(self) -> RecordFiscalFile:
        """The command that records this file."""
        one = self.wanted
        return RecordFiscalFile(
            regime=one.regime,
            kind=one.kind,
            of_register=one.of_register,
            since=one.since,
            until=one.until,
            identifier=one.identifier,
            at=one.at,
            sha256=self.sha256,
            records=self.records,
            lost=self.lost,
            seq=one.through,
            template=one.template,
            layout=one.layout,
            identity=one.identity,
        )


def reproduction_params(file: FiscalFile) -> WantedFile:
    """The parameters to reproduce a recorded file."""
    return WantedFile(
        regime=file.regime,
        of_register=file.of_register,
        since=file.since,
        until=file.until,
        identifier=file.identifier,
        at=file.at,
        through=file.through,
        template=file.template,
        layout=file.layout,
        identity=file.identity,
    )


class Authorities:
    """Makes a store's files for tax authorities. Thread-safe if each thread uses its own connection."""

    def __init__(self, registry: Registry, till: TillSettings, settings: FiscalSettings, keys: FiscalKeys) -> None:
        self._registry = registry
        self._till = till
        self._settings = settings
        self._keys = keys

    def plan_file(
        self, db: Connection, regime: Regime, since: str, until: str, register: str, now_us: int, today: str
    ) -> WantedFile:
        """The parameters of a new file. Raises `Refusal` if the range is reversed or unfinished, or the law doesn't
        apply."""
        law = self._law(db, regime, since, until)
        if not since <= until < today or not is_day(since) or not is_day(until):
            raise Refusal("fiscal_range", {"since": since, "until": until})
        if regime == "ca-on" and not _is_month(since, until):
            raise Refusal("fiscal_month", {"since": since, "until": until})
        if regime == "fr" and _days(since, until) > LONGEST_DAYS:
            raise Refusal("fiscal_too_long")
        at = datetime.fromtimestamp(now_us // 1_000_000, ZoneInfo(self._settings.zone)).replace(tzinfo=None, second=0)
        while db.execute(_TAKEN, (at.isoformat(),)).fetchone():
            at += timedelta(minutes=1)
        return WantedFile(
            regime=law.regime,
            of_register=register,
            since=max(since, law.since) if regime in SIGNING else since,
            until=until,
            identifier=secrets.randbelow(9 * 10 ** (IDENTIFIER_DIGITS - 1)) + 10 ** (IDENTIFIER_DIGITS - 1),
            at=at.isoformat(),
            through=read_head(db).seq,
            template=self._template() if regime == "ca-on" else "",
            layout=LAYOUTS.get(KINDS[law.regime], 1),
            identity=identity_of(self._settings, self._till.language),
        )

    def tape(self, db: Connection, day: str, register: str, rest: Rest | None = None) -> list[str]:
        """Israel's control tape of a register's day. Raises `Refusal` if the law didn't apply."""
        self._law(db, "il", day, day)
        reader = PaperReader(db, self._registry, self._till, read_head(db).seq, False, rest)
        return list(tape(db, reader, self._registry, self._settings, day, register))

    def outbox(self, db: Connection) -> Outbox:
        """The outbox of Québec's transactions."""
        return Outbox(db, self._registry, self._till, self._settings, self._keys)

    @property
    def certificate(self) -> str:
        """The name of the signing key on Austrian receipts."""
        return self._settings.certificate or CERTIFICATE

    def austrian_register(self, register: str) -> RksvRegister:
        """The data to verify a register's receipts: its id, and the key of its turnover counter."""
        return Signing(self._till, self._settings, self._keys).austrian_register(register)

    def make_file(self, db: Connection, wanted: WantedFile, rest: Rest | None = None) -> MadeFile:
        """Make a file. Raises `Refusal` if something can't be represented, and says where. `rest` is called after every
        few papers."""
        law = self._law(db, wanted.regime, wanted.since, wanted.until)
        corrected = wanted.regime != "fr"  # the signed paper is archived; corrections are in the log
        till = self._till
        if wanted.identity:
            till = msgspec.structs.replace(till, language=wanted.identity.language)
        reader = PaperReader(db, self._registry, till, wanted.through, corrected, rest)
        make: dict[Regime, Callable[[PaperReader, KeptRegime, WantedFile], MadeFile]] = {
            "fr": self._french,
            "il": self._israeli,
            "at": self._austrian,
            "de": self._german,
            "ca-on": self._ontarian,
        }
        try:
            return make[wanted.regime](reader, law, wanted)
        except FiscalFault as fault:
            raise Refusal(
                "fiscal_file", {"place": fault.place, "why": f"{fault.reason} {fault.advice}".strip()}
            ) from fault

    def _law(self, db: Connection, regime: Regime, since: str, until: str) -> KeptRegime:
        law = regime_at(db, regime)
        if law is None or until < law.since or (law.until and since > law.until):
            raise Refusal("fiscal_no_regime", {"regime": regime, "since": since, "until": until})
        return law

    def _french(self, reader: PaperReader, law: KeptRegime, wanted: WantedFile) -> MadeFile:
        archive = FrenchArchive(reader, self._keys, self._settings.last_month)
        data, jws, records = archive.make_archive(wanted.since, wanted.until)
        return MadeFile(wanted, f"{wanted.since}_{wanted.until}.zip", data, records, beside=jws)

    def _israeli(self, reader: PaperReader, law: KeptRegime, wanted: WantedFile) -> MadeFile:
        file = IsraelFile(reader, self._registry, *self._shop_and_software(wanted))
        header = file.header(wanted.since, wanted.until, wanted.identifier, datetime.fromisoformat(wanted.at))
        writer, inner, outer = UniformWriter(header), io.BytesIO(), io.BytesIO()
        write_zip(inner, {"BKMVDATA.TXT": file.bkmvdata(writer, wanted.since, wanted.until)})
        files: dict[str, list[bytes]] = {"INI.TXT": [writer.ini()], "BKMVDATA.zip": [inner.getvalue()]}
        write_zip(outer, {f"{header.path}/{name}": chunks for name, chunks in files.items()})
        counts, records = writer.rules.counts, writer.rules.records
        sums = reports.verification_report(one.header for one in file.documents(wanted.since, wanted.until))
        told = tuple(reports.summary(header, counts))
        name = f"OPENFRMT-{wanted.identifier}.zip"
        return MadeFile(wanted, name, outer.getvalue(), records, writer.lost, told=told, sums=tuple(sums))

    def _austrian(self, reader: PaperReader, law: KeptRegime, wanted: WantedFile) -> MadeFile:
        receipts = list(self._receipts(reader, wanted))
        return MadeFile(wanted, f"dep7-{wanted.of_register}.json", write_export(receipts), len(receipts))

    def _german(self, reader: PaperReader, law: KeptRegime, wanted: WantedFile) -> MadeFile:
        outer = io.BytesIO()
        with TemporaryDirectory(prefix="edge-dsfinvk-") as folder:
            files, records = GermanFile(
                reader, self._registry, *self._shop_and_software(wanted), wanted.layout
            ).make_tables(wanted.since, wanted.until, Path(folder))
            write_zip(outer, files)
        return MadeFile(wanted, f"DSFinV-K_{wanted.since}_{wanted.until}.zip", outer.getvalue(), records)

    def _ontarian(self, reader: PaperReader, law: KeptRegime, wanted: WantedFile) -> MadeFile:
        template = read_template(wanted.template.encode())
        month = OntarioReport(reader, self._registry, self._shop_and_software(wanted)[1].language).month(
            wanted.since, wanted.until
        )
        records = len(month.products) + sum(map(len, month.movements.values()))
        name = f"ontario-{wanted.since[:7]}.xlsx"
        return MadeFile(wanted, name, month_workbook(month, template), records)

    def _shop_and_software(self, wanted: WantedFile) -> tuple[FiscalSettings, FileIdentity]:
        """The shop and software data recorded with the file, or from the configuration if none was recorded."""
        said = wanted.identity or identity_of(self._settings, self._till.language)
        fields = {name: getattr(said, name) for name in said.__struct_fields__ if name not in ("software", "language")}
        return msgspec.structs.replace(self._settings, **fields), said

    def _template(self) -> str:
        """The configured headings; "" for ours. Raises `Refusal` if the file is missing or invalid."""
        path = self._settings.template
        try:
            text = Path(path).read_text("utf-8") if path else ""
            read_template(text.encode())
        except (OSError, ValueError) as error:
            raise Refusal("fiscal_file", {"place": path, "why": str(error)}) from error
        except FiscalFault as fault:
            raise Refusal("fiscal_file", {"place": fault.place, "why": fault.reason}) from fault
        return text

    def _receipts(self, reader: PaperReader, wanted: WantedFile) -> Iterator[str]:
        where = (wanted.of_register, wanted.since, wanted.until)
        before: datetime | None = None
        for seq, paper_seq, is_zero, number in reader.db.execute(_RECEIPTS, where).fetchall():
            if not paper_seq and not is_zero:
                place = f"paper {wanted.of_register}-{number}"
                raise FiscalFault("paper", place, "it was signed, but is missing now.", "Run `edge verify`.")
            event = reader.fact(seq).event
            assert isinstance(event, PaperSigned)
            text = read_text(split_jws(event.signature)[1])
            if paper_seq:
                _require_signed(reader.paper(paper_seq), event, text, before)
            before = text.at
            yield event.signature


def _require_signed(paper: FiscalPaper, signed: PaperSigned, text: RksvText, before: datetime | None) -> None:
    """Check that a paper matches its signed receipt. Raises `FiscalFault` if they differ. `before`: the time of the
    previous receipt."""
    sums = austrian_sums(with_advances(paper, signed.advances))
    right = paper.at == text.at if before is None else not_before(paper.at, before) == text.at
    if not right or sums != text.sums_minor:
        raise FiscalFault("paper", f"paper {paper.name}", "it doesn't match its signature.", "Run `edge verify`.")


def identity_of(said: FiscalSettings, language: str) -> FileIdentity:
    """The shop and software data for a new file."""
    return FileIdentity(
        software=SOFTWARE_VERSION,
        language=language,
        name=said.name,
        street=said.street,
        house=said.house,
        postcode=said.postcode,
        city=said.city,
        tax_number=said.tax_number,
        company_number=said.company_number,
        registration_number=said.registration_number,
        exempt_dealer=said.exempt_dealer,
        books=said.books,
    )


def _is_month(since: str, until: str) -> bool:
    return since.endswith("-01") and until == last_day(since[:7], 12)


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days + 1
