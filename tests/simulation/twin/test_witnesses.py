"""Witnesses are added and removed (from one to three and back) while everything fails. No answered command is lost or
duplicated, and two boxes never lead at once.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.simulation.twin import seed, world
from tests.simulation.twin.seed import run_seed
from tests.simulation.twin.world import Node, World
from twin.actions import Keep
from twin.box import Box
from twin.records import WITNESS_TIMEOUT_MS, Peers, Stored

BOXES = ("a", "b")
ALL = Peers((*BOXES, "w", "w2", "w3"), BOXES)
STEPS = tuple(Peers(ALL.voters[:count], BOXES) for count in (3, 4, 5))
LOOK_MS, STEP_MS = 250, 1_500
SEEDS = 60
HASTY_SEEDS = (94, 153)
"""Seeds in which two boxes would lead if the voters changed again before the other box knew of the last change."""


class GrowingWorld(World):
    """A world in which a person adds and removes witnesses, whenever the leading box allows it. `hasty`: even if it
    doesn't.
    """

    hasty = False

    def __init__(self, number: int) -> None:
        self.peers = dict.fromkeys(BOXES, STEPS[0])
        """The voters, as stored in each box's file."""
        self.steps = 0
        self._person = random.Random(number)
        super().__init__(number)
        self._look()

    def start(self, name: str) -> None:
        node = self.nodes[name]
        super().start(name)
        box = node.box
        if box is not None and name in BOXES and node.process is not None:
            self.do(node, box.adopt(self.peers[name], self.clock(node)))

    def _do(self, node: Node, action: Any) -> None:
        """Perform an action. A record of heirs counts once a majority of the leading box's known voters keeps it."""
        if not isinstance(action, Keep):
            return super()._do(node, action)
        node.disk.stored = action.stored
        for name, peers in self.peers.items():
            box = self.nodes[name].box
            if box is not None and box.leadership is not None:
                stored = (self.nodes[voter].disk.stored for voter in peers.voters)
                self.truth.keeps([one for one in stored if one is not None], peers.majority)

    def _look(self) -> None:
        self.at(LOOK_MS, self._look)
        for name in BOXES:
            node, other = self.nodes[name], self.nodes[BOXES[name == "a"]]
            box = node.box
            if box is None or box.leadership is None or node.frozen_until > self.now:
                continue
            if self.peers[other.name] != self.peers[name]:
                mine = self.peers[name]
                if (name, other.name) not in self.cut and self._person.random() < 0.5:
                    self.at(self._person.uniform(*self.slow_ms), lambda n=name, m=mine: self._hears(n, m))
            elif not self.hasty and not box.leadership.heirs.is_certain:
                continue
            may = self.hasty or self.peers[other.name] == self.peers[name]
            if may and self._person.random() < LOOK_MS / STEP_MS:
                self._step(name, box)

    def _step(self, name: str, box: Box) -> None:
        at = STEPS.index(self.peers[name])
        then = self._person.choice([one for one in (at - 1, at + 1) if 0 <= one < len(STEPS)])
        node, after = self.nodes[name], STEPS[then]
        if then > at:  # a new voter starts with the state of the leader's own vote
            joins, known = after.voters[-1], box.voter.stored
            self.nodes[joins].disk.stored = Stored(known.term, known.vote, known.heirs)
            self.kill(joins)
            self.at(self._person.uniform(1, 500), lambda: self.start(joins))
        self.peers[name], self.steps = after, self.steps + 1
        self.do(node, box.adopt(after, self.clock(node)))

    def _hears(self, leader: str, peers: Peers) -> None:
        """Let the other box adopt the voters, if `leader` is the box that it follows."""
        other = self.nodes[BOXES[leader == "a"]]
        box = other.box
        if box is not None and other.frozen_until <= self.now and box.voter.holder == leader:
            self.peers[other.name] = peers
            self.do(other, box.adopt(peers, self.clock(other)))


@pytest.fixture(autouse=True)
def five(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (world, seed):
        monkeypatch.setattr(module, "PEERS", ALL)


def test_seeds_hold_while_witnesses_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[GrowingWorld] = []

    def make(number: int) -> GrowingWorld:
        made.append(GrowingWorld(number))
        return made[-1]

    monkeypatch.setattr(seed, "World", make)
    assert not {number: said for number in range(SEEDS) if (said := run_seed(number)[0])}
    assert sum(one.steps for one in made) > SEEDS, "they did come and go"


def test_who_lets_the_next_one_in_before_the_last_is_known_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GrowingWorld, "hasty", True)
    monkeypatch.setattr(seed, "World", GrowingWorld)
    assert all(run_seed(number)[0] for number in HASTY_SEEDS)


def test_the_second_box_leads_where_the_first_and_a_witness_of_three_end(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = GrowingWorld(1)
    monkeypatch.setattr(shop, "_step", lambda name, box: None)  # only this test adds witnesses
    shop.run(2_000)
    leads = shop.nodes["a"].box
    assert leads is not None and leads.leadership is not None
    for peers in STEPS[1:]:
        known, joins = leads.voter.stored, peers.voters[-1]
        shop.nodes[joins].disk.stored = Stored(known.term, known.vote, known.heirs)
        shop.kill(joins)
        shop.start(joins)
        shop.peers["a"] = peers
        shop.do(shop.nodes["a"], leads.adopt(peers, shop.clock(shop.nodes["a"])))
        shop.run(shop.now + 2_000)
        assert shop.peers["b"] == peers, "it heard of it"
        assert leads.leadership.heirs.is_certain and leads.leadership.heirs.proposed_heirs.boxes == BOXES
    shop.kill("w2")
    shop.run(shop.now + 2 * WITNESS_TIMEOUT_MS)
    shop.kill("a")
    shop.ask(b"sold on", "b")
    shop.run(shop.now + 4_000)
    assert shop.truth.answered == {b"sold on": 1}
