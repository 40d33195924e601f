"""Each trouble that a printer can run into: it is said with what to do in every language, selling goes on, and within
five seconds of its end the paper comes out, once, by itself, or is asked about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from edge.lib.i18n import LANGUAGES, translate, words
from sim.printer.server import SimPrinter
from tests.printing import BACK_S, IN_HASTE, PATIENT, desk, receipts_on
from tests.shop_fixture import run

Paper = Literal["waits", "goes on", "comes", "in doubt"]


class Trouble(msgspec.Struct, frozen=True):
    """What happens to a printer, the key of what is said then, and what becomes of the receipt of that moment: no byte
    of it is sent; it is begun, and ended later; it comes as always; only a look can tell."""

    happens: Callable[[SimPrinter], None]
    said: str
    paper: Paper = "waits"


TROUBLES: dict[str, Trouble] = {
    "paper out": Trouble(SimPrinter.paper_out, "paper_out"),
    "paper out in the middle": Trouble(lambda printer: printer.paper_out(after_lines=4), "paper_out", "goes on"),
    "paper near its end": Trouble(SimPrinter.paper_near_end, "paper_near_end", "comes"),
    "cover open": Trouble(SimPrinter.open_cover, "cover_open"),
    "cutter jam": Trouble(SimPrinter.jam_cutter, "cutter", "goes on"),
    "overheated": Trouble(SimPrinter.overheat, "overheated"),
    "offline": Trouble(SimPrinter.go_offline, "offline"),
    "switched off": Trouble(SimPrinter.refuse, "refused"),
    "cable pulled in the middle": Trouble(lambda printer: printer.cut_after(200), "broke_off", "in doubt"),
    "power cut in the middle": Trouble(lambda printer: printer.power_cycle(after=200), "broke_off", "in doubt"),
    "takes all and prints nothing": Trouble(SimPrinter.lie, "unconfirmed", "in doubt"),
    "never answers": Trouble(SimPrinter.never_answer, "silent_shared"),
    "another computer has it": Trouble(SimPrinter.hold, "silent_shared"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_it_is_said_no_one_waits_and_it_is_over_when_it_is_over(tmp_path: Path, name: str) -> None:
    trouble = TROUBLES[name]
    timeouts = IN_HASTE if trouble.said == "unconfirmed" else PATIENT

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, timeouts=timeouts)
            await till.becomes(await till.sell(), "printed")
            trouble.happens(printer)
            first = await till.sell()
            if trouble.paper == "in doubt":
                assert (await till.becomes(first, "unknown")).problem == trouble.said
            else:
                await till.says(trouble.said, "ok" if trouble.paper == "comes" else "lost")
            second = await till.sell()
            states = {"waits": "queued", "goes on": "sending", "comes": "printed", "in doubt": "unknown"}
            await till.becomes(first, states[trouble.paper])  # type: ignore[arg-type]
            await printer.recover()
            await till.becomes(second, "printed", BACK_S)
            await till.says("", "ok", within_s=BACK_S)
            if trouble.paper == "in doubt":
                assert till.job(first).state == "unknown"
                assert sum("1-000002" in receipt.text for receipt in printer.receipts) <= 1
                assert "Receipt 1-000003" in printer.receipts[-1].text
            else:
                await till.becomes(first, "printed", BACK_S)
                receipts_on(printer, 1, 2, 3)

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trouble_has_a_sentence_and_what_to_do(language: str) -> None:
    for trouble in TROUBLES.values():
        for key in (f"printer.{trouble.said}", f"printer.{trouble.said}_do"):
            assert key in words(language)
            assert language == "en" or translate(language, key) != translate("en", key)


async def _serve_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    writer.close()


def test_a_wrong_address_where_something_else_answers_until_the_printer_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(_serve_http, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with desk(tmp_path) as till:
            async with server:
                till.plug(port)
                job = await till.sell()
                await till.says("not_a_printer")
                assert till.job(job).state == "queued"
            async with SimPrinter(port) as printer:
                await till.becomes(job, "printed", BACK_S)
                receipts_on(printer, 1)

    run(scenario())
