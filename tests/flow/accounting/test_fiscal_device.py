"""Germany's security device (TSE), played: receipts are signed once, are printed with its code, and are in DSFinV-K;
where it is away, slow or loses an answer the till sells on, and receipts say what the law wants said."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.accounting.fiscal.authority_files import reproduction_params
from edge.accounting.fiscal.events import DeviceSigned, SecurityDeviceNamed
from edge.accounting.fiscal.germany.german_device import OUT
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.queries import fiscal_files
from edge.accounting.fiscal.service.germany import KEY, SECRET, GermanyPart
from edge.accounting.fiscal.watches import _device_out
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import PrintReport, ReprintReceipt, VoidLastSale
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import held_prints, last_print_job
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.germany.checker import check_dsfinvk
from edge.runtime.secrets import secrets_of
from sim.fiscal import germany as played
from sim.fiscal.germany import SimDevice, security_device
from tests.fiscal_shop import DAY_S, GERMANY, JUICE, authorities, begin, made, of_type, sell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, signing
from tests.flow.accounting.test_fiscal_germany import table
from tests.shop_fixture import MANAGER, MILK, FakeClock, agreed, config, done, open_shop, run

CLIENT = "2222-3333"


@asynccontextmanager
async def with_device(folder: Path) -> AsyncIterator[tuple[CommandBus, GermanyPart, SimDevice, FakeClock, str]]:
    """A shop under Germany's law, and the part that speaks to its device."""
    clock = FakeClock()
    async with security_device(folder, {CLIENT: "edge-store-1"}) as sim:
        text = GERMANY + (
            f'[fiscal.de]\nhost = "{sim.host}"\nca = "{sim.authority.ca}"\ntss = "{played.TSS}"\n'
            f'clients = {{ "1" = "{CLIENT}" }}\n[notify]\nallow = ["127.0.0.1"]\n'
        )
        loaded = config(folder, text)
        secrets = secrets_of(loaded.folder)
        secrets.set(KEY, played.KEY)
        secrets.set(SECRET, played.SECRET)
        async with open_shop(folder, clock, text=text) as shop:
            await begin(shop, "de")
            yield shop, GermanyPart(loaded, shop, timeout_s=1, again_s=0), sim, clock, text


def printed(shop: CommandBus) -> str:
    job = last_print_job(shop.reader, "1", "receipt")
    assert job is not None
    return plain_text(job.document)


def test_receipts_are_signed_as_they_are_made_printed_with_the_code_and_exported(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with with_device(tmp_path) as (shop, part, sim, clock, text):
            await sell(shop, MILK)
            assert not held_prints(shop.reader), "before the device is known there is none, and the receipt says so"
            await part.look()
            (device,) = of_type(shop, SecurityDeviceNamed)
            assert device.serial == sim.serial and device.certificate
            await sell(shop, JUICE, MILK, by="cash")
            assert len(held_prints(shop.reader)) == 1, "the print waits for the signature, the sale does not"
            assert await part.look() == 1
            assert not held_prints(shop.reader)
            (signed,) = of_type(shop, DeviceSigned)
            assert signed.process_data == "Beleg^2.50_1.20_0.00_0.00_0.00^3.70:Bar"
            assert "V0;edge-store-1;Kassenbeleg-V1;Beleg^2.50_1.20" in printed(shop)
            await agreed(shop, VoidLastSale(reason="x"), MANAGER)
            await part.look()
            assert of_type(shop, DeviceSigned)[-1].process_data == "Beleg^-2.50_-1.20_0.00_0.00_0.00^-3.70:Bar"
            await done(shop, ReprintReceipt(2))
            assert "V0;edge-store-1" in printed(shop), "the same code again"
            assert len(sim.transactions) == 2
            await agreed(shop, PrintReport("z"), MANAGER)
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            file = await made(shop, files, "de", DAY, DAY, NEXT)
            rows = {row["BON_ID"]: row for row in table(file, "transactions_tse")}
            assert rows["1-1"]["TSE_TA_FEHLER"] == "Keine technische Sicherheitseinrichtung"
            assert (rows["1-2"]["TSE_ID"], rows["1-2"]["TSE_TANR"], rows["1-2"]["TSE_TA_FEHLER"]) == ("1", "1", "")
            (tse,) = table(file, "tse")
            assert tse["TSE_SERIAL"] == sim.serial and tse["TSE_ZERTIFIKAT_I"]
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""], "and each signature is right"
            await sell(shop)
            await part.look()
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            assert again.data == file.data

    run(scenario())


def test_a_device_that_is_away_for_two_days_stops_nothing_and_is_said_until_it_signs_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with with_device(tmp_path) as (shop, part, sim, clock, text):
            await part.look()
            for fault in ("away", "broken", "slow"):
                sim.fault = fault
                await sell(shop)
                await part.look()
                assert not held_prints(shop.reader)
                assert OUT in printed(shop)
            clock.advance(2 * DAY_S)
            (told,) = _device_out(shop.reader, shop.now_us(), NEXT)
            assert told.values == {"papers": 3}
            sim.fault = ""
            await sell(shop)
            assert await part.look() == 1, "what was printed without a signature is not signed later"
            assert "V0;edge-store-1" in printed(shop)
            assert not list(_device_out(shop.reader, shop.now_us(), NEXT))
            await agreed(shop, PrintReport("z"), MANAGER)
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            file = await made(shop, files, "de", DAY, "2027-01-17", "2027-01-18")
            assert [row["TSE_TA_FEHLER"] for row in table(file, "transactions_tse")] == [OUT, OUT, OUT, ""]
            assert [one.fault for one in check_laws(shop.reader, files, "2027-01-18")] == [""]

    run(scenario())


def test_an_answer_that_was_lost_is_looked_up_and_nothing_is_signed_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with with_device(tmp_path) as (shop, part, sim, _, text):
            await part.look()
            sim.fault = "lost"
            await sell(shop)
            await part.look()
            (signed,) = of_type(shop, DeviceSigned)
            assert (signed.fault, signed.transaction, len(sim.transactions)) == ("", 1, 1)
            sim.fault = ""
            other = GermanyPart(config(tmp_path, text), shop, timeout_s=1, again_s=0)
            assert await other.look() == 0, "another start has nothing to sign"
            sim.tokens.clear()
            await sell(shop)
            await part.look()
            assert of_type(shop, DeviceSigned)[-1].transaction == 2, "a token that is over is asked for anew"

    run(scenario())


def test_what_a_box_that_was_off_left_unsigned_is_not_signed_later(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with with_device(tmp_path) as (shop, part, sim, clock, _):
            await part.look()
            await sell(shop)
            clock.advance(3600)
            await part.look()
            assert [one.fault for one in of_type(shop, DeviceSigned)] == [OUT]
            assert sim.transactions == {}

    run(scenario())


def test_a_changed_signature_is_named_with_its_receipt(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with with_device(tmp_path) as (shop, part, _, clock, text):
            await part.look()
            for _number in range(2):
                await sell(shop)
                await part.look()
            await agreed(shop, PrintReport("z"), MANAGER)
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            file = await made(shop, files, "de", DAY, DAY, NEXT)
            archive = zipfile.ZipFile(io.BytesIO(file.data))
            tables = {
                name.removesuffix(".csv"): archive.read(name).decode().splitlines(keepends=True)
                for name in archive.namelist()
                if name.endswith(".csv")
            }
            assert len(check_dsfinvk(tables)) == 1
            for was, now in (("Beleg^0.00_1.20", "Beleg^0.00_1.10"), (";2;", ";3;")):
                changed = [line.replace(was, now) for line in tables["transactions_tse"]]
                with pytest.raises(FiscalFault, match="receipt 1-"):
                    check_dsfinvk({**tables, "transactions_tse": changed})

    run(scenario())
