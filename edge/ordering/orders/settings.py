"""Order settings from config.toml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault, ConfigFile, Section
from edge.ordering.orders.rules import Fulfilment

WIFI_BYTES = 32
"""The maximum length of a network name: IEEE 802.11, 9.4.2.2."""


class OrdersSection(Section, frozen=True, kw_only=True):
    """Section `[orders]` of config.toml.

    `phones`: whether customers' phones on the shop's network may order at `/shop`, without pairing. `tips`: which
    orders ask for a tip, deliveries or all. `tips_to`: whether a delivery's tip belongs to its driver or the pool;
    other tips belong to the pool. `no_show_fee_minor`: the most that is kept from a no-show's prepayment, in minor
    units; 0: nothing. `join_page`: head office's page that asks visitors on other networks to join `wifi`, the shop's
    network. `status_at_head_office`: head office also shows an order's status to holders of its QR code.
    """

    phones: bool = False
    tips: Literal["none", "delivery", "all"] = "delivery"
    tips_to: Literal["driver", "pool"] = "driver"
    no_show_fee_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    status_at_head_office: bool = False
    join_page: Annotated[str, msgspec.Meta(pattern=r"^(https://[^\s?#]+)?$(?!\n)", max_length=120)] = ""
    wifi: Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$(?!\n)")] = ""

    def asks_tip(self, fulfilment: Fulfilment) -> bool:
        """Whether orders fulfilled in this way ask for a tip."""
        return self.tips == "all" or (self.tips == "delivery" and fulfilment == "delivery")

    def faults(self) -> Iterator[ConfigFault]:
        """Check the settings that types can't express."""
        if bool(self.join_page) != bool(self.wifi):
            given, lacks = ("join_page", "wifi") if self.join_page else ("wifi", "join_page")
            yield ConfigFault(("orders", given), f"[orders] sets {given!r} without {lacks!r}.", f"Set {lacks!r} too.")
        if len(self.wifi.encode()) > WIFI_BYTES:
            what = f"A Wi-Fi name can have at most {WIFI_BYTES} bytes; this one has {len(self.wifi.encode())}."
            yield ConfigFault(("orders", "wifi"), what, "Set the name shown on phones.")
        if self.join_page and not self.phones:
            what = "[orders] sets 'join_page', but doesn't allow customers' phones."
            yield ConfigFault(("orders", "join_page"), what, "Also set phones = true.")
        if self.status_at_head_office and not self.join_page:
            what = "[orders] sets 'status_at_head_office' without the 'join_page' that shows it."
            yield ConfigFault(("orders", "status_at_head_office"), what, "Also set 'join_page' and 'wifi'.")


def shows_status(file: ConfigFile) -> bool:
    """Whether head office shows order status."""
    return file.has_head_office and file.of(OrdersSection).status_at_head_office


NOTHING_SAID = OrdersSection()
SECTION = ("orders", OrdersSection)
"""The section of config.toml."""
