"""What customers see of carts and orders (kiosk, phone, status), and the manager's board."""

from edge.shop.orders.pages import board, kiosk, opening_hours, status

PAGES = (*kiosk.PAGES, *status.PAGES, *board.PAGES, *opening_hours.PAGES)
ENDPOINTS = (*kiosk.ENDPOINTS, *status.ENDPOINTS, *board.ENDPOINTS)
FRAGMENTS = board.FRAGMENTS
