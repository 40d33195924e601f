"""What a store decides about its tills, as it is at any moment: config.toml, and what was said of it since."""

from __future__ import annotations

from edge.settings.queries import Live
from edge.till.settings import TillSettings


def live(base: TillSettings) -> Live[TillSettings]:
    """Asked inside the transaction, or at the moment of use: a change holds at once (`edge/settings`)."""
    return Live(
        base,
        *("store.header", "store.footer", "store.language"),
        *("catalog.retired", "codes.expired", "till.refunds_without_receipt"),
        *("till.sign_in", "till.sign_out_min"),
    )
