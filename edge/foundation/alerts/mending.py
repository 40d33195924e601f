"""Pages on which users deal with a kind of alert: pages of capabilities, and of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from edge.core.services import Service

MENDED_AT: Service[Mapping[str, str]] = Service("pages of alerts", lambda site: site.shop.registry.mended_at)
"""The address of the page by kind of alert (`Watch.mended_at`). The part adds the machine's kinds."""


def address_for(template: str, values: Mapping[str, str | int]) -> str:
    """Fill an alert's values into an address. If a value is missing, as in an alert of an earlier version, return the
    address of the page itself.

    >>> address_for("/manager/stock/item?sku={sku}", {"sku": "a&b"}), address_for("/manager/stock/item?sku={sku}", {})
    ('/manager/stock/item?sku=a%26b', '/manager/stock/item')
    """
    try:
        return template.format_map({name: quote(str(value), safe="") for name, value in values.items()})
    except KeyError:
        return template.partition("?")[0]
