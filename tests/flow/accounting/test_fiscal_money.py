"""Papers as tax offices see them: advances, exchanges, what is apart, invoices that want a number; what is printed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.accounting.fiscal.commands import RecordAllocation
from edge.accounting.fiscal.events import CopySigned, VatSum
from edge.accounting.fiscal.fiscal_paper import FiscalLine, FiscalPaper, FiscalTender, PaperId
from edge.accounting.fiscal.israel.allocations import lacking
from edge.accounting.fiscal.israel.israel_documents import InvoicedCustomer, Letters, documents
from edge.accounting.fiscal.service.israel import TOKEN, IsraelPart
from edge.accounting.fiscal.taxed_paper import share_by_rate, tax_advances
from edge.accounting.invoices.commands import PrintInvoice
from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.till.commands import AbandonBasket, AddLine, Pay, ReprintReceipt, SetQuantity
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import last_print_job
from edge.lib.tax.rules import Taxed
from edge.runtime.secrets import secrets_of
from sim.fiscal.israel import allocations
from tests.fiscal_shop import FRANCE, ISRAEL, JUICE, authorities, begin, of_type, sell
from tests.flow.accounting.test_fiscal_files import DAY, a_day, signing
from tests.invoicing import BOOKKEEPER, issued
from tests.shop_fixture import CASHIER, MANAGER, FakeClock, agreed, config, done, open_shop, run

ISRAELI = {"name": "קפה נמל", "address": "רחוב 1", "country": "IL", "tax_number": "580000024"}


def line(gross_minor: int, rate: int = 20_000, kind: str = "goods", **more: object) -> FiscalLine:
    tax_minor = round(gross_minor * rate / (100_000 + rate))
    values: dict[str, object] = {
        "kind": kind,
        "article": "a",
        "label": "a",
        "quantity_thousandths": 1000 if gross_minor >= 0 else -1000,
        "unit": "piece",
        "rate": rate,
        "gross_minor": gross_minor,
        "net_minor": gross_minor - tax_minor,
        "listed_minor": gross_minor,
        **more,
    }
    return FiscalLine(**values)  # type: ignore[arg-type]


def paper(*lines: FiscalLine, tenders: tuple[FiscalTender, ...]) -> FiscalPaper:
    tax_minor = sum(one.gross_minor - one.net_minor for one in lines if not one.apart)
    net_minor = sum(one.net_minor for one in lines if not one.apart and one.rate)
    return FiscalPaper(
        id=PaperId("1", 7),
        seq=1,
        kind="sale",
        day="2026-11-02",
        at=datetime(2026, 11, 2, 12, 10, tzinfo=ZoneInfo("UTC")).replace(tzinfo=None),
        operator="ann",
        currency="ILS",
        lines=lines,
        taxes=(Taxed("VAT", 20_000, net_minor, tax_minor),) if net_minor else (),
        tenders=tenders,
    )


def test_money_paid_ahead_is_taxed_at_once_and_the_sale_has_the_rest() -> None:
    ahead = paper(line(300, 0, "advance", article="o1", apart=True), tenders=(FiscalTender("cash", 300),))
    first = tax_advances(ahead, lambda order, minor, used: share_by_rate({2000: 600, 550: 300}, minor))
    assert first.vat == (VatSum(550, 100), VatSum(2000, 200))
    assert (first.total_minor, first.apart_minor) == (300, 0)
    held = (FiscalTender("advance", 300, "o1"), FiscalTender("card", 300))
    rest = tax_advances(
        paper(line(600), tenders=held), lambda order, minor, used: share_by_rate({2000: 200, 550: 100}, minor)
    )
    assert rest.vat == (VatSum(550, -100), VatSum(2000, 400))
    assert rest.total_minor == 300
    assert sum(one.amount_minor for one in rest.tenders) == rest.total_minor, "the advance is no payment any more"


def test_an_exchange_is_two_documents_under_one_number_and_goods_pay_goods() -> None:
    swapped = paper(line(500), line(-200, basis=PaperId("1", 3)), tenders=(FiscalTender("card", 300),))
    sale, credit = documents(swapped, Letters(["1"]), InvoicedCustomer())
    assert (sale.header.document_type, sale.header.total_minor) == (320, 500)
    assert (credit.header.document_type, credit.header.total_minor) == (330, 200)
    assert sale.header.document_number == credit.header.document_number == "A00000007"
    assert [(one.means, one.amount_minor) for one in sale.payments] == [(9, 200), (3, 300)]
    assert [(one.means, one.amount_minor) for one in credit.payments] == [(9, 200)]
    assert credit.rows[0].base_number == "A00000003"


def test_a_gift_card_that_is_loaded_with_goods_is_a_receipt_beside_the_invoice() -> None:
    both = paper(line(500), line(1000, 0, "load", apart=True), tenders=(FiscalTender("cash", 1500),))
    sale, load = documents(both, Letters(["1"]), InvoicedCustomer())
    assert (sale.header.document_type, load.header.document_type) == (320, 400)
    assert [one.amount_minor for one in sale.payments] == [500]
    assert [one.amount_minor for one in load.payments] == [1000]
    assert load.header.vat_minor == 0


def test_a_paper_says_by_what_it_was_signed_and_which_copy_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRANCE) as shop:
            await begin(shop, "fr")
            signed = await sell(shop)
            job = last_print_job(shop.reader, "1", "receipt")
            assert job is not None
            assert signed is not None
            text = plain_text(job.document)
            assert "".join(signed.signature[place - 1] for place in (3, 7, 13, 19)) in text
            assert "DUPLICATE" not in text
            await done(shop, ReprintReceipt(1))
            job = last_print_job(shop.reader, "1", "receipt")
            assert job is not None
            assert "DUPLICATE no. 1" in plain_text(job.document)
            assert [one.times for one in of_type(shop, CopySigned)] == [1]

    run(scenario())


def test_an_invoice_above_the_sum_says_that_it_lacks_a_number_until_it_has_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=ISRAEL.replace("books = true", "books = false")) as shop:
            await begin(shop, "il")
            await agreed(shop, AddLine(JUICE), CASHIER)
            await agreed(shop, SetQuantity(1, 3_000_000), CASHIER)
            await agreed(shop, Pay("card"), CASHIER)
            small = await issued_small(shop)
            one = await issued(shop, 1, BOOKKEEPER, **ISRAELI)
            assert [waiting.number for waiting in lacking(shop.reader)] == [one.number], "not the small one"
            assert small != one.number
            assert "Allocation number pending" in await printed(shop, one.number)
            wrong = await shop.do(RecordAllocation("INV-9", "123456789"), MANAGER.with_rights("fiscal"))
            assert isinstance(wrong, Refused)
            await done(shop, RecordAllocation(one.number, "123456789"), MANAGER.with_rights("fiscal"))
            assert not lacking(shop.reader)
            assert "Allocation number 123456789" in await printed(shop, one.number)

    run(scenario())


def test_the_authority_is_asked_for_numbers_until_it_answers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with allocations(tmp_path) as sim:
            text = ISRAEL.replace("books = true", f'host = "{sim.host}"\nca = "{sim.authority.ca}"')
            text += '[notify]\nallow = ["127.0.0.1"]\n'
            async with open_shop(tmp_path, FakeClock(), text=text) as shop:
                loaded = config(tmp_path, text)
                secrets_of(loaded.folder).set(TOKEN, sim.token)
                await begin(shop, "il")
                numbers = []
                for sale in (1, 2):
                    await agreed(shop, AddLine(JUICE), CASHIER)
                    await agreed(shop, SetQuantity(1, 3_000_000), CASHIER)
                    await agreed(shop, Pay("card"), CASHIER)
                    numbers.append((await issued(shop, sale, BOOKKEEPER, **ISRAELI)).number)
                part = IsraelPart(loaded, shop)
                for fault in ("away", "nonsense"):
                    sim.fault = fault  # type: ignore[assignment]
                    assert await part.look() == 0
                    assert len(lacking(shop.reader)) == 2, "nothing is lost, and nothing was held up"
                sim.fault = "refuse"
                assert await part.look() == 2
                assert {one.why for one in lacking(shop.reader)} == {"Customer is not registered"}
                sim.fault, asked = "", len(sim.asked)
                assert await part.look() == 0
                assert len(sim.asked) == asked, "what was refused is asked for once"
                await agreed(shop, AddLine(JUICE), CASHIER)
                await agreed(shop, SetQuantity(1, 3_000_000), CASHIER)
                await agreed(shop, Pay("card"), CASHIER)
                third = (await issued(shop, 3, BOOKKEEPER, **ISRAELI)).number
                assert await part.look() == 1
                assert sim.asked[-1]["Payment_Amount_Including_VAT"] == 7500.0
                assert "Allocation number 000000001" in await printed(shop, third)
                assert [one.number for one in lacking(shop.reader)] == numbers

    run(scenario())


def test_the_tape_has_every_operation_of_the_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=ISRAEL) as shop:
            await begin(shop, "il")
            await agreed(shop, AddLine(JUICE), CASHIER)
            await agreed(shop, AbandonBasket(), CASHIER)
            await a_day(shop, clock)
            files = authorities(shop, config(tmp_path, ISRAEL), signing(tmp_path))
            text = "\n".join(files.tape(shop.reader, DAY, "1"))
            for said in ("מכולת הפינה", "עוסק מורשה 580000016", "מכירה 1", "זיכוי 3", "ביטול 5", "על 1-4", "דוח Z 1"):
                assert said in text, said
            assert "סל שרוקן: 1 שורות, 2.50" in text
            assert "מזומן 2.50" in text and "כרטיס אשראי" in text
            assert "מכירות במזומן 2.50" in text

    run(scenario())


async def issued_small(shop: CommandBus) -> str:
    await sell(shop)
    return (await issued(shop, 2, BOOKKEEPER, **ISRAELI)).number


async def printed(shop: CommandBus, number: str) -> str:
    await done(shop, PrintInvoice(number), BOOKKEEPER)
    job = last_print_job(shop.reader, "1", "invoice")
    assert job is not None
    return plain_text(readable(shop.reader, job.document))
