"""Limits of sync, and what happens when each is reached. Times in seconds, sizes in bytes.

Both sides of the wire use this file; a hub must not lower a limit that edges in the field were built with.
"""

# ---- one message ---------------------------------------------------------------------------

MESSAGE_BYTES = 256 * 1024
"""A whole MQTT payload. The sender splits rows to stay under it; the reader refuses more unread."""

BLOCK_READ_BYTES = 768 * 1024
"""Rows the edge reads for one block, by their length before compression (at least one row). Where the broker takes
shorter messages than ours, as much less."""

BLOCK_BYTES = 4 * 1024 * 1024
"""A block decompressed. One that claims more is refused before anything is allocated."""

BLOCK_ROWS = 1000
"""Rows in one block. More are refused."""

BODY_BYTES = 128 * 1024
"""The body of one event. The journal refuses longer ones at the door, so a row always fits a message."""

EPOCHS = 1000
"""Restores in a device's life. A hello with more is refused: give the device a new name."""

ORPHANS = 100
"""Stretches of a device's rows that its newer epochs do not go on from, as they are told of to the device: the newest.
Head office's books have all of them."""

NAME_CHARS = 64
"""Of a tenant, store or device: letters, digits, '.', '_' and '-', so that it is one topic level."""

TEXT_CHARS = 500
"""Of a reason or an application version. The sender cuts."""

DIRECTIVE_BYTES = 128 * 1024
"""The body of one directive. `publish` refuses longer ones: split the change."""

DIRECTIVES = 200
"""Directives in one answer to a pull. The edge pulls again for the rest."""

# ---- flow ------------------------------------------------------------------------------------

CREDIT_ROWS = 40_000
"""Rows a device may have on their way, beyond what the hub has acknowledged. The edge waits."""

CREDIT_SHARED_ROWS = 4 * CREDIT_ROWS
"""What a hub worker gives to all devices that have sent lately; when they are many, each gets less ..."""

CREDIT_LEAST_ROWS = BLOCK_ROWS
"""... down to this: a whole message, as it is the commit that costs and not its rows."""

RECENT_S = 10.0
"""How long ago "lately" is."""

BULK_ROWS = 400
"""Rows in one message that make its device one that has much to send, for as long as "lately"."""

PACE = 4.0
"""Where others send little and lately, a worker rests from such a device so many times as long as it took for it,
less when those with much outnumber them: a store that drains a week's outage takes a fifth of a worker, not all."""

PACE_MAX_S = 1.0
"""The longest such rest."""

WINDOW_ROWS = 2 * CREDIT_ROWS
"""Rows further than this beyond the prefix are not stored: the sender ignored its credit."""

HUB_UNACKED = 32
"""MQTT messages a hub worker holds unprocessed (Receive Maximum). The broker queues the rest, up to
its own limit, and drops what exceeds that; the device sends those again."""

HUB_HELD_BYTES = 64 * 1024 * 1024
"""Messages a hub worker holds beyond `EDGE_UNACKED` of one device. The broker is told that it has them, so that they
take no room of other devices' messages. What exceeds this is let go unread, and asked for again."""

EDGE_UNACKED = 16
"""MQTT messages an edge has sent without a PUBACK, and holds unprocessed. It waits."""

# ---- patience --------------------------------------------------------------------------------

ANSWER_S = 5.0
"""Without progress for so long, the edge says hello again, then twice as late each time ..."""

ANSWER_MAX_S = 60.0
"""... up to this."""

UNHEARD_S = 0.5
"""A hello that the broker had no hub for is said again after this, then twice as late each time, too."""

STOPPED_S = 60.0
"""A stopped device says hello again after this, in case the cause was removed; then twice as late ..."""

STOPPED_MAX_S = 900.0
"""... up to this."""

PULL_S = 300.0
"""Without a hint, directives are pulled this often: hints may be lost."""

RECONNECT_S = 0.5
"""A lost broker is tried again after this, then twice as late each time ..."""

RECONNECT_MAX_S = 60.0
"""... up to this. Each wait is spread by a random factor between a half and one and a half."""

RECONNECT_BEHIND_S = 2.0
"""The longest such wait, spread and all, of a box that has something to send; not of one that was turned away."""

RECONNECT_HUB_S = 0.5
"""And that of a hub worker, for which all boxes wait: there are few."""

CONNECT_S = 15.0
"""TCP, TLS, CONNACK and SUBACK together. Then the attempt has failed."""

KEEPALIVE_S = 30
"""MQTT keep alive. A silent broker is given up after one and a half times this."""

PUBLISH_S = 30.0
"""A PUBACK must come within this; else the connection is given up and made anew."""

WANT_S = 0.5
"""A gap older than this is asked for; the next time twice as late ..."""

WANTS = 5
"""... so many times. Then the device's own hello starts it again."""

STORE_RETRY_S = 0.2
"""A hub worker that lost Postgres tries the same messages again after this, twice as late each time ..."""

STORE_RETRY_MAX_S = 5.0
"""... up to this ..."""

STORE_RETRIES = 60
"""... so many times. Then it lets go of the messages; the device says hello and sends them again."""

FETCHES = 8
"""Stretches of its history that an empty box asks for at a time. It waits with the next ones."""

ASK_BYTES = 4096
"""Of a question that is answered at once, and of its answer ..."""
REST_BYTES = 160 * 1024
"""... and of what is longer than that."""
ASKED = 16
"""Questions on their way at a time; one more is not asked."""
FETCH_S = 15.0
"""A question for history that is not answered in this time is asked again ..."""

FETCH_TRIES = 8
"""... so many times in all. Then it is given up; the next attempt goes on from there."""

DIGEST_ROWS = 1000
"""Rows in one range whose digests both ends compare. A range that differs is looked at row by row."""

DIGEST_RANGES = 20
"""Ranges in one answer; the edge asks again for the rest."""

DIGESTS = 1000
"""Digests in one answer: ranges, or the rows of one."""

DIGEST_LOOKS = 20
"""Ranges that are looked at row by row. Of more it is only said that they differ."""

# ---- the hub's database ----------------------------------------------------------------------

CONNECTIONS = 6
"""Of one hub worker to Postgres. Devices wait for one in turn."""

STATEMENT_S = 60.0
"""One SQL statement. Then Postgres cancels it and the messages are tried again."""

DATABASE_S = 10.0
"""Connecting to one of the database's addresses; then the next is tried. A server that is silent for this much longer
than its statement may take is given up with its connection."""

MONTHS_AHEAD = 2
"""Months for which the journal's tables are made before there are rows for them."""

MONTHS_S = 6 * 3600.0
"""How often a worker looks whether they are there. Without one its rows could not be stored."""

LINKS = 2000
"""Stored rows looked at in one step when a filled gap lets the prefix advance; it takes more steps."""

PROJECT_ROWS = 2000
"""Rows projected in one transaction; it takes more transactions."""

PIECE_ROWS = 100
"""Of these, how many at once: between two pieces the messages of other devices have their turn. A projector that takes
all of them together (one COPY a table, for fewer ways to Postgres and back) reads them in such pieces."""

SWEEP_S = 30.0
"""Devices whose projection lies behind are looked for this often: a worker may have died before it."""

SWEEP_DEVICES = 1000
"""Found in one sweep. The next finds the rest."""
