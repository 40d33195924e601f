"""The self-service page, at the kiosk and on a phone.

The page for customers at a kiosk, and the same on phones in the shop's network (`/kiosk`, `/shop`): products, a cart,
an order, payment. It has only pages; carts and orders belong to orders, and `pages/visitor.py` there identifies the
visitor.

A kiosk's cart is that of its register; a phone's is in its cookie. Addresses contain no order secrets, as they're
logged. Accessibility modes (read aloud, large, low) are in `modes.js`, shared with the order page.
"""
