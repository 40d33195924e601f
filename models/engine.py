"""What an engine is: one way of running one kind of model, inside a worker process.

It knows nothing of processes, queues or deadlines. It loads a model once, answers one request after
another, and between two steps of its work asks its `Turn` to go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

import msgspec

Request_contra = TypeVar("Request_contra", contravariant=True)
Partial_contra = TypeVar("Partial_contra", contravariant=True)
Partial_co = TypeVar("Partial_co", covariant=True)
Reply_co = TypeVar("Reply_co", covariant=True)


class Model(msgspec.Struct, frozen=True):
    """The model that an engine is to load, as the manifest has it: its folder, and those files in it that it names.

    Both are empty where the library brings what it needs. `threads`: how many the engine may use.
    """

    name: str
    folder: Path | None = None
    files: tuple[Path, ...] = ()
    languages: tuple[str, ...] = ()
    threads: int = 1

    @property
    def path(self) -> Path:
        """Its first file; the folder where no file is named."""
        if place := next(iter(self.files), self.folder):
            return place
        raise ValueError(f"{self.name} has no files")


class Turn(Protocol[Partial_contra]):
    """An engine's turn at one request: how partial results leave, sound arrives, and others come in between.

    Each of its methods may rest a while, when the till is active, and raises `errors.Stopped` once nobody waits
    for the answer. An engine calls one of them at least every 100 ms or so where it can.
    """

    @property
    def threads(self) -> int:
        """How many threads to use for the next step: fewer while the till is active."""

    @property
    def stopped(self) -> bool:
        """Whether nobody waits any more, for callbacks out of which an exception finds no way."""

    def step(self) -> None:
        """Between two tokens, frames or pages."""

    def emit(self, partial: Partial_contra) -> None:
        """Send a partial result; a step too."""

    def chunks(self) -> Iterator[bytes]:
        """The sound as it is fed (kinds of which `fed` is true), in pieces of any even length, to its end."""


class Engine(Protocol[Request_contra, Partial_co, Reply_co]):
    """One file in models/, and one line in the registry.

    The class has a nested `Config`: a frozen msgspec struct that forbids unknown fields, each with a default and a
    description. It is made as `Engine(config, model)`, which must do no work: its library is imported by `load`.

    Its worker opens the model's files, temporary ones and programs, and no others (`sandbox`). One that also needs TCP
    says so as `NETWORK: ClassVar[Network]`: that it "listens", or "connects".
    """

    LIBRARY: ClassVar[str]
    """The module that `load` imports first, "" for none. Where it is not installed, the model is `missing`."""
    PARALLEL: ClassVar[int]
    """How many requests it may run at a time, each in a thread of its own."""

    def load(self) -> None:
        """Make ready, and warm up. Raises `errors.Unusable`; whatever else it raises is a fault of the engine."""

    def run(self, request: Request_contra, turn: Turn[Partial_co]) -> Reply_co:
        """Answer one request.

        Raises `errors.Refused` for what it cannot do. Another exception fails this request alone.
        Tensors of the request may be used until this returns, and must not be kept.
        """

    def close(self) -> None:
        """Let go of what was loaded; harmless when repeated. The process ends behind it."""
