"""Every limit of the core, with the behaviour when it is reached."""

from __future__ import annotations

from sync.limits import BODY_BYTES

COMMANDS_WAITING = 1_024
"""Commands waiting for the writer. The next one is refused as `busy`; nothing is lost."""

COMMANDS_A_COMMIT = 64
"""Commands that share one commit. The rest take the next one."""

SENTENCES_A_COMMIT = 4
"""... of which so many are sentences of whoever talks: a till waits for the commit before its own."""

DELIVERY_WAIT_S = 0.002
"""So long the writer waits at most until those whose commands shared a commit have heard; what they then ask at once
shares the next one. Else some would be done while others ask, and each half would wait for the other's commit."""

COMMAND_BYTES = 512 * 1024
"""A command's size as JSON. A larger one is refused as `too_large`: send it as a job."""

EVENT_BYTES = BODY_BYTES
"""An event's body: what the wire carries. A command that would make a larger one is refused as `too_large`."""

CHILD_DEPTH = 8
"""Commands inside commands. Deeper is `InvariantBroken`."""

REMEMBERED_COMMANDS = 20_000
"""Ids kept of commands that left no event (baskets). The oldest are forgotten."""

REMEMBERED_TRIM_EVERY = 1_000
"""How many are remembered before the oldest are dropped in one go."""

REBUILD_ROWS = 1_000
"""Rows read at a time when projections are rebuilt or verified."""

GOOD_LOOK_S = 5.0
"""How long a start that finds damage looks how far the journal is good. Then it says "at least": see `edge verify`."""

REBUILD_AT_START_ROWS = 20_000
"""Rows read for changed strict projections while a shop opens without a word: a second or two."""

FOLLOW_ROWS = 100
"""Rows a following projection takes in one turn of the writer."""

FOLLOW_TURNS = 8
"""Turns' worth that one that is behind does at once while nobody is at a till; then it is one at a time."""

GATHER_S = 0.1
"""So long facts gather while somebody is at a till, before those who follow them take them: each look, and each commit
of a projection, would be in the way of the next sale."""

LEASE_LOOK_S = 0.02
"""How often a box that may not lead any more looks whether it does."""

FOLLOW_SPAN = 5_000
"""Rows it passes over in one turn while looking for those; it looks at the next ones in the next."""

WAL_CHECKPOINT_PAGES = 1_000
"""WAL pages after which the checkpointer copies them into the database."""

WAL_LIMIT_PAGES = 16_384
"""A WAL (here 64 MiB) larger than this is truncated as soon as no reader holds it."""

WAL_AT_REST_PAGES = 256
"""A WAL larger than this (1 MiB) is given back to the disk once nothing was written for WAL_REST_S and nobody is at a
till: to empty it keeps the writer out for as long as the disk takes."""

WAL_REST_S = 10.0
"""So long nothing was written."""

CLOCK_LOOK_S = 1.0
"""How often it is looked whether the machine's clock is believed."""

JOB_REPORT_ROWS = 10_000
"""Rows of a job's report that are kept; the rest are only counted."""

JOB_CHUNKS = 8
"""Chunks of a job that share a commit while nobody is at a till; then it is one at a time."""

TILL_QUIET_S = 1.0
"""Behind the last touch of a till, how long jobs and what follows go on as if somebody were there."""

SCAN_GAP_S = 0.015
"""Behind an answer to them nobody scans again: the fastest scanners take 20 ms. Long work goes on then ..."""

RENDER_GRACE_S = 0.003
"""... once the answer is on the page, ..."""

BACKOFF_FACTOR = 10
"""... and outside of it waits this many times as long as it has just worked."""

PAUSE_LIMIT_S = 0.25
"""At most so long: a slow disk must not stop them."""

YIELD_STEPS = 200
"""A reader beside the till looks whether one is served each time that SQLite has made so many steps for a statement of
its (sqlite3_progress_handler): some ten microseconds."""

SELLING_S = 60.0
"""To a process of its own, the shop sells for so long behind the newest fact ..."""

RESTS_ELSEWHERE = 3
"""... and it rests so many times as long as it has just worked."""

JOBS_LIMIT = 200
"""Ended jobs that are kept for looking at; the oldest are dropped with their reports."""

SUBSCRIBER_BACKLOG = 64
"""Messages that wait for a slow subscriber of the bus; the oldest is dropped (liveness only)."""

PART_BACKOFF_S = (0.5, 1.0, 2.0, 4.0)
"""Pauses between attempts to start a part again; the last one repeats."""

RECENT_LINES, RECENT_CHARS = 5000, 400
"""What is remembered of what the process said: lines, and characters of each."""

TRACEBACK_FRAMES = 8
"""Calls of a traceback that are logged, the innermost ones: enough to find the fault by."""

FAULT_QUIET_S = 60.0
"""A fault of the event loop that was said is only counted for so long."""

DISTINCT_FAULTS = 64
"""Kinds of them that are told apart in that time; one more is not said: the log would be of nothing else."""

SHUTDOWN_STAGE_S = 3.0
"""How long a stage of the shutdown may take before its parts are cancelled."""

DENIALS_EVERY_US = 10_000_000
"""One `RightDenied` an actor, register and command in this time: a stuck button does not fill the journal."""

ANONYMOUS_DENIAL_INTERVAL_US = 60_000_000
"""One for all of those who did not say who they are: a stranger does not fill it either."""

DENIALS_SELDOM_US = 3_600_000_000
"""Of what goes on, each sum comes after twice as long as the one before, up to this; whose cause was gone for as long
begins anew. A page that asks for ever what it may not is a row an hour."""

DENIED_NETWORKS = 8
"""Networks that such a row names; further ones are only counted."""

DENIALS_LIMIT = 1_000
"""Keys that this is remembered for; then all are forgotten and count anew."""

PROBE_BYTES = 256 * 1024
"""What a read-only writer must be able to write before it counts as writable."""

RESERVE_BYTES = 64 * 1024
"""Kept free beside the ledger for opening it on a full disk: twice what SQLite needs. Less than a probe writes, so that
it is not sold on."""

READ_ONLY_PROBE_S = 1.0
"""How often a read-only writer tries whether it can write again."""

JOURNAL_LOOKED_THROUGH = 20_000
"""Rows of the journal that one page of what somebody looks for in it goes through; then they ask for more."""

ARCHIVE_ROWS = 50_000
"""Rows in one file of the archive; fewer than these that are old enough wait for the others."""

ARCHIVE_FRAME_ROWS = 250
"""Rows that are compressed as one piece: what is read for a single one of them."""

ARCHIVE_FRAME_BYTES = 64 * 1024 * 1024
"""A frame decompressed. One that claims more is damaged."""

ARCHIVE_LIVE_ROWS = 10_000
"""The newest rows, which stay in the ledger however old they are."""

ARCHIVE_DELETE_ROWS = 5
"""Archived rows taken out of the ledger at a time; the turn of the writer goes on with the next ones ..."""

ARCHIVE_TURN_S = 0.0015
"""... until it has lasted so long. The rest waits for the next turn."""

ARCHIVE_REMEMBERED_ROWS = 3_000_000
"""Commands of so many of the newest archived rows are known by their ids: a repeat has no second effect (a busy shop's
year and a half, on top of what is live). One of before that would be done again."""

ARCHIVE_FORGET_ROWS = 20
"""Ids forgotten with them: more than come new, so that they do not add up."""

MARK_EVERY_S = 0.4
"""How often, at most, it is put down how far the journal is: each time that the checkpointer comes round."""

MARK_BYTES = 1_024
"""A file of that name that is larger is none of ours."""

PEOPLE_A_TURN = 25
"""Keys of people that are written anew in one turn of the writer, some 2 ms; the rest in the next ones."""
