"""Content of QR codes for customers' phones: the box's address, or head office's page about joining the Wi-Fi."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from aiohttp import web

from edge.core.addresses import address_of
from edge.ordering.orders.order import secret_in
from edge.ordering.orders.settings import OrdersSection, shows_status
from edge.runtime.config import CONFIG
from edge.web.caller import origin_of
from edge.web.context import SITE

_LOCAL = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)
"""Networks whose addresses the join page redirects to (`sync/hub/api/join/join.js`), in addition to names ending in
`.local`.
"""


def link_by_join_page(request: web.Request, path: str) -> str:
    """Return the address of a path on this box, for phones that may be outside the shop's network.

    If `[orders]` sets one, it is head office's join page, with the Wi-Fi and the box's address in the fragment, which
    isn't sent to servers. For an order it also has the store, if the status page is used. The box's address comes last
    and unescaped, because tills and kiosks read the end of it.
    """
    config = request.app[SITE].services.of(CONFIG)
    link, section = origin_of(request) + path, config.of(OrdersSection)
    if not section.join_page or not _is_local(urlsplit(link).hostname or ""):
        return link
    of = f"&of={config.store.tenant}/{config.store.id}" if shows_status(config) and secret_in(path) else ""
    return f"{section.join_page}#wifi={quote(section.wifi, safe='')}{of}&to={link}"


def _is_local(host: str) -> bool:
    if host.endswith(".local"):
        return True
    try:
        address = address_of(host)
    except ValueError:
        return False
    return any(address in network for network in _LOCAL)
