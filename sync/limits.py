"""Limits of sync, and what happens when each is reached. Times in seconds, sizes in bytes.

Both sides of the wire use this file; a hub must not lower a limit that edges in the field were built with.
"""

# ---- one message ---------------------------------------------------------------------------

MESSAGE_BYTES = 256 * 1024
"""A whole MQTT payload. The sender splits rows to stay under it; the reader refuses larger ones unread."""

BLOCK_READ_BYTES = 768 * 1024
"""Rows the edge reads for one block, by length before compression (at least one row); less if the broker's limit is
lower."""

BLOCK_BYTES = 4 * 1024 * 1024
"""A decompressed block. One that claims more is refused before memory is allocated."""

BLOCK_ROWS = 1000
"""Rows in one block. More are refused."""

BODY_BYTES = 128 * 1024
"""The body of one event. The journal refuses longer ones, so a row always fits a message."""

EPOCHS = 1000
"""Restores in a device's life. A hello with more is refused; give the device a new name."""

ORPHANS = 100
"""A device's abandoned stretches of rows reported to it: the newest. Head office stores all."""

NAME_CHARS = 64
"""Of a tenant, store or device: letters, digits, '.', '_' and '-', so that it is one topic level."""

TEXT_CHARS = 500
"""Of a reason or an application version. The sender truncates it."""

DIRECTIVE_BYTES = 128 * 1024
"""The body of one directive. `publish` refuses longer ones: split the change."""

DIRECTIVES = 200
"""Directives in one answer to a pull. The edge pulls again for the rest."""

# ---- flow ------------------------------------------------------------------------------------

CREDIT_ROWS = 40_000
"""Rows a device may have in transit beyond those acknowledged. The edge waits."""

CREDIT_SHARED_ROWS = 4 * CREDIT_ROWS
"""Credit a hub worker divides among all recently sending devices; never less than CREDIT_LEAST_ROWS each."""

CREDIT_LEAST_ROWS = BLOCK_ROWS
"""Minimum rows of credit: a whole message, as commits cost more than rows."""

RECENT_S = 10.0
"""How long "recently" is."""

BULK_ROWS = 400
"""Rows in one message that mark its device as bulk, for as long as "recently"."""

PACE = 4.0
"""While others send little, a worker pauses a bulk device for this multiple of the time spent on it, less if bulk
devices are the majority: a store catching up a week takes a fifth of a worker, not all."""

PACE_MAX_S = 1.0
"""The longest such pause."""

WINDOW_ROWS = 2 * CREDIT_ROWS
"""Rows further than this beyond the prefix are not stored: the sender ignored its credit."""

HUB_UNACKED = 32
"""MQTT messages a hub worker holds unprocessed (Receive Maximum). The broker queues the rest up to its own limit, and
drops any excess, which the device sends again."""

HUB_HELD_BYTES = 64 * 1024 * 1024
"""Messages a hub worker holds beyond `EDGE_UNACKED` of one device. They're acknowledged to the broker, so that they
take no room from other devices. Any excess is dropped unread and requested again."""

EDGE_UNACKED = 16
"""MQTT messages an edge has sent without a PUBACK, and holds unprocessed. Then it waits."""

# ---- patience --------------------------------------------------------------------------------

ANSWER_S = 5.0
"""Without progress for this long, the edge sends hello again, each time after twice the wait."""

ANSWER_MAX_S = 60.0
"""The longest such wait."""

UNHEARD_S = 0.5
"""A hello without a hub at the broker is repeated after this, also doubling."""

STOPPED_S = 60.0
"""A stopped device sends hello again after this, in case the cause was removed; then doubling, up to STOPPED_MAX_S."""

STOPPED_MAX_S = 900.0
"""The longest such wait."""

PULL_S = 300.0
"""Without a hint, directives are pulled this often: hints may be lost."""

RECONNECT_S = 0.5
"""A lost broker is tried again after this, doubling each time, up to RECONNECT_MAX_S."""

RECONNECT_MAX_S = 60.0
"""The longest such wait. Each one is multiplied by a random factor from 0.5 to 1.5."""

RECONNECT_BACKLOG_S = 2.0
"""The longest such wait, with jitter, for a box that has something to send; not for one that was rejected."""

RECONNECT_HUB_S = 0.5
"""The longest such wait of a hub worker, which all boxes wait for: there are few workers."""

CONNECT_S = 15.0
"""TCP, TLS, CONNACK and SUBACK together; then the attempt has failed."""

KEEPALIVE_S = 30
"""MQTT keep alive. A silent broker is abandoned after one and a half times this."""

PUBLISH_S = 30.0
"""Time for a PUBACK; then it reconnects."""

WANT_S = 0.5
"""An older gap is requested; again each time after twice the wait."""

WANTS = 5
"""Requests for a gap before the hub waits for the device's next hello."""

STORE_RETRY_S = 0.2
"""A hub worker that lost Postgres retries the same messages after this, doubling each time, up to STORE_RETRY_MAX_S."""

STORE_RETRY_MAX_S = 5.0
"""The longest such wait, with jitter as above."""

STORE_RETRIES = 60
"""Such retries before the messages are dropped; the device says hello and sends them again."""

TURN_RETRY_MAX_S = 60.0
"""The longest such wait of head office's recurring tasks, and never longer than their usual pause."""

FETCHES = 8
"""Ranges of its history an empty box requests at a time; the next ones wait."""

ASK_BYTES = 4096
"""Bytes of a short question and its answer, handled at once."""
REST_BYTES = 160 * 1024
"""Bytes of a longer question and its answer."""
ASKED = 16
"""Questions in transit; another isn't sent."""
FETCH_S = 15.0
"""A history request without an answer in this time is repeated, up to FETCH_TRIES times."""

FETCH_TRIES = 8
"""Tries of a history request. The next attempt continues from there."""

DIGEST_ROWS = 1000
"""Rows per range whose digests both ends compare. A differing range is compared row by row."""

DIGEST_RANGES = 20
"""Ranges per answer; the edge requests the rest."""

DIGESTS = 1000
"""Digests per answer: of ranges, or of the rows of one."""

DIGEST_LOOKS = 20
"""Ranges compared row by row; further ones are only reported as different."""

# ---- the hub's database ----------------------------------------------------------------------

CONNECTIONS = 6
"""Postgres connections of one hub worker, used by devices in turn."""

STATEMENT_S = 60.0
"""Time of one SQL statement; then Postgres cancels it and the messages are retried."""

DATABASE_S = 10.0
"""Time to connect to one of the database's addresses; then the next is tried. A server silent for this much longer than
its statement may take is abandoned."""

MONTHS_AHEAD = 2
"""Months for which the journal's tables are created in advance."""

MONTHS_S = 6 * 3600.0
"""How often a worker checks that they exist, as rows can't be stored without."""

LINKS = 2000
"""Stored rows followed per step when a filled gap lets the prefix advance."""

PROJECT_ROWS = 2000
"""Rows projected per transaction."""

PIECE_ROWS = 100
"""Of these, how many at once: between two pieces other devices' messages have their turn. A projector that takes all
together (one COPY per table, for fewer round trips) reads them in such pieces."""

SWEEP_S = 30.0
"""How often devices with a pending projection are looked for, as a worker may have died before it."""

SWEEP_DEVICES = 1000
"""Found per sweep; the next finds the rest."""
