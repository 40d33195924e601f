"""News of orders and stock, sent to web shops.

Tells web shops and platforms what becomes of their orders, and what there is of what at which price; what they
send is web orders.

Nothing is queued. What a channel knows is compared with what is so, and told where these differ: what failed is
told later as it is then, what was told twice is told the same. Goods are read there before they are set, and set
only if nobody bought meanwhile (`offers.offer_state`); where the web shop cannot compare by itself (WooCommerce),
that is a moment. What it took without an answer counts for half an hour as if it had been ordered there: less is
offered, never more.

Our own wire: one signed POST (`X-Signature-256`, with the channel's secret) to its address, JSON with a `kind`:

- `kind`: what it says: what is answered
- `status`: `reference`, `state` (as of our orders), `said`: anything of 2xx
- `goods`: nothing: what is sold there?: `{"goods": [{"sku", "price_minor", "pieces"}]}`, `pieces` null where it
  counts none
- `offers`: `offers`: name, price, modifiers and `pieces` (null: nobody counts them) of each, and what it had
  (`was`): `{"stale": [sku]}`: of these it had another number

One more profile: its file beside `shopify.py`, its line in `calls_of`, its word, its simulator in `sim/vendors`.
"""
