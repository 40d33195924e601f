"""The self-service page, at the kiosk and on a phone.

The page before which customers stand, and the same on a phone in the shop's network (`/kiosk`, `/shop`): goods, a
cart, an order, paying for it. It has pages alone; carts and orders are those of orders, who stands there says its
`pages/visitor.py`.

A kiosk's cart is that of its register; a phone's stands in its cookie. Addresses hold no secret of an order, as
logs keep them. What customers read aloud, large or low is `modes.js`, which the page of an order has, too.
"""
