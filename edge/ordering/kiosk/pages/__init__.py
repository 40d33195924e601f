"""The kiosk, and the same on phones in the shop's network: browse, search, cart, order, payment."""

from edge.ordering.kiosk.pages import kiosk, kiosk_pay
from edge.ordering.orders.settings import OrdersSection
from edge.web.pairing import OpenTo

PAGES = kiosk.PAGES
ENDPOINTS = (*kiosk.ENDPOINTS, *kiosk_pay.ENDPOINTS)
OPEN_TO = (OpenTo(below=("/shop/",), when=lambda config: config.of(OrdersSection).phones),)
