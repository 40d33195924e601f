"""Engines that do what tests want of one: answer, crash, hang, leak, poison, dawdle. They run in real workers."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec

from models.engine import Engine, Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Box, Complete, Completed, Detect, Detected, Heard, Listen, Nothing, Token, Transcribed
from models.limits import PAUSE_S
from models.runtime.worker_host import Plan

ENGINES = {
    ("llm", "toy"): "tests.toy_engines:ToyWriter",
    ("stt", "toy"): "tests.toy_engines:ToyListener",
    ("detect", "toy"): "tests.toy_engines:ToyDetector",
}


def plan(kind: str, name: str = "", **more: object) -> Plan:
    """A toy as a runtime is told of it."""
    return msgspec.structs.replace(Plan(name or f"toy-{kind}", kind, ENGINES[kind, "toy"], 64), **more)


class _Toy:
    LIBRARY: ClassVar[str] = ""
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        load: Annotated[str, msgspec.Meta(description="what happens at loading")] = "well"

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        match self._config.load:
            case "unusable":
                raise Unusable("The weights are damaged.", "Fetch them again.")
            case "fault":
                raise RuntimeError("the library is of a bad temper")
            case "library":
                ctypes.CDLL("libgomp-that-nobody-has.so.1")
            case "crash":
                ctypes.string_at(0)
            case "hang":
                threading.Event().wait()

    def close(self) -> None:
        pass


class ToyWriter(_Toy):
    """Says the last message's words one by one. A word in capitals is something that it does instead."""

    _helpers = ""

    def run(self, request: Complete, turn: Turn[Token]) -> Completed:
        said = []
        for word in request.messages[-1].content.split():
            act = getattr(self, f"_{word.lower()}", None) if word.isupper() else None
            text = act(turn) if act else word
            said.append(text)
            turn.emit(Token(text))
        return Completed(" ".join(said), 1, len(said), "end")

    def _crash(self, turn: Turn[Token]) -> str:
        return str(ctypes.string_at(0))

    def _exit(self, turn: Turn[Token]) -> str:
        os._exit(3)

    def _fault(self, turn: Turn[Token]) -> str:
        raise ValueError("a fault of the library")

    def _refuse(self, turn: Turn[Token]) -> str:
        raise Refused("That is too long.", "Say less.")

    def _hang(self, turn: Turn[Token]) -> str:
        """Deaf to everything, but other threads go on."""
        threading.Event().wait()
        return "never"

    def _seize(self, turn: Turn[Token]) -> str:
        """Keeps the interpreter's lock, as a library that loops in C."""
        ctypes.PyDLL(None).sleep(3600)
        return "never"

    def _leak(self, turn: Turn[Token]) -> str:
        """Memory that it writes to, step by step, without end."""
        kept = []
        while True:
            kept.append(bytearray(b"x") * (8 * 2**20))
            turn.step()

    def _grab(self, turn: Turn[Token]) -> str:
        """More memory at once than anyone looking twice a second could notice in time."""
        return str(len(bytearray(8 * 2**30)))

    def _wait(self, turn: Turn[Token]) -> str:
        """Until it is taken back, step by step."""
        while True:
            turn.step()
            threading.Event().wait(0.005)

    def _slow(self, turn: Turn[Token]) -> str:
        threading.Event().wait(0.3)
        return "slow"

    def _pid(self, turn: Turn[Token]) -> str:
        return str(os.getpid())

    def _threads(self, turn: Turn[Token]) -> str:
        return str(turn.threads)

    def _policy(self, turn: Turn[Token]) -> str:
        names = {os.SCHED_IDLE: "idle", os.SCHED_BATCH: "batch"}
        return names.get(os.sched_getscheduler(threading.get_native_id()), "other")

    def _helped(self, turn: Turn[Token]) -> str:
        """As a library with threads and programs of its own, which it has from before: their ids."""
        if not self._helpers:
            thread = threading.Thread(target=threading.Event().wait, daemon=True)
            thread.start()
            program = subprocess.Popen(["sleep", "3600"])
            self._helpers = f"{thread.native_id} {program.pid}"
        return self._helpers

    def _rests(self, turn: Turn[Token]) -> str:
        """Whether each of ten steps rested for as long as was worked before it, as far as it must."""
        rested = []
        for _ in range(10):
            began_s = time.monotonic()
            threading.Event().wait(0.005)
            worked_s = time.monotonic() - began_s
            turn.step()
            rested.append(time.monotonic() - began_s - worked_s >= min(worked_s, PAUSE_S))
        return "rested" if all(rested) else "went on"

    def _pry(self, turn: Turn[Token]) -> str:
        """What it may of: its own file (which has a port in it), one beside its folder, and a connection."""
        own = (self._model.folder or Path()) / "weights"
        beside, port = own.parents[1] / "ledger.db", int(own.read_text())
        tried: dict[str, Callable[[], object]] = {
            "write": lambda: own.write_text("x"),
            "read-beside": beside.read_text,
            "write-beside": lambda: beside.write_text("x"),
            "call": lambda: socket.create_connection(("127.0.0.1", port), 5),
        }
        may = ["read"]
        for name, act in tried.items():
            with contextlib.suppress(PermissionError):
                act()
                may.append(name)
        return ",".join(may)

    def _flood(self, turn: Turn[Token]) -> str:
        for _ in range(5_000):
            turn.emit(Token("x"))
        return "flooded"


class ToyWithoutLibrary(ToyWriter):
    LIBRARY: ClassVar[str] = "a_library_that_nobody_has"


class ToyListener(_Toy):
    """Hears how many bytes each chunk has. Two may listen at a time."""

    PARALLEL: ClassVar[int] = 2

    def run(self, request: Listen, turn: Turn[Heard]) -> Transcribed:
        total = 0
        for data in turn.chunks():
            if request.phrases == ("slowly",):
                threading.Event().wait(0.03)
            total += len(data)
            turn.emit(Heard(f"{len(data)}"))
        return Transcribed(f"{total} bytes", (), total // (2 * request.rate_hz // 1000))


class ToyDetector(_Toy):
    """Finds one box around each picture, with the picture's mean as its score."""

    def run(self, request: Detect, turn: Turn[Nothing]) -> Detected:
        if request.threshold == 1:
            return Detected(((Box("all", 7, 0, 0, 0, 0),),))  # a share of seven: no such answer can be
        if request.labels == ("corner",):  # as fast as can be: one byte is looked at
            corner = int(request.pictures[0].pixels.data[-1]) / 255
            return Detected(((Box("corner", corner, 0, 0, 0, 0),),))
        found = []
        for picture in request.pictures:
            pixels = picture.pixels.array()
            height, width = pixels.shape[:2]
            score = round(float(pixels.mean()) / 255, 3) if pixels.size else 0.0
            found.append((Box("all", score, 0, 0, width, height),))
            turn.step()
        return Detected(tuple(found))


_: tuple[type[Engine[Complete, Token, Completed]], ...] = (ToyWriter,)
