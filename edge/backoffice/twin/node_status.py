"""Reads the status of a box and the other machines."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from edge.backoffice.twin.copy import aside
from edge.backoffice.twin.copy.history import ShipmentHistory
from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.membership.comparison import BoxComparison
from edge.backoffice.twin.membership.members import FOLDER, Members
from edge.backoffice.twin.status import Lack, State, TwinStatus
from edge.backoffice.twin.wire.frames import Hello
from edge.backoffice.twin.wire.link import Link, boottime_ms
from twin.box import Box
from twin.leadership import Leadership
from twin.records import SHIPMENTS_AT_ONCE

UNREACHABLE_MS, WITNESS_AWAY_MS = 1_000, 5_000
"""Milliseconds without a message after which a box, or a witness, is reported as away."""


class BoxParts(Protocol):
    """The parts of a box that its status reads."""

    folder: Path
    members: Members
    box: Box
    copy: LedgerCopy
    history: ShipmentHistory
    link: Link
    hello: Hello
    comparison: BoxComparison
    heard_ms: dict[str, int]
    led_us: int
    most_sync_ms: int


def read_status(node: BoxParts) -> TwinStatus:
    """Read the status. Call it with the box's lock held."""
    now_ms, leads = boottime_ms(), node.box.leadership
    heard = {one.name: now_ms - at if (at := node.heard_ms.get(one.name)) else -1 for one in node.members.others}
    voter, me = node.box.voter, node.members.me
    count = aside.count(node.folder / FOLDER)
    others = [box for box in node.members.peers.boxes if box != me]
    if leads is None:
        leader = voter.holder if now_ms < voter.held_until_ms and voter.holder != me else ""
        last = node.copy.last.position
        lack: Lack = "full" if node.comparison.is_full else ""
        said = TwinStatus(me, leader, "follows", voter.stored.term, last, last, heard, count, lack)
        return _compare_boxes(node, others, said)
    has = max((leads.has(box) for box in others), default=0)
    lacks = _lacks(node, others)
    state = _state_of(node, leads, heard, has, lacks)
    said = TwinStatus(me, me, state, leads.term, node.history.last.position, has, heard, count, lacks)
    return _compare_boxes(node, others, said)


def _compare_boxes(node: BoxParts, others: list[str], said: TwinStatus) -> TwinStatus:
    compared = node.comparison
    every = [(box, compared.others[box]) for box in others if box in compared.others]
    return replace(
        said,
        differs=tuple(name for box, _ in every for name in compared.differences(box)),
        clock_s=next((other.clock_s for _, other in every if other.clock_s), 0),
        zones=next((zones for box, _ in every if (zones := compared.zones(box))), ()),
        plugged={node.members.me: compared.plugged, **{box: other.about.plugged for box, other in every}},
        damaged_us=max((other.about.damaged_us for _, other in every), default=0),
        led_us=node.led_us,
    )


def _lacks(node: BoxParts, others: list[str]) -> Lack:
    for box in others:
        if node.comparison.is_other_full(box):
            return "full"
        said = node.link.hellos.get(box)
        if said is not None and not said.is_as_new_as(node.hello):
            return "version"
        if node.comparison.sync_ms(box) > node.most_sync_ms:
            return "disk"
    return ""


def _state_of(node: BoxParts, leads: Leadership, heard: dict[str, int], has: int, lacks: Lack) -> State:
    peers = node.members.peers
    if not leads.may_show(boottime_ms()):
        return "held"
    if len(leads.heirs.proposed_heirs.boxes) > 1:
        return "both"
    witnesses = set(peers.voters) - set(peers.boxes)
    boxes = set(peers.boxes) - {node.members.me}
    if any(0 <= heard.get(name, -1) < UNREACHABLE_MS for name in boxes):
        there = sum(0 <= heard.get(name, -1) < WITNESS_AWAY_MS for name in witnesses)
        if there < peers.majority - 1:  # without this box, they and the other box couldn't elect a leader
            return "no_witness"
        if lacks == "full":
            return "unfit"
        return "unfit" if lacks and node.history.last.position - has <= SHIPMENTS_AT_ONCE else "copying"
    return "alone"
