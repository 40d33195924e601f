"""Answer a hello: whether both histories agree, and the row from which to continue sending."""

from __future__ import annotations

import msgspec

from sync import lineage
from sync.hub.model import Device, GetLinks, Halt, Key, Outcome, Steps, barred_answer, fenced_answer, stop
from sync.wire import PROTOCOL, Ack, Epoch, Hello

ADVICE = "If this box was restored or replaced, restore it from the hub or give it a new device name."


def answer_hello(device: Device, key: Key, origin: bytes, hello: Hello, credit: int) -> Steps[Outcome]:
    """Accept the device's history and state the last stored row, or stop the device with the reason.

    A newer epoch that branches off a row of the prefix resets the prefix to that row and fences the older epoch. Rows
    acknowledged after it stay stored.
    """
    newest = hello.epochs[-1].epoch
    if device.barred:
        return barred_answer(device, newest)
    if newest < device.epoch:
        return Outcome(device, [fenced_answer(newest, device.epoch)])  # an old box, which another one has replaced
    held = device.stopped
    if held and held.code == "rolled_back" and newest == device.epoch and hello.seq < device.through:
        return Outcome(device, [held])
    try:
        _check(key, origin, hello)
        keep, keep_hash = yield from _common_ground(device, hello)
    except Halt as halt:
        return stop(device, newest, halt.code, str(halt))
    greeted = msgspec.structs.replace(
        device,
        epochs=hello.epochs,
        through=keep,
        through_hash=keep_hash,
        stopped=None,
        applied=hello.applied,
        app=hello.app,
    )
    ack = Ack(newest, keep, credit, hello.number, keep_hash)
    if keep == device.through:
        return Outcome(greeted, [ack])
    orphans = tuple(lineage.spans(device.epochs, keep + 1, device.through))
    return Outcome(greeted, [ack], branched_at=keep, orphans=orphans)


def _check(key: Key, origin: bytes, hello: Hello) -> None:
    if hello.protocol > PROTOCOL:
        text = f"The device speaks protocol {hello.protocol} and the hub {PROTOCOL}: upgrade the hub."
        raise Halt("protocol", text)
    named = Key(hello.tenant, hello.store, hello.device)
    if named != key:
        raise Halt("stranger", f"A device named {named} is connected as {key}: correct its names.")
    fault = lineage.fault(hello.epochs, origin)
    last = hello.epochs[-1]
    if fault is None and (hello.epoch != last.epoch or hello.seq < last.first_seq):
        fault = f"its last row ({hello.epoch}, {hello.seq}) isn't in its latest epoch {last.epoch}"
    if fault is not None:
        raise Halt("bad_history", f"The device's history is invalid: {fault}.")


def _common_ground(device: Device, hello: Hello) -> Steps[tuple[int, bytes]]:
    """The last row of the prefix common to both histories, and its hash."""
    mine, theirs = device.epochs, hello.epochs
    if mine == theirs:
        yield from _check_head(device, hello)
        return device.through, device.through_hash
    if device.through == 0:
        return 0, device.through_hash
    if theirs[-1].epoch == mine[-1].epoch:
        raise Halt("forked", f"Epoch {hello.epoch} was started twice with different content. {ADVICE}")
    common = lineage.shared_epochs(mine, theirs)
    if common == 0:
        text = f"The device's history started over; the hub has {device.through} rows of an older one."
        raise Halt("unknown_parent", f"{text} {ADVICE}")
    return (yield from _branch(device, theirs[common], mine[common:]))


def _check_head(device: Device, hello: Hello) -> Steps[None]:
    if hello.seq > device.through:
        return  # the hash chain will check rows we don't have yet
    if (yield from _hash_at(device, hello.seq)) != hello.hash:
        text = f"Row {hello.seq} of epoch {hello.epoch} has different content here."
        raise Halt("forked", f"{text} {ADVICE}")


def _branch(device: Device, branch: Epoch, ours: tuple[Epoch, ...]) -> Steps[tuple[int, bytes]]:
    """Return the last common row, and its hash, if both histories continue from one epoch.

    The device's continues with the epoch `branch`, ours with the first of `ours`, or with further rows of the same
    epoch.
    """
    end = ours[0].parent_seq if ours else device.through
    keep = min(device.through, end, branch.parent_seq)
    keep_hash = yield from _hash_at(device, keep)
    if keep == branch.parent_seq and keep_hash != branch.parent_hash:
        text = (
            f"Epoch {branch.epoch} continues from row {keep} of epoch {branch.parent_epoch}, "
            "which has different content here."
        )
        raise Halt("unknown_parent", f"{text} {ADVICE}")
    return keep, keep_hash


def _hash_at(device: Device, seq: int) -> Steps[bytes]:
    """The hash of row `seq` of the prefix. Raises `Halt` if its month is archived; the device retries later."""
    if seq == device.through:
        return device.through_hash
    links = yield GetLinks(lineage.spans(device.epochs, seq, seq), 1)
    if not links:
        text = (
            f"This box continues from row {seq} of {device.through}, which the hub has only in an archived month. "
            "After head office restores the month (edge hub bring-back), it is checked again automatically."
        )
        raise Halt("unknown_parent", text)
    return links[0].hash
