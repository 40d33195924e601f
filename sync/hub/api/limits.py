"""Limits of the hub's API, and what happens when each is reached."""

from __future__ import annotations

from sync.limits import DIRECTIVE_BYTES

NARROW_DAYS = 8
"""Longest period in days whose rows are found first and then sorted."""
PAGE_ROWS = 200
"""Default rows per answer; `next` leads to the rest."""

PAGE_ROWS_MAX = 1000
"""Maximum rows per answer; a larger `limit` gets 400."""

PAGES_IN_SHOP = (100, 500)
"""Default and maximum rows per answer of reads that work as in the shop."""

SKIP_MAX = 1_000_000
"""Maximum rows to skip; to go further, use `next`."""

DAYS_MAX = 366
"""Maximum period in days; longer ones get 400."""

MOMENT_MAX_US = 32_503_680_000_000_000
"""Microseconds from 1970 to the year 3000; later times get 400."""

BODY_BYTES = 2 * DIRECTIVE_BYTES
"""Maximum size of a request's body; larger ones get 413."""

VALUE_CHARS = 400
"""Maximum length of a parameter; longer ones get 400."""

CONNECTIONS = 8
"""Postgres connections for reading."""

CONNECTIONS_OF_A_TENANT = 4
"""Maximum reading connections per tenant, so that some remain for others during its long reads."""

PUBLISHING_CONNECTIONS = 2
"""Postgres connections for publishing."""

FINDING_CONNECTIONS = 2
"""Postgres connections for looking up keys."""

WAITING = 512
"""Maximum requests in progress or waiting for a connection; the next one gets 503 and may retry."""

WAITING_OF_A_TENANT = 16
"""Maximum requests of one tenant in progress or waiting; its next one gets 429, and other tenants are unaffected."""

EXPORTS = 2
"""Maximum tenant exports at a time, as each holds a connection. The next one gets 503."""

EXPORT_PIECE_S = 60.0
"""Time limit for a client to receive a piece of an export. Slower clients are disconnected, as they delay vacuuming."""

STRANGERS = 8
"""Maximum requests in `WAITING` with an unknown key; the next one gets 503, and known clients are unaffected."""

PEOPLE_CONNECTIONS = 2
"""Postgres connections for people: passwords, tokens, second factors."""

SIGNING_IN = 32
"""Maximum sign-ins in progress; the next one gets 503, and programs with keys are unaffected."""

REPORTING = 32
"""Maximum message reports in progress; the next one gets 503, and the service retries."""

ASKING_CONNECTIONS = 2
"""Postgres connections for phones asking about an order."""

ASKING = 32
"""Maximum order requests of phones in progress; the next one gets 503, and others are unaffected."""

ORDER_ANSWER_S = 0.05
"""Minimum time until an order request is answered, so that timing doesn't reveal the result."""

ORDER_BODY_BYTES = 1024
"""Maximum size of an order request's body; larger ones get 413."""

KEY_CACHE = 10_000
"""Maximum keys cached with their tenant; the least recently used is dropped."""

KEY_REQUESTS_A_SECOND, KEY_REQUESTS_BURST = 20.0, 300
"""Maximum sustained and burst requests per key and address; above that, 429. Other addresses of the key are
unaffected.
"""
KEY_RATES = 50_000
"""Maximum pairs of key and address counted; the least recently used is dropped."""

REPORT_BYTES = 32 * 1024
"""Maximum size of a service's unauthenticated message report; larger ones get 413."""
ORDER_BYTES = 64 * 1024
"""Maximum size of a web shop's unauthenticated order, the same as a box's."""

WEBHOOK_BYTES = 256 * 1024
"""Maximum size of a payment provider's webhook; larger ones get 413."""

WEBHOOK_CODES = 20
"""Maximum verification codes to store for providers being set up, until head office restarts; above that, 429."""

TILL_HOOK_BYTES = 2 * 1024 * 1024
"""Maximum size of a third-party till's webhook; larger ones get 413. Toast's can exceed 600 kB."""

TILL_HOOKS_A_SECOND, TILL_HOOKS_BURST = 20.0, 200
"""Maximum sustained and burst webhooks per till (a till's configuration may set another burst); above that, 429, and
the till retries.
"""

BODY_S = 15.0
"""Time limit for a body to arrive; then 408."""

SIGN_IN_BODY_S = 5.0
"""Time limit for the body of a sign-in, which is short."""

QUERY_S = 15.0
"""Time limit of a request in Postgres; then it gets 503, and the client should request less."""

RETRY_AFTER_S = 1
"""Seconds after which a client rejected for load should retry."""

REQUEST_CHARS = 80
"""Maximum length of an Idempotency-Key; longer ones get 400."""

CLOSE_S = 5.0
"""Time limit for requests to finish when the process is stopped."""

HSTS_S = 30 * 24 * 3600
"""Seconds for which a browser must use TLS after an answer by TLS."""
