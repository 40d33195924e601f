"""What customers see of carts and orders (kiosk, phone, status), and the manager's board and lists."""

from edge.shop.orders.pages import board, kiosk, making, opening_hours, status, week

PAGES = (*kiosk.PAGES, *status.PAGES, *board.PAGES, *making.PAGES, *opening_hours.PAGES, *week.PAGES)
ENDPOINTS = (*kiosk.ENDPOINTS, *status.ENDPOINTS, *board.ENDPOINTS, *week.ENDPOINTS)
FRAGMENTS = (*board.FRAGMENTS, *making.FRAGMENTS)
