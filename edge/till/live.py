"""What a store decides about its tills, as it is at any moment: config.toml, and what was said of it since."""

from __future__ import annotations

import msgspec

from edge.core.database import Connection
from edge.settings.queries import Live, any_texts, lines_at
from edge.till.settings import TillSettings


class LiveTill:
    """Asked inside the transaction, or at the moment of use: a change holds at once (`edge/settings`)."""

    def __init__(self, base: TillSettings) -> None:
        self._live = Live(
            base,
            *("store.header", "store.footer", "store.language"),
            *("catalog.retired", "codes.expired", "till.refunds_without_receipt"),
            *("till.sign_in", "till.sign_out_min"),
        )

    def at(self, db: Connection, at_us: int) -> TillSettings:
        """The settings at a moment, as `db` has them."""
        now = self._live.at(db)
        if not any_texts(db):
            return now
        above = lines_at(db, "receipt_above", now.language, at_us)
        below = lines_at(db, "receipt_below", now.language, at_us)
        return msgspec.structs.replace(now, above=above, below=below) if above or below else now
