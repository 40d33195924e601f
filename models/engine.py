"""The interface of an engine, which runs one kind of model in one way, inside a worker process.

An engine knows nothing of processes, queues or deadlines. It loads a model once, answers requests one after another,
and calls its `Turn` between steps of its work.
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
    """The model to load, from the manifest: its folder and its files.

    Both are empty if the library includes the model. `threads`: the maximum number of threads for the engine.
    """

    name: str
    folder: Path | None = None
    files: tuple[Path, ...] = ()
    languages: tuple[str, ...] = ()
    threads: int = 1

    @property
    def path(self) -> Path:
        """The first file, or the folder if no file is named."""
        if place := next(iter(self.files), self.folder):
            return place
        raise ValueError(f"{self.name} has no files")


class Turn(Protocol[Partial_contra]):
    """An engine's turn at a request: it sends partial results, receives sound, and lets others run between steps.

    Each method may pause while the till is active, and raises `errors.Stopped` once no caller waits for the answer.
    Engines should call one at least every 100 ms.
    """

    @property
    def threads(self) -> int:
        """The number of threads for the next step: fewer while the till is active."""

    @property
    def is_stopped(self) -> bool:
        """Whether no caller waits any longer, for callbacks that can't raise exceptions."""

    def step(self) -> None:
        """Let others run; engines call it between two tokens, frames or pages."""

    def emit(self, partial: Partial_contra) -> None:
        """Send a partial result; counts as a step."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the fed sound (for kinds with `fed`), in pieces of any even length, to its end."""


class Engine(Protocol[Request_contra, Partial_co, Reply_co]):
    """An engine: one file in models/ and one line in the registry.

    The class has a nested `Config`: a frozen msgspec struct that forbids unknown fields, each with a default and a
    description. It's created as `Engine(config, model)`, which must do no work: `load` imports its library. Its worker
    may open only the model's files, temporary files and programs (`sandbox`). An engine that needs TCP declares
    `NETWORK: ClassVar[Network]` as "listens" or "connects".
    """

    LIBRARY: ClassVar[str]
    """The module that `load` imports first, or "". If it's not installed, the model is `missing`."""
    PARALLEL: ClassVar[int]
    """Maximum requests at a time, each in its own thread."""

    def load(self) -> None:
        """Load the model and warm up. Raises `errors.Unusable`; other exceptions count as faults of the engine."""

    def run(self, request: Request_contra, turn: Turn[Partial_co]) -> Reply_co:
        """Answer a request.

        Raises `errors.Refused` if the engine can't answer it; any other exception fails only this request. The
        request's tensors are valid only until this returns.
        """

    def close(self) -> None:
        """Release everything loaded; idempotent. The process ends afterwards."""
