"""Which refusals for want of a right the journal is told of: enough to see what is tried, too few to fill it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.core.journal.rows import RightDenied
from edge.core.limits import DENIALS_EVERY_US, DENIALS_KEPT, DENIALS_OF_NOBODY_EVERY_US, DENIED_NETWORKS
from edge.core.messages import Actor

Key = tuple[str, str, str]


class _Kind(msgspec.Struct):
    written_us: int
    unwritten: int = 0
    networks: dict[str, None] = {}


class Denials:
    """What was denied of late, by who asked, where and for what; of those who are nobody, all in one."""

    def __init__(self) -> None:
        self._of: dict[Key, _Kind] = {}

    def row(self, actor: Actor, values: Mapping[str, str | int], now_us: int) -> RightDenied | None:
        """The row for one more refusal, whose `values` say what it was for; None: it is counted for the next one."""
        what = str(values.get("command") or f"query {values.get('query', '')}")
        key: Key = ("", "", "") if actor.anonymous else (actor.name, actor.register, what)
        every_us = DENIALS_OF_NOBODY_EVERY_US if actor.anonymous else DENIALS_EVERY_US
        kind = self._of.get(key)
        if kind is None:
            if len(self._of) >= DENIALS_KEPT:
                self._of.clear()
            kind = self._of[key] = _Kind(now_us - every_us)
        kind.unwritten += 1
        if actor.anonymous and actor.network and len(kind.networks) < DENIED_NETWORKS:
            kind.networks[actor.network] = None
        if now_us - kind.written_us < every_us:
            return None
        count, networks = kind.unwritten, tuple(kind.networks)
        self._of[key] = _Kind(now_us)
        return RightDenied(what, str(values.get("right", "")), count, networks)
