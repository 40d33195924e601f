"""Every limit of the panel, with the behaviour when it is reached."""

from __future__ import annotations

BODY_BYTES = 256 * 1024
"""A request's body. A larger one is answered 413: send it as a job."""

PAGES_OPEN = 64
"""Pages connected at a time. The next one is told to try again later (WebSocket close code 1013)."""

PAGES_OF_OTHERS = 48
"""Those among them that are not this machine's own: its till always finds a place."""

PAGES_OF_ONE = 12
"""Pages of one other address."""

LOCAL_CONNECTIONS = 256
"""Connections of this machine to itself. For the next one the oldest goes that asks nothing; else it is closed."""

CONNECTIONS_OF_OTHERS = 256
"""Connections of others, in the same way."""

CONNECTIONS_OF_ONE = 32
"""Connections of one other address, in the same way."""

ACCEPTED_AT_ONCE = 8
"""Connections taken in a row, before somebody else has a turn."""

ACCEPT_AGAIN_S = 1.0
"""How long nobody is taken when the system gives no more connections."""

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
"""How long the other end may take to say goodbye, or to send what nobody reads."""

CALLERS_COUNTED = 4096
"""Callers whose requests are counted, by class (rate.py); who has not asked for longest is forgotten."""

CERTIFICATES_LOOKED_AT_S = 60.0
"""How often it is looked whether the certificate is still the right one."""

MESSAGE_BYTES = 1024
"""A message from a page, which has little to say here: a larger one closes the connection."""
CODES_WAITING = 8
"""Codes that were read for a page and are not sent to it yet; a page that takes none gets the newest."""

HEARTBEAT_S = 10.0
"""Between pings to a page; one that does not answer in half of it is disconnected, with all that waits for it."""

CLOSE_S = 0.5
"""How long a page that is sent away may take to say goodbye."""

SOON_S = 0.2
"""What is not urgent (progress, positions, lists) is pushed at most this often."""

TICK_S = 1.0
"""How often the clock and the position of sync are looked at."""

QUERIES_WAITING = 32
"""Queries that wait for the reader's thread. The next one is answered 503."""

HEAVY_AT_ONCE, HEAVY_WAITING = 2, 8
"""Files, pictures and reports that are looked at, and that wait for it. The next one is answered 503."""

PICTURES_WAITING = 2
"""Pictures of cameras that wait for the one that is looked at. The next one is answered 503: a live camera sends
another in a moment, and an old picture shows what is gone."""

HEARTBEAT_LIMIT_S = 2.0
"""A writer that takes longer to come round is reported as not healthy."""

RETRY_AFTER_S = 1
"""What a client that came at a bad moment is asked to wait."""

SALES_SHOWN = 6
"""Receipts in the cashier's list; the API has the others."""

SHORTAGES_SHOWN = 3
"""Goods of which a paid sale says that they are not known to be there; the stock check has all."""

REFUNDABLE_SHOWN = 30
"""Receipts that the refund's dialog offers; older ones are found by their number."""

SHIFTS_SHOWN = 50
"""Shifts on a page of the manager's list; the next page has older ones."""

EVENTS_LISTED = 200
"""Facts in one answer to a program that follows the shop."""
EVENT_STREAMS = 8
"""Programs that follow it at once; one more is told to come later, or to ask by a cursor."""
PAPERS_SHOWN = 50
"""Sales, voids and refunds on a page of the list; the next page has older ones."""

Z_REPORTS_SHOWN = 8
"""Z reports in the till's dialog; the API has the others."""

BACKUP_OLD_S = 2 * 24 * 3600
"""How old the newest backup may be before somebody is asked to look after it."""

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
"""Rows of one page of the journal, each with what it says."""

CONTENT_LISTED = 40
"""Of a list within a row of the journal, what is shown; then how many more there are."""

CONTENT_TEXT = 300
"""Characters of one text within a row of the journal."""

AMOUNTS_CACHED = 4096
"""Formatted sums that are kept; the least used is formatted again."""

CLIENT_TIMEOUT_S = 30.0
"""How long the command line waits for the appliance's answer."""

CLIENT_ATTEMPTS = 5
"""How often it asks again when the appliance is busy."""

VERDICT_S = 3.0
"""How long a phone that scanned waits for what the till says of it; then it is told to look there."""

VERDICTS_LIMIT = 256
"""Scans of a phone of which is known what came of them, for one that asks again; the oldest is forgotten."""

HELD_SHOWN = 50
"""Rows that wait for a yes that are shown; the oldest first."""

UPLOAD_BYTES = 64 * 1024 * 1024
"""A file that is brought to be imported, as it is packed. A larger one is answered 413: put it on the appliance."""

EXPORT_S = 600.0
"""How long writing all products into a file may take; then it is given up."""

PICTURE_UPLOAD_BYTES = 16 * 1024 * 1024
"""A product's picture as it is brought. A larger one is answered 413."""

PICTURE_PIXELS = 50_000_000
"""Of a product's picture as it is brought. One with more is answered 422: it takes memory as it is unpacked."""

PICTURE_S, PICTURE_MEMORY_BYTES = 20, 1024 * 1024 * 1024
"""Of processor time, and of address space, that making a brought picture anew may take. Beyond it is answered 422."""

PICTURE_SIDE = 1200
"""Pixels of the longer side of a product's picture as it is kept; a larger one is made smaller."""

PICTURE_UNUSED_S = 3600.0
"""How long a picture is kept that was brought and that no product has: somebody is still filling in the form."""

PICTURE_BYTES = 2 * 1024 * 1024
"""A picture from a phone. A larger one is answered 413; the page makes them smaller."""
