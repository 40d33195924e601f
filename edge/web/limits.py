"""Every limit of the panel, with the behaviour when it is reached."""

from __future__ import annotations

BODY_BYTES = 256 * 1024
"""A request's body. A larger one is answered 413: send it as a job."""

PAGES_OPEN = 64
"""Connected pages. Further ones are asked to try again later (WebSocket close code 1013)."""

PAGES_OF_OTHERS = 48
"""Connections from other machines: the rest is reserved for this machine's own till."""

PAGES_OF_ONE = 12
"""Pages of one other address."""

LOCAL_CONNECTIONS = 256
"""Connections of this machine to itself. For the next one the oldest goes that asks nothing; else it is closed."""

CONNECTIONS_OF_OTHERS = 256
"""Connections of others, in the same way."""

CONNECTIONS_OF_ONE = 32
"""Connections of one other address, in the same way."""

ACCEPTED_AT_ONCE = 8
"""Connections accepted in a row before others have a turn."""

ACCEPT_AGAIN_S = 1.0
"""How long to accept no connections after the system runs out of them."""

LOG_INTERVAL_S = 60.0
"""How often that is said in the log."""

BACKLOG = 512
"""Connections that wait to be taken, in the kernel. It leaves further ones unanswered, and they try again."""

HEAD_S = 10.0
"""Within which a connection begins, shakes hands, and has sent the head of a request; else it is closed."""

IDLE_S = 75.0
"""How long a connection stays open on which nothing is asked. Browsers open another one."""

BODY_S = 20.0
"""Within which a body comes, and besides as long as it takes at BODY_BYTES_PER_S; else the connection is closed."""

BODY_BYTES_PER_S = 64 * 1024
"""The slowest network that brings a file."""

LINGER_S = 2.0
"""How long the other side may take to close, or to send data that is discarded."""

CALLERS_COUNTED = 4096
"""Callers whose requests are counted, by class (rate.py); who has not asked for longest is forgotten."""

CERTIFICATES_LOOKED_AT_S = 60.0
"""How often it is looked whether the certificate is still the right one."""

MESSAGE_BYTES = 1024
"""Size of a page's message, which is always short: a larger one closes the connection."""
CODES_WAITING = 8
"""Codes that were read for a page and are not sent to it yet; a page that takes none gets the newest."""

HEARTBEAT_S = 10.0
"""The interval of pings to a page; one that doesn't answer within half of it is disconnected, and its queue dropped."""

CLOSE_S = 0.5
"""How long a disconnected page may take to close."""

SOON_S = 0.2
"""The shortest interval of updates that aren't urgent (progress, positions, lists)."""

TICK_S = 1.0
"""How often the clock and the position of sync are looked at."""

QUERIES_WAITING = 32
"""Queries that wait for the reader's thread. The next one is answered 503."""

HEAVY_AT_ONCE, HEAVY_WAITING = 2, 8
"""Files, pictures and reports that are looked at, and that wait for it. The next one is answered 503."""

PICTURES_WAITING = 2
"""Camera pictures waiting to be processed. The next one is answered 503: a live camera soon sends another, and an old
picture is outdated."""

HEARTBEAT_LIMIT_S = 2.0
"""A writer that takes longer to come round is reported as not healthy."""

RETRY_AFTER_S = 1
"""The wait suggested to a client that can't be served now."""

SALES_SHOWN = 6
"""Receipts in the cashier's list; the API has the others."""

SHORTAGES_SHOWN = 3
"""Products listed on a paid sale as not in stock; the stock check lists all."""

REFUNDABLE_SHOWN = 30
"""Receipts that the refund's dialog offers; older ones are found by their number."""

SHIFTS_SHOWN = 50
"""Shifts on a page of the manager's list; the next page has older ones."""

EVENTS_LISTED = 200
"""Facts in one answer to a program that follows the shop."""
EVENT_STREAMS = 8
"""Programs that may follow it; further ones are asked to retry later, or to poll by cursor."""
PAPERS_SHOWN = 50
"""Sales, voids and refunds on a page of the list; the next page has older ones."""

Z_REPORTS_SHOWN = 8
"""Z reports in the till's dialog; the API has the others."""

BACKUP_OLD_S = 2 * 24 * 3600
"""The newest backup's age from which the page asks for attention."""

PRODUCTS_SHOWN = 12
"""Products found by name that are shown; a longer text finds fewer."""

GOODS_SHOWN = 50
"""Products in the manager's list, before it asks for more."""
PROMOTIONS_SHOWN = 100
"""Promotions of one page."""

PREPARE_AFTER_S = 3.0
"""How long after its start the panel loads what the first search and the first sale need."""

ADDRESS_RETRY_S = 1.0
"""How often it is tried to put down where the panel is, for the command line, on a disk that was full at the start."""

JOBS_SHOWN = 5
"""Jobs on the manager's page; the API has the others."""

NOTES_SHOWN = 50
"""Rows of a job's report on the manager's page; the API has the others."""

JOURNAL_SHOWN = 15
"""Rows of the journal's end on the manager's page."""

JOURNAL_LISTED = 50
"""Rows per page of the journal, each with its text."""

CONTENT_LISTED = 40
"""Items shown of a list in a journal row; the rest is counted."""

CONTENT_TEXT = 300
"""Characters of one text within a row of the journal."""

AMOUNTS_CACHED = 4096
"""Formatted sums that are kept; the least used is formatted again."""

CLIENT_TIMEOUT_S = 30.0
"""How long the command line waits for the appliance's answer."""

CLIENT_ATTEMPTS = 5
"""How often it asks again when the appliance is busy."""

VERDICT_S = 3.0
"""How long a scanning phone waits for the till's answer; then it's told to look at the till."""

VERDICTS_LIMIT = 256
"""Results of a phone's scans to remember for repeated requests; the oldest is dropped."""

HELD_SHOWN = 50
"""How many held rows are shown, oldest first."""

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
"""How long an uploaded picture that no product uses is kept: its form may still be open."""

PICTURE_BYTES = 2 * 1024 * 1024
"""A picture from a phone. A larger one is answered 413; the page makes them smaller."""
