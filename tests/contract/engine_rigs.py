"""What the engines' contract test needs for each engine: a model for it on this machine, and requests.

To add an engine, write a class in its own file or its kind's file (`rigs_speech.py`), and add it to RIGS in
`test_engines.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.kinds import Complete, Detect, Listen, Message, Picture, Request
from models.runtime.worker_host import Plan
from models.tensor import Tensor
from tests.toy_engines import plan


class Rig:
    """What the contract test needs for an engine.

    `kind` and `engine` as in the registry. Any method may skip the test, with a message about what is missing here.
    """

    kind: str
    engine: str

    def plan(self, folder: Path) -> Plan:
        """Return a plan with a model for the engine. `folder` is private and empty."""
        raise NotImplementedError

    def request(self) -> Request[Any, Any]:
        """Return a request that takes between some milliseconds and a few seconds."""
        raise NotImplementedError

    def sound(self) -> bytes:
        """Return the sound to feed, for kinds that receive sound."""
        return b""

    def check(self, partials: list[Any], reply: Any) -> None:
        """Check that the answer is what a user would want."""
        raise NotImplementedError

    def refused(self) -> Request[Any, Any] | None:
        """Return a request that this engine refuses; None if there is none."""
        return None

    def odd(self) -> list[Request[Any, Any]]:
        """Return edge cases and nonsense. Each must be answered or refused."""
        return []


def text(words: str) -> Complete:
    return Complete((Message("user", words),))


def grey(height: int, width: int, value: int = 51) -> Picture:
    """Return a picture in a single colour."""
    return Picture(Tensor.of(np.full((height, width, 3), value, np.uint8)))


class ToyWriterRig(Rig):
    kind, engine = "llm", "toy"

    def plan(self, folder: Path) -> Plan:
        return plan("llm")

    def request(self) -> Complete:
        return text("good SLOW morning")

    def check(self, partials: list[Any], reply: Any) -> None:
        assert [token.text for token in partials] == ["good", "slow", "morning"]
        assert reply.text == "good slow morning"

    def refused(self) -> Complete:
        return text("REFUSE")

    def odd(self) -> list[Request[Any, Any]]:
        return [text(""), text("\0 \ud7ff \U0001f600 שלום")]


class ToyListenerRig(Rig):
    kind, engine = "stt", "toy"

    def plan(self, folder: Path) -> Plan:
        return plan("stt")

    def request(self) -> Listen:
        return Listen("en", phrases=("slowly",))

    def sound(self) -> bytes:
        return bytes(32_000)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert sum(int(heard.text) for heard in partials) == 32_000
        assert reply.sound_ms == 1_000


class ToyDetectorRig(Rig):
    kind, engine = "detect", "toy"

    def plan(self, folder: Path) -> Plan:
        return plan("detect")

    def request(self) -> Detect:
        return Detect((grey(480, 640), grey(2, 3, 255)))

    def check(self, partials: list[Any], reply: Any) -> None:
        (large,), (small,) = reply.boxes
        assert (large.score, large.right, large.bottom) == (0.2, 640, 480)
        assert (small.score, small.right, small.bottom) == (1.0, 3, 2)

    def odd(self) -> list[Request[Any, Any]]:
        return [Detect(()), Detect((grey(0, 0),))]


TOYS: tuple[type[Rig], ...] = (ToyWriterRig, ToyListenerRig, ToyDetectorRig)
