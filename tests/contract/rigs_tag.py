"""The tagger that comes with the appliance, for the engines' contract test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.kinds import Request, Tag
from models.manifest import entries
from models.manifest.availability import find
from models.runtime.worker_host import Plan
from tests.contract.engine_rigs import Rig


class TagNetworkRig(Rig):
    kind, engine = "tag", "network"

    def plan(self, folder: Path) -> Plan:
        found = find(entries()["understanding"], folder)
        if not isinstance(found, Plan):
            pytest.skip(found.what)
        return found

    def request(self) -> Tag:
        return Tag(("we", "took", "3", "bagels", "for", "table", "12"), ("f", "o", "n", "g", "c", "q", "n"), "en")

    def check(self, partials: list[Any], reply: Any) -> None:
        assert reply.tags == ("O", "O", "B-n", "B-out", "O", "O", "O")
        assert reply.intent == "told"

    def refused(self) -> Request[Any, Any]:
        return Tag(("took",), (), "en")

    def odd(self) -> list[Request[Any, Any]]:
        thousand = tuple(str(one) for one in range(1000))
        return [
            Tag((), ()),
            Tag(("",), ("",)),
            Tag(("\U0001f600", "\0", "\ud7ff"), ("", "zzz", "ogn"), "fr", "customer"),
            Tag(thousand, ("n",) * 1000, "he"),
        ]


TAG: tuple[type[Rig], ...] = (TagNetworkRig,)
