"""Limits of the core, with the behaviour when each is reached."""

from __future__ import annotations

from sync.limits import BODY_BYTES

COMMANDS_WAITING = 1_024
"""Commands waiting for the writer. The next one is refused as `busy`; nothing is lost."""

COMMANDS_A_COMMIT = 64
"""Commands that share one commit. The rest take the next one."""

SENTENCES_A_COMMIT = 4
"""Spoken or typed sentences per commit. The number is small, because tills wait for the commit to finish."""

DELIVERY_WAIT_S = 0.002
"""Longest time the writer waits until callers whose commands shared a commit have received their answers. Their next
commands then share the next commit, instead of splitting into two groups that wait for each other."""

COMMAND_BYTES = 512 * 1024
"""Largest command as JSON. Larger ones are refused as `too_large`; send those as a job."""

EVENT_BYTES = BODY_BYTES
"""Largest event body that can be sent. A command that would append a larger one is refused as `too_large`."""

CHILD_DEPTH = 8
"""Deepest nesting of commands. Anything deeper raises `InvariantBroken`."""

REMEMBERED_COMMANDS = 20_000
"""Ids to remember of commands that write no events (baskets). The oldest are forgotten first."""

REMEMBERED_TRIM_EVERY = 1_000
"""Number of ids collected beyond that limit before the oldest are dropped together."""

REBUILD_ROWS = 1_000
"""Rows to read at a time when projections are rebuilt or verified."""

GOOD_LOOK_S = 5.0
"""Time limit for checking a damaged ledger at start. After that, the message reports "at least" the rows checked so
far; see `edge verify`."""

REBUILD_AT_START_ROWS = 20_000
"""Rows that a start may read for changed strict projections without announcing the wait: one to two seconds."""

FOLLOW_ROWS = 100
"""Rows that a follower processes per turn of the writer."""

FOLLOW_S, FOLLOW_ROWS_LEAST = 0.008, 4
"""Time that a turn of followers should take while a till is in use, and the rows that it processes at least. Otherwise
a slow processor would keep scans waiting 40 to 60 ms."""

FOLLOW_BYTES = 16 * 1024
"""Bytes of rows that a follower processes in one turn (the first row may exceed this), because an import's rows are
large. Turns combined to catch up process as many times this."""

BATCH_ROWS = 4_096
"""Rows per mapping that a following projection remembers between turns. When there are more, all are forgotten."""

FOLLOW_TURNS = 8
"""Turns that a follower combines to catch up while no till is in use. Otherwise it takes one at a time."""

GATHER_S = 0.1
"""Time to collect events for followers while a till is in use, because each projection's check and commit would delay
the next sale."""

LEASE_LOOK_S = 0.02
"""Interval at which a box that lost its lease checks whether it leads again."""

FOLLOW_SPAN = 5_000
"""Rows that a follower may skip per turn while it searches for its events."""

WAL_CHECKPOINT_PAGES = 1_000
"""WAL pages after which the checkpointer copies them into the database."""

WAL_LIMIT_PAGES = 16_384
"""A WAL larger than this (64 MiB) is overwritten from its beginning as soon as no reader uses it."""

WAL_AT_REST_BYTES = 1024 * 1024
"""A larger WAL is truncated after WAL_REST_S without writes and with no till in use. Truncating blocks the writer until
the disk is done: 40 to 100 ms for 64 MiB."""

WAL_REST_S = 10.0
"""Time without writes before the WAL is truncated."""

CLOCK_LOOK_S = 1.0
"""Interval between checks of whether the machine's clock can be trusted."""

JOB_REPORT_ROWS = 10_000
"""Rows of a job's report to store. Further rows are only counted."""

JOB_CHUNKS = 8
"""Chunks of a job per commit while no till is in use. Otherwise one at a time."""

TILL_QUIET_S = 1.0
"""How long after the last touch a till counts as in use."""

SCAN_GAP_S = 0.015
"""Shortest time between an answer and the next scan: the fastest scanners take 20 ms. Long work runs in this gap."""

RENDER_GRACE_S = 0.003
"""Delay after an answer, so that the page can show it before background work starts."""

BACKOFF_FACTOR = 10
"""Outside the gap, background work pauses this many times as long as it just worked."""

PAUSE_LIMIT_S = 0.25
"""Longest pause of background work, so that a slow disk doesn't stop it."""

COLLECT_OBJECTS = 2_000
"""New objects from which a quiet moment is used to look for cyclic garbage among them, which takes about 3 ms. Python
itself looks at YOUNG_OBJECTS (`edge/core/process/gc_tuning.py`), whatever is running."""

COLLECT_TURN_S = 0.003
"""How long that takes."""

COLLECT_LOOK_S = 0.25
"""Interval between such checks."""

COLLECT_LATER_FACTOR = 10
"""While a till is active, objects that survived one check are examined this many times less often."""

COLLECT_OLD_QUIET_S = 10.0
"""Time without an active till, and since the last time, before older objects are examined. After many pages it takes
tens of milliseconds."""

COLLECT_ALL_QUIET_S, COLLECT_ALL_S = 600.0, 86_400.0
"""Time without an active till, and since the last time, before frozen objects are examined as well (0.3 s)."""

LOOP_READER_KB = 2_048
"""Page cache of the event loop's reader. SQLite empties a cache at the first read after a commit: 16 MB take 1.5 ms."""

YIELD_STEPS = 200
"""SQLite steps after which a reader checks whether a till is waiting (sqlite3_progress_handler): about ten
microseconds."""

SELLING_S = 60.0
"""A child process treats the shop as selling for this long after the newest event."""

RESTS_ELSEWHERE = 3
"""Pause of that process after each piece of work, as a multiple of its duration."""

JOBS_LIMIT = 200
"""Ended jobs to keep; older ones are deleted with their reports."""

SUBSCRIBER_BACKLOG = 64
"""Messages to queue for a slow bus subscriber. The oldest is dropped, because the bus only announces changes."""

PART_BACKOFF_S = (0.5, 1.0, 2.0, 4.0)
"""Pauses between restarts of a part; the last one repeats."""

RECENT_LINES, RECENT_CHARS = 5000, 400
"""Recent log lines to keep in memory, and the characters of each."""

TRACEBACK_FRAMES = 8
"""Innermost traceback frames to log: enough to locate the fault."""

FAULT_QUIET_S = 60.0
"""After a fault of the event loop is logged, repeats are only counted for this long."""

DISTINCT_FAULTS = 64
"""Distinct faults to log within that time; others would fill the log."""

SHUTDOWN_STAGE_S = 3.0
"""Time limit for a shutdown stage before its parts are cancelled."""

DENIALS_EVERY_US = 10_000_000
"""Shortest interval between `RightDenied` events per actor, register and command, so that a stuck button doesn't fill
the journal."""

ANONYMOUS_DENIAL_INTERVAL_US = 60_000_000
"""Shortest interval between `RightDenied` events for all anonymous callers together."""

DENIALS_SELDOM_US = 3_600_000_000
"""Longest interval for repeated denials. Each interval is twice the last, and resets after an equally long pause. A
page that keeps asking without permission adds one row an hour."""

DENIED_NETWORKS = 8
"""Networks to name in a `RightDenied` event; further ones are only counted."""

DENIALS_LIMIT = 1_000
"""Keys to track. When there are more, all are forgotten and counting restarts."""

PROBE_BYTES = 256 * 1024
"""Bytes that a read-only writer must be able to write before it accepts commands again."""

RESERVE_BYTES = 64 * 1024
"""Space to keep free next to the ledger, so that it can be opened on a full disk: twice what SQLite needs. It is less
than a probe writes, so the shop doesn't use it for sales."""

READ_ONLY_PROBE_S = 1.0
"""Interval at which a read-only writer tests whether it can write again."""

JOURNAL_LOOKED_THROUGH = 20_000
"""Journal rows to search per page. The user can then continue the search."""

ARCHIVE_ROWS = 50_000
"""Rows per archive file. Old rows wait until there are this many."""

ARCHIVE_FRAME_ROWS = 250
"""Rows per compressed frame, which is read as a whole for any of its rows."""

ARCHIVE_FRAME_BYTES = 64 * 1024 * 1024
"""Largest decompressed frame. One that claims more is damaged."""

ARCHIVE_LIVE_ROWS = 10_000
"""Newest rows that stay in the ledger, regardless of age."""

ARCHIVE_DELETE_ROWS = 5
"""Archived rows to delete from the ledger at a time, within one turn of the writer."""

ARCHIVE_TURN_S = 0.0015
"""Seconds that one turn of archiving may take. The next turn continues."""

ARCHIVE_REMEMBERED_ROWS = 3_000_000
"""Newest archived rows whose command ids are remembered, so that a repeated command has no second effect: one and a
half years of a busy shop, in addition to the live rows. An older command would run again."""

ARCHIVE_FORGET_ROWS = 20
"""Command ids to forget per turn: more than a turn adds, so that they don't accumulate."""

MARK_EVERY_S = 0.4
"""Shortest interval between writes of the journal's position; the checkpointer writes it."""

MARK_BYTES = 1_024
"""A larger file of that name isn't ours."""

PEOPLE_A_TURN = 25
"""People's keys to rewrite in one turn of the writer, about 2 ms."""
