"""All limits of the runtime, with what happens when each is reached."""

from __future__ import annotations

MESSAGE_BYTES = 4 * 1024 * 1024
"""A message in either direction. A larger request is `refused`; a worker sending a larger one has `failed`."""

INLINE_BYTES = 16 * 1024
"""Larger tensors are passed in shared memory."""

SLOT_BYTES = 32 * 1024 * 1024
"""All tensors of a request: an A4 page at 300 dpi in colour is 26 MB. More is `refused`."""

SLOT_KEPT_BYTES = 2 * 1024 * 1024
"""The part of a slot's memory kept for the next request; the rest is released after each."""

PARALLEL = 4
"""Requests per worker at a time, whatever its engine allows; each has a slot."""

WAITING = 32
"""Requests waiting for a model. The next one is `busy`."""

PARTIALS_WAITING = 1_024
"""Partial results not yet read. Beyond the limit a request that reads them is `behind`, and ends; for one that only
awaits the reply, the oldest are dropped."""

FEED_BYTES = 2 * 1024 * 1024
"""Sound not yet read by an engine (65 s at 16 kHz). Beyond it the request is `behind`, and ends."""

DEADLINE_S = 600.0
"""The longest deadline of a request. Longer listening needs several requests."""

BEAT_S = 0.5
"""The interval of a worker's heartbeat, and of memory checks."""

SILENT_S = 5.0
"""A loaded worker silent for this long hangs (such as code that keeps the interpreter's lock), and is ended."""

OVERDUE_S = 1.0
"""How long after its deadline a request may keep a worker busy before that counts as hung and is ended."""

YIELDING_PATIENCE = 10.0
"""The factor on both for a worker yielding to the till."""

LOAD_S = 120.0
"""How long a model may take to load before its worker counts as hung."""

ENDS = 3
"""A worker that ended this often without answering in between is paused: the model is `unusable`."""

REST_S = (5.0, 30.0, 300.0)
"""The pauses; the last one repeats."""

FAULTS_IN_A_ROW = 3
"""An engine that failed this many requests in a row is restarted."""

PICTURE_PIXELS = 36_000_000
"""A picture file with more (an A4 page at 600 dpi has 35 million) is `refused` before it's decoded."""

PAGE_PIXELS = 12_000_000
"""The maximum pixels of a rendered PDF page, whatever its stated size."""

MEMORY_HEADROOM = 1.5
MEMORY_SPARE_MB = 128
"""A worker may use its model's `memory_mb` times the factor, plus this; above it counts as a leak, and is ended."""

TAIL_BYTES = 4 * 1024
"""The end of a worker's standard error that is kept, to explain crashes."""

PAUSE_S = 0.05
"""While the till is active, a worker pauses at each step for as long as it worked, up to this."""

FETCH_TRIES = 5
"""How often an interrupted download is resumed."""

FETCH_BYTES = 16 * 1024**3
"""Larger files aren't fetched."""

FETCH_FREE_BYTES = 1024**3
"""Disk space that a download must leave free; otherwise it doesn't start, as a full disk stops the till."""

FETCH_TIMEOUT_S = 30.0
"""A server silent for this long counts as disconnected."""
