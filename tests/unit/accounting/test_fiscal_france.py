"""France: an archive of closed periods is verified alone, and what was changed in one is named."""

import base64
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from edge.lib.fiscal.es256 import from_base64url, sign_digest, to_base64url
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.fixed_zip import write_zip
from edge.lib.fiscal.france.archive import (
    ArchivedClosing,
    ArchivedCopy,
    ArchivedEvent,
    ArchivedLine,
    ArchivedNote,
    ArchivedPaper,
    ArchivedPayment,
    ArchivedSignature,
    ArchivedTax,
    ArchiveManifest,
    ChainStart,
    RegisterStart,
    signing_digest,
    write_archive,
)
from edge.lib.fiscal.france.chains import (
    SignedEntry,
    sign_entry,
)
from edge.lib.fiscal.france.closings import PeriodTotals, PerpetualTotals, close_day, close_longer
from edge.lib.fiscal.france.verification import verify_archive

KEY = ec.derive_private_key(4711, ec.SECP256R1())
OPENED = datetime(2026, 11, 2, 9, 30, 5)
Tables = dict[str, list[Any]]


def shop() -> Tables:
    """Two days of a register: sales, a refund, a load of a gift card, a copy, a bill, and a number left out."""
    tables: Tables = {"papers": [], "lines": [], "taxes": [], "payments": [], "closings": []}
    totals = PerpetualTotals()
    for day, papers in ((date(2026, 11, 2), ((1, 1200, 0), (2, 600, 500))), (date(2026, 11, 3), ((4, -240, 0),))):
        tickets = []
        for number, gross_minor, apart_minor in papers:
            paper = ArchivedPaper(
                register="K1",
                number=number,
                kind="VENTE" if gross_minor > 0 else "REMBOURSEMENT",
                day=day,
                at=datetime(day.year, day.month, day.day, 10, number),
                operator="u7",
                total_minor=gross_minor,
                apart_minor=apart_minor,
            )
            named: dict[str, Any] = {"register": "K1", "number": number}
            taxes = [ArchivedTax(**named, rate=2000, net_minor=gross_minor * 5 // 6, tax_minor=gross_minor // 6)]
            tables["papers"].append(paper)
            tables["taxes"] += taxes
            tables["lines"] += [
                ArchivedLine(
                    **named,
                    line=line,
                    article="1",
                    label='Pâté; "maison"',
                    quantity_thousandths=1000,
                    rate=rate,
                    gross_minor=minor,
                )
                for line, (rate, minor) in enumerate(((2000, gross_minor), (0, apart_minor)), 1)
                if minor
            ]
            tables["payments"].append(
                ArchivedPayment(**named, line=1, means="ESP", amount_minor=gross_minor + apart_minor)
            )
            tickets.append((number, paper.entries(taxes, (), ())[0]))
        closed = close_day("K1", day.isoformat(), tickets, totals, copies=int(day.day == 2))
        totals = PerpetualTotals(closed.perpetual_minor, closed.absolute_minor)
        tables["closings"].append(closing(closed))
    tables["closings"].append(closing(close_longer("K1", "month", "2026-11", tables["closings"], PerpetualTotals())))
    tables["copies"] = [
        ArchivedCopy(
            register="K1", copy=1, kind="VENTE", number="K1-1", times=1, operator="u7", day=OPENED.date(), at=OPENED
        )
    ]
    tables["notes"] = [ArchivedNote(register="K1", note=1, total_minor=1200, at=OPENED)]
    tables["events"] = [
        ArchivedEvent(register="K1", event=1, code="START", note="", at=OPENED, operator="u7"),
        ArchivedEvent(register="K1", event=2, code="SKIPPED", note="3-3 restauration", at=OPENED, operator="u7"),
    ]
    return tables


def closing(totals: PeriodTotals) -> ArchivedClosing:
    return ArchivedClosing(**msgspec.structs.asdict(totals), at=OPENED + timedelta(days=1))


def parts_of(tables: Tables, paper: Any) -> Iterator[list[Any]]:
    """Its taxes, its payments and its lines."""
    for name in ("taxes", "payments", "lines"):
        yield [row for row in tables[name] if (row.register, row.number) == paper.key]


def signatures(tables: Tables, key: ec.EllipticCurvePrivateKey = KEY, older: int = 0) -> list[ArchivedSignature]:
    """`older`: by how many versions of what is signed of a paper."""
    found: list[ArchivedSignature] = []
    entries: dict[str, list[SignedEntry]] = {
        "ticket": [paper.entries(*parts_of(tables, paper))[older] for paper in tables["papers"]],
        "total": [row.entry(row.at) for row in tables["closings"]],
        **{
            chain: [row.entry() for row in tables[name]]
            for chain, name in (("copy", "copies"), ("note", "notes"), ("event", "events"))
        },
    }
    for chain, chained in entries.items():
        previous = ""
        for entry in chained:
            previous = sign_entry(key, entry, previous)
            found.append(ArchivedSignature(chain=chain, register="K1", signature=previous))
    return found


MANIFEST = ArchiveManifest(since=date(2026, 11, 1), until=date(2026, 11, 30))


def archive(tables: Mapping[str, Sequence[Any]], manifest: ArchiveManifest = MANIFEST) -> tuple[bytes, str]:
    return write_archive(manifest, tables, KEY)


def fault(tables: Mapping[str, Sequence[Any]], manifest: ArchiveManifest = MANIFEST) -> tuple[str, str]:
    """Code and place of what is found in an archive that someone made of other rows and signed with the right key."""
    with pytest.raises(FiscalFault) as raised:
        verify_archive(*archive(tables, manifest), KEY.public_key())
    return raised.value.code, raised.value.place


def whole() -> Tables:
    tables = shop()
    return {**tables, "signatures": signatures(tables)}


def test_an_archive_is_verified_without_the_ledger() -> None:
    data, jws = archive(whole())
    manifest = verify_archive(data, jws, KEY.public_key())
    assert manifest.rows["papers"] == 3 and verify_archive(data, jws) == manifest
    assert archive(whole()) == (data, jws)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.read("taxes.csv").decode().splitlines()[1] == "K1;1;20,00;10,00;2,00"
        assert "Taux de TVA en pour cent" in opened.read("description.txt").decode()


@pytest.mark.parametrize("older", [1, 2])
def test_papers_that_were_signed_in_an_earlier_version_are_still_verified(older: int) -> None:
    tables = shop()
    tables["signatures"] = signatures(tables, older=older)
    verify_archive(*archive(tables), KEY.public_key())
    tables["papers"][1] = msgspec.structs.replace(tables["papers"][1], kind="ANNULATION")
    assert fault(tables) == ("chain", "paper K1-2")


def test_an_empty_month_is_an_archive() -> None:
    tables: Tables = {name: [] for name in ("papers", "lines", "taxes", "payments", "copies", "notes", "events")}
    before = PerpetualTotals(500, 700)
    tables["closings"] = [closing(close_longer("K1", "month", "2026-11", [], before))]
    tables["signatures"] = signatures(tables)
    manifest = msgspec.structs.replace(MANIFEST, registers=(RegisterStart(register="K1", number=9, totals=before),))
    verify_archive(*archive(tables, manifest))
    assert fault(tables)[0] == "closing"


def test_an_archive_goes_on_where_another_ended() -> None:
    tables = whole()
    previous = tables["signatures"][1].signature
    later: Tables = {
        "papers": tables["papers"][2:],
        "lines": tables["lines"][3:],
        "taxes": tables["taxes"][2:],
        "payments": tables["payments"][2:],
        "closings": tables["closings"][1:],
        "events": tables["events"],
    }
    wanted = [row for row in tables["signatures"] if row.chain in ("ticket", "total", "event")]
    totals = [row for row in wanted if row.chain == "total"]
    before = (*tables["signatures"][:2], totals[0])
    later["signatures"] = [row for row in wanted if row not in before]
    manifest = ArchiveManifest(
        since=date(2026, 11, 3),
        until=date(2026, 11, 30),
        chains=(
            ChainStart(chain="ticket", register="K1", signature=previous),
            ChainStart(chain="total", register="K1", signature=totals[0].signature),
        ),
        registers=(RegisterStart(register="K1", number=2, totals=PerpetualTotals(1800, 1800)),),
    )
    verify_archive(*archive(later, manifest))
    other = msgspec.structs.replace(manifest, registers=(RegisterStart(register="K1", number=2),))
    assert fault(later, other)[0] == "closing"


def changed(name: str, at: int, values: dict[str, Any]) -> Tables:
    tables = whole()
    rows = tables[name]
    tables[name] = [*rows[:at], msgspec.structs.replace(rows[at], **values), *rows[at + 1 :]]
    return tables


@pytest.mark.parametrize(
    ("name", "at", "values", "code", "place"),
    [
        ("papers", 1, {"kind": "ANNULATION"}, "chain", "paper K1-2"),
        ("papers", 1, {"at": OPENED}, "chain", "paper K1-2"),
        ("papers", 1, {"total_minor": 601}, "lines", "paper K1-2"),
        ("papers", 1, {"number": 1}, "doubled", "paper K1-1"),
        ("papers", 0, {"day": date(2026, 12, 1)}, "range", "papers of K1 on 2026-12-01"),
        ("papers", 1, {"day": date(2026, 11, 3)}, "closing", "closing day 2026-11-02 of K1"),
        ("lines", 0, {"gross_minor": 1201}, "lines", "paper K1-1"),
        ("lines", 0, {"number": 9}, "lines", "paper K1-1"),
        ("lines", 0, {"label": "Terrine"}, "chain", "paper K1-1"),
        ("lines", 3, {"article": "2"}, "chain", "paper K1-4"),
        ("lines", 0, {"quantity_thousandths": 2000}, "chain", "paper K1-1"),
        ("taxes", 0, {"rate": 1000}, "chain", "paper K1-1"),
        ("payments", 2, {"amount_minor": 240}, "payments", "paper K1-4"),
        ("copies", 0, {"operator": "u8"}, "chain", "copy K1-1"),
        ("copies", 0, {"day": date(2026, 11, 3)}, "closing", "closing day 2026-11-02 of K1"),
        ("notes", 0, {"total_minor": 1}, "chain", "note K1-1"),
        ("events", 0, {"code": "STOP"}, "chain", "event K1-1 STOP"),
        ("events", 1, {"note": "3-4"}, "chain", "event K1-2 SKIPPED"),
        ("closings", 0, {"perpetual_minor": 1}, "chain", "closing day 2026-11-02 of K1"),
        ("closings", 0, {"tickets": 3}, "closing", "closing day 2026-11-02 of K1"),
        ("closings", 2, {"first": 2}, "closing", "closing month 2026-11 of K1"),
    ],
)
def test_a_changed_row_is_named(name: str, at: int, values: dict[str, Any], code: str, place: str) -> None:
    assert fault(changed(name, at, values)) == (code, place)


def test_closings_that_are_signed_but_not_of_the_papers_are_found() -> None:
    tables = shop()
    tables["closings"][0] = msgspec.structs.replace(tables["closings"][0], perpetual_minor=1)
    assert fault({**tables, "signatures": signatures(tables)})[0] == "closing"
    tables = shop()
    tables["closings"].insert(1, tables["closings"][0])
    assert fault({**tables, "signatures": signatures(tables)})[0] == "doubled"
    tables = shop()
    tables["closings"][2] = msgspec.structs.replace(tables["closings"][2], kind="year")
    assert fault({**tables, "signatures": signatures(tables)})[0] == "period"
    tables = shop()
    del tables["closings"][1:]
    assert fault({**tables, "signatures": signatures(tables)}) == ("unclosed", "papers of K1 on 2026-11-03")


def test_a_missing_number_is_found_unless_an_event_says_why() -> None:
    tables = shop()
    tables["events"].pop()
    assert fault({**tables, "signatures": signatures(tables)}) == ("gap", "paper K1-4")


@pytest.mark.parametrize("name", ["papers", "lines", "taxes", "payments", "copies", "notes", "closings", "events"])
def test_rows_lost_or_doubled_are_found(name: str) -> None:
    rows = whole()[name]
    for at in range(len(rows)):
        assert fault({**whole(), name: rows[:at] + rows[at + 1 :]})
        assert fault({**whole(), name: rows[: at + 1] + rows[at:]})


def test_a_signature_too_many_is_found() -> None:
    tables = whole()
    assert fault({**tables, "signatures": [*tables["signatures"], tables["signatures"][0]]})[0] == "chain"


def test_every_changed_byte_of_the_file_is_found() -> None:
    data, jws = archive(whole())
    for place in range(0, len(data), 7):
        with pytest.raises(FiscalFault):
            verify_archive(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], jws)
    for place in range(len(jws)):
        with pytest.raises(FiscalFault):
            verify_archive(data, jws[:place] + ("A" if jws[place] != "A" else "B") + jws[place + 1 :])


def repacked(change: Callable[[dict[str, bytes]], None]) -> tuple[bytes, str]:
    """Other files in the ZIP, which is signed again with the right key."""
    with zipfile.ZipFile(io.BytesIO(archive(whole())[0])) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change(files)
    target = io.BytesIO()
    write_zip(target, {name: [data] for name, data in files.items()})
    data = target.getvalue()
    return data, to_base64url(b'{"alg":"ES256"}') + ".." + to_base64url(sign_digest(KEY, signing_digest(data)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda files: files.update({"papers.csv": files["papers.csv"].replace(b"VENTE", b"VENTF")}), "hash"),
        (lambda files: files.update({"more.csv": b""}), "files"),
        (lambda files: files.pop("lines.csv"), "files"),
        (lambda files: files.update({"key.pem": b"no key"}), "key"),
        (lambda files: files.update({"manifest.json": b"{}"}), "malformed"),
        (lambda files: files.update({"manifest.json": files["manifest.json"].replace(b'": 3', b'": 4', 1)}), "rows"),
    ],
)
def test_a_file_changed_within_is_found(change: Callable[[dict[str, bytes]], None], code: str) -> None:
    with pytest.raises(FiscalFault) as raised:
        verify_archive(*repacked(change))
    assert raised.value.code == code


def test_another_key_or_no_archive_at_all_is_refused() -> None:
    data, jws = archive(whole())
    stranger = ec.derive_private_key(12, ec.SECP256R1()).public_key()
    for arguments in ((data, jws, stranger), (b"", jws), (data[:-30], jws), (data, "")):
        with pytest.raises(FiscalFault):
            verify_archive(*arguments)  # type: ignore[arg-type]
    # as RFC 7515, appendix F has it: header and signature of what base64url of the file would stand between
    header, payload, signature = jws.split(".")
    assert (
        payload == ""
        and base64.urlsafe_b64decode(header) == b'{"alg":"ES256"}'
        and len(from_base64url(signature)) == 64
    )


def test_an_edited_archive_names_the_first_wrong_paper_and_that_its_signature_is_not_its_own() -> None:
    data, jws = archive(whole())
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    files["payments.csv"] = files["payments.csv"].replace(b"ESP", b"CB", 1)
    write_zip(changed, {name: [content] for name, content in files.items()})
    with pytest.raises(FiscalFault, match="detached signature") as raised:
        verify_archive(changed.getvalue(), jws)
    assert raised.value.place == "paper K1-1"
