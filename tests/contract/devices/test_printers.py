"""The contract of all receipt printer transports. A new transport is a new rig in RIGS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.printers.escpos_replies import ASK_STATUS, Replies
from drivers.roles import DeviceError, PrinterStatus, SendFailed
from edge.foundation.printing.printers.device_shell import look
from edge.foundation.printing.printers.printer_state import PrinterState
from edge.runtime.config.device_uses import PaperOptions, Printing
from tests.contract.printer_reader import DEADLINE_S
from tests.contract.printer_rigs import SpoolRig, UsbRig
from tests.contract.printer_wires import BluetoothRig, DeviceFileRig, FileRig, FolderRig, NetworkRig, Rig, SerialRig
from tests.http_client import when

MIB = 1024 * 1024
JOB = b"A receipt of some length.\n" * 40_000  # more than all buffers on the way can hold


WIRES: dict[str, Callable[[Path], Rig]] = {
    "network": NetworkRig,
    "bluetooth": BluetoothRig,
    "serial": SerialRig,
    "device file": DeviceFileRig,
    "usb": UsbRig,
}
RIGS: dict[str, Callable[[Path], Any]] = {**WIRES, "file": FileRig, "folder": FolderRig, "spool": SpoolRig}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = RIGS[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = WIRES[request.param](tmp_path)
    yield made
    made.close()


def run(test: Coroutine[None, None, None]) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(DEADLINE_S):
            await test

    asyncio.run(in_time())


def descriptors() -> list[Path]:
    return sorted(Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("size", [1, 2, 4095, 4096, 65_537, MIB])
def test_every_byte_arrives_in_order(rig: Rig, size: int) -> None:
    job = bytes(range(1, 252)) * (size // 251 + 1)
    job = job[:size]

    async def go() -> None:
        printer = rig.driver()
        await printer.open()
        await printer.send(job)
        await printer.close()

    run(go())
    assert rig.arrived(size) == job


def test_jobs_sent_at_once_come_out_one_after_the_other(rig: Rig) -> None:
    jobs = [bytes([letter]) * 30_000 for letter in b"ABCDE"]

    async def go() -> None:
        printer = rig.driver()
        await printer.open()
        await asyncio.gather(*(printer.send(job) for job in jobs))
        await printer.close()

    run(go())
    assert rig.arrived(150_000) == b"".join(jobs)


def test_an_empty_job_is_no_error(rig: Rig) -> None:
    async def go() -> None:
        printer = rig.driver()
        await printer.open()
        await printer.send(b"")
        await printer.send(b"x")
        await printer.close()

    run(go())
    assert rig.arrived(1) == b"x"


def test_an_absent_printer_is_said_in_plain_words_and_nothing_was_sent(rig: Rig) -> None:
    async def go() -> None:
        printer = rig.driver(stall_timeout_ms=500)
        await printer.open()
        rig.vanish()
        with pytest.raises(SendFailed) as failed:
            await printer.send(b"x" * 1000)
        assert failed.value.sent_bytes == 0
        await printer.close()
        with pytest.raises(DeviceError) as absent:
            await printer.open()
        assert rig.address in absent.value.what
        assert absent.value.what.endswith(".")
        assert absent.value.advice.startswith("Check")

    run(go())


def test_a_job_that_breaks_off_says_that_bytes_were_sent(wire: Rig) -> None:
    async def go() -> None:
        printer = wire.driver(stall_timeout_ms=2000)
        await printer.open()
        wire.break_after(1000)
        with pytest.raises(SendFailed) as failed:
            await printer.send(JOB)
        assert 1000 <= failed.value.sent_bytes <= len(JOB)
        assert wire.address in failed.value.what
        await printer.close()

    run(go())


def test_a_printer_that_takes_nothing_more_is_given_up_and_the_rest_never_comes(wire: Rig) -> None:
    async def go() -> None:
        printer = wire.driver(stall_timeout_ms=200)
        await printer.open()
        wire.stall()
        with pytest.raises(SendFailed, match="isn't responding") as failed:
            await printer.send(JOB)
        assert failed.value.sent_bytes > 0
        wire.flow()
        await printer.send(b"THE NEXT JOB")
        await printer.close()

    run(go())
    assert_that_the_rest_did_not_come(wire)


def test_of_a_job_called_off_the_rest_never_comes(wire: Rig) -> None:
    async def go() -> None:
        printer = wire.driver()
        await printer.open()
        wire.stall()
        job = asyncio.create_task(printer.send(JOB))
        await asyncio.sleep(0)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        wire.flow()
        await printer.send(b"THE NEXT JOB")
        await printer.close()

    run(go())
    assert_that_the_rest_did_not_come(wire)


def assert_that_the_rest_did_not_come(wire: Rig) -> None:
    count = 12
    while not (data := wire.arrived(count)).endswith(b"THE NEXT JOB"):
        count = len(data) + 1
    assert len(data) < len(JOB)


def test_nothing_stays_open(wire: Rig) -> None:
    async def go() -> None:
        printer = wire.driver()
        await printer.open()
        await printer.send(b"first")
        await printer.close()
        before = descriptors()
        for _ in range(3):
            await printer.open()
            await printer.send(b"again")
            await printer.close()
            await printer.close()

        async def closed() -> list[Path]:
            return descriptors()

        # the other end may still be closing the last connection
        await when(closed, lambda now: len(now) <= len(before), "all is closed", DEADLINE_S)

    run(go())


def test_what_the_printer_says_is_heard(wire: Rig) -> None:
    """First no paper, an open lid and a high drawer line; then a finished print."""

    async def go() -> None:
        printer = wire.driver()
        await printer.open()
        wire.forget()
        async with printer.turn() as line:
            assert line.reads
            await line.write(ASK_STATUS)
            await asyncio.to_thread(wire.arrived, len(ASK_STATUS))
            await asyncio.to_thread(wire.say, b"\x1e\x36\x12\x72")
            replies = Replies()
            while replies.status is None:
                data = await line.read(1000)
                assert data, "nothing more is heard"
                replies.feed(data)
            assert replies.status == PrinterStatus(
                online=False, cover_open=True, paper="out", error="none", drawer_pin="high"
            )
            assert await line.read(10) == b""
        await printer.close()

    run(go())


def test_what_no_one_can_hear_is_not_asked(rig: Rig) -> None:
    async def go() -> None:
        printer = rig.driver()
        await printer.open()
        async with printer.turn() as line:
            reads = line.reads
        if not reads:
            assert (await look(printer, PrinterState("printer", PaperOptions(), Printing()))).state == "ok"
            assert rig.arrived(0) == b""
        await printer.close()

    run(go())


def test_a_printer_that_goes_while_it_is_listened_to_is_missed(wire: Rig) -> None:
    async def go() -> None:
        printer = wire.driver()
        await printer.open()
        with pytest.raises(DeviceError):
            async with printer.turn() as line:
                wire.break_after(1)
                await line.write(b"x")
                while True:
                    await line.read(50)
                    await line.write(b"y")
        await printer.close()

    run(go())
