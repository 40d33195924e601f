"""Limits of the hub's API, and what happens when each is reached."""

from __future__ import annotations

from sync.limits import DIRECTIVE_BYTES

NARROW_DAYS = 8
"""Up to this many days, rows are found before they are sorted."""
PAGE_ROWS = 200
"""Default rows per answer; `next` leads to the rest."""

PAGE_ROWS_MAX = 1000
"""The most rows per answer; larger limits get 400."""

PAGES_IN_SHOP = (100, 500)
"""Rows per answer of reads that are as in the shop: default and most."""

SKIP_MAX = 1_000_000
"""The most rows skipped; readers of more use `next`."""

DAYS_MAX = 366
"""The longest period in days; longer ones get 400."""

MOMENT_MAX_US = 32_503_680_000_000_000
"""Microseconds from 1970 to the year 3000; later times get 400."""

BODY_BYTES = 2 * DIRECTIVE_BYTES
"""A request's body; larger ones get 413."""

VALUE_CHARS = 400
"""Of a parameter; longer ones get 400."""

CONNECTIONS = 8
"""Postgres connections for reading."""

CONNECTIONS_OF_A_TENANT = 4
"""Reading connections that one tenant may use, leaving some for others during its long reads."""

PUBLISHING_CONNECTIONS = 2
"""Postgres connections for publishing."""

FINDING_CONNECTIONS = 2
"""Postgres connections for looking up keys."""

WAITING = 512
"""Requests in progress or waiting for a connection; the next gets 503 and may retry."""

WAITING_OF_A_TENANT = 16
"""Of these, one tenant's; its next gets 429, and others are unaffected."""

EXPORTS = 2
"""Tenant exports at once; each holds a connection. The next gets 503."""

EXPORT_PIECE_S = 60.0
"""Time a client has to take a piece of an export; then it's disconnected, as it delays vacuuming."""

STRANGERS = 8
"""Of these, with a new key; the next gets 503, and known clients are unaffected."""

PEOPLE_CONNECTIONS = 2
"""Postgres connections for people: passwords, tokens, second factors."""

SIGNING_IN = 32
"""Of requests in progress, people signing in; the next gets 503, and programs with keys are unaffected."""

REPORTING = 32
"""Of requests in progress, services reporting on messages; the next gets 503, and they retry."""

ASKING_CONNECTIONS = 2
"""Postgres connections for phones asking about an order."""

ASKING = 32
"""Of requests in progress, such phones; the next gets 503, and others are unaffected."""

ORDER_ANSWER_S = 0.05
"""Minimum time of their answers, so that timing doesn't reveal the result."""

ORDER_BODY_BYTES = 1024
"""Body of such a phone's request; larger ones get 413."""

KEY_CACHE = 10_000
"""Keys remembered with their tenant; the least recently used is looked up again."""

KEY_REQUESTS_A_SECOND, KEY_REQUESTS_BURST = 20.0, 300
"""Requests per key and address, sustained and at once; then 429, and its other addresses are unaffected."""
KEY_RATES = 50_000
"""Keys and addresses counted; the least recently used is reset."""

REPORT_BYTES = 32 * 1024
"""A service's report on messages, unauthenticated; larger ones get 413."""
ORDER_BYTES = 64 * 1024
"""A web shop's order, unauthenticated: the same limit as a box's."""

WEBHOOK_BYTES = 256 * 1024
"""A payment provider's webhook; larger ones get 413."""

WEBHOOK_CODES = 20
"""Verification codes of addresses, for a provider being set up, until head office restarts; then 429."""

TILL_HOOK_BYTES = 2 * 1024 * 1024
"""A webhook of a third-party till: Toast's are up to over 600 kB. Larger ones get 413."""

TILL_HOOKS_A_SECOND, TILL_HOOKS_BURST = 20.0, 200
"""Webhooks per till examined, the burst unless its place sets another; then 429, and the till retries."""

BODY_S = 15.0
"""Time for a body to arrive; then 408."""

SIGN_IN_BODY_S = 5.0
"""The same when signing in, as the body is short."""

QUERY_S = 15.0
"""A request's time in Postgres; then 503: ask for less."""

RETRY_AFTER_S = 1
"""Delay suggested to a client that was rejected by load."""

REQUEST_CHARS = 80
"""Of an Idempotency-Key; longer ones get 400."""

CLOSE_S = 5.0
"""Time for requests to finish when the process is stopped."""

HSTS_S = 30 * 24 * 3600
"""How long a browser must use TLS after an answer by TLS (seconds)."""
