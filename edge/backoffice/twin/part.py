"""Reports the state of the other machines to the supervisor, and so to `/healthz`, `edge check` and alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.backoffice.twin.status import TwinStatus
from edge.core.process.parts import PartState, Ready
from edge.lib.i18n import ENGLISH, translate

LOOK_S = 0.25
NAME = "twin"


class TwinPart:
    """Checks the other machines, and reports changes. `each_time` is called at each check."""

    def __init__(self, status: Callable[[], TwinStatus], each_time: Callable[[], None] = lambda: None) -> None:
        self._status, self._each_time = status, each_time

    async def run(self, ready: Ready) -> None:
        said: PartState | None = PartState("", "starting")
        while True:
            self._each_time()
            now = state_of(self._status())
            if now != said:
                said = now
                ready(now)
            await asyncio.sleep(LOOK_S)


def state_of(status: TwinStatus) -> PartState | None:
    """The state of the part for the supervisor; None if there is no problem."""
    if status.state in ("both", "follows"):
        return None
    key = f"twin.{status.state}"
    what, advice = translate(ENGLISH, key), translate(ENGLISH, f"{key}_do")
    return PartState("", "lost", what, advice, key, {})
