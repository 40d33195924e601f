"""All limits of the runtime, with what happens when each is reached."""

from __future__ import annotations

MESSAGE_BYTES = 4 * 1024 * 1024
"""Maximum size of a message in either direction. A larger request is `refused`; a worker sending a larger one has
`failed`.
"""

INLINE_BYTES = 16 * 1024
"""Maximum size of a tensor inside a message; larger tensors are passed in shared memory."""

SLOT_BYTES = 32 * 1024 * 1024
"""Maximum size of all tensors of a request; a larger request is `refused`. An A4 page at 300 dpi in colour is 26 MB."""

SLOT_KEPT_BYTES = 2 * 1024 * 1024
"""The part of a slot's memory kept for the next request; the rest is released after each."""

PARALLEL = 4
"""Maximum requests per worker at a time, even if its engine allows more; each has a slot."""

WAITING = 32
"""Maximum requests waiting for a model; the next one is `busy`."""

PARTIALS_WAITING = 1_024
"""Maximum unread partial results.

Above it, a request that reads them ends as `behind`; for one that only awaits the reply, the oldest are dropped.
"""

FEED_BYTES = 2 * 1024 * 1024
"""Maximum sound that an engine hasn't read yet (65 s at 16 kHz). Above it, the request ends as `behind`."""

DEADLINE_S = 600.0
"""The longest deadline of a request. Longer listening takes several requests."""

BEAT_S = 0.5
"""The interval of a worker's heartbeat, and of memory checks."""

SILENT_S = 5.0
"""Seconds of silence after which a loaded worker counts as hung and is ended.

Code that keeps the interpreter's lock is an example.
"""

OVERDUE_S = 1.0
"""Seconds after its deadline for which a request may keep a worker busy.

Then the worker counts as hung and is ended.
"""

YIELDING_PATIENCE = 10.0
"""Factor on `SILENT_S` and `OVERDUE_S` for a worker yielding to the till."""

LOAD_S = 120.0
"""Time limit for loading a model; then its worker counts as hung."""

ENDS = 3
"""Number of times that a worker may end without an answer in between. Then it's paused, and the model is `unusable`."""

REST_S = (5.0, 30.0, 300.0)
"""The pauses in seconds after these ends; the last one repeats."""

FAULTS_IN_A_ROW = 3
"""Consecutive failed requests after which an engine is restarted."""

PICTURE_PIXELS = 36_000_000
"""Maximum pixels of a picture file; one with more is `refused` before it's decoded. An A4 page at 600 dpi has 35
million.
"""

PAGE_PIXELS = 12_000_000
"""The maximum pixels of a rendered PDF page, regardless of its stated size."""

MEMORY_HEADROOM = 1.5
MEMORY_SPARE_MB = 128
"""A worker's memory allowance in MiB beyond its model's `memory_mb` times the factor.

Above that, it counts as leaking and is ended.
"""

TAIL_BYTES = 4 * 1024
"""Bytes kept of the end of a worker's standard error, to explain crashes."""

PAUSE_S = 0.05
"""The longest pause at each step, in seconds. While the till is active, a worker pauses for as long as it worked."""

FETCH_TRIES = 5
"""Maximum times that an interrupted download is resumed."""

FETCH_BYTES = 16 * 1024**3
"""Maximum size of a file to download."""

FETCH_FREE_BYTES = 1024**3
"""Disk space that a download must leave free; otherwise it doesn't start, as a full disk stops the till."""

FETCH_TIMEOUT_S = 30.0
"""Time of silence after which a server counts as disconnected."""
