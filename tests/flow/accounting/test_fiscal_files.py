"""Files for authorities out of a shop's journal: their sums are those of its Z reports, and they can be made again."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from edge.accounting.fiscal.authority_files import MadeFile, reproduction_params
from edge.accounting.fiscal.fiscal_paper import FiscalTender
from edge.accounting.fiscal.israel.israel_documents import InvoicedCustomer, Letters, documents
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.law_check import check_laws, unpack_lines
from edge.accounting.fiscal.paper_reader import PaperReader
from edge.accounting.fiscal.queries import fiscal_files
from edge.core.command_bus import CommandBus
from edge.core.messages import Refusal
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.counter.till.commands import (
    AddLine,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    ReprintReceipt,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.events import ReportPrinted
from edge.counter.till.from_config import till_settings
from edge.lib.fiscal.austria.export import verify_export
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.verification import verify_archive
from edge.lib.fiscal.israel.fixed_width import Record
from edge.lib.fiscal.israel.uniform_file import documents_of, read_uniform
from tests.fiscal_shop import (
    AUSTRIA,
    DAY_S,
    FRANCE,
    ISRAEL,
    JUICE,
    authorities,
    begin,
    close,
    made,
    of_type,
    sell,
    tell,
)
from tests.shop_fixture import CASHIER, MANAGER, MILK, FakeClock, agreed, config, done, open_shop, run

DAY, NEXT = "2027-01-15", "2027-01-16"


def signing(folder: Path) -> FiscalKeys:
    data = folder / "data"
    return FiscalKeys(SecretStore(data, secret_keys.of_secrets(data)))


async def a_day(shop: CommandBus, clock: FakeClock) -> None:
    """Sales, one refunded in part, one void, a copy, a Z; and the next day begins."""
    await sell(shop, MILK, MILK, JUICE)
    await sell(shop, JUICE, by="cash")
    await agreed(shop, RefundSale(1, lines=(RefundedLine(1, 1000),)), MANAGER)
    await sell(shop, MILK)
    await agreed(shop, VoidLastSale(reason="wrong"), MANAGER)
    await agreed(shop, PrintReport("z"), MANAGER)
    clock.advance(DAY_S)


def test_an_archive_is_verified_without_the_ledger_and_names_what_was_tampered_with(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await done(shop, ReprintReceipt(1))
            await sell(shop)
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            keys = signing(tmp_path)
            files = authorities(shop, config(tmp_path, FRANCE), keys)
            archive = await made(shop, files, "fr", DAY, NEXT, "2027-01-17")
            manifest = verify_archive(archive.data, archive.beside, keys.key("fr").public_key())
            assert manifest.rows["papers"] == 6
            assert manifest.rows["copies"] == 1
            z = of_type(shop, ReportPrinted)[0]
            closed = csv_rows(archive.data, "closings")[0]
            assert closed["total"].replace(",", "") == str(z.total_minor), "the closing is the Z, to the cent"
            await sell(shop)
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            assert again.data == archive.data
            second = await made(shop, files, "fr", NEXT, NEXT, "2027-01-17")
            verify_archive(second.data, second.beside)
            for name, was, now in (
                ("papers", b"VENTE", b"VENTE2"),
                ("lines", b"Milk", b"Silk"),
                ("closings", b"day", b"dai"),
            ):
                with pytest.raises(FiscalFault):
                    verify_archive(changed(archive.data, name, was, now), archive.beside)
            assert [one.fault for one in check_laws(shop.reader, files, "2027-01-17")] == [""]
            with pytest.raises(Refusal, match="fiscal_range"):
                files.plan_file(shop.reader, "fr", NEXT, DAY, "", shop.now_us(), "2027-01-17")

    run(scenario())


def test_a_restored_box_makes_the_same_archive(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, there, here = FakeClock(), tmp_path / "there", tmp_path / "here"
        there.mkdir()
        async with open_shop(there, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await close(shop)
            await tell(shop)
            files = authorities(shop, config(there, FRANCE), signing(there))
            archive = await made(shop, files, "fr", DAY, DAY, NEXT)
        shutil.copytree(there, here)
        async with open_shop(here, clock, stocked=False, text=FRANCE) as shop:
            await sell(shop)
            files = authorities(shop, config(here, FRANCE), signing(here))
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            assert (again.sha256, again.beside) == (archive.sha256, archive.beside)

    run(scenario())


def test_the_uniform_file_has_every_paper_and_the_sums_of_the_z(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=ISRAEL) as shop:
            await begin(shop, "il")
            await a_day(shop, clock)
            files = authorities(shop, config(tmp_path, ISRAEL), signing(tmp_path))
            file = await made(shop, files, "il", DAY, DAY, NEXT)
            found = list(documents_of(records(file)))
            kinds = Counter(one.header.document_type for one in found)
            assert kinds == {320: 3, 330: 2}
            back = [row for one in found if one.header.document_type == 330 for row in one.rows]
            assert back and all(row.base_type == 320 and row.base_number for row in back), "of a void, too"
            z = of_type(shop, ReportPrinted)[0]
            sign = {320: 1, 330: -1}
            assert sum(sign[one.header.document_type] * one.header.total_minor for one in found) == z.total_minor
            assert found[2].rows[0].base_number == "A00000001", "what came back names the sale"
            names = zipfile.ZipFile(io.BytesIO(file.data)).namelist()
            assert all(name.startswith("OPENFRMT/58000001.27/0116") for name in names)
            assert file.lost == 0
            assert "מכולת הפינה" in file.told[1]
            sums = {one.document_type: (one.documents, one.total_minor) for one in file.sums}
            assert len(sums) == 27
            assert sums[320][0] == 3
            await sell(shop)
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            assert again.data == file.data
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]
            other = await made(shop, files, "il", DAY, DAY, NEXT)
            assert other.wanted.at != file.wanted.at, "a second one in a minute takes the next"
            assert other.wanted.identifier != file.wanted.identifier

    run(scenario())


def test_austrias_receipts_begin_with_zero_and_go_on_behind_an_outage(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=AUSTRIA) as shop:
            await begin(shop, "at")
            await sell(shop, MILK)
            await agreed(shop, VoidLastSale(reason="x"), MANAGER)
        kept = (tmp_path / "data" / "secrets.json").read_bytes()
        gone = SecretStore(tmp_path / "data", secret_keys.of_secrets(tmp_path / "data"))
        gone.remove("box.fiscal.at")
        async with open_shop(tmp_path, clock, stocked=False, text=AUSTRIA) as shop:
            out = await sell(shop, JUICE)
            assert out is not None
            assert out.out
        (tmp_path / "data" / "secrets.json").write_bytes(kept)
        async with open_shop(tmp_path, clock, stocked=False, text=AUSTRIA) as shop:
            await sell(shop, JUICE)
            clock.at_us -= 3600 * 1_000_000
            await sell(shop, MILK)
            clock.advance(40 * DAY_S)
            await close(shop)
            keys = signing(tmp_path)
            files = authorities(shop, config(tmp_path, AUSTRIA), keys)
            file = await made(shop, files, "at", DAY, "2027-02-20", "2027-02-24", "1")
            register = files.austrian_register("1")
            state = verify_export(file.data, register, {"EDGE-1": (keys.key("at").public_key(),)})
            assert state.counter_minor == 620
            assert [one.fault for one in check_laws(shop.reader, files, "2027-02-24")] == [""]
            assert file.records == 7, "start, sale, void, one without a signature, zero, sale, one by a clock set back"

    run(scenario())


def records(file: MadeFile) -> list[Record]:
    return list(read_uniform(*unpack_lines(file)))


def csv_rows(data: bytes, name: str) -> list[dict[str, str]]:
    lines = zipfile.ZipFile(io.BytesIO(data)).read(f"{name}.csv").decode().splitlines()
    head, *rows = (line.split(";") for line in lines)
    return [dict(zip(head, row, strict=True)) for row in rows]


def changed(data: bytes, name: str, was: bytes, now: bytes) -> bytes:
    """The archive with something else in one of its tables."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w") as copy:
        for info in archive.infolist():
            body = archive.read(info)
            copy.writestr(info, body.replace(was, now, 1) if info.filename == f"{name}.csv" else body)
    return target.getvalue()


def test_the_tape_prices_a_struck_line_and_foreign_notes_are_one_payment_less_change(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=ISRAEL) as shop:
            await begin(shop, "il")
            struck = (await agreed(shop, AddLine(JUICE), CASHIER)).result.lines[-1].id
            await agreed(shop, AddLine(MILK), CASHIER)
            await done(shop, VoidLine(struck), MANAGER)
            await agreed(shop, Pay("cash"), CASHIER)
            files = authorities(shop, config(tmp_path, ISRAEL), signing(tmp_path))
            assert any("שורה שבוטלה" in line and line.endswith("2.50") for line in files.tape(shop.reader, DAY, "1"))
            said = config(tmp_path, ISRAEL)
            (paper,) = PaperReader(shop.reader, shop.registry, till_settings(said), 2**62).papers(DAY, DAY)
            notes = (FiscalTender("cash USD", paper.total_minor + 30), FiscalTender("cash", -30))
            paid = msgspec.structs.replace(paper, tenders=notes)
            (document,) = documents(paid, Letters(["1"]), InvoicedCustomer())
            (payment,) = document.payments
            assert (payment.means, payment.amount_minor) == (1, paper.total_minor), "foreign notes less change"

    run(scenario())
