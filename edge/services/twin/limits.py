"""Every limit of the shell around two boxes, with what happens when it is reached."""

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

HELLO_S = 3.0
"""So long somebody who connects has to show who they are."""

SEND_S = 2.0
"""So long a message may take to be taken by the network; then the connection is made anew."""

DIAL_S = 1.0
AGAIN_S = 0.1
"""Between attempts to reach another machine."""

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
