"""The journal's row as both sides know it, its hash, and the messages that carry it.

The edge stores this row in SQLite, the hub in Postgres, and the wire carries it between them. Nobody re-encodes it:
`body` is the JSON that was written when the fact happened, and the hash is over the stored bytes.

A message is one MQTT payload: a MessagePack map with its `type`. Fields may be added with a default (readers skip what
they do not know); a changed meaning raises `PROTOCOL`.
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
    """One event in the journal. `epoch, seq` is the key; `seq` has no gaps and goes on counting through a new epoch.
    `command_id` (16 bytes, UUIDv7) and `n` say which command caused it and as its
    how-manieth event; `command_hash` (SHA-256) is of the whole command, so that the same
    id with another content is noticed. `at_us` is the wall clock in UTC microseconds,
    `mono_us` the monotonic clock of the boot `boot_id` (16 bytes). `business_date` is
    ISO 8601. `prev` is the hash of the row before, or the journal's origin.
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
    """SHA-256 over the stored values of a row, `prev` included (32 bytes).

    Layout: the six integers (epoch, seq, n, at_us, mono_us, version) as signed 64-bit big-endian, the lengths in bytes
    of the eleven other fields in column order as unsigned 32-bit big-endian, then those fields (text as UTF-8). Lengths
    before contents: no two different rows share an input.
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
    """The hash that `row` should carry; compare with `row.hash`."""
    return row_hash(*msgspec.structs.astuple(row)[:-1])


def origin(tenant: str, store: str, device: str) -> bytes:
    """The `prev` of a device's first row: a journal cannot pass for another device's."""
    digest = hashlib.sha256()
    for name in (tenant, store, device):
        data = name.encode()
        digest.update(_length.pack(len(data)) + data)
    return digest.digest()


class WireError(Exception):
    """Bytes that are no message of ours; says what is wrong and where."""


Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Hash = Annotated[bytes, Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)", max_length=limits.NAME_CHARS)]
Text = Annotated[str, Meta(max_length=limits.TEXT_CHARS)]
StopCode = Literal[
    "protocol",  # the device speaks a newer protocol than the hub
    "stranger",  # the hello names another device than its topic
    "bad_history",  # the epochs of the hello do not fit together
    "unknown_parent",  # the epoch branches off a row that the hub does not hold
    "forked",  # the same epoch and number with another content
    "fenced",  # a newer epoch has taken this one's place
    "broken_chain",  # a row does not continue the one before
    "unreadable",  # a block whose bytes or hashes are wrong
    "rolled_back",  # the device holds less than the hub has acknowledged to it
    "missing_rows",  # the device no longer has rows that the hub needs
    "row_too_long",  # the device's broker takes no message that one of its rows fits in
]


class Epoch(msgspec.Struct, frozen=True, array_like=True):
    """One stretch of a device's history: it begins at `first_seq`, after its parent row.

    The first epoch's parent is (0, 0, `origin`), so that a history belongs to one device."""

    epoch: Number
    first_seq: Number
    parent_epoch: Number
    parent_seq: Number
    parent_hash: Hash


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Edge to hub, first on each connection: who I am and how far my journal goes.

    `seq` 0 with the origin as `hash` is an empty journal. `applied` is the version of the
    last directive applied; `number` tells this hello from those before, and its Ack repeats it.
    Answer: Ack or Stopped.
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
    """Edge to hub: `count` rows from `from_seq` on, without a gap; `block` as `sync.row_packing` packs it.

    `epoch` is the sender's newest, not that of the rows. Answer: Ack, Want or Stopped.
    """

    epoch: Number
    from_seq: Number
    count: Annotated[int, Meta(ge=1, le=limits.BLOCK_ROWS)]
    block: bytes


class Orphans(msgspec.Struct, frozen=True, array_like=True):
    """Rows of an earlier epoch that the hub has acknowledged and that the newer epochs do not go on from: a backup
    that lacked them was restored. They are in head office's books.

    `command_id` and `n` are those of the last of them but for an `EpochStarted`: a journal that has that one has them
    all again. Times are those of the first and the last, in UTC microseconds.
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
    """Hub to edge: rows through `through` are committed; up to `credit` more may be on their way.

    `hello` is the number of the hello that this answers; 0 when it answers rows. `hash` is that of row `through` (the
    origin for 0): an ack is for who has that row. Empty: from a hub of before it was told. `at_us` is the hub's clock
    (UTC microseconds) as it sends this: a box whose own is wrong learns it here. 0: from a hub of before.
    `orphans`: with the answer to a hello, the newest first.
    """

    epoch: Number
    through: Number
    credit: Number
    hello: Number = 0
    hash: Annotated[bytes, Meta(max_length=HASH_BYTES)] = b""
    at_us: Number = 0
    orphans: Annotated[tuple[Orphans, ...], Meta(max_length=limits.ORPHANS)] = ()


class ResendRequest(msgspec.Struct, frozen=True, tag="want"):
    """Hub to edge: these rows are missing (both ends included), send them again."""

    epoch: Number
    from_seq: Number
    to_seq: Number


class Stopped(msgspec.Struct, frozen=True, tag="stopped"):
    """Either way: this epoch's rows are not taken (or not sent) until a person acts; `text` says why.

    `by_hand`: somebody at head office fenced the device, so that no other epoch helps.
    """

    epoch: Number
    code: StopCode
    text: Text
    by_hand: bool = False


class Pull(msgspec.Struct, frozen=True, tag="pull"):
    """Edge to hub: I have applied `from_version`; what comes after it? Answer: Directives or Stopped.

    `epoch` is the sender's newest, so that a box without anything to send hears that another has its place; 0 from
    a box of before it was told.
    """

    from_version: Number
    epoch: Number = 0


class Seal(msgspec.Struct, frozen=True, array_like=True):
    """Head office's signature of a directive (`sync.directive_signing`): when it was made and when it ends, in UTC
    microseconds, and the 64 bytes of it."""

    made_us: Number
    expires_us: Number
    signature: Annotated[bytes, Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)]


class Directive(msgspec.Struct, frozen=True, array_like=True):
    """One order from head office; versions ascend within a store. `body` is for the applier to read.

    `seal` is None where head office has no key to sign with, or had none when it was published."""

    version: Number
    kind: Name
    body: Annotated[bytes, Meta(max_length=limits.DIRECTIVE_BYTES)]
    seal: Seal | None = None


class Directives(msgspec.Struct, frozen=True, tag="directives"):
    """Hub to edge: all that follows `from_version`, or its beginning; empty when there is nothing.

    `through` is how far the hub holds the rows of the epoch that asks, so that a box with nothing to send notices that
    a database was set back; -1 from a hub of before it was told.
    """

    from_version: Number
    directives: Annotated[tuple[Directive, ...], Meta(max_length=limits.DIRECTIVES)]
    through: int = -1


class Hint(msgspec.Struct, frozen=True, tag="hint"):
    """Hub to edge: directives up to `version` exist. May be lost or repeated."""

    version: Number


class Fetch(msgspec.Struct, frozen=True, tag="fetch"):
    """Edge to hub: give me `count` rows of my own history from `from_seq` on, or with 0 what there is. Answer: Fetched.

    An empty box asks so, whose ledger is to be made again; it says no hello before it has done that. With `epoch`:
    acknowledged rows of that one, also such as the newer ones do not go on from.
    """

    from_seq: Number
    count: Annotated[int, Meta(ge=1, le=limits.BLOCK_ROWS)] = limits.BLOCK_ROWS
    epoch: Number = 0


class Fetched(msgspec.Struct, frozen=True, tag="fetched"):
    """Hub to edge: the history is that of `epochs`, held through row `through`, which has `hash`.

    For a Fetch from 0 that is all (no epochs: the hub knows nothing of this device). Otherwise `epochs` is empty, and
    `count` rows from `from_seq` on stand in `block`: as many as fit, none behind `through`; none at all where the
    first of them is in an archive. `orphans`: for a Fetch from 0, the newest first.
    """

    from_seq: Number
    through: Number
    hash: Hash
    epochs: Annotated[tuple[Epoch, ...], Meta(max_length=limits.EPOCHS)] = ()
    count: Annotated[int, Meta(ge=0, le=limits.BLOCK_ROWS)] = 0
    block: bytes = b""
    orphans: Annotated[tuple[Orphans, ...], Meta(max_length=limits.ORPHANS)] = ()


class Digest(msgspec.Struct, frozen=True, tag="digest"):
    """Edge to hub: what do `count` ranges of `step` rows each come to, from `from_seq` on? Answer: Digests."""

    from_seq: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    step: Annotated[int, Meta(ge=1, le=limits.DIGEST_ROWS)]
    count: Annotated[int, Meta(ge=1, le=limits.DIGESTS)]


class Digests(msgspec.Struct, frozen=True, tag="digests"):
    """Hub to edge: the history is held through `through`, its rows before `first` in files alone; and for each range
    from `from_seq` on, up to `through`, what `sync.digests.digest_of` makes of it; empty where no row is there.

    At most `limits.DIGEST_RANGES * limits.DIGEST_ROWS` rows are looked at.
    """

    from_seq: Number
    step: Number
    through: Number
    first: Number
    digests: Annotated[tuple[Annotated[bytes, Meta(max_length=HASH_BYTES)], ...], Meta(max_length=limits.DIGESTS)]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Edge to hub: a question that `room` answers at once (Answered, same number), or not. `rest`: of a long body."""

    number: Number
    room: Name
    body: Annotated[bytes, Meta(max_length=limits.ASK_BYTES)]
    rest: Annotated[bytes, Meta(max_length=limits.REST_BYTES)] = b""


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """Hub to edge: what the room says; empty where it cannot. `rest` as in `Ask`."""

    number: Number
    body: Annotated[bytes, Meta(max_length=limits.ASK_BYTES)]
    rest: Annotated[bytes, Meta(max_length=limits.REST_BYTES)] = b""


Up = Hello | Rows | Pull | Stopped | Fetch | Digest | Ask
Down = Ack | ResendRequest | Stopped | Directives | Hint | Fetched | Digests | Answered

_encoder = msgspec.msgpack.Encoder()
_up: msgspec.msgpack.Decoder[Up] = msgspec.msgpack.Decoder(Up)
_down: msgspec.msgpack.Decoder[Down] = msgspec.msgpack.Decoder(Down)


def encode(message: Up | Down) -> bytes:
    """The payload of `message`. Raises `WireError` when it is longer than a message may be."""
    payload = _encoder.encode(message)
    if len(payload) > limits.MESSAGE_BYTES:
        kind = type(message).__name__
        raise WireError(f"{kind} of {len(payload)} bytes; a message has at most {limits.MESSAGE_BYTES}")
    return payload


def decode_up(payload: bytes) -> Up:
    """A message from an edge. Raises `WireError`."""
    _fits(payload)
    try:
        return _up.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"no message from an edge: {error}") from error


def decode_down(payload: bytes) -> Down:
    """A message from the hub. Raises `WireError`."""
    _fits(payload)
    try:
        return _down.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"no message from the hub: {error}") from error


def _fits(payload: bytes) -> None:
    if len(payload) > limits.MESSAGE_BYTES:
        raise WireError(f"{len(payload)} bytes; a message has at most {limits.MESSAGE_BYTES}")
