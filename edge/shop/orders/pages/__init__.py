"""What customers see of carts and orders (kiosk, phone, status), and the manager's board and lists."""

from edge.shop.orders.pages import board, kiosk, kiosk_pay, making, status, week
from edge.shop.orders.settings import OrdersSection
from edge.web.pairing import OpenTo

PAGES = (*kiosk.PAGES, *status.PAGES, *board.PAGES, *making.PAGES, *week.PAGES)
ENDPOINTS = (*kiosk.ENDPOINTS, *kiosk_pay.ENDPOINTS, *status.ENDPOINTS, *board.ENDPOINTS, *week.ENDPOINTS)
FRAGMENTS = (*board.FRAGMENTS, *making.FRAGMENTS)
OPEN_TO = (
    # what phones of customers in the shop's network see, where `[orders] phones` lets them in
    OpenTo(below=("/shop/", "/order/", "/pictures/", "/receipt/"), when=lambda config: config.of(OrdersSection).phones),
)
