"""Requirements of single printer transports, in addition to the common contract."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine
from pathlib import Path

import pytest

from drivers import registry
from drivers.printers.bluetooth import address_of
from drivers.roles import DeviceError, ReceiptPrinter, SendFailed
from sim.printer.server import SimPrinter
from tests.contract.printer_wires import BluetoothRig
from tests.disks import file_size_limit

DEADLINE_S = 30.0


def run(test: Coroutine[None, None, None]) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(DEADLINE_S):
            await test

    asyncio.run(in_time())


def network(port: int, host: str = "127.0.0.1", **options: object) -> ReceiptPrinter:
    return registry.create("receipt_printer", "network", {"host": host, "port": port, **options})


def file(path: Path, **options: object) -> ReceiptPrinter:
    return registry.create("receipt_printer", "file", {"path": str(path), **options})


def test_network_a_name_no_one_knows() -> None:
    async def go() -> None:
        with pytest.raises(DeviceError, match="can't be reached"):
            await network(9100, host="printer.invalid").open()

    run(go())


def test_network_a_printer_that_does_not_answer() -> None:
    """A listener with a full queue drops connections, just like a switched-off host."""

    async def go() -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first:
            first.connect(full.getsockname())
            with pytest.raises(SendFailed, match="isn't responding") as failed:
                await network(full.getsockname()[1], connect_timeout_ms=100).send(b"x")
            assert failed.value.sent_bytes == 0

    run(go())


def test_network_a_talkative_printer_that_never_closes_loses_nothing() -> None:
    """The printer's messages are read, so that closing doesn't reset the connection. The wait for its end is short."""
    got = bytearray()
    sent = asyncio.Event()
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x10\x00\x00\x00" * 1000)
        while data := await reader.read(1000):
            got.extend(data)
            writer.write(b"\x10\x00\x00\x00")
        await sent.wait()
        writer.close()
        closed.set()

    async def go() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await network(port, close_wait_ms=50).send(b"x" * 300_000)
        assert bytes(got) == b"x" * 300_000
        sent.set()
        await closed.wait()
        server.close()

    run(go())


def test_network_a_reset_after_a_short_job_is_no_success() -> None:
    """The whole job fits into buffers. Only the reset tells that it may not have been printed."""

    async def go() -> None:
        async with SimPrinter() as printer:
            printer.cut_after(10)
            with pytest.raises(SendFailed, match="closed the connection") as failed:
                await network(printer.port).send(b"Twenty characters...")
            assert failed.value.sent_bytes == 20

    run(go())


def test_network_the_next_till_gets_its_turn() -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            tills = [network(printer.port) for _ in range(4)]
            await asyncio.gather(*(till.send(b"From till %d\n\x1dVA\x00" % n) for n, till in enumerate(tills)))
            texts = {(await printer.next_receipt()).text for _ in tills}
            assert texts == {f"From till {n}\n" for n in range(4)}

    run(go())


def test_file_no_paper_is_what_a_full_printer_device_means() -> None:
    """The kernel's USB printer driver reports "no space" without paper; /dev/full always does."""

    async def go() -> None:
        with pytest.raises(SendFailed, match="no paper") as failed:
            await file(Path("/dev/full")).send(b"x")
        assert failed.value.sent_bytes == 0
        assert "roll" in failed.value.advice

    run(go())


@pytest.mark.parametrize("folder", [False, True])
def test_file_a_full_disk_keeps_no_half_job(tmp_path: Path, folder: bool) -> None:
    path = tmp_path / "paper"
    if folder:
        path.mkdir()
    else:
        path.touch()

    async def go() -> None:
        printer = file(path)
        await printer.send(b"whole")
        with file_size_limit(100_000), pytest.raises(SendFailed, match="disk is full") as failed:
            await printer.send(b"x" * 200_000)
        assert failed.value.sent_bytes == 0
        await printer.send(b" again")

    run(go())
    files = sorted(path.iterdir()) if folder else [path]
    assert b"".join(one.read_bytes() for one in files) == b"whole again"


@pytest.mark.parametrize("folder", [False, True])
def test_file_it_does_not_fill_the_disk(tmp_path: Path, folder: bool) -> None:
    path = tmp_path / "paper"
    if folder:
        path.mkdir()
    else:
        path.touch()

    async def go() -> None:
        printer = file(path, max_bytes=10)
        await printer.send(b"12345678")
        with pytest.raises(SendFailed, match="no space"):
            await printer.send(b"123")
        await printer.send(b"12")

    run(go())


def test_file_an_unplugged_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    async def go() -> None:
        with pytest.raises(DeviceError, match="wasn't found"):
            await file(tmp_path / "lp0").open()
        with pytest.raises(SendFailed):
            await file(tmp_path / "lp0").send(b"x")

    run(go())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_file_without_the_right_to_write(tmp_path: Path) -> None:
    path = tmp_path / "paper"
    path.touch(mode=0o444)

    async def go() -> None:
        with pytest.raises(DeviceError, match="permission denied"):
            await file(path).open()

    run(go())


def test_serial_a_printer_in_use_by_another_program() -> None:
    master, slave = os.openpty()

    async def go() -> None:
        options = {"path": os.ttyname(slave)}
        first = registry.create("receipt_printer", "serial", options)
        await first.open()
        with pytest.raises(DeviceError, match="in use"):
            await registry.create("receipt_printer", "serial", options).open()
        await first.close()

    run(go())
    os.close(master)
    os.close(slave)


def test_serial_not_open_means_nothing_was_sent() -> None:
    async def go() -> None:
        with pytest.raises(SendFailed) as failed:
            await registry.create("receipt_printer", "serial", {"path": "/dev/nowhere"}).send(b"x")
        assert failed.value.sent_bytes == 0

    run(go())


def test_bluetooth_the_kernel_s_own_connection_says_what_is_in_its_way() -> None:
    """No printer has this address, and most test machines have no Bluetooth."""

    async def go() -> None:
        options = {"address": "02:00:00:00:00:01", "connect_timeout_ms": 5000}
        with pytest.raises(DeviceError) as failed:
            await registry.create("receipt_printer", "bluetooth", options).open()
        assert failed.value.code in ("no_bluetooth", "not_near", "forbidden")
        assert "02:00:00:00:00:01" in failed.value.what

    run(go())


def test_bluetooth_addresses_are_as_the_kernel_has_them() -> None:
    made = address_of("00:11:62:1A:2B:3C", 1)
    assert made == b"\x1f\x00\x3c\x2b\x1a\x62\x11\x00\x01\x00"


def test_bluetooth_one_that_switched_itself_off_is_connected_to_again(tmp_path: Path) -> None:
    rig = BluetoothRig(tmp_path)

    async def go() -> None:
        printer = rig.driver()
        await printer.send(b"first ")
        await asyncio.to_thread(rig.hang_up)
        await printer.send(b"second")
        await printer.close()

    run(go())
    assert rig.arrived(12) == b"first second"
    rig.close()
