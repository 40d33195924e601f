"""Limits of the twin service, and what happens when each is reached."""

from __future__ import annotations

FRAME_BYTES = 64 * 1024 * 1024
"""Of one message on the link. A larger one is not sent: whoever needed it is given a copy of the whole instead. Who
sends a larger one is cut off."""

KEPT_BYTES = 16 * 1024 * 1024
"""Of shipments that a leader remembers, for a follower that missed some. Who is farther behind gets what differs."""

AT_ONCE_BYTES = 4 * 1024 * 1024
"""Of shipments in one message; the rest follow behind its answer."""

MESSAGES_WAITING = 256
"""On their way to one other machine. What is more is dropped: everything that matters is said again."""

STRANGERS = 16
"""Connections that have not yet shown who they are, at once; one more is cut off."""

STRANGER_S = 60.0
"""How often it is noted that such was cut off: a machine that tries again and again fills no log."""

HELLO_S = 3.0
"""So long somebody who connects has to show who they are."""

SEND_S = 2.0
"""So long a message may take to be taken by the network; then the connection is made anew."""

DIAL_S = 1.0
AGAIN_S = 0.1
"""Between attempts to reach another machine."""

LOOK_S = 0.1
"""How often it is looked whether who is talked to is still there, where nothing is said."""

TICK_S = 0.05
"""How often the machines are given the time."""

APPLY_S = 1.0
APPLY_PAGES = 4_000
"""What a follower was shipped is in its ledger after so long, or once so many pages wait."""

LOG_BYTES = 16 * 1024 * 1024
"""A file of shipments that is larger is followed by another, and removed once the ledger has it."""

COPIED_AT_ONCE = 256
"""Pages in one message of a copy."""

COPY_PAUSE_S = 0.002
"""Between them, so that the shop sells meanwhile."""

PAGE_BYTES = 4096
ASIDE_ROWS = 20_000
"""Rows at the end of an old leader's journal that are looked at: those the new one has not are put aside. That is some
days of a busy shop; where it is not enough, that is logged."""

GIVE_AGAIN_MS = 2_000
"""Between attempts to give the leader what was put aside."""

COMPARE_MS = 5_000
"""How often a box says how it is, for the other one to compare."""

CONFIG_BYTES = 1024 * 1024
"""A config.toml that is larger is neither given nor taken."""

CLOCKS = 5
"""So many of the differences that were heard last are looked at; the least of them is the clocks', and not the
network's."""

CLOCK_APART_S = 5
"""Clocks that are farther apart are said to be: papers of one box would be out of order at the other."""

DIFFERENCES = 20
"""Settings that are named where boxes differ; a file of another shop has hundreds."""

FULL_BYTES = 32 * 1024 * 1024
"""A follower with less free on its disk takes no shipments: the rest is for what it promises, and for saying why."""

FULL_S = 2.0
"""A box whose disk did not keep what it promises begins anew so long afterwards."""

SYNCS = 200
"""Of so many syncs of what was shipped one in a hundred may take longer than `[twin] sync_ms`; else: no heir."""

PROBE_MS = 50
"""How often a disk that is slow syncs something of its own, so that it is known when it is no more."""

CHECK_S, WHOLE_CHECK_S, CHECK_FIRST_S = 3_600.0, 86_400.0, 120.0
"""How often a follower looks at its newest facts, and at all of them; the first time so long behind its start."""

CHECK_CHUNK_BYTES = 1024 * 1024
"""A copy of the ledger that is looked at is made in such pieces: a box that is about to lead does not wait for it."""
