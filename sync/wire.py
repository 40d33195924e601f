"""Journal rows as both sides know them, their hash, and the messages that carry them.

The edge stores a row in SQLite, the hub in Postgres, and the wire carries it between them. A row is never encoded
again: `body` is the JSON written when the event happened, and the hash covers the stored bytes.

A message is an MQTT payload: a MessagePack map with its `type`. Fields may be added with a default (readers skip
unknown ones); a changed meaning increases `PROTOCOL`.
"""

from __future__ import annotations

import hashlib
from struct import Struct as Layout
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from sync import limits

PROTOCOL: Final = 1
HASH_BYTES = 32
SIGNATURE_BYTES = 64
Clock = Literal["ok", "suspect"]


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A journal event.

    `epoch, seq` is the key; `seq` has no gaps and continues through a new epoch. `command_id` (16 bytes, UUIDv7) is the
    command that caused it, `n` its position among that command's events. `command_hash` (SHA-256) covers the whole
    command, to detect the same id with different content. `at_us` is the wall clock in UTC microseconds, `mono_us` the
    monotonic clock of boot `boot_id` (16 bytes). `business_date` is ISO 8601. `prev` is the hash of the previous row,
    or the journal's origin.
    """

    epoch: int
    seq: int
    command_id: bytes
    n: int
    command_hash: bytes
    register: str
    actor: str
    surface: str
    business_date: str
    at_us: int
    mono_us: int
    boot_id: bytes
    clock: Clock
    type: str
    version: int
    body: bytes
    prev: bytes
    hash: bytes


COLUMNS = Row.__struct_fields__

_head = Layout(">6q11I")
_length = Layout(">I")


def row_hash(
    epoch: int,
    seq: int,
    command_id: bytes,
    n: int,
    command_hash: bytes,
    register: str,
    actor: str,
    surface: str,
    business_date: str,
    at_us: int,
    mono_us: int,
    boot_id: bytes,
    clock: str,
    type: str,
    version: int,
    body: bytes,
    prev: bytes,
) -> bytes:
    """SHA-256 of a row's stored values, including `prev` (32 bytes).

    Layout: the six integers (epoch, seq, n, at_us, mono_us, version) as signed 64-bit big-endian, the lengths in bytes
    of the eleven other fields in column order as unsigned 32-bit big-endian, then those fields (text as UTF-8). As
    lengths precede contents, no two rows have the same input.
    """
    fields = (
        command_id,
        command_hash,
        register.encode(),
        actor.encode(),
        surface.encode(),
        business_date.encode(),
        boot_id,
        clock.encode(),
        type.encode(),
        body,
        prev,
    )
    head = _head.pack(epoch, seq, n, at_us, mono_us, version, *map(len, fields))
    return hashlib.sha256(head + b"".join(fields)).digest()


def hash_of(row: Row) -> bytes:
    """The expected hash of `row`, to compare with `row.hash`."""
    return row_hash(*msgspec.structs.astuple(row)[:-1])


def origin(tenant: str, store: str, device: str) -> bytes:
    """Return the `prev` of a device's first row, which ties a journal to its device."""
    digest = hashlib.sha256()
    for name in (tenant, store, device):
        data = name.encode()
        digest.update(_length.pack(len(data)) + data)
    return digest.digest()


class WireError(Exception):
    """Bytes that aren't a valid message; the text names the error and its position."""


Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Hash = Annotated[bytes, Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)", max_length=limits.NAME_CHARS)]
Text = Annotated[str, Meta(max_length=limits.TEXT_CHARS)]
StopCode = Literal[
    "protocol",  # the device speaks a newer protocol than the hub
    "stranger",  # the hello names a different device than its topic
    "bad_history",  # the hello's epochs don't fit together
    "unknown_parent",  # the epoch branches off a row the hub doesn't have
    "forked",  # same epoch and number, but different content
    "fenced",  # a newer epoch has replaced this one
    "broken_chain",  # a row doesn't follow the one before it
    "unreadable",  # a block has wrong bytes or hashes
    "rolled_back",  # the device has fewer rows than the hub acknowledged to it
    "missing_rows",  # the device no longer has rows that the hub needs
    "row_too_long",  # a row needs a longer message than the device's broker accepts
]


class Epoch(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of a device's history that begins at `first_seq`, after its parent row.

    The first epoch's parent is (0, 0, `origin`), which ties a history to its device."""

    epoch: Number
    first_seq: Number
    parent_epoch: Number
    parent_seq: Number
    parent_hash: Hash


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Edge to hub, first on each connection: the device's identity and the extent of its journal.

    `seq` 0 with the origin as `hash` means an empty journal. `applied` is the last applied directive. `number`
    identifies this hello, and its Ack repeats it. Answer: Ack or Stopped.
    """

    protocol: Number
    tenant: Name
    store: Name
    device: Name
    epoch: Number
    seq: Number
    hash: Hash
    epochs: Annotated[tuple[Epoch, ...], Meta(min_length=1, max_length=limits.EPOCHS)]
    app: Text = ""
    applied: Number = 0
    number: Number = 0


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Edge to hub: `count` consecutive rows from `from_seq`, with `block` as packed by `sync.row_packing`.

    `epoch` is the sender's newest epoch, not that of the rows. Answer: Ack, Want or Stopped.
    """

    epoch: Number
    from_seq: Number
    count: Annotated[int, Meta(ge=1, le=limits.BLOCK_ROWS)]
    block: bytes


class Orphans(msgspec.Struct, frozen=True, array_like=True):
    """Acknowledged rows of an earlier epoch, stored at head office, that newer epochs don't continue.

    A backup without them was restored. `command_id` and `n` identify the last of them other than an `EpochStarted`; a
    journal that has that event has recovered them all. Times are of the first and last row, in UTC microseconds.
    """

    epoch: Number
    first: Number
    last: Number
    command_id: Annotated[bytes, Meta(max_length=HASH_BYTES)]
    n: Number
    from_us: int
    to_us: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


class Ack(msgspec.Struct, frozen=True, tag="ack"):
    """Hub to edge: rows through `through` are committed, and up to `credit` more may be in transit.

    `hello` is the number of the hello answered; 0 for rows. `hash` is that of row `through` (the origin for 0), so that
    only its owner accepts the ack; empty from older hubs. `at_us` is the hub's clock at sending (UTC microseconds),
    which shows a box that its own clock is wrong; 0 from older hubs. `orphans` answer a hello, newest first.
    """

    epoch: Number
    through: Number
    credit: Number
    hello: Number = 0
    hash: Annotated[bytes, Meta(max_length=HASH_BYTES)] = b""
    at_us: Number = 0
    orphans: Annotated[tuple[Orphans, ...], Meta(max_length=limits.ORPHANS)] = ()


class ResendRequest(msgspec.Struct, frozen=True, tag="want"):
    """Hub to edge: these rows are missing (inclusive); send them again."""

    epoch: Number
    from_seq: Number
    to_seq: Number


class Stopped(msgspec.Struct, frozen=True, tag="stopped"):
    """Either way: this epoch's rows aren't accepted (or sent) until a person acts; `text`: the reason.

    `by_hand`: a person at head office fenced the device, so another epoch doesn't help.
    """

    epoch: Number
    code: StopCode
    text: Text
    by_hand: bool = False


class Pull(msgspec.Struct, frozen=True, tag="pull"):
    """Edge to hub: `from_version` is applied; send the following directives. Answer: Directives or Stopped.

    `epoch` is the sender's newest, so that an idle box learns that it was replaced; 0 from older boxes.
    """

    from_version: Number
    epoch: Number = 0


class Seal(msgspec.Struct, frozen=True, array_like=True):
    """Head office's signature of a directive (`sync.directive_signing`).

    It has the creation and expiry in UTC microseconds, and 64 bytes of signature.
    """

    made_us: Number
    expires_us: Number
    signature: Annotated[bytes, Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)]


class Directive(msgspec.Struct, frozen=True, array_like=True):
    """A directive of head office; versions ascend within a store. `body`: read by the part that applies it.

    `seal`: None if head office has no signing key, or had none at publication."""

    version: Number
    kind: Name
    body: Annotated[bytes, Meta(max_length=limits.DIRECTIVE_BYTES)]
    seal: Seal | None = None


class Directives(msgspec.Struct, frozen=True, tag="directives"):
    """Hub to edge: the directives after `from_version`, or the first of them; empty if there are none.

    `through`: the hub's last row of the requesting epoch, so that an idle box notices a restored hub database; -1 from
    older hubs.
    """

    from_version: Number
    directives: Annotated[tuple[Directive, ...], Meta(max_length=limits.DIRECTIVES)]
    through: int = -1


class Hint(msgspec.Struct, frozen=True, tag="hint"):
    """Hub to edge: directives up to `version` exist. May be lost or repeated."""

    version: Number


class Fetch(msgspec.Struct, frozen=True, tag="fetch"):
    """Edge to hub: request `count` rows of the device's own history from `from_seq`, or, with 0, its extent.

    Answer: Fetched.

    An empty box uses it to rebuild its ledger before its first hello. With `epoch`, the acknowledged rows of that epoch
    are sent, even if newer epochs don't continue it.
    """

    from_seq: Number
    count: Annotated[int, Meta(ge=1, le=limits.BLOCK_ROWS)] = limits.BLOCK_ROWS
    epoch: Number = 0


class Fetched(msgspec.Struct, frozen=True, tag="fetched"):
    """Hub to edge: the history consists of `epochs`, stored through row `through` with `hash`.

    A Fetch from 0 gets only that (no epochs: the device is unknown). Otherwise `epochs` is empty, and `block` has
    `count` rows from `from_seq`: as many as fit, none after `through`, and none if the first is archived. `orphans`:
    for a Fetch from 0, newest first.
    """

    from_seq: Number
    through: Number
    hash: Hash
    epochs: Annotated[tuple[Epoch, ...], Meta(max_length=limits.EPOCHS)] = ()
    count: Annotated[int, Meta(ge=0, le=limits.BLOCK_ROWS)] = 0
    block: bytes = b""
    orphans: Annotated[tuple[Orphans, ...], Meta(max_length=limits.ORPHANS)] = ()


class Digest(msgspec.Struct, frozen=True, tag="digest"):
    """Edge to hub: request digests of `count` ranges of `step` rows each, from `from_seq`. Answer: Digests."""

    from_seq: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    step: Annotated[int, Meta(ge=1, le=limits.DIGEST_ROWS)]
    count: Annotated[int, Meta(ge=1, le=limits.DIGESTS)]


class Digests(msgspec.Struct, frozen=True, tag="digests"):
    """Hub to edge: the digests requested by a Digest.

    The history is stored through `through`, with rows before `first` only archived. Each range from `from_seq` up to
    `through` has its `sync.digests.digest_of`; empty for a range without rows. At most `limits.DIGEST_RANGES *
    limits.DIGEST_ROWS` rows are examined.
    """

    from_seq: Number
    step: Number
    through: Number
    first: Number
    digests: Annotated[tuple[Annotated[bytes, Meta(max_length=HASH_BYTES)], ...], Meta(max_length=limits.DIGESTS)]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Edge to hub: a question that `room` answers immediately (Answered, with the same number) or never.

    `rest`: the rest of a long body.
    """

    number: Number
    room: Name
    body: Annotated[bytes, Meta(max_length=limits.ASK_BYTES)]
    rest: Annotated[bytes, Meta(max_length=limits.REST_BYTES)] = b""


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """Hub to edge: the answer to a question; empty if there is none. `rest`: see `Ask`."""

    number: Number
    body: Annotated[bytes, Meta(max_length=limits.ASK_BYTES)]
    rest: Annotated[bytes, Meta(max_length=limits.REST_BYTES)] = b""


Up = Hello | Rows | Pull | Stopped | Fetch | Digest | Ask
Down = Ack | ResendRequest | Stopped | Directives | Hint | Fetched | Digests | Answered

_encoder = msgspec.msgpack.Encoder()
_up: msgspec.msgpack.Decoder[Up] = msgspec.msgpack.Decoder(Up)
_down: msgspec.msgpack.Decoder[Down] = msgspec.msgpack.Decoder(Down)


def encode(message: Up | Down) -> bytes:
    """Encode `message`. Raises `WireError` if it's too long."""
    payload = _encoder.encode(message)
    if len(payload) > limits.MESSAGE_BYTES:
        kind = type(message).__name__
        raise WireError(f"{kind} of {len(payload)} bytes; a message has at most {limits.MESSAGE_BYTES}")
    return payload


def decode_up(payload: bytes) -> Up:
    """Decode a message from an edge. Raises `WireError`."""
    _fits(payload)
    try:
        return _up.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not a message from an edge: {error}") from error


def decode_down(payload: bytes) -> Down:
    """Decode a message from the hub. Raises `WireError`."""
    _fits(payload)
    try:
        return _down.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not a message from the hub: {error}") from error


def _fits(payload: bytes) -> None:
    if len(payload) > limits.MESSAGE_BYTES:
        raise WireError(f"{len(payload)} bytes; a message has at most {limits.MESSAGE_BYTES}")
