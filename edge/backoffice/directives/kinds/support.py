"""`support`: {"asks": [{"case": "…", "question": "check", "reason": "…", "by": "person-3", "until_us": 1, "seal_to":
"…"}]}: head office requests diagnostics; see `edge/backoffice/support`. Published only through its own address."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.support.commands import AskSupport
from edge.core.registry import Transaction


class Asks(msgspec.Struct, frozen=True):
    """The body of a `support` directive."""

    asks: tuple[AskSupport, ...]


def _apply(tx: Transaction, _number: int, asks: tuple[AskSupport, ...]) -> Applied:
    late = tuple(one.case for one in asks if attempt(tx, one) is None)
    return Applied(len(asks) - len(late), late)


SUPPORT = Kind("support", Asks, _apply, guarded=True)
