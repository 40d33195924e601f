"""Customers' order status pages, and the manager's board and lists."""

from edge.ordering.orders.pages import board, making, status, week
from edge.ordering.orders.settings import OrdersSection
from edge.web.pairing import OpenTo

PAGES = (*status.PAGES, *board.PAGES, *making.PAGES, *week.PAGES)
ENDPOINTS = (*status.ENDPOINTS, *board.ENDPOINTS, *week.ENDPOINTS)
FRAGMENTS = (*board.FRAGMENTS, *making.FRAGMENTS)
OPEN_TO = (
    # Open to customers' phones on the shop's network, if `[orders] phones` is set.
    OpenTo(below=("/order/", "/pictures/", "/receipt/"), when=lambda config: config.of(OrdersSection).phones),
)
