"""Scanners for tests: what every one of them is asked, and the rigs of those that need nothing else to run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from drivers import registry
from drivers.roles import Scan, Scanner
from drivers.scanners.hid_pos import HidPosScanner
from drivers.scanners.phone import PhoneScanner
from sim.ports import free_port
from sim.scanners.camera import SimCamera
from sim.scanners.keyboard import SimKeyboardScanner, us
from sim.scanners.network import SimNetworkScanner, SimWirelessScanner
from sim.scanners.serial import SimScanner
from sim.scanners.ssi import SimSsiScanner, packet
from sim.scanners.usb import SimUsbScanner

DEADLINE_S = 180.0


class Rig:
    """A driver and the device it talks to, on a real wire.

    `most` codes may be scanned in one go. `exclusive`: a second program is turned away.
    `leaves`: it can be unplugged. `missing` is what is said when the device is not there.
    `at_once_ms`: the median from the device to the Scan is below it, on a busy machine too.
    """

    most: ClassVar[int] = 3000
    exclusive: ClassVar[bool] = True
    leaves: ClassVar[bool] = True
    missing: ClassVar[str] = "wasn't found"
    at_once_ms: ClassVar[float] = 50.0
    address: str
    device: Any

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def start(self) -> None:
        """For devices that need the running loop."""

    async def stop(self) -> None:
        self.unplug()

    def driver(self) -> Scanner:
        raise NotImplementedError

    def burst(self, codes: list[str]) -> None:
        """All codes, as fast as the wire takes them."""
        for code in codes:
            self.device.scan(code)

    async def sent(self) -> None:
        """Wait until all that was scanned is on the wire, where the device must wait for the driver."""

    def pieces(self, code: str) -> Iterator[None]:
        """One code in several writes, one a step."""
        raise NotImplementedError

    def unplug(self) -> None:
        self.device.unplug()

    async def replug(self) -> None:
        self.device.replug()


class LineRig(Rig):
    """A device that sends each code as a line."""

    def burst(self, codes: list[str]) -> None:
        self.device.type("\r".join(codes))

    def pieces(self, code: str) -> Iterator[None]:
        for byte in code:
            self.device.type(byte, suffix=b"")
            yield
        self.device.type(b"", suffix=b"\r")


class SerialRig(LineRig):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.device = SimScanner(link=folder / "scanner")
        self.address = self.device.path

    def driver(self) -> Scanner:
        return registry.create("scanner", "serial", {"path": self.address})


class SsiRig(Rig):
    async def start(self) -> None:
        self.device = SimSsiScanner(link=self.folder / "scanner")
        self.address = self.device.path

    def driver(self) -> Scanner:
        return registry.create("scanner", "ssi", {"path": self.address})

    async def sent(self) -> None:
        while self.device.waiting:  # noqa: ASYNC110  run() has the deadline
            await asyncio.sleep(0)

    def pieces(self, code: str) -> Iterator[None]:
        for byte in packet(0xF3, data=b"\x0b" + code.encode()):
            self.device.type(bytes([byte]), suffix=b"")
            yield


class KeyboardRig(Rig):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.device = SimKeyboardScanner(folder / "event0")
        self.address = str(self.device.path)

    def driver(self) -> Scanner:
        return registry.create("scanner", "keyboard", {"path": self.address})

    def burst(self, codes: list[str]) -> None:
        self.device.send(us("".join(f"{code}\r" for code in codes)))

    def pieces(self, code: str) -> Iterator[None]:
        data = us(code + "\r")
        for start in range(0, len(data), 100):  # no multiple of an event's size
            self.device.send(data[start : start + 100])
            yield


class HidPosRig(Rig):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.device = SimUsbScanner()
        self.address = "0c2e:0b6a"

    def driver(self) -> Scanner:
        return HidPosScanner(HidPosScanner.Config(usb=self.address), self.device)

    def pieces(self, code: str) -> Iterator[None]:
        """USB brings a report whole, or not at all."""
        self.device.scan(code)
        yield


class NetworkRig(LineRig):
    exclusive = False
    missing = "refused the connection"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.device = SimNetworkScanner()
        self.address = f"127.0.0.1:{self.device.port}"

    def driver(self) -> Scanner:
        return registry.create("scanner", "network", {"host": "127.0.0.1", "port": self.device.port})


class ListeningRig(LineRig):
    leaves = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.address = str(self.port)
        self.device = SimWirelessScanner(self.port)

    def driver(self) -> Scanner:
        return registry.create("scanner", "listen", {"host": "127.0.0.1", "port": self.port, "peers": ["127.0.0.1"]})

    def unplug(self) -> None:
        self.device.hang_up()


class CameraRig(Rig):
    """Codes lie in the picture one after another, each for a third of a second: what lay there for less time than this
    machine takes to look, when it is busy, no one could have seen."""

    most = 20
    exclusive = False
    missing = "refused the connection"
    at_once_ms = 2000

    async def start(self) -> None:
        self.device = SimCamera()
        await self.device.replug()
        self.address = self.device.url

    def driver(self) -> Scanner:
        return registry.create("scanner", "camera", {"url": self.address, "max_fps": 60})

    def burst(self, codes: list[str]) -> None:
        self.device.film(codes, held=16)

    async def sent(self) -> None:
        while self.device.rolling:  # noqa: ASYNC110  run() has the deadline
            await asyncio.sleep(0.01)

    def pieces(self, code: str) -> Iterator[None]:
        self.device.chunk_bytes = 100
        self.device.film([code])
        yield

    async def replug(self) -> None:
        await self.device.replug()


class PhoneRig(Rig):
    """As the panel's page hands codes on; tests/contract/api/test_panel_phone.py has the page itself."""

    most = 900
    leaves = False
    exclusive = False
    address = "the till"

    def driver(self) -> Scanner:
        self.scanner = PhoneScanner(PhoneScanner.Config(pairing="0123456789abcdef"))
        return self.scanner

    def burst(self, codes: list[str]) -> None:
        for code in codes:
            self.scanner.scan(code.encode())

    def pieces(self, code: str) -> Iterator[None]:
        """A page sends a code whole."""
        self.scanner.scan(code.encode())
        yield

    def unplug(self) -> None:
        """A phone that goes away is not missed."""


def run(work: Coroutine[Any, Any, None], deadline_s: float = DEADLINE_S) -> None:
    """Run an async test; it fails rather than hang."""

    async def in_time() -> None:
        async with asyncio.timeout(deadline_s):
            await work

    asyncio.run(in_time())


def run_with(rig: Rig, test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run an async test while the rig's device is there."""

    async def go() -> None:
        await rig.start()
        try:
            await test()
        finally:
            await rig.stop()

    run(go())


async def take(scanner: Scanner, count: int) -> list[Scan]:
    """The next scans; fewer where the scanner is closed before."""
    got: list[Scan] = []
    async for scan in scanner.scans():
        got.append(scan)
        if len(got) == count:
            break
    return got


def text(scans: Iterable[Scan]) -> list[str]:
    return [scan.data.decode() for scan in scans]
