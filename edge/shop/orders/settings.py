"""What config.toml says of orders."""

from __future__ import annotations

from edge.core.config_section import Section


class OrdersSection(Section, frozen=True, kw_only=True):
    """`[orders]`. `phones`: whether customers' phones in the shop's network may order at `/shop`, unpaired."""

    phones: bool = False


SECTION = ("orders", OrdersSection)
"""Of config.toml."""
