"""Every limit of the runtime in one place, with what happens when it is reached."""

from __future__ import annotations

MESSAGE_BYTES = 4 * 1024 * 1024
"""A message in either direction. A larger request is `refused`; a worker that sends a larger one has `failed`."""

INLINE_BYTES = 16 * 1024
"""A tensor larger than this goes by shared memory."""

SLOT_BYTES = 32 * 1024 * 1024
"""All tensors of one request: an A4 page at 300 dpi in colour is 26 MB. More is `refused`."""

SLOT_KEPT_BYTES = 2 * 1024 * 1024
"""What of a slot's memory is kept for the next request; the rest is given back to the system after each."""

PARALLEL = 4
"""Requests that a worker has at a time, whatever its engine would take; each has a slot."""

WAITING = 32
"""Requests that wait for one model. The next one is `busy`."""

PARTIALS_WAITING = 1_024
"""Partial results that their asker has not taken. At the limit the request of one who reads them is `behind`, and ends;
for one who only waits for the reply the oldest are dropped."""

FEED_BYTES = 2 * 1024 * 1024
"""Sound that an engine has not taken (65 s at 16 kHz). At the limit the request is `behind`, and ends."""

DEADLINE_S = 600.0
"""The longest a request may take. Who listens for longer asks again."""

BEAT_S = 0.5
"""How often a worker says that it lives, and how often its memory is looked at."""

SILENT_S = 5.0
"""A worker that has loaded and not said so for this long hangs (as code that keeps the interpreter's lock), and is
ended."""

OVERDUE_S = 1.0
"""How long after its deadline a request may keep a worker busy; then that hangs, and is ended."""

YIELDING_PATIENCE = 10.0
"""A worker that gives way to the till may take this many times as long for both."""

LOAD_S = 120.0
"""How long a model may take to load; then its worker hangs."""

ENDS = 3
"""A worker that ended this often without an answer in between is left alone for a while: the model is `unusable`."""

REST_S = (5.0, 30.0, 300.0)
"""For how long; the last one repeats."""

FAULTS_IN_A_ROW = 3
"""An engine that failed at this many requests one after another is started anew."""

PICTURE_PIXELS = 36_000_000
"""A picture file with more (an A4 page at 600 dpi has 35 million) is `refused` before it is unpacked."""

PAGE_PIXELS = 12_000_000
"""A page of a PDF file is drawn with at most so many, however large it says it is."""

MEMORY_HEADROOM = 1.5
MEMORY_SPARE_MB = 128
"""A worker may take its model's `memory_mb` times the one and the other on top; then it leaks, and is ended."""

TAIL_BYTES = 4 * 1024
"""What a worker wrote to standard error is kept from its end: the last words of what crashed."""

PAUSE_S = 0.05
"""While the till is active a worker rests at each step for as long as it worked, up to this."""

FETCH_TRIES = 5
"""How often a download is taken up again where it broke off."""

FETCH_BYTES = 16 * 1024**3
"""A larger file is not fetched."""

FETCH_FREE_BYTES = 1024**3
"""What a download leaves free on the disk; where that is not so it is not begun: a full disk stops the till."""

FETCH_TIMEOUT_S = 30.0
"""A server that says nothing for so long has broken off."""
