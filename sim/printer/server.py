"""A network receipt printer: a TCP server that draws what it receives."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from sim.ports import free_port
from sim.printer.codepages import EPSON
from sim.printer.escpos import Interpreter
from sim.printer.faults import Faults
from sim.printer.ops import Beep, Cut, Kick, Query
from sim.printer.receipts import Receipt, Receipts
from sim.printer.status import answer, automatic, realtime

BUFFER_BYTES = 4096  # as in a real printer; when it's full, the sender waits
BACKLOG = 8
MAX_CONNECTIONS = 16  # including waiting ones; further ones are disconnected
SEGMENT_BYTES = 1460  # as on Ethernet; larger ones would wait on loopback until the window has room
AT_ONCE = re.compile(rb"\x10\x04(?P<ask>[\x01-\x04])|\x10\x14\x01[\x00\x01][\x01-\x08]")
AT_ONCE_BYTES = 5  # the longer of the two commands
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class SimPrinter:
    """An ESC/POS printer at TCP `host`:`port`, serving one connection at a time; others wait.

    `receipts` are the last MAX_RECEIPTS (receipts.py); with `folder`, each is also stored there as receipt-NNNNNN.png
    and .txt. `kicks` counts pulses to the drawer, `beeps` sounds of the buzzer. `unknown` names unsupported commands.
    Use it only in the event loop that started it.
    """

    def __init__(self, port: int = 0, folder: Path | None = None, code_pages: Mapping[int, str] = EPSON) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.kicks = 0
        self.beeps = 0
        self._paper = Receipts(folder, lambda mistake: self._interpreter.note(mistake))
        self._interpreter = Interpreter(code_pages)
        self._server: asyncio.Server | None = None
        self._turn = asyncio.Lock()
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._code_pages = code_pages
        self._buffer = bytearray()
        self._moved = asyncio.Condition()
        self._works: asyncio.Task[None] | None = None
        self._heard = b""
        self._asker: asyncio.StreamWriter | None = None
        self._tells = False
        self.faults = Faults(self._push_status)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def receipts(self) -> deque[Receipt]:
        return self._paper.last

    @property
    def unknown(self) -> list[str]:
        """Names of unsupported commands received, each once."""
        return self._interpreter.unknown

    async def start(self) -> None:
        """Accept connections. With port 0, `port` is set to a free one."""
        self.port = self.port or free_port()
        sock = socket.create_server((self.host, self.port), backlog=BACKLOG)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        self._server = await asyncio.start_server(self._serve, sock=sock, limit=BUFFER_BYTES)
        if not self._works:
            self._works = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Switch off: whatever is connected is cut off."""
        self.refuse()
        self.faults.clear()
        self._cut_off()
        await asyncio.gather(*self._serving)
        if works := self._works:
            self._works = None
            works.cancel()
            await asyncio.wait({works})
            if not works.cancelled():
                works.result()

    async def next_receipt(self) -> Receipt:
        """Wait for and return the oldest receipt that this method hasn't returned yet."""
        return await self._paper.next()

    async def newer_than(self, number: int) -> Receipt:
        """Wait for and return the newest receipt with a number above `number`. Several callers may wait."""
        return await self._paper.newer_than(number)

    async def tear(self) -> Receipt:
        """Tear off the uncut paper, as people do; it becomes a receipt."""
        return await self._paper.cut(Cut(to_cutter=True, at=self._interpreter.past))

    # faults

    def refuse(self) -> None:
        """Refuse new connections until `recover`."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def stall(self) -> None:
        """Accept only the bytes that fit in the buffers, until `recover`."""
        self.faults.flowing.clear()

    def cut_after(self, count: int) -> None:
        """Reset the connection after `count` more bytes, which are printed."""
        self.faults.break_after(count, "line")

    def paper_out(self, after_lines: int = 0) -> None:
        """Run out of paper, now or after this many more lines, until `recover`."""
        self.faults.paper_out_after(after_lines)

    def paper_near_end(self) -> None:
        """Report that the paper is nearly out, until `recover`."""
        self.faults.set(paper="near_end")

    def open_cover(self) -> None:
        """Open the lid, until `recover`."""
        self.faults.set(cover_open=True)

    def jam_cutter(self) -> None:
        """Jam at the next cut, until `recover`; then it cuts."""
        self.faults.jam_at_cut()

    def go_offline(self) -> None:
        """Print nothing without giving a reason, as while its feed button is held down, until `recover`."""
        self.faults.set(held=True)

    def overheat(self) -> None:
        """Be too hot to print, until `recover`."""
        self.faults.set(error="overheated")

    def set_drawer(self, open: bool) -> None:
        """Open or close the drawer by hand."""
        self.faults.set(drawer_open=open)

    def print_slowly(self, line_s: float) -> None:
        """Take this long for each line, until `recover`."""
        self.faults.line_s = line_s

    def lie(self) -> None:
        """Accept everything, print nothing and report no fault, from the next connection on, until `recover`."""
        self.faults.lying = True

    def never_answer(self) -> None:
        """Print, but answer no query, until `recover`."""
        self.faults.mute = True

    def hold(self) -> None:
        """Be in use by another computer, until `recover`."""
        self.faults.free.clear()

    def power_cycle(self, after: int = 0) -> None:
        """Interrupt the power, now or after this many more bytes: unprinted data is lost."""
        if after:
            self.faults.break_after(after, "power")
        else:
            self._forget()
            self._cut_off()

    async def recover(self) -> None:
        """End every fault."""
        self.faults.clear()
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
                await self._wait_until_free(writer)
                await self._talk(reader, writer)
                self._paper.end_job()
        except ConnectionError:
            pass  # the sender is gone; data that it sent before still counts
        finally:
            del self._serving[task]
            writer.close()

    async def _wait_until_free(self, writer: asyncio.StreamWriter) -> None:
        waits = [asyncio.ensure_future(self.faults.free.wait()), asyncio.ensure_future(writer.wait_closed())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Buffer received bytes for `_work` to print. A clean close waits until they are printed."""
        self._heard = b""
        self._asker = writer
        lying = self.faults.lying
        try:
            while data := await reader.read(BUFFER_BYTES):
                await self.faults.flowing.wait()
                data, broken = self.faults.pass_on(data)
                self._obey_at_once(data, writer)
                if not lying:
                    await self._put(data)
                if broken == "power":
                    self._forget()
                elif broken == "line":
                    await self._printed_all()
                if broken:
                    self._reset(writer)
            await self._printed_all()
        finally:
            self._asker = None
            self._tells = False

    def _obey_at_once(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        """Answer DLE EOT and open the drawer on DLE DC4 as they arrive, even in the middle of a picture or when nothing
        is printed."""
        self._heard += data
        done = 0
        for found in AT_ONCE.finditer(self._heard):
            done = found.end()
            if found["ask"] is None:
                self.kicks += 1
            elif not self.faults.mute:
                writer.write(realtime(self.faults.condition, found["ask"][0]))
        self._heard = self._heard[max(done, len(self._heard) - AT_ONCE_BYTES + 1) :]

    async def _put(self, data: bytes) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: len(self._buffer) < BUFFER_BYTES)
            self._buffer += data
            self._moved.notify_all()

    async def _printed_all(self) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: not self._buffer)

    async def _work(self) -> None:
        """Print the buffer if the printer is able to, even after the sender has disconnected."""
        while True:
            async with self._moved:
                self._moved.notify_all()  # no other notification after a power cut says that there is room
                await self._moved.wait_for(lambda: bool(self._buffer))
                data, asker = bytes(self._buffer), self._asker
            await self._obey(data, asker)
            async with self._moved:
                del self._buffer[: len(data)]
                self._moved.notify_all()

    async def _obey(self, data: bytes, asker: asyncio.StreamWriter | None) -> None:
        self._paper.print_bytes(data)
        for op in self._interpreter.feed(data):
            await self.faults.before(op)
            match op:
                case Cut():
                    await self._paper.cut(op)
                case Query():
                    self._reply(op.data, asker)
                case Kick():
                    self.kicks += 1
                    self._paper.kicked = True
                case Beep():
                    self.beeps += op.times
                case _:
                    self._paper.print(op)
        if self._paper.too_long:
            await self.tear()

    def _reply(self, command: bytes, asker: asyncio.StreamWriter | None) -> None:
        if command.startswith(b"\x1da"):
            self._tells = bool(command[2])
        if asker is None or asker is not self._asker or self.faults.mute:
            return
        asker.write(answer(command, self.faults.condition))

    def _push_status(self) -> None:
        asker = self._asker
        if asker and self._tells and not self.faults.mute and not asker.is_closing():
            asker.write(automatic(self.faults.condition))

    def _forget(self) -> None:
        """Drop unprinted data after a power failure; paper already printed stays."""
        if self._works:
            self._works.cancel()
        self._buffer.clear()
        self._interpreter = Interpreter(self._code_pages, self._interpreter.unknown)
        self._paper.forget_sent()
        self._works = asyncio.create_task(self._work())

    def _cut_off(self) -> None:
        for writer in self._serving.values():
            writer.transport.abort()

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        writer.transport.abort()
        raise ConnectionResetError
