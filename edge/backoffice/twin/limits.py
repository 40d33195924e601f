"""Limits of the twin service, and what happens when each is reached."""

from __future__ import annotations

FRAME_BYTES = 64 * 1024 * 1024
"""Maximum size of a message on the link. A larger one isn't sent; the recipient gets a whole copy instead. A sender of
a larger one is disconnected.
"""

KEPT_BYTES = 16 * 1024 * 1024
"""Maximum size of the shipments that a leader keeps for a follower that missed some. A follower further behind gets the
differing pages.
"""

AT_ONCE_BYTES = 4 * 1024 * 1024
"""Maximum size of the shipments per message; the rest follows after its answer."""

MESSAGES_WAITING = 256
"""Maximum messages in transit to another machine. More are dropped, as important ones are repeated."""

STRANGERS = 16
"""Maximum unauthenticated connections; further ones are closed."""

STRANGER_S = 60.0
"""Minimum interval of log entries about such closed connections, so that a machine that keeps trying doesn't fill the
log.
"""

HELLO_S = 3.0
"""Time limit for a new connection to authenticate."""

SEND_S = 2.0
"""Time limit for the network to accept a message; then the link reconnects."""

DIAL_S = 1.0
AGAIN_S = 0.1
"""Interval of attempts to connect to another machine."""

LOOK_S = 0.1
"""Interval at which an idle connection is checked."""

TICK_S = 0.05
"""Interval at which the state machines get the time."""

APPLY_S = 1.0
APPLY_PAGES = 4_000
"""A follower applies shipments to its ledger after this time, or once this many pages wait."""

LOG_BYTES = 16 * 1024 * 1024
"""Size at which a shipment file is followed by another one; it's deleted once the ledger includes it."""

COPIED_AT_ONCE = 256
"""Pages per message of a copy."""

COPY_PAUSE_S = 0.002
"""Pause between them, so that the shop can sell."""

PAGE_BYTES = 4096
ASIDE_ROWS = 20_000
"""Rows to examine at the end of an old leader's journal, some days of a busy shop; those missing in the new one are
kept aside. If that isn't enough, it's logged.
"""

HANDBACK_RETRY_MS = 2_000
"""Interval of attempts to send kept-aside rows to the leader."""

COMPARE_MS = 5_000
"""Interval at which a box reports its state for comparison."""

CONFIG_BYTES = 1024 * 1024
"""Maximum size of config.toml; a larger one isn't exchanged."""

CLOCKS = 5
"""Newest clock differences to examine. The smallest one is the clocks' own difference; the others include network
delay.
"""

CLOCK_SKEW_S = 5
"""Clock difference above which it's reported, because receipts of one box would be out of order at the other."""

DIFFERENCES = 20
"""Maximum differing settings to name; a file of another shop has hundreds."""

FULL_BYTES = 32 * 1024 * 1024
"""Free space below which a follower accepts no shipments. The rest is for what it has promised, and for reporting the
reason.
"""

FULL_S = 2.0
"""Delay before a box restarts after its disk failed to keep a promise."""

SYNCS = 200
"""If more than one in a hundred of this many syncs takes longer than `[twin] sync_ms`, the follower may not lead."""

PROBE_MS = 50
"""Interval at which a slow disk is tested with a sync, to notice when it recovers."""

CHECK_S, WHOLE_CHECK_S, CHECK_FIRST_S = 3_600.0, 86_400.0, 120.0
"""Intervals at which a follower checks its newest events, and all of them; and the delay of the first check after its
start.
"""

CHECK_CHUNK_BYTES = 1024 * 1024
"""Chunk size for copying the ledger to check: a box about to lead doesn't wait for it."""
