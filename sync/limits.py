"""Limits of sync, and what happens when each is reached. Times in seconds, sizes in bytes.

Both sides of the wire use this file; a hub must not lower a limit that edges in the field were built with.
"""

# ---- one message ---------------------------------------------------------------------------

MESSAGE_BYTES = 256 * 1024
"""Maximum size of an MQTT payload.

The sender splits rows to stay below it; the receiver refuses larger payloads unread.
"""

BLOCK_READ_BYTES = 768 * 1024
"""Bytes of rows that the edge reads for a block, before compression (at least one row); fewer if the broker's limit is
lower.
"""

BLOCK_BYTES = 4 * 1024 * 1024
"""Maximum size of a decompressed block. A block that declares more is refused before memory is allocated."""

BLOCK_ROWS = 1000
"""Maximum rows in a block; more are refused."""

BODY_BYTES = 128 * 1024
"""Maximum size of an event's body. The journal refuses longer ones, so a row always fits into a message."""

EPOCHS = 1000
"""Maximum restores in a device's life. A hello with more is refused; the device then needs a new name."""

ORPHANS = 100
"""Maximum abandoned stretches of rows reported to a device, newest first. Head office stores all of them."""

NAME_CHARS = 64
"""Maximum length of the name of a tenant, store or device: letters, digits, '.', '_' and '-', so that it is a single
topic level.
"""

TEXT_CHARS = 500
"""Maximum length of a reason or an application version. The sender truncates it."""

DIRECTIVE_BYTES = 128 * 1024
"""Maximum size of a directive's body. `publish` refuses longer ones: split the change."""

DIRECTIVES = 200
"""Maximum directives per answer to a pull. The edge pulls again for the rest."""

# ---- flow ------------------------------------------------------------------------------------

CREDIT_ROWS = 40_000
"""Maximum rows that a device may have in transit beyond the acknowledged ones; then it waits."""

CREDIT_SHARED_ROWS = 4 * CREDIT_ROWS
"""Credit a hub worker divides among all recently sending devices; never less than CREDIT_LEAST_ROWS each."""

CREDIT_LEAST_ROWS = BLOCK_ROWS
"""Minimum rows of credit: a full message, as a commit costs more than its rows."""

RECENT_S = 10.0
"""Seconds for which a device counts as having sent recently."""

BULK_ROWS = 400
"""Rows in a message above which its device counts as a bulk sender, for `RECENT_S` seconds."""

PACE = 4.0
"""Factor by which a worker pauses a bulk device, relative to the time spent on it, while others send little.

It's lower if bulk devices are the majority. So a store catching up on a week takes a fifth of a worker, not all of it.
"""

PACE_MAX_S = 1.0
"""The longest pause of a bulk device, in seconds."""

WINDOW_ROWS = 2 * CREDIT_ROWS
"""Maximum distance of a row from the prefix. Rows beyond it aren't stored, as the sender ignored its credit."""

HUB_UNACKED = 32
"""Maximum unprocessed MQTT messages at a hub worker (Receive Maximum).

The broker queues more messages up to its own limit and drops the rest, which the device sends again.
"""

HUB_HELD_BYTES = 64 * 1024 * 1024
"""Maximum bytes of messages that a hub worker queues beyond `EDGE_UNACKED` of one device.

They are acknowledged to the broker so that they take no room from other devices. Any excess is dropped unread and
requested again.
"""

EDGE_UNACKED = 16
"""Maximum MQTT messages that an edge has sent without a PUBACK, or received and not processed; then it waits."""

# ---- patience --------------------------------------------------------------------------------

ANSWER_S = 5.0
"""Time without progress after which the edge sends hello again; doubles each time."""

ANSWER_MAX_S = 60.0
"""Maximum delay between hellos, in seconds."""

UNHEARD_S = 0.5
"""Time after which a hello is repeated if no hub is at the broker; doubles each time."""

STOPPED_S = 60.0
"""Time after which a stopped device sends hello again, in case the cause was removed; doubles each time up to
STOPPED_MAX_S.
"""

STOPPED_MAX_S = 900.0
"""Maximum delay between hellos of a stopped device, in seconds."""

PULL_S = 300.0
"""Interval at which directives are pulled even without a hint, as hints may be lost."""

RECONNECT_S = 0.5
"""Time after which a lost broker is tried again; doubles each time up to RECONNECT_MAX_S."""

RECONNECT_MAX_S = 60.0
"""Maximum delay between connection attempts, in seconds.

Each delay is multiplied by a random factor from 0.5 to 1.5.
"""

RECONNECT_BACKLOG_S = 2.0
"""Maximum delay, before jitter, for a box with rows to send, in seconds. It doesn't apply to a rejected box."""

RECONNECT_HUB_S = 0.5
"""Maximum delay between a hub worker's attempts, in seconds. It's short, as all boxes wait for few workers."""

CONNECT_S = 15.0
"""Time limit for TCP, TLS, CONNACK and SUBACK together, after which the attempt fails."""

KEEPALIVE_S = 30
"""MQTT keep alive. A silent broker is abandoned after one and a half times this."""

PUBLISH_S = 30.0
"""Time limit for a PUBACK, after which the edge reconnects."""

WANT_S = 0.5
"""Age at which the hub requests the missing rows of a gap from the device; doubles with each further request."""

WANTS = 5
"""Maximum requests for the rows of a gap; then the hub waits for the device's next hello."""

STORE_RETRY_S = 0.2
"""Time after which a hub worker that lost Postgres retries the same messages; doubles each time up to
STORE_RETRY_MAX_S.
"""

STORE_RETRY_MAX_S = 5.0
"""Maximum delay between these retries, in seconds, with jitter as above."""

STORE_RETRIES = 60
"""Maximum retries of the same messages. Then they are dropped, and the device says hello and sends them again."""

TURN_RETRY_MAX_S = 60.0
"""Maximum delay of head office's recurring tasks after a failure, in seconds; never longer than their usual pause."""

FETCHES = 8
"""Maximum ranges of its history that an empty box requests at once; the next ones wait."""

ASK_BYTES = 4096
"""Maximum bytes of a short question, and of its answer. Both are handled at once."""
REST_BYTES = 160 * 1024
"""Maximum bytes of a longer question and of its answer."""
ASKED = 16
"""Maximum questions in transit; further ones aren't sent."""
FETCH_S = 15.0
"""Time after which an unanswered history request is repeated, up to FETCH_TRIES times."""

FETCH_TRIES = 8
"""Maximum attempts of a history request. A later request continues from there."""

DIGEST_ROWS = 1000
"""Rows per range whose digests both sides compare. A differing range is compared row by row."""

DIGEST_RANGES = 20
"""Maximum ranges per answer; the edge requests the rest."""

DIGESTS = 1000
"""Maximum digests per answer, of ranges or of the rows of one range."""

DIGEST_LOOKS = 20
"""Maximum ranges to compare row by row; further ones are only reported as different."""

# ---- the hub's database ----------------------------------------------------------------------

CONNECTIONS = 6
"""Postgres connections of one hub worker, used by devices in turn."""

STATEMENT_S = 60.0
"""Time limit of an SQL statement; then Postgres cancels it and the messages are retried."""

DATABASE_S = 10.0
"""Time limit for connecting to one of the database's addresses, after which the next one is tried.

A server that is silent for this long after a statement's time limit is abandoned.
"""

MONTHS_AHEAD = 2
"""Months for which the journal's tables are created in advance."""

MONTHS_S = 6 * 3600.0
"""Interval at which a worker checks that these tables exist, as rows can't be stored without them."""

LINKS = 2000
"""Maximum stored rows that the prefix advances over per step once a gap is filled."""

PROJECT_ROWS = 2000
"""Rows projected per transaction."""

PIECE_ROWS = 100
"""Rows to process at once. Between two such pieces, messages of other devices get a turn.

A projector that takes all rows together (one COPY per table, for fewer round trips) still reads them in pieces of this
size.
"""

SWEEP_S = 30.0
"""Interval of searches for devices with a pending projection that a crashed worker left."""

SWEEP_DEVICES = 1000
"""Maximum devices found per sweep; the next sweep finds the rest."""
