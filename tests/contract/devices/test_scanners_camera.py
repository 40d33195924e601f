"""Cameras as scanners, beyond the common contract: a code is scanned once, until it has left the picture."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers import registry
from drivers.mjpeg import HEAD_BYTES, PictureSplitter
from drivers.roles import DeviceError, Scanner
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.kinds import NoPicture
from drivers.scanners.decoding.pictures import codes_in
from drivers.scanners.decoding.presence import MAX_IN_VIEW, Presence
from sim.scanners.camera import SimCamera, picture
from tests.scanners import run, take, text

A, B = DecodedScan(b"4006381333931", "]E0"), DecodedScan(b"96385074", "]E4")
ONE, TWO = picture("4006381333931"), picture("96385074")


def watching(camera: SimCamera, **options: object) -> Scanner:
    wanted = {"url": camera.url, "max_fps": 60, "gone_after_ms": 200, **options}
    return registry.create("scanner", "camera", wanted)


def with_camera(test: Callable[[SimCamera], Coroutine[Any, Any, None]], **how: Any) -> None:
    async def go() -> None:
        async with SimCamera(**how) as camera:
            await test(camera)

    run(go())


# ---- in the picture ----------------------------------------------------------------------------


def test_a_code_is_new_once_it_was_seen_twice_and_again_when_it_had_left() -> None:
    presence = Presence(confirm=2, gone_after_ms=1000)
    assert presence.look([A], 0) == []
    assert presence.look([A], 100) == [A]
    assert presence.look([A], 200) == []
    assert presence.look([], 300) == []  # missed for a moment, for example behind a hand
    assert presence.look([A, B], 400) == []
    assert presence.look([A, B], 500) == [B]
    assert presence.look([], 1300) == []
    assert presence.look([], 1700) == []
    assert presence.look([A], 1800) == []
    assert presence.look([A], 1900) == [A]


def test_a_stream_that_stood_still_does_not_scan_again_what_still_lies_there() -> None:
    presence = Presence(confirm=1, gone_after_ms=1000)
    assert presence.look([A], 0) == [A]
    assert presence.look([A], 60_000) == []
    assert presence.look([], 120_000) == []
    assert presence.look([A], 120_050) == []


def test_what_flashed_up_once_is_no_scan() -> None:
    presence = Presence(confirm=2, gone_after_ms=1000)
    assert presence.look([A], 0) == []
    assert presence.look([], 50) == []
    assert presence.look([A], 100) == []


@given(views=st.lists(st.lists(st.integers(0, 300), max_size=200), max_size=20))
def test_any_number_of_codes_takes_bounded_memory(views: list[list[int]]) -> None:
    presence = Presence(confirm=1, gone_after_ms=100)
    for at, view in enumerate(views):
        new = presence.look([DecodedScan(str(code).encode()) for code in view], at * 60)
        assert len(new) == len(set(new)) <= MAX_IN_VIEW
        assert len(presence._seen) <= MAX_IN_VIEW


# ---- the stream --------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [True, False])
@given(cuts=st.lists(st.integers(0, 30_000), max_size=20))
def test_a_stream_is_cut_into_its_pictures_however_it_comes(length: bool, cuts: list[int]) -> None:
    stream = b"".join(
        b"--b\r\nContent-Type: image/jpeg\r\n"
        + (b"Content-Length: %d\r\n" % len(jpeg)) * length
        + b"\r\n"
        + jpeg
        + b"\r\n"
        for jpeg in (ONE, TWO, ONE)
    )
    marks = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    splitter = PictureSplitter(100_000)
    pictures = [found for start, end in itertools.pairwise(marks) for found in splitter.feed(stream[start:end])]
    assert pictures == [ONE, TWO, ONE]


@pytest.mark.parametrize("wrong", [-1, 1, -40, 1_000])
def test_a_wrong_length_costs_no_picture(wrong: int) -> None:
    heads = [b"--b\r\nContent-Length: %d\r\n\r\n" % (len(jpeg) + wrong) for jpeg in (ONE, TWO) * 4]
    parts = [head + jpeg + b"\r\n" for head, jpeg in zip(heads, (ONE, TWO) * 4, strict=True)]
    stream = b"".join(parts) + b"--b--\r\n" + bytes(2_000)
    for size in (7, 1_000, len(stream)):
        splitter = PictureSplitter(100_000)
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [one for chunk in chunks for one in splitter.feed(chunk)] == [ONE, TWO] * 4, size


@pytest.mark.parametrize("length", [True, False])
def test_a_picture_without_its_end_ends_where_the_next_part_begins(length: bool) -> None:
    """The reader of the picture reports that it is broken. Waiting for more data would lose the next picture too."""
    parts = [ONE[:-2], TWO, ONE[:-2], TWO]
    heads = [b"--b\r\n" + (b"Content-Length: %d\r\n" % len(one) if length else b"") + b"\r\n" for one in parts]
    stream = b"".join(head + one + b"\r\n" for head, one in zip(heads, parts, strict=True)) + b"--b--\r\n"
    for size in (7, 1_000, len(stream)):
        splitter = PictureSplitter(100_000)
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [one for chunk in chunks for one in splitter.feed(chunk)] == parts, size


def test_a_grey_picture_of_16_bits_is_read() -> None:
    with Image.open(io.BytesIO(ONE)) as seen:
        deep = np.asarray(seen.convert("L")).astype(np.uint16) * 257
    out = io.BytesIO()
    Image.fromarray(deep).save(out, "PNG")
    assert codes_in(out.getvalue()) == [A]


def test_a_padded_picture_ends_where_its_length_says() -> None:
    padded = ONE + b"\0" * 100
    stream = b"Content-Length: %d\r\n\r\n" % len(padded) + padded + bytes(HEAD_BYTES)
    assert PictureSplitter(100_000).feed(stream) == [padded]


def test_a_picture_within_a_picture_is_no_end_where_the_length_is_said() -> None:
    thumbnail = ONE[:2] + b"\xff\xe1" + TWO + ONE[2:]
    stream = b"Content-Length: %d\r\n\r\n" % len(thumbnail) + thumbnail
    assert PictureSplitter(100_000).feed(stream) == [thumbnail]


@given(
    data=st.lists(st.binary(max_size=2000) | st.sampled_from([b"\xff\xd8\xff", b"\xff\xd9", b"Content-Length: 9\r\n"]))
)
def test_any_bytes_are_taken_and_memory_is_bounded(data: list[bytes]) -> None:
    splitter = PictureSplitter(1000)
    for piece in data:
        assert all(len(found) <= 1000 for found in splitter.feed(piece))
        assert len(splitter._held) <= 1000 + 4096 + len(piece)


@given(st.binary(max_size=300))
def test_an_invalid_picture_is_said(noise: bytes) -> None:
    for data in (noise, ONE[:200] + noise, ONE[:50] + noise + ONE[50:]):
        with contextlib.suppress(NoPicture):
            codes_in(data)


def test_codes_come_with_their_kind_and_only_the_kinds_asked_for() -> None:
    found = codes_in(picture("4006381333931", "ABC-123"))
    assert sorted(found) == [DecodedScan(b"4006381333931", "]E0"), DecodedScan(b"ABC-123", "]C0")]
    assert codes_in(picture("4006381333931", "ABC-123"), ["code128"]) == [DecodedScan(b"ABC-123", "]C0")]
    assert codes_in(picture()) == []


# ---- over HTTP ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lengths", [True, False])
def test_what_lies_there_is_scanned_once_and_again_when_it_was_away(lengths: bool) -> None:
    async def go(camera: SimCamera) -> None:
        scanner = watching(camera)
        await scanner.open()
        camera.show("4006381333931")
        assert text(await take(scanner, 1)) == ["4006381333931"]
        camera.show("4006381333931", "96385074")  # only the code added next to it is new
        assert text(await take(scanner, 1)) == ["96385074"]
        camera.show()
        seen = camera.sent
        while camera.sent < seen + 20:  # noqa: ASYNC110  run() has the deadline
            await asyncio.sleep(0.01)
        camera.show("4006381333931")
        assert text(await take(scanner, 1)) == ["4006381333931"]
        await scanner.close()

    with_camera(go, lengths=lengths)


@pytest.mark.parametrize("digest", [False, True])
def test_a_camera_that_asks_for_a_password_gets_it(tmp_path: Path, digest: bool) -> None:
    async def go(camera: SimCamera) -> None:
        with pytest.raises(DeviceError, match="rejected the user name or password"):
            await watching(camera).open()
        (tmp_path / "password").write_text("s3cret\n")
        scanner = watching(camera, username="shop", password_file=str(tmp_path / "password"))
        await scanner.open()
        camera.show("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()
        (tmp_path / "password").write_text("another\n")
        with pytest.raises(DeviceError, match="rejected the user name or password"):
            await scanner.open()
        with pytest.raises(DeviceError, match="password file"):
            await watching(camera, username="shop", password_file=str(tmp_path / "nothing")).open()

    with_camera(go, login="shop:s3cret", digest=digest)


def test_an_address_without_a_stream_is_said() -> None:
    async def go(camera: SimCamera) -> None:
        camera.path = "/elsewhere"
        with pytest.raises(DeviceError, match="doesn't send an image stream"):
            await watching(camera, url=camera.url.replace("elsewhere", "video")).open()

    with_camera(go)


def test_a_camera_that_freezes_is_lost() -> None:
    async def go(camera: SimCamera) -> None:
        scanner = watching(camera, stall_timeout_ms=100)
        await scanner.open()
        camera.fps = 0.1  # type: ignore[assignment]
        with pytest.raises(DeviceError, match="is gone"):
            await take(scanner, 1)
        await scanner.close()

    with_camera(go)
