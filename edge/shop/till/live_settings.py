"""What a store decides about its tills, as it is at any moment: config.toml, and what was said of it since."""

from __future__ import annotations

from edge.shop.settings.queries import LiveSettings
from edge.shop.till.settings import TillSettings


def live(base: TillSettings) -> LiveSettings[TillSettings]:
    """Asked inside the transaction, or at the moment of use: a change holds at once (`edge/shop/settings`)."""
    return LiveSettings(
        base,
        *("store.header", "store.footer", "store.language"),
        *("catalog.retired", "codes.expired", "till.refunds_without_receipt"),
        *("till.sign_in", "till.sign_out_min"),
    )
