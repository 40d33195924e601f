"""Runs one seed: commands during troubles, then calm."""

from __future__ import annotations

from tests.simulation.twin.ledger import FORGET, MEET
from tests.simulation.twin.papers import look_at_papers
from tests.simulation.twin.truth import Broken
from tests.simulation.twin.world import PEERS, World
from twin.records import HOLD_MS

TROUBLED_MS = 20_000
CALM_MS = 12_000
QUIET_MS = 500
"""Milliseconds without printing at the end of the calm, so that both boxes get everything."""
FALLS_MS = 2_000
FALLS = "falls as it stands"
RETURNS = "both return as leaders"
LEADS_MS = 2_500
FAULTS = (
    *("kill", "cut", "freeze", "one way", "all", "hand over", "alone, then forgotten", "isolate"),
    *("upgrade", "full", FALLS, RETURNS, "power", "clock set", "promote"),
)
THEMES = (
    *((FALLS,), ("upgrade", "hand over", "kill"), ("freeze",), ("clock set",), ("alone, then forgotten",), ("all",)),
    *(
        ("full", "upgrade"),
        ("alone, then forgotten",),
        ("upgrade", "isolate"),
        ("freeze", "isolate"),
        ("all", "freeze"),
    ),
    *((FALLS,), ("one way",), ("isolate", "hand over"), (RETURNS,), ("power",), (FALLS,), ("promote", "cut")),
)
"""Sets of faults. A third of the seeds use only one set, so that its faults coincide more often."""
COMMANDS = 120
STILLS = 0.1
"""Probability that a box pauses between a receipt's mark and its first byte, in seeds with such pauses."""


def run_seed(seed: int) -> tuple[str, list[str]]:
    """Run a seed; returns what was violated ("": nothing), and the trace."""
    world = World(seed)
    world.is_printing = seed % 3 == 1  # printing keeps boxes in step, so some seeds run without it
    world.tells_ends = seed % 2 == 1  # otherwise the plug is pulled, and no kernel reports the end
    try:
        _trouble(world, seed)
        world.run(TROUBLED_MS)
        _calm(world)
        world.run(TROUBLED_MS + CALM_MS - QUIET_MS)
        world.is_printing = False
        world.run(TROUBLED_MS + CALM_MS)
        disks = {name: world.nodes[name].disk for name in PEERS.boxes}
        if only := _forgetful_heir(world):  # only a person may let a box lead: all answered commands are in its ledger
            world.truth.has_answered(disks[only])
        else:
            world.truth.is_whole(disks, COMMANDS)
        look_at_papers(world)
    except Broken as broken:
        return str(broken), world.trace
    return "", world.trace


def _trouble(world: World, seed: int) -> None:
    chance = world.random
    for number in range(COMMANDS):
        command = _command(number)
        at = chance.uniform(0, TROUBLED_MS)
        world.at(at, lambda command=command: _ask(world, command))
    if chance.random() < 0.1:  # a disk that loses synced data is only tolerated without other faults
        world.at(chance.uniform(0, TROUBLED_MS * 0.8), lambda: _lose_tail(world, chance.choice(PEERS.boxes)))
        return
    world.loss = chance.choice((0.0, 0.0, 0.02, 0.2))
    world.printer.stills = STILLS if seed % 6 == 4 else 0.0
    world.crash = chance.choice((0.0, 0.0, 0.0005, 0.003))
    world.slow_ms = chance.choice(((1, 5), (1, 40), (1, 400)))
    some = THEMES[seed // 3 % len(THEMES)] if seed % 3 == 0 else FAULTS
    for _ in range(chance.choice((4, 10, 16))):
        world.at(chance.uniform(0, TROUBLED_MS * 0.95), lambda: _fault(world, chance.choice(some)))
    for _ in range(chance.randint(0, 3)):
        world.at(chance.uniform(0, TROUBLED_MS * 0.8), lambda: _forget(world, chance.choice(("a", "b", "w", "w"))))


def _ask(world: World, command: bytes) -> None:
    """Let a till send a command. A person is only forgotten after the command that created them was answered."""
    what, _, person = command.partition(b" ")
    if what == FORGET and b" ".join((MEET, person)) not in world.truth.answered:
        world.at(200, lambda: _ask(world, command))
    else:
        world.ask(command, world.random.choice(PEERS.boxes))


def _command(number: int) -> bytes:
    """Return a command. Some create a person, and later ones forget that person."""
    match number % 8:
        case 2:
            return b"%s person %d" % (MEET, number)
        case 6:
            return b"%s person %d" % (FORGET, number - 4)
    return f"command {number}".encode()


def _fault(world: World, kind: str) -> None:
    chance = world.random
    leading = [name for name in PEERS.boxes if (box := world.nodes[name].box) and box.leadership is not None]
    name = chance.choice([*PEERS.voters, *(3 * leading)])
    lasts_ms = chance.choice((30, 300, 900, 1_300, 1_500, 2_000, 3_000, 5_000))
    match kind:
        case "kill":
            world.kill(name)
            world.at(lasts_ms, lambda: world.start(name))
        case "all":
            for every in PEERS.voters:
                world.kill(every)
                world.at(chance.uniform(10, lasts_ms), lambda every=every: world.start(every))
        case "freeze":
            world.nodes[name].frozen_until = world.now + lasts_ms
        case "hand over":
            for node in world.nodes.values():
                if node.box is not None and node.box.leadership is not None:
                    node.box.leadership.hand_over()
        case "alone, then forgotten":
            other = "b" if name == "a" else "a"
            world.kill(other)
            world.at(2_200, lambda: world.kill(name))
            world.at(2_300, lambda: _forget(world, "w"))
            world.at(2_300, lambda: world.start(other))
            world.at(2_300 + lasts_ms, lambda: world.start(name))
        case "upgrade":
            _upgrade(world, chance.choice(PEERS.boxes), lasts_ms)
        case "full":
            world.nodes[name].is_full = True
            world.at(lasts_ms, lambda: setattr(world.nodes[name], "is_full", False))
        case "falls as it stands":
            _fall(world, chance.choice(leading or PEERS.boxes))
        case "both return as leaders":
            _return(world, chance.choice(leading or PEERS.boxes))
        case "power":
            _lose_power(world, lasts_ms)
        case "clock set":
            world.nodes[name].clock.wall_ms += chance.choice((-5_000, -5_000, -1_500, 1_500, 5_000))
            if chance.random() < 0.5:
                _isolate(world, name, lasts_ms)
        case "promote":
            _promote(world)
        case "isolate":
            _isolate(world, name, lasts_ms)
        case how:
            other = chance.choice([one for one in PEERS.voters if one != name])
            _cut(world, {(name, other), (other, name)} if how == "cut" else {(name, other)}, lasts_ms)


def _lose_power(world: World, lasts_ms: int) -> None:
    """Cut the power of all three machines. The leading box returns last."""
    leading = [name for name in PEERS.boxes if (box := world.nodes[name].box) and box.leadership is not None]
    for every in PEERS.voters:
        world.lose_power(every)
        late_ms = 2_000 + lasts_ms if every in leading else world.random.uniform(10, 200)
        world.at(late_ms, lambda every=every: world.start(every))


def _promote(world: World) -> None:
    """End the leader and the witness, and let a person promote the other box. Both boxes were heirs, so it has all
    answered commands.

    The old leader stays switched off, as they said, until the witness knows the new leader.
    """
    leading = [name for name in PEERS.boxes if (box := world.nodes[name].box) and box.leadership is not None]
    if len(leading) != 1 or world.switched_off or not _is_paired(world, leading[0]):
        return
    (old,) = leading
    other = world.nodes["b" if old == "a" else "a"]
    world.switched_off.add(old)
    for ended in (old, "w"):
        world.kill(ended)

    def lead() -> None:
        world.start("w")
        fit = other.version >= other.disk.schema  # a person promotes no box with older software
        if other.box is None or other.box.leadership is not None or not fit:
            world.switched_off.clear()
            world.start(old)
            return
        world.truth.has_heirs_of_a_person = True
        world.do(other, other.box.promote(world.clock(other)))
        known = other.disk.stored
        switch_on(known.term if known is not None else 0)

    def switch_on(term: int) -> None:
        told = world.nodes["w"].disk.stored
        if told is not None and told.term >= term and told.heirs.boxes == (other.name,):
            world.switched_off.clear()
            world.start(old)
        elif world.switched_off:
            world.at(100, lambda: switch_on(term))

    world.at(400, lead)


def _upgrade(world: World, name: str, lasts_ms: int) -> None:
    """Upgrade one box's software and restart the box. The other box follows later."""
    node = world.nodes[name]
    world.kill(name)
    node.version += 1
    world.at(lasts_ms, lambda: world.start(name))


def _fall(world: World, name: str) -> None:
    """Isolate a leader, and end both boxes when the other one votes for itself. Both return when both may be
    candidates.

    Only one such fault runs at a time.
    """
    if world.now < world.falls_until:
        return
    world.falls_until = world.now + 2 * FALLS_MS
    other = "b" if name == "a" else "a"
    links = {(name, one) for one in PEERS.voters} | {(one, name) for one in PEERS.voters}
    world.cut |= links
    known = world.nodes[other].disk.stored
    before = known.term if known is not None else 0

    def look(left: int) -> None:
        stored = world.nodes[other].disk.stored
        if stored is not None and stored.vote == other and stored.term > before:
            world.kill(other)
            world.kill(name)
            world.cut -= links
            if world.random.random() < 0.5:
                _cut(world, {(name, other), (other, name)}, FALLS_MS)
            world.at(20, lambda: world.start(other))
            world.at(20 + HOLD_MS + world.random.uniform(-150, 50), lambda: world.start(name))
        elif left:
            world.at(10, lambda: look(left - 1))
        else:
            world.cut -= links

    look(FALLS_MS // 10)


def _return(world: World, name: str) -> None:
    """End a leader, and later the other box, which leads by then. Both return as the leaders that they were."""
    other = "b" if name == "a" else "a"
    world.kill(name)
    world.at(LEADS_MS, lambda: world.kill(other))
    for box in (name, other):
        world.at(LEADS_MS + world.random.uniform(20, 200), lambda box=box: world.start(box))


def _isolate(world: World, name: str, lasts_ms: int) -> None:
    """Isolate a machine from all others in both directions."""
    _cut(world, {(name, other) for other in PEERS.voters} | {(other, name) for other in PEERS.voters}, lasts_ms)


def _cut(world: World, links: set[tuple[str, str]], lasts_ms: int) -> None:
    world.cut |= links

    def mend() -> None:
        world.cut -= links

    world.at(lasts_ms, mend)


def _forget(world: World, name: str) -> None:
    """Let a voter lose its file.

    Never two voters at a time, nor a box that may be the only heir: a person must resolve that.
    """
    others = [world.nodes[one].disk.stored for one in PEERS.voters if one != name]
    if None in others or (name in PEERS.boxes and not _is_paired(world, name)):
        return
    world.kill(name)
    world.nodes[name].disk.stored = None
    world.at(world.random.uniform(10, 2_000), lambda: world.start(name))


def _lose_tail(world: World, name: str) -> None:
    """Let a disk lose synced data.

    Data that only this box has would be lost, so this requires that both boxes are heirs.
    """
    if not _is_paired(world, name):
        return
    world.kill(name)
    del world.nodes[name].disk.shipments[-world.random.randint(1, 3) :]
    world.at(world.random.uniform(10, 2_000), lambda: world.start(name))


def _forgetful_heir(world: World) -> str:
    """Return the only heir, if it lost its file while its record was still on its way to the others; otherwise ""."""
    kept = [node.disk.stored.heirs for node in world.nodes.values() if node.disk.stored is not None]
    newest = max(kept, key=lambda heirs: heirs.key)
    (first, *more) = newest.boxes
    return first if not more and world.nodes[first].disk.stored is None else ""


def _is_paired(world: World, name: str) -> bool:
    """Whether both boxes are heirs in all records, and all machines except `name` run."""
    kept = [node.disk.stored for node in world.nodes.values()]
    others_run = all(world.nodes[one].process is not None for one in PEERS.voters if one != name)
    return others_run and all(stored is not None and len(stored.heirs.boxes) == 2 for stored in kept)


def _calm(world: World) -> None:
    world.loss = world.crash = world.printer.stills = 0.0
    world.slow_ms = (1, 5)
    world.cut = set()
    newest = max(world.nodes[name].version for name in PEERS.boxes)
    for name in PEERS.boxes:
        world.nodes[name].is_full = False
        if world.nodes[name].version < newest:
            world.kill(name)
            world.nodes[name].version = newest
    for name in PEERS.voters:
        world.nodes[name].frozen_until = 0.0
        world.start(name)
    for name in list(world.switched_off):  # after the others, which know the leader by then
        world.at(1_000, lambda name=name: (world.switched_off.discard(name), world.start(name)))
