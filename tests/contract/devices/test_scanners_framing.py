"""The codec of all byte-oriented scanners: the same scans, however the bytes are chunked."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from drivers.scanners.decoding.framing import Framer

MAX = 8
bytes_of_a_scanner = st.lists(st.sampled_from([b"\r", b"\n", b"\x02", b"\x03", b"1", b"A", b"12345678"])).map(b"".join)
anything = st.binary(max_size=200)


def frames_by_definition(stream: bytes) -> tuple[list[bytes], int]:
    """Return the expected frames (complete pieces between ends, stripped), and the number of overlong pieces."""
    pieces = [piece.removeprefix(b"\x02").removesuffix(b"\x03") for piece in re.split(rb"[\r\n]", stream)[:-1]]
    return [piece for piece in pieces if 0 < len(piece) <= MAX], sum(len(piece) > MAX for piece in pieces)


@given(stream=bytes_of_a_scanner | anything, cuts=st.lists(st.integers(0, 200)))
def test_any_chunking_gives_the_same_frames(stream: bytes, cuts: list[int]) -> None:
    framer = Framer(b"\r\n", MAX)
    marks = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    frames: list[bytes] = []
    for start, end in itertools.pairwise(marks):
        frames += framer.feed(stream[start:end])
        assert len(framer._held) <= MAX + 2
    assert (frames, framer.dropped) == frames_by_definition(stream)


@given(chunks=st.lists(anything))
def test_without_a_suffix_only_a_pause_ends_a_frame(chunks: list[bytes]) -> None:
    framer = Framer(b"", MAX)
    for chunk in chunks:
        assert framer.feed(chunk) == []
        assert len(framer._held) <= MAX + 2
    whole = b"".join(chunks).removeprefix(b"\x02").removesuffix(b"\x03")
    assert framer.flush() == (whole if 0 < len(whole) <= MAX else None)
    assert not framer.pending


def test_a_frame_cut_short_is_counted_and_does_not_spoil_the_next() -> None:
    framer = Framer(b"\r", MAX)
    assert framer.feed(b"4006") == []
    framer.discard()
    assert framer.feed(b"12345\r") == [b"12345"]
    assert framer.dropped == 1


def test_a_scan_far_too_long_takes_no_memory() -> None:
    framer = Framer(b"\r", MAX)
    for _ in range(1000):
        framer.feed(b"x" * 1000)
    assert len(framer._held) == 0
    assert framer.feed(b"\r123\r") == [b"123"]
    assert framer.dropped == 1
