"""`pos_news`: {"tills": [{"pos": "bar"}]}: third-party tills notified head office of sales. This is only a hint: the
shop fetches the sales itself."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.other_tills.commands import HearPosNews, TillId
from edge.core.registry import Transaction


class ToldTill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A till's id in the shop."""

    pos: TillId


class ToldTills(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `pos_news` directive: the tills with news."""

    tills: tuple[ToldTill, ...]


def _apply(tx: Transaction, _number: int, told: tuple[ToldTill, ...]) -> Applied:
    heard = {one.pos: attempt(tx, HearPosNews(one.pos)) is not None for one in told}
    return Applied(sum(heard.values()), tuple(pos for pos, known in heard.items() if not known))


POS_NEWS = Kind("pos_news", ToldTills, _apply, internal=True)
