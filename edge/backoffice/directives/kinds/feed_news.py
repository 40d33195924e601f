"""`feed_news`: {"feeds": [{"system": "quickbooks"}]}: accounting systems notified head office of changes. This is only
a hint: the shop fetches the data itself."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.feeds.commands import HearFeedNews, HookedKind
from edge.core.registry import Transaction


class ToldFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of connector with changes."""

    system: HookedKind


class ToldFeeds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `feed_news` directive: the systems with changes."""

    feeds: tuple[ToldFeed, ...]


def _apply(tx: Transaction, _number: int, told: tuple[ToldFeed, ...]) -> Applied:
    heard = {one.system: attempt(tx, HearFeedNews(one.system)) is not None for one in told}
    return Applied(sum(heard.values()), tuple(system for system, known in heard.items() if not known))


FEED_NEWS = Kind("feed_news", ToldFeeds, _apply, internal=True)
