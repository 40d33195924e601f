"""Limits of the panel, with the behaviour when each is reached."""

from __future__ import annotations

BODY_BYTES = 256 * 1024
"""Largest request body. A larger one is answered 413: send it as a job."""

PAGES_OPEN = 64
"""Maximum connected pages. Further ones are asked to try again later (WebSocket close code 1013)."""

PAGES_OF_OTHERS = 48
"""Maximum connected pages of other machines. The rest is reserved for this machine's own till."""

PAGES_OF_ONE = 12
"""Maximum connected pages of a single other address."""

LOCAL_CONNECTIONS = 256
"""Maximum connections of this machine to itself. A further one replaces the oldest idle connection; if none is idle,
the new connection is closed.
"""

CONNECTIONS_OF_OTHERS = 256
"""Maximum connections of other machines; handled in the same way."""

CONNECTIONS_OF_ONE = 32
"""Maximum connections of a single other address; handled in the same way."""

ACCEPTED_AT_ONCE = 8
"""Connections accepted in a row before others have a turn."""

ACCEPT_AGAIN_S = 1.0
"""How long to accept no connections after the system runs out of them."""

LOG_INTERVAL_S = 60.0
"""Shortest interval between log messages about this."""

BACKLOG = 512
"""Connections waiting in the kernel to be accepted. It doesn't answer further ones, which try again."""

HEAD_S = 10.0
"""Time for a connection's handshake and the first request head; then it is closed."""

IDLE_S = 75.0
"""How long an idle connection stays open. Browsers then open another one."""

BODY_S = 20.0
"""Time for a request body, in addition to its size at BODY_BYTES_PER_S; then the connection is closed."""

BODY_BYTES_PER_S = 64 * 1024
"""Slowest supported network for uploads."""

LINGER_S = 2.0
"""How long the other side may take to close, or to send data that we discard."""

CALLERS_COUNTED = 4096
"""Callers whose requests are counted, per class (`rate_limit.py`). The least recent one is forgotten."""

CERTIFICATES_LOOKED_AT_S = 60.0
"""Interval of checks of whether the certificate is still current."""

SLICE_S = 0.002
"""Longest part of a page rendered at a time, between two printed values."""

TILL_WAITS_S = 0.05
"""How long a page's next slice waits for a till command to be answered."""

PAGE_WAITS_S = 0.5
"""How long a page waits for tills in total. After that, it's rendered slice by slice without waiting."""

MESSAGE_BYTES = 1024
"""Size of a page's message, which is always short: a larger one closes the connection."""
CODES_WAITING = 8
"""Scanned codes waiting to be sent to a page. If the page doesn't read them, the oldest are dropped."""

HEARTBEAT_S = 10.0
"""Interval of pings to a page. A page that doesn't answer within half of it is disconnected, and its queue is dropped.
"""

CLOSE_S = 0.5
"""How long a disconnected page may take to close."""

SOON_S = 0.2
"""The shortest interval of updates that aren't urgent (progress, positions, lists)."""

TICK_S = 1.0
"""Interval of checks of the clock and the sync position."""

REMEMBERED_ANSWERS = 32
"""Answers of expensive queries to remember until the next commit. When there are more, all are forgotten."""

QUERIES_WAITING = 32
"""Queries waiting for the reader's thread. The next one is answered 503."""

HEAVY_AT_ONCE, HEAVY_WAITING = 2, 8
"""Files, pictures and reports being processed, and waiting for it. The next one is answered 503."""

PICTURES_WAITING = 2
"""Camera pictures waiting to be processed. The next one is answered 503: a live camera soon sends another, and an old
picture is outdated."""

HEARTBEAT_LIMIT_S = 2.0
"""Longest round of the writer; a slower one is reported as unhealthy."""

RETRY_AFTER_S = 1
"""The wait suggested to a client that can't be served now."""

SALES_SHOWN = 6
"""Receipts in the cashier's list; the API has the others."""

SHORTAGES_SHOWN = 3
"""Products listed on a paid sale as not in stock; the stock check lists all."""

REFUNDABLE_SHOWN = 30
"""Receipts offered in the refund dialog; older ones are found by their number."""

SHIFTS_SHOWN = 50
"""Shifts on a page of the manager's list; the next page has older ones."""

EVENTS_LISTED = 200
"""Events in one response to a program that follows the feed."""
EVENT_STREAMS = 8
"""Programs that may follow the event stream; further ones are asked to retry later, or to poll with a cursor."""
PAPERS_SHOWN = 50
"""Sales, voids and refunds per page of the list; the next page has older ones."""

Z_REPORTS_SHOWN = 8
"""Z reports in the till's dialog; the API has the others."""

BACKUP_OLD_S = 2 * 24 * 3600
"""Age of the newest backup at which the page warns."""

PRODUCTS_SHOWN = 12
"""Search results to show; a longer text finds fewer."""

GOODS_SHOWN = 50
"""Products per page of the manager's list."""
PROMOTIONS_SHOWN = 100
"""Promotions per page."""

PREPARE_AFTER_S = 3.0
"""Delay after the start before the panel loads the code and data for the first search and the first sale."""

ADDRESS_RETRY_S = 1.0
"""Interval of retries to write the panel's address for the command line, if the disk was full at the start."""

JOBS_SHOWN = 5
"""Jobs on the manager's page; the API has the others."""

NOTES_SHOWN = 50
"""Rows of a job's report on the manager's page; the API has the others."""

JOURNAL_SHOWN = 15
"""Newest journal rows on the manager's page."""

JOURNAL_LISTED = 50
"""Rows per page of the journal, each with its text."""

CONTENT_LISTED = 40
"""Items to show of a list in a journal row; the rest is counted."""

CONTENT_TEXT = 300
"""Characters to show of a text in a journal row."""

AMOUNTS_CACHED = 4096
"""Formatted amounts to cache; the least recently used is evicted."""

CLIENT_TIMEOUT_S = 30.0
"""How long the command line waits for the appliance's answer."""

CLIENT_ATTEMPTS = 5
"""How many times the command line retries while the appliance is busy."""

VERDICT_S = 3.0
"""How long a scanning phone waits for the till's answer. After that, it asks the user to look at the till."""

VERDICTS_LIMIT = 256
"""Results of a phone's scans to remember for repeated requests; the oldest is dropped."""

HELD_SHOWN = 50
"""Held rows to show, oldest first."""

UPLOAD_BYTES = 64 * 1024 * 1024
"""Maximum size of an uploaded import file, compressed. Larger ones are answered 413: copy them to the appliance."""

EXPORT_S = 600.0
"""How long writing all products into a file may take before it is stopped."""

PICTURE_UPLOAD_BYTES = 16 * 1024 * 1024
"""Maximum size of an uploaded product picture. Larger ones are answered 413."""

PICTURE_PIXELS = 50_000_000
"""Pixels of an uploaded product picture. Larger ones get 422, as they need memory when decoded."""

PICTURE_S, PICTURE_MEMORY_BYTES = 20, 1024 * 1024 * 1024
"""CPU time and address space for re-encoding an uploaded picture. Beyond them the answer is 422."""

PICTURE_SIDE = 1200
"""Pixels of the longer side of a stored product picture; larger ones are scaled down."""

PICTURE_UNUSED_S = 3600.0
"""How long to keep an uploaded picture that no product uses, because its form may still be open."""

PICTURE_BYTES = 2 * 1024 * 1024
"""Largest picture from a phone. A larger one is answered 413; the page shrinks pictures before sending them."""
