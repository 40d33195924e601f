"""The other ends of printers on a socket, a serial line, a device file, a file, and a folder."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import struct
import threading
import tty
from pathlib import Path
from typing import Any, Protocol

from drivers import registry
from drivers.printers.bluetooth import BluetoothPrinter
from drivers.roles import ReceiptPrinter
from tests.contract.printer_reader import DEADLINE_S, Reader


class Rig(Protocol):
    """A transport with its other end."""

    address: str

    def driver(self, **options: object) -> ReceiptPrinter: ...
    def arrived(self, count: int) -> bytes:
        """Wait for `count` bytes; returns all received so far."""

    def vanish(self) -> None:
        """Disappear completely."""

    def break_after(self, count: int) -> None:
        """Break off the next job after `count` bytes."""

    def stall(self) -> None:
        """Stop accepting the next job's bytes."""

    def flow(self) -> None:
        """Accept bytes again."""

    def say(self, data: bytes) -> None:
        """Send `data` to the host whose turn it is."""

    def forget(self) -> None:
        """Forget the hosts of earlier turns."""

    def close(self) -> None: ...


class WireRig:
    """A rig that reads from a wire. The test stops, resumes or breaks off the reading."""

    def __init__(self) -> None:
        self.reader = Reader()

    def arrived(self, count: int) -> bytes:
        return self.reader.wait_for(count)

    def break_after(self, count: int) -> None:
        self.reader.limit = count

    def stall(self) -> None:
        self.reader.flowing.clear()

    def flow(self) -> None:
        self.reader.flowing.set()


class NetworkRig(WireRig):
    def __init__(self, folder: Path) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.host, self.port = self._listener.getsockname()
        self.address = f"{self.host}:{self.port}"
        super().__init__()
        self._peers: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def say(self, data: bytes) -> None:
        self._peers.get(timeout=DEADLINE_S).sendall(data)

    def forget(self) -> None:
        self._peers.get(timeout=DEADLINE_S)

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "network", {"host": self.host, "port": self.port, **options})

    def _serve(self) -> None:
        """Serve one connection at a time, as such printers do."""
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                self._peers.put(peer)
                self.reader.read_all(peer.recv)
                if self.reader.limit == 0:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def vanish(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        self.reader.flowing.set()
        if self._listener.fileno() >= 0:
            self.vanish()
        self._thread.join()


class BluetoothRig(NetworkRig):
    """A persistent connection, with TCP in place of RFCOMM."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.address = "00:11:62:1A:2B:3C"
        self._dialled = 0

    def driver(self, **options: Any) -> ReceiptPrinter:
        printer: ReceiptPrinter = BluetoothPrinter(BluetoothPrinter.Config(address=self.address, **options), self._dial)
        return printer

    def _dial(self) -> socket.socket:
        sock = socket.create_connection((self.host, self.port))
        self._dialled += 1
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # RFCOMM's limit
        sock.setblocking(False)
        return sock

    def say(self, data: bytes) -> None:
        peer = self._peers.get(timeout=DEADLINE_S)
        self._peers.put(peer)
        peer.sendall(data)

    def forget(self) -> None:
        pass

    def hang_up(self) -> None:
        """End all connections made so far."""
        for _ in range(self._dialled):
            with contextlib.suppress(OSError):  # already gone
                self._peers.get(timeout=DEADLINE_S).shutdown(socket.SHUT_RDWR)
        self._dialled = 0

    def vanish(self) -> None:
        self.hang_up()
        super().vanish()


class SerialRig(WireRig):
    def __init__(self, folder: Path) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.address = os.ttyname(self._slave)
        super().__init__()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def forget(self) -> None:
        pass

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "serial", {"path": self.address, **options})

    def _serve(self) -> None:
        self.reader.read_all(lambda count: os.read(self._master, count))
        os.close(self._slave)
        os.close(self._master)

    def vanish(self) -> None:
        self.reader.limit = 0
        with contextlib.suppress(OSError):  # already gone
            os.write(self._slave, b"x")
        self._thread.join()

    def close(self) -> None:
        self.reader.flowing.set()
        if self._thread.is_alive():
            self.vanish()


class FileRig:
    """A plain file. It can't stall, and an interrupted job leaves nothing."""

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
    """A character device, simulated by a pty."""

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "file", {"path": self.address, **options})
