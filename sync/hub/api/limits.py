"""Limits of the hub's API, and what happens when each is reached."""

from __future__ import annotations

from sync.limits import DIRECTIVE_BYTES

NARROW_DAYS = 8
"""Of so few days, at most, the rows are found before they are sorted."""
PAGE_ROWS = 200
"""Rows in an answer that does not say how many; `next` leads to the rest."""

PAGE_ROWS_MAX = 1000
"""Rows in an answer at most. Whoever asks for more is answered 400."""

PAGES_IN_SHOP = (100, 500)
"""The same of what is read as in the shop: where nobody says, and at most."""

SKIP_MAX = 1_000_000
"""Rows that are skipped at most: whoever reads so many goes on behind `next`."""

DAYS_MAX = 366
"""Of what is read by days, at most. More are answered 400."""

MOMENT_MAX_US = 32_503_680_000_000_000
"""Microseconds since 1970 until the year 3000; a later moment is answered 400."""

BODY_BYTES = 2 * DIRECTIVE_BYTES
"""A request's body. A larger one is answered 413."""

VALUE_CHARS = 400
"""Of a parameter. A longer one is answered 400."""

CONNECTIONS = 8
"""To Postgres, for reading; requests wait for one in turn ..."""

CONNECTIONS_OF_A_TENANT = 4
"""... of which one tenant has at most so many: its long reads leave room for its neighbours ..."""

PUBLISHING_CONNECTIONS = 2
"""... and for publishing ..."""

FINDING_CONNECTIONS = 2
"""... and for looking keys up."""

WAITING = 512
"""Requests at work or waiting for a connection. The next one is answered 503, and may come again."""

WAITING_OF_A_TENANT = 16
"""Of them, those of one tenant. Its next one is answered 429, and its neighbours notice nothing."""

EXPORTS = 2
"""Tenants whose data is taken out at once, one export each: each holds a connection. The next one is answered 503."""

EXPORT_PIECE_S = 60.0
"""How long whoever takes it may need for a piece. A slower one is cut off: it holds up the cleaning of tables."""

STRANGERS = 8
"""Of them, those whose key was not seen before. The next one is answered 503, and whoever is known notices nothing."""

PEOPLE_CONNECTIONS = 2
"""To Postgres, for people: passwords, tokens, second factors."""

SIGNING_IN = 32
"""Of requests at work, those of people who sign in. The next one is answered 503; programs with keys notice nothing."""

REPORTING = 32
"""Of requests at work, those of services that report on messages. The next one is answered 503, and they come again."""

ASKING_CONNECTIONS = 2
"""To Postgres, for phones that ask how far an order is."""

ASKING = 32
"""Of requests at work, those of such phones. The next one is answered 503; nobody else notices."""

ORDER_ANSWER_S = 0.05
"""How long each of their answers takes at least, so that it does not tell by its haste what was looked up."""

ORDER_BODY_BYTES = 1024
"""Of what such a phone asks. A larger one is answered 413."""

KNOWN_KEYS = 10_000
"""Keys of which it is remembered whose they are. The one that was used longest ago is looked up again."""

REPORT_BYTES = 32 * 1024
"""Of a service's report on messages, from anybody. A larger one is answered 413."""
ORDER_BYTES = 64 * 1024
"""Of a web shop's order, from anybody: as much as a box itself takes."""

WEBHOOK_BYTES = 256 * 1024
"""Of what a provider of card payments tells. A larger one is answered 413."""

WEBHOOK_CODES = 20
"""Codes that verify an address, of a provider that is being set up, until head office begins anew. More: 429."""

TILL_HOOK_BYTES = 2 * 1024 * 1024
"""Of a webhook of a till that is not ours: Toast's pass 600 kB. A larger one is answered 413."""

TILL_HOOKS_A_SECOND, TILL_HOOKS_BURST = 20.0, 200
"""Webhooks of one till that are looked at, the latter where its place says no other `burst`; beyond that it is answered
429, and the till comes again."""

BODY_S = 15.0
"""For a body to arrive. Then the request is answered 408."""

SIGN_IN_BODY_S = 5.0
"""For that of somebody who signs in, which is short."""

QUERY_S = 15.0
"""A request's time in Postgres. Then it is answered 503: ask for less."""

RETRY_AFTER_S = 1
"""What a client that came at a bad moment is asked to wait."""

REQUEST_CHARS = 80
"""Of an Idempotency-Key. A longer one is answered 400."""

CLOSE_S = 5.0
"""How long requests may take to end when the process is told to stop."""

HSTS_S = 30 * 24 * 3600
"""How long a browser that was answered by TLS comes by nothing else (seconds)."""
