"""News of orders and stock, sent to web shops.

Tells web shops and platforms the status of their orders, and our available products with prices; their messages to us
are in web orders.

There is no queue. A channel's known state is compared with the current one, and differences are sent. So a failed
message is sent later with the state at that time, and a repeated one has no further effect. Products are read there
before they're set, and set only if none was bought meanwhile (`offers.offer_state`). If the web shop has no atomic
comparison (WooCommerce), a short gap remains. An update without an answer counts for half an hour as if it had been
ordered there: less is offered, never more.

Our own protocol: one signed POST (`X-Signature-256`, with the channel's secret) to its address, JSON with a `kind`.
Each kind, its content and the answer:

- `status`: `reference`, `state` (as of our orders), `said`: any 2xx
- `goods`: none: asks for the products sold there: `{"goods": [{"sku", "price_minor", "pieces"}]}`, `pieces` null if it
  doesn't count them
- `offers`: `currency` of the prices; `offers`: name, price, modifiers and `pieces` (null: not counted) of each, and its
  previous number (`was`): `{"stale": [sku]}`: those with another number there

To add a profile: its file beside `shopify.py`, its line in `calls_of`, its text, its simulator in `sim/vendors`.
"""
