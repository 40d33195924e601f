"""A worker: a process that holds one model and answers its parent's requests.

`python -m models.worker SOCKET MEMORY PARENT LIMIT_MB CORNER`, the first two being descriptors. Its main thread listens
and sends heartbeats; the engine works in other threads, so that requests can be cancelled.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import os
import queue
import re
import select
import socket
import sys
import threading
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from models import registry
from models.engine import Model
from models.errors import Code, Refused, Stopped, Unusable
from models.kinds import KINDS
from models.limits import BEAT_S
from models.worker import process_limits, wire
from models.worker.memory import Shared, laid_inline
from models.worker.request_context import Way, WorkerTurn
from sandbox.landlock import Network, confine

READ_BYTES = 256 * 1024
_LACKING = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")
_PACKAGES = {"libgomp.so.1": "libgomp1", "libatomic.so.1": "libatomic1"}
_encoder = msgspec.msgpack.Encoder(enc_hook=laid_inline)


def main(argv: list[str]) -> None:
    sock, memory, parent, limit_mb = map(int, argv[:4])
    if process_limits.settle(parent, limit_mb, argv[4]):
        faulthandler.enable()
        Worker(socket.socket(fileno=sock), Shared(memory)).run()
    # skip exit handlers and the teardown of libraries: the system cleans up
    os._exit(0)


class Worker:
    """An engine, its requests, and the connection to the parent."""

    def __init__(self, sock: socket.socket, shared: Shared) -> None:
        self._sock = sock
        self._shared = shared
        self._sending = threading.Lock()
        self._asked: queue.SimpleQueue[wire.Ask] = queue.SimpleQueue()
        self._turns: dict[int, WorkerTurn] = {}
        self._way = Way(1)
        self._engine: Any = None

    def run(self) -> None:
        """Run until the parent closes the connection."""
        frames = wire.Frames()
        beat_s = time.monotonic()
        while True:
            there, _, _ = select.select([self._sock], [], [], max(0.0, beat_s - time.monotonic()))
            if there:
                data = self._sock.recv(READ_BYTES)
                if not data:
                    break
                for body in frames.feed(data):
                    self._take(wire.to_worker.decode(body))
            if time.monotonic() >= beat_s:
                self._send(wire.Beat())
                beat_s = time.monotonic() + BEAT_S
        if self._engine and not self._turns:
            self._engine.close()

    def _take(self, message: wire.ToWorker) -> None:
        match message:
            case wire.Load():
                self._way = Way(message.threads)
                _shut_in(message)
                threading.Thread(target=self._load, args=(message,), daemon=True).start()
            case wire.Ask():
                emit = partial(self._emit, message.id)
                self._turns[message.id] = WorkerTurn(message.until_ns, self._way, emit)
                self._asked.put(message)
            case wire.Feed():
                if turn := self._turns.get(message.id):
                    turn.feed(message.data, message.last)
            case wire.Cancel():
                if turn := self._turns.get(message.id):
                    turn.cancel("cancelled", "It was cancelled.")
            case wire.GiveWay():
                self._way.give(message.on)

    def _load(self, load: wire.Load) -> None:
        """Load the model, then answer requests, in this thread and further ones up to the engine's limit."""
        began_s = time.monotonic()
        folder = Path(load.folder) if load.folder else None
        model = Model(load.name, folder, tuple(map(Path, load.files)), load.languages, load.threads)
        try:
            engine = registry.create(load.engine, load.options, model)
            if engine.LIBRARY and not importlib.util.find_spec(engine.LIBRARY):
                self._cannot(
                    "missing",
                    f"The library {engine.LIBRARY} is not installed.",
                    f"Run: {registry.bring(engine.LIBRARY)}",
                )
            engine.load()
        except Unusable as error:
            self._cannot("unusable", error.what, error.advice)
        except MemoryError:
            self._cannot("memory", f"{load.name} needs more memory than its limit.")
        except Exception as error:  # noqa: BLE001 - whatever a library thinks of: the parent is told, and we end
            traceback.print_exc()
            self._cannot(*_why_not_loaded(load.name, error))
        self._engine = engine
        decoder = msgspec.msgpack.Decoder(KINDS[load.kind].request, dec_hook=self._shared.find)
        for _ in range(engine.PARALLEL - 1):
            threading.Thread(target=self._serve, args=(decoder,), daemon=True).start()
        self._send(wire.Loaded((time.monotonic() - began_s) * 1000, engine.PARALLEL))
        self._serve(decoder)

    def _serve(self, decoder: msgspec.msgpack.Decoder[Any]) -> None:
        while True:
            ask = self._asked.get()
            self._answer(ask, decoder)

    def _answer(self, ask: wire.Ask, decoder: msgspec.msgpack.Decoder[Any]) -> None:
        turn = self._turns[ask.id]
        try:
            turn.begin()
            self._send(wire.Begun(ask.id))
            reply = self._engine.run(_request(ask.body, decoder), turn)
            self._send(wire.Answered(ask.id, _encoder.encode(reply), turn.worked_ms))
        except Stopped:
            self._fail(ask.id, *turn.why)
        except Refused as error:
            self._fail(ask.id, "refused", error.what, error.advice)
        except MemoryError:
            self._fail(ask.id, "memory", "It needs more memory than the model may have.")
            os._exit(1)
        except Exception as error:  # noqa: BLE001 - a fault of an engine or its library fails this request alone
            traceback.print_exc()
            self._fail(ask.id, "failed", _error_text(error))
        finally:
            del self._turns[ask.id]

    def _emit(self, id: int, result: object) -> None:
        self._send(wire.Partial(id, _encoder.encode(result)))

    def _fail(self, id: int, code: Code, what: str, advice: str = "") -> None:
        self._send(wire.Failed(id, code, what, advice))

    def _cannot(self, code: Code, what: str, advice: str = "") -> None:
        self._send(wire.LoadFailed(code, what, advice))
        os._exit(1)

    def _send(self, message: wire.FromWorker) -> None:
        data = wire.pack_message(message)
        with self._sending:
            self._sock.sendall(data)


def _shut_in(load: wire.Load) -> None:
    """Confine the process before any thread starts: models are downloaded, and opened by third-party libraries."""
    try:
        network: Network = getattr(registry.load_class(load.engine), "NETWORK", "")
    except Exception:  # noqa: BLE001 - whoever loads it says what is wrong
        network = ""
    # a third-party engine's imports are in these folders (edge/runtime/extensions.py)
    beside = os.environ.get("PYTHONPATH", "").split(os.pathsep)[1:]
    confine(load.files, network, [*([load.folder] if load.folder else []), *beside], programs=True)


def _request(body: bytes, decoder: msgspec.msgpack.Decoder[Any]) -> Any:
    """Decode a request. Raises Refused for out-of-range values."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Refused(f"This request isn't valid: {error}.", "Ask otherwise.") from error


def _why_not_loaded(name: str, error: Exception) -> tuple[Code, str, str]:
    """The error of a failed load. A missing system library is reported by the loader (dlopen(3)), in its own words."""
    if lacking := _LACKING.search(str(error)):
        file = lacking[1]
        package = f" (for {file}: {_PACKAGES[file]})" if file in _PACKAGES else ""
        what = f"{name} needs the system library {file}, which isn't installed."
        return "missing", what, f"Run: sudo ./run setup engines; or install its Debian package{package}."
    return "unusable", f"{name} can't be loaded: {_error_text(error)}", ""


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip()[:500]


if __name__ == "__main__":
    main(sys.argv[1:])
