"""A receipt printer on the network, played by a TCP server that draws what it is sent."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec

from sim.escpos import Interpreter
from sim.printer_codepages import EPSON
from sim.printer_ops import Cut, Kick, Op, Query
from sim.printer_paper import draw
from sim.printer_status import answer

MAX_RECEIPTS = 50
MAX_RECEIPT_BYTES = 8 * 1024 * 1024  # then the paper is cut, asked for or not
MAX_RECEIPT_OPS = 100_000  # likewise
BUFFER_BYTES = 4096  # of a real printer; when it is full the sender has to wait
BACKLOG = 8
MAX_CONNECTIONS = 16  # those that wait included; more are cut off
SEGMENT_BYTES = 1460  # as on Ethernet; in larger ones the loopback would wait for a window they fit in
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Receipt(msgspec.Struct, frozen=True):
    """What came out between two cuts.

    `text` and `png` are what a person sees; `raw` are the bytes from cut to cut;
    `kicked` says whether the drawer got a pulse in between. A pulse behind the cut is in
    SimPrinter.kicks alone.
    """

    number: int
    text: str
    png: bytes
    raw: bytes
    kicked: bool


class SimPrinter:
    """An ESC/POS printer at TCP `host`:`port`, one connection at a time; others wait.

    `receipts` are the last MAX_RECEIPTS; with `folder` each is also kept there as
    receipt-NNNNNN.png and .txt. `kicks` counts the pulses to the drawer, `unknown` names
    what it could not understand or do. All of it belongs to the event loop that started it.
    """

    def __init__(self, port: int = 0, folder: Path | None = None, code_pages: Mapping[int, str] = EPSON) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.receipts: deque[Receipt] = deque(maxlen=MAX_RECEIPTS)
        self.kicks = 0
        self._folder = folder
        self._interpreter = Interpreter(code_pages)
        self._ops: list[Op] = []
        self._raw = bytearray()
        self._count = 0
        self._given = 0
        self._kicked = False
        self._raw_from = 0
        self._printed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._turn = asyncio.Lock()
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._break_after: int | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def unknown(self) -> list[str]:
        """What it could not understand or do, by name, each once."""
        return self._interpreter.unknown

    async def start(self) -> None:
        """Take connections; with port 0, `port` then says which was given."""
        sock = socket.create_server((self.host, self.port), backlog=BACKLOG)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        self.port = sock.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=sock, limit=BUFFER_BYTES)

    async def stop(self) -> None:
        """Switch off: whatever is connected is cut off."""
        self.refuse()
        self._flowing.set()
        for writer in self._serving.values():
            writer.transport.abort()
        await asyncio.gather(*self._serving)

    async def next_receipt(self) -> Receipt:
        """The oldest receipt that this method has not given yet; waits for it."""
        async with self._printed:
            await self._printed.wait_for(lambda: bool(self.receipts) and self.receipts[-1].number > self._given)
            oldest = self.receipts[0].number
            self._given = max(self._given + 1, oldest)
            return self.receipts[self._given - oldest]

    async def newer_than(self, number: int) -> Receipt:
        """The newest receipt, once its number is above `number`; any number of callers may wait."""
        async with self._printed:
            await self._printed.wait_for(lambda: bool(self.receipts) and self.receipts[-1].number > number)
            return self.receipts[-1]

    async def tear(self) -> Receipt:
        """Tear off what was printed and not cut, as people do; then it is a receipt too."""
        return await self._finish(Cut(to_cutter=True, at=self._interpreter.past))

    # faults

    def refuse(self) -> None:
        """Refuse new connections until `recover`."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def stall(self) -> None:
        """Take no more bytes than the buffers hold, until `recover`."""
        self._flowing.clear()

    def cut_after(self, count: int) -> None:
        """Reset the connection when `count` more bytes have come."""
        self._break_after = count

    async def recover(self) -> None:
        """End every fault."""
        self._flowing.set()
        self._break_after = None
        if self._server is None:
            await self.start()

    # one connection

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._serving) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        self._serving[task] = writer
        try:
            async with self._turn:
                while data := await reader.read(BUFFER_BYTES):
                    await self._flowing.wait()
                    await self._take(data, writer)
                if not self._ops:
                    self._kicked = False  # it belonged to this job, not to the next receipt
        except ConnectionError:
            pass  # the sender is gone; what came before counts
        finally:
            del self._serving[task]
            writer.close()

    async def _take(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        if self._break_after is not None:
            data = data[: self._break_after]
            self._break_after -= len(data)
        self._raw += data
        for op in self._interpreter.feed(data):
            match op:
                case Cut():
                    await self._finish(op)
                case Query():
                    writer.write(answer(op.data))
                    await writer.drain()
                case Kick():
                    self.kicks += 1
                    self._kicked = True
                case _:
                    self._ops.append(op)
        if len(self._raw) > MAX_RECEIPT_BYTES or len(self._ops) > MAX_RECEIPT_OPS:
            await self.tear()
        if self._break_after == 0:
            self._break_after = None
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            writer.transport.abort()
            raise ConnectionResetError

    async def _finish(self, cut: Cut) -> Receipt:
        ops, self._ops = [*self._ops, cut], []
        end = cut.at - self._raw_from
        raw = bytes(self._raw[:end])
        del self._raw[:end]
        self._raw_from = cut.at
        kicked, self._kicked = self._kicked, False
        self._count += 1
        number = self._count
        drawing = await asyncio.to_thread(draw, ops)
        if not drawing.clear_of_knife:
            self._interpreter.note("GS V without a feed before it: the last line is still under the knife")
        receipt = Receipt(number, drawing.text, drawing.png, raw, kicked)
        if self._folder is not None:
            await asyncio.to_thread(_keep, self._folder, receipt)
        async with self._printed:
            self.receipts.append(receipt)
            self._printed.notify_all()
        return receipt


def _keep(folder: Path, receipt: Receipt) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name, old = (f"receipt-{number:06d}" for number in (receipt.number, receipt.number - MAX_RECEIPTS))
    (folder / f"{name}.png").write_bytes(receipt.png)
    (folder / f"{name}.txt").write_text(receipt.text, encoding="utf-8")
    for ending in ("png", "txt"):
        (folder / f"{old}.{ending}").unlink(missing_ok=True)
