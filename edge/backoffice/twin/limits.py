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
"""Maximum size of the shipments in one message. The rest follows after the reply."""

MESSAGES_WAITING = 256
"""Maximum messages in transit to another machine. More are dropped, as important ones are repeated."""

STRANGERS = 16
"""Maximum unauthenticated connections; further ones are closed."""

STRANGER_S = 60.0
"""Minimum interval of log entries about connections closed above `STRANGERS`, so that they don't fill the log."""

HELLO_S = 3.0
"""Time limit for a new connection to authenticate."""

SEND_S = 2.0
"""Time limit for sending a message; after it, the link reconnects."""

DIAL_S = 1.0
AGAIN_S = 0.1
"""Interval of attempts to connect to another machine."""

LOOK_S = 0.1
"""Interval at which an idle connection is checked."""

TICK_S = 0.05
"""Interval at which the state machines are given the time."""

APPLY_S = 1.0
APPLY_PAGES = 4_000
"""A follower applies shipments to its ledger after `APPLY_S`, or once this many pages wait."""

LOG_BYTES = 16 * 1024 * 1024
"""Size at which a new shipment file is started. A file is deleted once the ledger includes its shipments."""

COPIED_AT_ONCE = 256
"""Pages per message of a copy."""

COPY_PAUSE_S = 0.002
"""Pause between these messages, so that the shop can keep selling."""

PAGE_BYTES = 4096
ASIDE_ROWS = 20_000
"""Rows to compare at the end of an old leader's journal, about some days of a busy shop. Rows that the new journal
lacks are kept aside; a longer difference is logged."""

HANDBACK_RETRY_MS = 2_000
"""Interval of attempts to send kept-aside rows to the leader."""

COMPARE_MS = 5_000
"""Interval at which a box reports its state for comparison."""

CONFIG_BYTES = 1024 * 1024
"""Maximum size of config.toml; a larger one isn't exchanged."""

CLOCKS = 5
"""Number of newest clock differences to examine. The smallest is the real difference; the others include network delay.
"""

CLOCK_SKEW_S = 5
"""Clock difference above which a warning is shown, because one box's receipts would be out of order on the other."""

DIFFERENCES = 20
"""Maximum differing settings to list. The config of another shop would differ in hundreds."""

FULL_BYTES = 32 * 1024 * 1024
"""Free space below which a follower accepts no shipments. The reserve is for promises already made, and for reporting
the reason."""

FULL_S = 2.0
"""Delay before a box restarts after its disk failed to keep a promise."""

SYNCS = 200
"""Number of syncs to judge a disk by: if more than 1 percent of them take longer than `[twin] sync_ms`, the follower
may not lead."""

PROBE_MS = 50
"""Interval at which a slow disk is tested with a sync, to notice when it recovers."""

CHECK_S, WHOLE_CHECK_S, CHECK_FIRST_S = 3_600.0, 86_400.0, 120.0
"""How often a follower checks its newest events and all of them, and the delay of the first check after its start."""

CHECK_CHUNK_BYTES = 1024 * 1024
"""Chunk size for copying the ledger to check it, small so that a box about to lead needn't wait."""
