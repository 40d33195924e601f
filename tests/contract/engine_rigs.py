"""What the engines' contract test needs of each: a model for it on this machine, and requests.

One more engine joins with one class, in a file of its own or of its kind's (`rigs_speech.py`), and its place in RIGS of
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
    """`kind` and `engine` as in the registry. Anything may skip the test, with a word on what is missing here."""

    kind: str
    engine: str

    def plan(self, folder: Path) -> Plan:
        """A model for it; `folder` is private and empty."""
        raise NotImplementedError

    def request(self) -> Request[Any, Any]:
        """One that takes from some milliseconds to a few seconds."""
        raise NotImplementedError

    def sound(self) -> bytes:
        """What is fed to it, for kinds that are fed."""
        return b""

    def check(self, partials: list[Any], reply: Any) -> None:
        """That the request was answered as a user would want it."""
        raise NotImplementedError

    def refused(self) -> Request[Any, Any] | None:
        """One that this engine says no to, None where there is none."""
        return None

    def odd(self) -> list[Request[Any, Any]]:
        """Borders and nonsense: each must be answered or refused."""
        return []


def text(words: str) -> Complete:
    return Complete((Message("user", words),))


def grey(height: int, width: int, value: int = 51) -> Picture:
    """One colour all over."""
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
