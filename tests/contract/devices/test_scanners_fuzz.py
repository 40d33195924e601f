"""Any input on a wire: never an exception, never more memory than the limit, and the next scan is complete."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.mjpeg import PictureSplitter
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.baud import BaudFinder
from drivers.scanners.decoding.hid_pos import COMMON, HidPosDecoder, is_scanner, layout_of
from drivers.scanners.decoding.hid_report import MAX_FIELDS, input_fields
from drivers.scanners.decoding.keyboard import EVENT, KeyboardDecoder
from drivers.scanners.decoding.lines import LineDecoder, LineOptions
from drivers.scanners.decoding.ssi import SsiDecoder, packet
from drivers.scanners.stream import READ_BYTES, Decoder
from sim.scanners.keyboard import events, us
from sim.scanners.usb import REPORT_DESCRIPTOR, reports

pytestmark = pytest.mark.slow

MAX = 32
OPTIONS = LineOptions(max_bytes=MAX)
GOOD = b"96385074"
SSI_GOOD = packet(0xF3, 0, 0, b"\x0a" + GOOD)
DECODERS: dict[str, tuple[Callable[[], Decoder], bytes]] = {
    "lines": (lambda: LineDecoder(OPTIONS), GOOD + b"\r"),
    "lines with a prefix": (lambda: LineDecoder(LineOptions(max_bytes=MAX, prefix="~")), b"~" + GOOD + b"\r"),
    "lines without an end": (lambda: LineDecoder(LineOptions(max_bytes=MAX, suffix="none")), b""),
    "ssi": (lambda: SsiDecoder(MAX), SSI_GOOD),
    "keyboard": (lambda: KeyboardDecoder(OPTIONS, "us"), us(GOOD.decode() + "\r")),
    "keyboard in French": (lambda: KeyboardDecoder(OPTIONS, "fr", "F8"), b""),
}
LEFT = 600  # bytes: a scan of MAX, an SSI packet, a partial event, and Python's own overhead for them

noise = st.binary(max_size=400)
keys = st.builds(
    lambda triples: events(*triples),
    st.lists(st.tuples(st.sampled_from([0, 1, 4]), st.integers(0, 300), st.integers(-1, 3)), max_size=60),
)
near = st.sampled_from([b"\r", b"\x02", b"\x03", b"~", b"4006381333931", SSI_GOOD, SSI_GOOD[:5], us("1"), us("1\r")])
wire = st.lists(noise | keys | near, max_size=12)


@pytest.mark.parametrize("name", DECODERS)
@given(pieces=wire, cuts=st.lists(st.integers(0, 4000), max_size=12))
def test_any_bytes_give_the_same_codes_however_they_come_and_are_bounded(
    name: str, pieces: list[bytes], cuts: list[int]
) -> None:
    make, good = DECODERS[name]
    whole, cut = make(), make()
    stream = b"".join(pieces)
    at_once = whole.feed(stream)
    marks = sorted({0, *(mark for mark in cuts if mark < len(stream)), len(stream)})
    piecewise = [
        code
        for start, end in zip(marks, [*marks[1:], len(stream)], strict=True)
        for code in cut.feed(stream[start:end])
    ]
    if name != "ssi":  # data after a damaged SSI packet is ignored
        assert piecewise == at_once
    for decoder in (whole, cut):
        if isinstance(decoder, SsiDecoder):
            decoder.answers()  # the driver would send these at once
        assert len(pickle.dumps(decoder)) < len(pickle.dumps(make())) + LEFT
        decoder.pause()
        if isinstance(decoder, SsiDecoder):
            decoder.pause()
        assert not decoder.pending
        decoder.reset()
        assert not good or [code.data for code in decoder.feed(good)] == [GOOD]
    assert all(len(code.data) <= MAX for code in (*at_once, *piecewise))


@example(descriptor=b"", damage=[(0, 0x87)])  # a report ID with four bytes
@given(descriptor=noise, damage=st.lists(st.tuples(st.integers(0, len(REPORT_DESCRIPTOR) - 1), st.integers(0, 255))))
def test_any_report_descriptor_is_read(descriptor: bytes, damage: list[tuple[int, int]]) -> None:
    damaged = bytearray(REPORT_DESCRIPTOR)
    for at, value in damage:
        damaged[at] = value
    (report,) = reports(GOOD)
    for data in (descriptor, bytes(damaged), REPORT_DESCRIPTOR + descriptor):
        assert len(input_fields(data)) <= 2 * MAX_FIELDS
        is_scanner(data)
        HidPosDecoder(layout_of(data), MAX).feed(report)


@pytest.mark.parametrize("bits", [0, 1, 8, 0xFFFFFFFF])
def test_a_report_of_billions_of_values_is_not_laid_out(bits: int) -> None:
    """Usage page 0x8C, usages of a symbology and of data, and the highest count that fits into four bytes."""
    size, many = bits.to_bytes(4, "little"), b"\xff\xff\xff\xff"
    descriptor = b"\x05\x8c\x09\xfb\x09\xfe\x77" + size + b"\x97" + many + b"\x81\x02"
    tracemalloc.start()
    try:
        HidPosDecoder(layout_of(REPORT_DESCRIPTOR + descriptor), MAX).feed(b"\x00" * 64)
        HidPosDecoder(layout_of(descriptor), MAX).feed(b"\x00" * 64)
        assert tracemalloc.get_traced_memory()[1] < PEAK_BYTES
    finally:
        tracemalloc.stop()


@given(parts=st.lists(noise | st.sampled_from([*reports(b"x" * 200), *reports(GOOD)]), max_size=40))
def test_any_reports_are_taken(parts: list[bytes]) -> None:
    for layout in (COMMON, layout_of(REPORT_DESCRIPTOR)):
        decoder = HidPosDecoder(layout, MAX)
        codes = [code for report in parts for code in decoder.feed(report)]
        assert all(len(code.data) <= MAX for code in codes)
        assert len(decoder._begun) <= MAX
        decoder.reset()
        assert [code.data for report in reports(GOOD) for code in decoder.feed(report)] == [GOOD]


@given(heard=st.lists(st.lists(noise, max_size=3), max_size=40))
def test_a_speed_is_always_one_of_the_usual(heard: list[list[bytes]]) -> None:
    finder = BaudFinder(9600)
    for frames in heard:
        finder.judge([DecodedScan(frame) for frame in frames], broke_off=not frames)
        assert 1200 <= finder.baud <= 115_200


def test_a_device_gone_mad_takes_no_memory() -> None:
    """A stuck line at full speed, shortened from an hour: the state that decoders keep."""
    for name, (make, _) in DECODERS.items():
        decoder = make()
        fresh = len(pickle.dumps(decoder))
        for piece in (b"\xff" * 4096, b"1" * 4096, EVENT.pack(0, 0, 1, 2, 1) * 170, EVENT.pack(0, 0, 1, 2, 2) * 170):
            for _ in range(20):
                decoder.feed(piece)
                if isinstance(decoder, SsiDecoder):
                    decoder.answers()
                assert len(pickle.dumps(decoder)) < fresh + LEFT, name


FLOODS = {
    "noise": b"\xff" * READ_BYTES,
    "digits": b"1" * READ_BYTES,
    "ends": b"\r" * READ_BYTES,
    "scans": b"96385074\r" * (READ_BYTES // 9),
    "packets": SSI_GOOD * (READ_BYTES // len(SSI_GOOD)),
    "a stuck key": EVENT.pack(0, 0, 1, 2, 2) * (READ_BYTES // EVENT.size),
    "keys": us("1\r") * (READ_BYTES // len(us("1\r"))),
}
PEAK_BYTES = 512 * 1024
"""Peak memory while a megabyte arrives, including the codes of one read that nobody has fetched yet."""


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("name", DECODERS)
def test_a_flood_stays_small_while_it_is_read(name: str, flood: str) -> None:
    decoder = DECODERS[name][0]()
    decoder.feed(FLOODS[flood])
    decoder.reset()
    tracemalloc.start()
    try:
        for _ in range(256):
            decoder.feed(FLOODS[flood])
            if isinstance(decoder, SsiDecoder):
                decoder.answers()
        assert tracemalloc.get_traced_memory()[1] < PEAK_BYTES
    finally:
        tracemalloc.stop()


def test_a_camera_gone_mad_takes_the_memory_of_one_picture() -> None:
    limit = 200_000
    for piece in (b"\xff\xd8\xff" + b"x" * 60_000, b"x" * 60_000, b"Content-Length: 999999999\r\n" * 2_000):
        splitter = PictureSplitter(limit)
        tracemalloc.start()
        try:
            for _ in range(100):
                splitter.feed(piece)
            assert tracemalloc.get_traced_memory()[1] < 3 * limit
        finally:
            tracemalloc.stop()
