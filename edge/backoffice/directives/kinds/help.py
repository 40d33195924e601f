"""`help`: {"help": [{"case": "…", "help": "…", "device": "till-1", "question": "log", "subject": "", "by": "person-3",
"until_us": 1, "seal_to": "…"}]}: a remote help request from head office's support; see `edge/backoffice/support`.
Published only through its own address."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind
from edge.backoffice.support.commands import AskHelp
from edge.core.registry import Transaction


class HelpWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `help` directive: exactly one request."""

    help: Annotated[tuple[AskHelp, ...], msgspec.Meta(min_length=1, max_length=1)]


def _apply(tx: Transaction, _number: int, asked: tuple[AskHelp, ...]) -> Applied:
    return Applied(sum(bool(tx.do(one).events) for one in asked))


HELP = Kind("help", HelpWanted, _apply, guarded=True, internal=True)
