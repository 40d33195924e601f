"""Connections between the machines of a shop.

Each machine sends on a connection that it opened and receives on the others'. So a connection has one direction and one
thread, and no reply waits behind a request.
"""

from __future__ import annotations

import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from edge.backoffice.twin.limits import (
    AGAIN_S,
    DIAL_S,
    HELLO_S,
    LOOK_S,
    MESSAGES_WAITING,
    SEND_S,
    STRANGER_S,
    STRANGERS,
)
from edge.backoffice.twin.membership.members import Member, Members
from edge.backoffice.twin.wire import box_tls, frames
from edge.backoffice.twin.wire.frames import BadFrame, Hello
from edge.backoffice.twin.wire.listening import listen_as
from edge.lib.errors import ConfigError
from twin.messages import Message

_log = structlog.get_logger(__name__)

HELLO_BYTES = 4096
AT_ONCE_FRAME_BYTES = 512 * 1024
"""Size above which a message is sent on the talker's thread."""
_BROKEN = Message()
Received = Callable[[str, Message], None]


class Link:
    """Connections to all other members.

    `received(name, message)` is called on a thread per member. `copies(name, socket)` sends the ledger on a separate
    connection, and returns when done. `ended(name)`: the peer closed the link, as happens at once when its process
    ends.
    """

    def __init__(
        self,
        members: Members,
        folder: Path,
        hello: Hello,
        received: Received,
        copies: Callable[[str, ssl.SSLSocket], None] | None = None,
        ended: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._folder, self._received, self._copies, self._ended = folder, received, copies, ended
        self._hello = hello
        self._take(members)
        self._closed = threading.Event()
        self._strangers = threading.Semaphore(STRANGERS)
        self._talkers = {one.name: _Talker(one, self._dial, self._closed) for one in members.others}
        self._heard: dict[str, ssl.SSLSocket] = {}
        self._listening: socket.socket | None = None
        self._unheard, self._note_again_s = 0, 0.0
        self.hellos: dict[str, Hello] = {}
        """Each member's hello on its last connection."""

    def start(self) -> None:
        """Start listening. Raises `ConfigError` if the port is taken."""
        mine = self._members.mine
        try:
            self._listening = listen_as(mine)
        except OSError as error:
            raise ConfigError(
                f"Can't listen for the other box on {mine.host}:{mine.port}: {error.strerror or error}.",
                "Stop the other program that uses this port. The other machines expect this one there.",
            ) from error
        threading.Thread(target=self._listen, name="twin listens", daemon=True).start()
        for talker in self._talkers.values():
            talker.start()

    def _take(self, members: Members) -> None:
        self._members = members
        trusted = [one.certificate for one in members.others]
        self._server = box_tls.context(self._folder, trusted, serves=True)
        self._client = box_tls.context(self._folder, trusted, serves=False)

    def adopt(self, members: Members) -> None:
        """Set the members: connect to new ones, and ignore removed ones."""
        self._take(members)
        for one in members.others:
            if one.name not in self._talkers:
                self._talkers[one.name] = _Talker(one, self._dial, self._closed)
                self._talkers[one.name].start()
        for name in [name for name in self._talkers if all(one.name != name for one in members.others)]:
            self._talkers.pop(name).put(None)
            if (heard := self._heard.pop(name, None)) is not None:
                with suppress(OSError):
                    heard.shutdown(socket.SHUT_RDWR)

    def send(self, to: str, message: Message) -> None:
        """Send a message without waiting; it may be lost."""
        if talker := self._talkers.get(to):
            talker.put(message)

    def is_connected(self, to: str) -> bool:
        return to in self._talkers and self._talkers[to].is_connected

    def fetch(self, source: str) -> ssl.SSLSocket:
        """A connection to request another box's ledger. Raises `OSError`."""
        return self._dial(self._members.of(source), Hello(self._hello.name, "copy", *_facts(self._hello)))

    def flush(self, seconds: float) -> None:
        """Wait until pending messages are sent, for at most this many seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not all(talker.is_quiet for talker in self._talkers.values()):
            time.sleep(0.001)

    def close(self) -> None:
        self._closed.set()
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)  # otherwise its thread keeps waiting and holds the port
            self._listening.close()
        for talker in self._talkers.values():
            talker.put(None)
        for heard in [*self._heard.values()]:
            with suppress(OSError):
                heard.shutdown(socket.SHUT_RDWR)

    def _dial(self, member: Member, hello: Hello | None = None) -> ssl.SSLSocket:
        """Connect to a member. Raises `OSError` if it doesn't answer or isn't the expected machine."""
        raw = socket.create_connection((member.host, member.port), DIAL_S)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.settimeout(SEND_S)
            talking = self._client.wrap_socket(raw)
        except OSError:
            raw.close()
            raise
        if not box_tls.is_of(talking.getpeercert(binary_form=True), member.certificate):
            talking.close()
            raise OSError(f"{member.host}:{member.port} isn't {member.name}")
        talking.sendall(frames.encode(hello or self._hello))
        return talking

    def _listen(self) -> None:
        assert self._listening is not None
        while not self._closed.is_set():
            try:
                raw, _ = self._listening.accept()
            except OSError:
                if self._closed.wait(AGAIN_S):
                    return
                continue
            if not self._strangers.acquire(blocking=False):
                raw.close()
                continue
            threading.Thread(target=self._welcome, args=(raw,), name="twin hears", daemon=True).start()

    def _welcome(self, raw: socket.socket) -> None:
        """Authenticate an incoming connection, then receive from it."""
        is_stranger = True
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.settimeout(HELLO_S)
            with self._server.wrap_socket(raw, server_side=True) as heard:
                hello = frames.read(reader(heard), HELLO_BYTES)
                name = self._name_of(hello, heard)
                self._strangers.release()
                is_stranger = False
                if isinstance(hello, Hello) and hello.purpose == "copy":
                    if self._copies is not None:
                        self._copies(name, heard)
                else:
                    self._hear(name, heard)
        except (OSError, BadFrame) as error:
            if is_stranger:
                self._note_stranger(str(error))
        finally:
            if is_stranger:
                self._strangers.release()
            raw.close()

    def _note_stranger(self, why: str) -> None:
        """Log rejected connections at intervals, so that repeated attempts don't fill the disk."""
        self._unheard += 1
        if time.monotonic() < self._note_again_s:
            return
        times, self._unheard = self._unheard, 0
        self._note_again_s = time.monotonic() + STRANGER_S
        _log.info("a connection that isn't from a box of this shop was rejected", why=why, times=times)

    def _name_of(self, hello: Message, heard: ssl.SSLSocket) -> str:
        names = {one.name for one in self._members.others}
        if not isinstance(hello, Hello) or hello.name not in names:
            raise BadFrame("it doesn't identify itself")
        if not box_tls.is_of(heard.getpeercert(binary_form=True), self._members.of(hello.name).certificate):
            raise BadFrame(f"it claims to be {hello.name}, but uses another key")
        self.hellos[hello.name] = hello
        return hello.name

    def _hear(self, name: str, heard: ssl.SSLSocket) -> None:
        before, self._heard[name] = self._heard.get(name), heard
        if before is not None:
            with suppress(OSError):
                before.shutdown(socket.SHUT_RDWR)
        heard.settimeout(None)
        heard.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        take = reader(heard)
        try:
            while not self._closed.is_set():
                self._received(name, frames.read(take))
        finally:
            if self._heard.get(name) is heard and not self._closed.is_set():
                self._ended(name)


class _Talker:
    """Sends messages to one member, in order."""

    def __init__(self, member: Member, dial: Callable[[Member], ssl.SSLSocket], closed: threading.Event) -> None:
        self.name, self._member, self._dial, self._closed = member.name, member, dial, closed
        self._queue: queue.Queue[Message | None] = queue.Queue(MESSAGES_WAITING)
        self._turn = threading.Lock()
        self._talking: ssl.SSLSocket | None = None
        self.is_connected = False

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"twin talks to {self.name}", daemon=True).start()

    def put(self, message: Message | None) -> None:
        """Send at once if no message is waiting and the network accepts it, else on this talker's thread."""
        if message is not None and self._says_at_once(message):
            return
        with suppress(queue.Full):
            self._queue.put_nowait(message)

    def _says_at_once(self, message: Message) -> bool:
        """Send at once, on the caller's thread, if possible; returns whether it was."""
        if self._talking is None or self._queue.unfinished_tasks or not self._turn.acquire(blocking=False):
            return False
        try:
            talking = self._talking
            if talking is None or not select.select((), (talking,), (), 0)[1]:
                return False
            frame = frames.encode(message)
            if len(frame) > AT_ONCE_FRAME_BYTES:
                return False
            talking.sendall(frame)
        except (OSError, ValueError, BadFrame):
            self._broke()
        finally:
            self._turn.release()
        return True

    def _broke(self) -> None:
        """Handle a broken connection; the thread reconnects."""
        self._talking = None
        with suppress(queue.Full):
            self._queue.put_nowait(_BROKEN)

    @property
    def is_quiet(self) -> bool:
        return not self.is_connected or not self._queue.unfinished_tasks

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._dial(self._member) as talking:
                    self._empty()  # messages queued while disconnected are outdated
                    talking.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * AT_ONCE_FRAME_BYTES)
                    self._talking, self.is_connected = talking, True
                    while self._goes_on(talking):
                        pass
                    return
            except OSError:
                self._closed.wait(AGAIN_S)
            finally:
                self._talking, self.is_connected = None, False

    def _goes_on(self, talking: ssl.SSLSocket) -> bool:
        """Send the next message; returns False to end. While idle, check that the peer is there, as messages to a
        restarted machine would be lost. Raises `OSError`."""
        try:
            message = self._queue.get(timeout=LOOK_S)
        except queue.Empty:
            with self._turn:
                _require_open(talking)
            return True
        if message is None:
            return False
        with self._turn:
            self._say(talking, message)
        self._queue.task_done()
        return True

    def _say(self, talking: ssl.SSLSocket, message: Message) -> None:
        if message is _BROKEN:
            raise ConnectionResetError("the connection was closed")
        try:
            talking.sendall(frames.encode(message))
        except BadFrame as error:
            _log.warning("a message too large for the link isn't sent; differing pages follow", why=str(error))

    def _empty(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
                self._queue.task_done()


def _require_open(talking: ssl.SSLSocket) -> None:
    """Raise `OSError` if the peer has closed the connection. The peer sends nothing on it except TLS messages."""
    if not select.select((talking,), (), (), 0)[0]:
        return
    talking.settimeout(0)
    try:
        if not talking.recv(1):
            raise ConnectionResetError("the connection was closed")
    except ssl.SSLWantReadError:
        return
    finally:
        talking.settimeout(SEND_S)


def reader(heard: ssl.SSLSocket) -> Callable[[int], bytes]:
    """A function that reads n bytes from a connection. It raises `OSError` at the end."""

    def take(wanted: int) -> bytes:
        found = bytearray()
        while len(found) < wanted:
            more = heard.recv(min(wanted - len(found), 1 << 18))
            if not more:
                raise ConnectionResetError("the connection was closed")
            found += more
        return bytes(found)

    return take


def _facts(hello: Hello) -> tuple[str, int]:
    return hello.version, hello.schema


def boottime_ms() -> int:
    """Milliseconds since boot, including sleep. Clock changes don't affect it."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
