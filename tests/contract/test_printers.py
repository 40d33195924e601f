"""What every receipt printer transport owes the shop. A new one is one more rig in RIGS."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import threading
import tty
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from drivers import registry
from drivers.roles import DeviceError, ReceiptPrinter, SendFailed

DEADLINE_S = 20.0
MIB = 1024 * 1024
JOB = b"A receipt of some length.\n" * 40_000  # more than any buffer on the way holds


class Rig(Protocol):
    """A transport and what stands at its other end."""

    address: str

    def driver(self, **options: object) -> ReceiptPrinter: ...
    def arrived(self, count: int) -> bytes:
        """What came through so far, once `count` bytes have."""

    def vanish(self) -> None:
        """Not there at all."""

    def break_after(self, count: int) -> None:
        """Break off the next job after `count` bytes."""

    def stall(self) -> None:
        """Take no more bytes of the next job."""

    def flow(self) -> None:
        """Take bytes again."""

    def close(self) -> None: ...


class Reader:
    """Collects, in a thread of its own, what comes through a descriptor."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.limit = -1
        self.flowing = threading.Event()
        self.flowing.set()
        self._more = threading.Condition()

    def read_all(self, read: Callable[[int], bytes]) -> None:
        """Until the end, or the limit."""
        try:
            while self.limit != 0:
                self.flowing.wait()
                data = read(65_536)
                if not data:
                    return
                if self.limit >= 0:
                    data = data[: self.limit]
                    self.limit -= len(data)
                with self._more:
                    self.data += data
                    self._more.notify_all()
        except OSError:
            return  # hung up: what came before counts

    def wait_for(self, count: int) -> bytes:
        with self._more:
            assert self._more.wait_for(lambda: len(self.data) >= count, DEADLINE_S), f"{len(self.data)} of {count}"
            return bytes(self.data)


class NetworkRig:
    def __init__(self, folder: Path) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.host, self.port = self._listener.getsockname()
        self.address = f"{self.host}:{self.port}"
        self.reader = Reader()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "network", {"host": self.host, "port": self.port, **options})

    def _serve(self) -> None:
        """One connection at a time, as such printers do."""
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                self.reader.read_all(peer.recv)
                if self.reader.limit == 0:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def arrived(self, count: int) -> bytes:
        return self.reader.wait_for(count)

    def vanish(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def break_after(self, count: int) -> None:
        self.reader.limit = count

    def stall(self) -> None:
        self.reader.flowing.clear()

    def flow(self) -> None:
        self.reader.flowing.set()

    def close(self) -> None:
        self.reader.flowing.set()
        if self._listener.fileno() >= 0:
            self.vanish()
        self._thread.join()


class SerialRig:
    def __init__(self, folder: Path) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.address = os.ttyname(self._slave)
        self.reader = Reader()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "serial", {"path": self.address, **options})

    def _serve(self) -> None:
        self.reader.read_all(lambda count: os.read(self._master, count))
        os.close(self._slave)
        os.close(self._master)

    def arrived(self, count: int) -> bytes:
        return self.reader.wait_for(count)

    def vanish(self) -> None:
        self.reader.limit = 0
        with contextlib.suppress(OSError):  # already gone
            os.write(self._slave, b"x")
        self._thread.join()

    def break_after(self, count: int) -> None:
        self.reader.limit = count

    def stall(self) -> None:
        self.reader.flowing.clear()

    def flow(self) -> None:
        self.reader.flowing.set()

    def close(self) -> None:
        self.reader.flowing.set()
        if self._thread.is_alive():
            self.vanish()


class FileRig:
    """A plain file: it cannot stall, and a job that breaks off leaves nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "paper.bin"
        self._path.touch()
        self.address = str(self._path)

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "file", {"path": self.address, **options})

    def arrived(self, count: int) -> bytes:
        return self._path.read_bytes()

    def vanish(self) -> None:
        self._path.unlink()

    def close(self) -> None:
        pass


class FolderRig(FileRig):
    def __init__(self, folder: Path) -> None:
        self._path = folder / "jobs"
        self._path.mkdir()
        self.address = str(self._path)

    def arrived(self, count: int) -> bytes:
        return b"".join(job.read_bytes() for job in sorted(self._path.iterdir()))

    def vanish(self) -> None:
        for job in self._path.iterdir():
            job.unlink()
        self._path.rmdir()


class DeviceFileRig(SerialRig):
    """A character device, played by a pty."""

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "file", {"path": self.address, **options})


WIRES: dict[str, Callable[[Path], Rig]] = {"network": NetworkRig, "serial": SerialRig, "device file": DeviceFileRig}
RIGS: dict[str, Callable[[Path], Rig]] = {**WIRES, "file": FileRig, "folder": FolderRig}  # type: ignore[dict-item]


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
        with pytest.raises(SendFailed, match="does not answer") as failed:
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
        # at the other end the last connection may just be closing
        assert len(descriptors()) <= len(before)

    run(go())
