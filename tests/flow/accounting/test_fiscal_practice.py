"""What is practised under a law that wants that signed: Austria's training receipts, Québec's training transactions."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.queries import read_register
from edge.core.command_bus import CommandBus
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.lib.fiscal.austria.receipt import read_text, split_jws
from tests.fiscal_shop import AUSTRIA, JUICE, authorities, begin, of_type, sell
from tests.flow.accounting.test_fiscal_files import signing
from tests.flow.accounting.test_fiscal_quebec import in_quebec, taken
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run

TILL = msgspec.structs.replace(SYSTEM, register="1")


async def practise(shop: CommandBus) -> str:
    """Print at till 1 what someone practised: the paper of its last sale, as the practice hands it over."""
    job = last_print_job(shop.reader, "1", "receipt")
    assert job is not None
    own = [row for row in job.document.rows if not (isinstance(row, TemplateBlock) and row.template == "fiscal/mark")]
    await done(shop, QueuePrint("training", Document(job.document.language, tuple(own))), TILL)
    printed = last_print_job(shop.reader, "1", "training")
    assert printed is not None
    return plain_text(printed.document)


def test_a_practised_receipt_is_in_austrias_export_and_in_no_total(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=AUSTRIA) as shop:
            await begin(shop, "at")
            await sell(shop, JUICE)
            before = read_register(shop.reader, "at", "1")
            await practise(shop)
            await sell(shop, JUICE)
            texts = [read_text(split_jws(one.signature)[1]) for one in of_type(shop, PaperSigned)]
            assert [one.kind for one in texts] == ["standard", "standard", "training", "standard"]
            assert (texts[2].number, texts[2].sums_minor) == ("1-T2", (250, 0, 0, 0, 0))
            after = read_register(shop.reader, "at", "1")
            assert (before.perpetual_minor, after.perpetual_minor) == (250, 500)
            (checked,) = check_laws(
                shop.reader, authorities(shop, config(tmp_path, AUSTRIA), signing(tmp_path)), "2027-01-16"
            )
            assert (checked.fault, checked.records) == ("", 4)

    run(scenario())


def test_a_practised_receipt_is_sent_to_quebec_as_training(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with in_quebec(tmp_path) as (shop, part, sim, _):
            await sell(shop, JUICE)
            await part.look()
            held = await practise(shop)
            assert "FORMATION" in held
            assert await part.look() == 1
            one = taken(sim, "T00000002")
            assert (one["modTrans"], one["typTrans"], one["mont"]["apresTax"]) == ("FOR", "RFER", "+000000002.88")
            printed = last_print_job(shop.reader, "1", "training")
            assert printed is not None
            assert "RQ00000002" in plain_text(printed.document)
            assert read_register(shop.reader, "ca-qc", "1").perpetual_minor == 288
            assert not sim.wrong

    run(scenario())
