"""What goes over the wire comes out equal; anything else is a WireError and never a big allocation."""

import tracemalloc
from random import Random
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync import limits, row_packing, wire
from sync.hub.row_verifier import COPY_COLUMNS, open_rows
from sync.wire import (
    Ack,
    Directive,
    Directives,
    Hello,
    Hint,
    Pull,
    ResendRequest,
    Rows,
    Stopped,
    WireError,
    decode_down,
    decode_up,
    encode,
    hash_of,
)
from tests.sync_doubles import History

HASH = bytes(32)


def hello() -> Hello:
    history = History()
    head = history.head
    return Hello(
        wire.PROTOCOL, "acme", "corner", "till-1", head.epoch, head.seq, head.hash, history.epochs, "1.0", 7, 3
    )


UP = [hello(), Rows(1, 5, 2, b"block"), Pull(4), Stopped(1, "rolled_back", "The hub holds more.")]
DOWN = [
    Ack(1, 10, 20_000),
    ResendRequest(1, 5, 9),
    Stopped(1, "forked", "Row 5 has another content."),
    Directives(3, (Directive(4, "prices", b"{}"),)),
    Hint(9),
]


@pytest.mark.parametrize("message", UP)
def test_a_message_of_the_edge_arrives_equal(message: Any) -> None:
    assert decode_up(encode(message)) == message


@pytest.mark.parametrize("message", DOWN)
def test_a_message_of_the_hub_arrives_equal(message: Any) -> None:
    assert decode_down(encode(message)) == message


def test_an_older_reader_skips_a_newer_field() -> None:
    payload = msgspec.msgpack.encode({"type": "pull", "from_version": 3, "since": "tomorrow"})
    assert decode_up(payload) == Pull(3)


def test_a_message_is_never_longer_than_the_limit() -> None:
    with pytest.raises(WireError, match="at most"):
        encode(Rows(1, 1, 1, bytes(limits.MESSAGE_BYTES)))
    with pytest.raises(WireError, match="at most"):
        decode_up(bytes(limits.MESSAGE_BYTES + 1))


@pytest.mark.parametrize("name", ["", "a/b", "+", "#", "a b", "x" * 65, "$SYS"])
def test_a_name_is_one_plain_topic_level(name: str) -> None:
    payload = msgspec.msgpack.encode(msgspec.structs.replace(hello(), store=name))
    with pytest.raises(WireError, match="store"):
        decode_up(payload)


@given(st.binary(max_size=400))
def test_noise_is_a_wire_error(noise: bytes) -> None:
    for decode in (decode_up, decode_down):
        with pytest.raises(WireError):
            decode(noise)


@given(st.sampled_from(UP + DOWN), st.integers(0, 300), st.binary(min_size=1, max_size=8))
def test_a_damaged_message_is_a_message_or_a_wire_error(message: Any, at: int, damage: bytes) -> None:
    payload = bytearray(encode(message))
    at %= len(payload)
    payload[at : at + len(damage)] = damage
    for decode in (decode_up, decode_down):
        try:
            decode(bytes(payload))
        except WireError:
            continue


def test_a_deeply_nested_field_is_a_wire_error() -> None:
    payload = msgspec.msgpack.encode({"type": "pull", "from_version": 3, "more": 0})[:-1] + b"\x91" * 200_000 + b"\0"
    with pytest.raises(WireError):
        decode_up(payload)


def test_rows_arrive_byte_for_byte() -> None:
    history = History()
    history.append(100)
    assert row_packing.unpack(row_packing.pack(1, history.rows)) == history.rows
    opened = open_rows(row_packing.pack(1, history.rows))
    assert (opened.first, opened.last, opened.spans) == (1, 101, ((1, 1),))


def test_the_hub_recomputes_the_hash_that_the_wire_defines() -> None:
    """It writes it out for speed; it must be `wire.hash_of`."""
    history = History()
    history.append(3, type="Verkauf äöü", body="נמכר".encode())
    opened = open_rows(row_packing.pack(1, history.rows))
    assert [record.hash for record in opened.records] == [hash_of(row) for row in history.rows]


def test_the_hub_stores_every_column() -> None:
    assert sorted(COPY_COLUMNS) == sorted(("tenant", "store", "device", *wire.COLUMNS))


def test_a_block_that_would_be_too_long_takes_fewer_rows() -> None:
    history = History()
    for seed in range(20):
        history.append(body=Random(seed).randbytes(60_000))
    rows = row_packing.pack(1, history.rows)
    assert 1 <= rows.count < 21
    encode(rows)


def test_a_row_that_fits_no_message_is_said_to_be_so() -> None:
    history = History()
    history.append(body=Random(1).randbytes(limits.MESSAGE_BYTES))
    with pytest.raises(WireError, match="row 2 needs a message of"):
        row_packing.pack(1, history.rows[1:])


def test_the_longest_body_allowed_fits() -> None:
    history = History()
    history.append(body=Random(1).randbytes(limits.BODY_BYTES))
    encode(row_packing.pack(1, history.rows[1:]))


@pytest.mark.parametrize("field", [name for name in wire.COLUMNS if name != "clock"])
def test_a_changed_field_is_found(field: str) -> None:
    history = History()
    history.append(3)
    row = history.rows[2]
    value = getattr(row, field)
    other = {int: lambda: value + 1, str: lambda: value + "x", bytes: lambda: value[:-1] + bytes([value[-1] ^ 1])}
    rows = [*history.rows[:2], msgspec.structs.replace(row, **{field: other[type(value)]()}), history.rows[3]]
    with pytest.raises(WireError, match="row"):
        open_rows(row_packing.pack(1, rows))


def test_rows_of_another_number_than_announced_are_refused() -> None:
    history = History()
    history.append(3)
    rows = row_packing.pack(1, history.rows)
    with pytest.raises(WireError, match="announced"):
        open_rows(msgspec.structs.replace(rows, from_seq=2))
    with pytest.raises(WireError, match="announced"):
        open_rows(msgspec.structs.replace(rows, count=3))


def test_a_text_that_postgres_cannot_hold_is_refused() -> None:
    history = History()
    history.append(type="Sale\0")
    with pytest.raises(WireError, match="NUL"):
        open_rows(row_packing.pack(1, history.rows))


def test_a_number_too_large_for_the_hub_is_refused() -> None:
    history = History()
    rows = [msgspec.structs.replace(history.rows[0], at_us=2**63)]
    with pytest.raises(WireError, match="out of range"):
        open_rows(row_packing.pack(1, rows))


def bombs() -> list[bytes]:
    zeros = zstandard.ZstdCompressor(level=1).compress(bytes(64 * 1024 * 1024))
    unknown = zstandard.ZstdCompressor(level=1, write_content_size=False).compress(bytes(64 * 1024 * 1024))
    lying = zstandard.ZstdCompressor(level=1).compress(b"\xdd\xff\xff\xff\xff" + bytes(100))
    nested = zstandard.ZstdCompressor(level=1).compress(b"\x91" * 100_000)
    return [zeros, unknown, lying, nested, zeros[:10], b"", b"\x28\xb5\x2f\xfd"]


@pytest.mark.parametrize("bomb", bombs())
def test_a_bomb_does_not_go_off(bomb: bytes) -> None:
    message = Rows(1, 1, 1, bomb)
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            open_rows(message)
        assert tracemalloc.get_traced_memory()[1] < 2 * limits.BLOCK_BYTES
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=300))
def test_noise_in_a_block_is_a_wire_error(noise: bytes) -> None:
    for content in (noise, zstandard.ZstdCompressor().compress(noise)):
        with pytest.raises(WireError):
            open_rows(Rows(1, 1, 1, content))
