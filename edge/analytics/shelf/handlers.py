"""Handlers of shelf commands, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from edge.analytics.shelf import rules
from edge.analytics.shelf.commands import (
    AnswerFinding,
    EndPlanogram,
    RecordCamera,
    RecordLook,
    RenewReference,
    SetBottleType,
    SetPlanogram,
    UndoAnswer,
)
from edge.analytics.shelf.events import (
    LIGHTS,
    AnswerUndone,
    BayMeasured,
    BottleTypeSet,
    CameraStateChanged,
    FacingCleared,
    FacingFlagged,
    FindingAnswered,
    GapClosed,
    GapFound,
    HowClosed,
    Lighting,
    PlanogramEnded,
    PlanogramSet,
    ReferenceRenewed,
)
from edge.analytics.shelf.queries import (
    KeptLook,
    ShelfFinding,
    gap_duration_us,
    newest_version,
    open_finding,
    read_cameras,
    read_finding,
    read_findings,
    read_learned,
    read_look,
    read_planogram,
    read_reference,
)
from edge.analytics.shelf.rules import BayTrack, LookSeen, ShelfDecision
from edge.analytics.shelf.settings import ShelfSettings, paces_of
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.categories.queries import path_of
from edge.goods.catalog.queries import read_products
from edge.goods.stock.commands import Moved, MoveStock
from edge.goods.stock.queries import read_stock
from edge.lib.sight.kinds import BayLayout

BAYS = 64
SEES = frozenset({"ok", "night"})
HOUR_US = 60 * rules.MINUTE_US
_CATALOGUE = """
    SELECT (SELECT max(seq) FROM product), (SELECT group_concat(id || '<' || parent) FROM category)
"""
_encode = msgspec.json.Encoder().encode


class ShelfHandlers:
    """Handlers of a store with these settings."""

    def __init__(self, settings: ShelfSettings) -> None:
        self._settings = settings
        self._paced: dict[str, tuple[Any, BayLayout, dict[str, rules.Paces]]] = {}

    def set_planogram(self, tx: Transaction, command: SetPlanogram) -> int:
        """Set a planogram; returns the new version's number."""
        version, ended = newest_version(tx.db, command.bay)
        if command.changes != (0 if ended else version) and command.changes != version:
            raise Refusal("planogram_changed_meanwhile", {"bay": command.bay, "version": version})
        if not version and _count_bays(tx) >= BAYS:
            raise Refusal("too_many_bays", {"limit": BAYS})
        _unfit(command.layout)
        known = read_planogram(tx.db, command.bay, version) if version and not ended else None
        made = PlanogramSet(
            command.bay,
            version + 1,
            command.name or command.bay,
            command.camera,
            command.layout,
            command.full,
            command.bare,
            command.valid_from or tx.business_date,
        )
        if known is not None and msgspec.structs.replace(known, edition=made.edition) == made:
            return version
        kept = _unchanged_groups(known.layout, command.layout) if known else frozenset[str]()
        self._close(tx, (one for one in read_findings(tx.db, command.bay) if one.group not in kept), "replanned")
        tx.append(made)
        return made.edition

    def end_planogram(self, tx: Transaction, command: EndPlanogram) -> None:
        version, ended = newest_version(tx.db, command.bay)
        if not version or ended:
            raise Refusal("no_such_bay", {"bay": command.bay})
        self._close(tx, read_findings(tx.db, command.bay), "replanned")
        tx.append(PlanogramEnded(command.bay, version))
        tx.db.execute("DELETE FROM shelf_look WHERE bay = ?", (command.bay,))

    def renew_reference(self, tx: Transaction, command: RenewReference) -> None:
        plan = read_planogram(tx.db, command.bay)
        if plan is None:
            raise Refusal("no_such_bay", {"bay": command.bay})
        if not command.picture:
            for light in LIGHTS:
                if (known := read_reference(tx.db, plan, light)) is not None and known.picture:
                    tx.append(ReferenceRenewed(command.bay, plan.full, "", command.how, light))
            return
        look = read_look(tx.db, command.bay)
        if look is None or look.look.picture != command.seen or look.version != plan.edition:
            raise Refusal("look_is_gone", {"bay": command.bay})
        lit: Lighting = "night" if look.look.camera == "night" else "day"
        known = read_reference(tx.db, plan, lit)
        if known is not None and command.picture == known.picture:
            return
        if command.how == "restocked" and known is not None and known.business_date == tx.business_date:
            return
        unseen = lit == "night" and not (known and known.picture)
        fit = ("present", "low", "gap") if unseen else ("present",)
        unfit = [one for one in look.look.facings if one.state not in fit]
        if unfit:
            raise Refusal("bay_not_full", {"bay": command.bay, "facing": unfit[0].id, "count": len(unfit)})
        tx.append(ReferenceRenewed(command.bay, plan.full, command.picture, command.how, lit))

    def record_look(self, tx: Transaction, command: RecordLook) -> None:
        """Store the look, and append the events that follow from it and earlier looks."""
        plan = read_planogram(tx.db, command.bay, command.version)
        if plan is None or newest_version(tx.db, command.bay)[1]:
            raise Refusal("no_such_bay", {"bay": command.bay})
        last = read_look(tx.db, command.bay)
        track = last.track if last and last.version == command.version else self._fresh(tx, command)
        decisions: list[ShelfDecision] = []
        if command.camera_state in SEES:
            look = self._look(tx, command, plan.layout)
            track = self._hourly(tx, track, command)
            track, decisions = rules.decide_bay(track, plan.layout, look, self._settings.paces)
            track = rules.add_measures(track, plan.layout, look)
            if command.camera_state == "ok" and all(one.state != "blocked" for one in command.facings):
                track = rules.mark_soft(track, command.soft, tx.at_us)
        for decision in decisions:
            self._decide(tx, plan, decision, command.picture)
        kept = KeptLook(command.camera_state, command.facings, command.picture, command.shift_pm)
        tx.db.execute(
            "INSERT OR REPLACE INTO shelf_look (bay, version, at_us, look, track) VALUES (?, ?, ?, ?, ?)",
            (command.bay, command.version, tx.at_us, _encode(kept), _encode(track)),
        )

    def record_camera(self, tx: Transaction, command: RecordCamera) -> None:
        known = {one.camera: one.state for one in read_cameras(tx.db)}
        if known.get(command.camera, "") != command.state:
            tx.append(CameraStateChanged(command.camera, command.state))

    def answer(self, tx: Transaction, command: AnswerFinding) -> None:
        found = read_finding(tx.db, command.seq)
        if found is None:
            raise Refusal("no_such_finding", {"seq": command.seq})
        if found.answer == command.answer:
            return
        tx.append(FindingAnswered(found.seq, found.bay, found.facings, command.answer))
        if command.answer == "not_there" and (on_hand := read_stock(tx.db, found.sku)):
            tx.do(MoveStock("counted", (Moved(found.sku, -on_hand),)))
        if found.closed_us is None and command.answer in ("wrong", "filled"):
            self._close(tx, [found], "answered" if command.answer == "wrong" else "restocked")
            _forget(tx, found)

    def undo_answer(self, tx: Transaction, command: UndoAnswer) -> None:
        found = read_finding(tx.db, command.seq)
        if found is None or found.answer not in ("right", "wrong"):
            raise Refusal("no_such_finding", {"seq": command.seq})
        tx.append(AnswerUndone(found.seq, found.bay, found.facings))

    def set_bottle_type(self, tx: Transaction, command: SetBottleType) -> None:
        one = command.type
        if one.full_at >= one.empty_at or (one.curve_pm and list(one.curve_pm) != sorted(one.curve_pm)):
            raise Refusal("bottle_upside_down", {"sku": one.sku})
        tx.append(BottleTypeSet(one))

    def _look(self, tx: Transaction, command: RecordLook, layout: BayLayout) -> LookSeen:
        shifts, paused = read_learned(tx.db, command.bay, tx.at_us)
        return LookSeen(
            tx.at_us,
            command.facings,
            self._settings.is_open(tx.at_us),
            {facing: rules.sure_at(percent) for facing, percent in shifts.items()},
            paused,
            self._paces(tx, command.bay, layout),
            command.camera_state == "night",
        )

    def _paces(self, tx: Transaction, bay: str, layout: BayLayout) -> dict[str, rules.Paces]:
        """The pace of each product whose category sets one. It's recalculated when products or categories change."""
        if not self._settings.gap_after_by_category:
            return {}
        catalogue = tx.db.execute(_CATALOGUE).fetchone()
        known = self._paced.pop(bay, None)
        if known is None or known[:2] != (catalogue, layout):
            known = catalogue, layout, self._paces_of(tx, layout)
        self._paced[bay] = known
        while len(self._paced) > BAYS:
            self._paced.pop(next(iter(self._paced)))
        return known[2]

    def _paces_of(self, tx: Transaction, layout: BayLayout) -> dict[str, rules.Paces]:
        made = {}
        for sku, (_, product, _) in read_products(tx.db, [one.sku for one in layout.facings if one.sku]).items():
            above = reversed(path_of(tx.db, product.category or ""))
            minutes = next((found for one in above if (found := self._settings.minutes_of(one)) is not None), None)
            if minutes is not None:
                made[sku] = paces_of(minutes)
        return made

    def _fresh(self, tx: Transaction, command: RecordLook) -> BayTrack:
        """A track with only the open findings, for counting from the start or for a new version."""
        groups: dict[str, rules.GroupTrack] = {}
        for found in read_findings(tx.db, command.bay):
            empty_us = tx.at_us - found.first_us if found.kind == "gap" else 0
            groups[found.group] = rules.GroupTrack(open={found.kind: found.first_us}, empty_us=empty_us)
        return BayTrack(version=command.version, groups=groups)

    def _hourly(self, tx: Transaction, track: BayTrack, command: RecordLook) -> BayTrack:
        hour = tx.at_us // HOUR_US
        if track.hour == hour or not track.looks:
            return msgspec.structs.replace(track, hour=hour)
        facings, groups = (track.right, track.seen, track.planned), (track.group_right, track.group_seen)
        tx.append(BayMeasured(command.bay, command.version, track.looks, *facings, *groups))
        sums = ("looks", "right", "seen", "planned", "group_right", "group_seen")
        return msgspec.structs.replace(track, hour=hour, **dict.fromkeys(sums, 0))

    def _decide(self, tx: Transaction, plan: PlanogramSet, decision: ShelfDecision, picture: str) -> None:
        if not decision.found:
            found = open_finding(tx.db, plan.bay, decision.group, decision.kind)
            if found is not None:
                self._close(tx, [found], "restocked", decision.first_us, decision.empty_us)
            return
        if open_finding(tx.db, plan.bay, decision.group, decision.kind) is not None:
            return
        facings = rules.groups_of(plan.layout)[decision.group]
        ids, sku = tuple(facing.id for facing in facings), facings[0].sku
        seen = (decision.first_us, decision.looks, decision.confidence, read_stock(tx.db, sku), picture)
        place = (plan.bay, plan.edition, decision.group, ids, sku)
        if decision.kind == "gap":
            tx.append(GapFound(*place, *seen, decision.behind))
        else:
            tx.append(FacingFlagged(decision.kind, *place, decision.instead, *seen))

    def _close(
        self,
        tx: Transaction,
        findings: Iterable[ShelfFinding],
        how: HowClosed,
        at_us: int = 0,
        empty_us: int | None = None,
    ) -> None:
        for found in list(findings):
            filled_us = at_us or tx.at_us
            if found.kind == "gap":
                empty_s = max(0, filled_us - found.first_us) // 1_000_000
                seen_us = gap_duration_us(tx.db, found) if empty_us is None else empty_us
                seen_s = min(empty_s, seen_us // 1_000_000)
                tx.append(GapClosed(found.bay, found.group, found.sku, found.seq, filled_us, empty_s, how, seen_s))
            else:
                kind = "low" if found.kind == "low" else "wrong"
                tx.append(FacingCleared(kind, found.bay, found.group, found.sku, found.seq, filled_us, how))  # type: ignore[arg-type]


def _forget(tx: Transaction, found: ShelfFinding) -> None:
    """Restart counting for a group a user just judged."""
    last = read_look(tx.db, found.bay)
    if last is None:
        return
    groups = {name: group for name, group in last.track.groups.items() if name != found.group}
    track = msgspec.structs.replace(last.track, groups=groups)
    tx.db.execute("UPDATE shelf_look SET track = ? WHERE bay = ?", (_encode(track), found.bay))


def _unfit(layout: BayLayout) -> None:
    """Raise `Refusal` if a layout can't be monitored."""
    if len({facing.id for facing in layout.facings}) != len(layout.facings):
        raise Refusal("facing_twice")
    for facing in layout.facings:
        if facing.right - facing.left < 0.005 or facing.bottom - facing.top < 0.005:
            raise Refusal("facing_too_small", {"facing": facing.id})
    x, y = (list(side) for side in zip(*layout.corners, strict=True))
    area = abs(sum(x[at] * y[at - 3] - x[at - 3] * y[at] for at in range(4))) / 2
    if area < 0.01:
        raise Refusal("corners_crossed")


def _unchanged_groups(before: BayLayout, now: BayLayout) -> frozenset[str]:
    """Groups whose facings are unchanged; their findings stay open."""
    old, new = rules.groups_of(before), rules.groups_of(now)
    return frozenset(name for name, facings in old.items() if new.get(name) == facings)


def _count_bays(tx: Transaction) -> int:
    return int(tx.db.execute("SELECT count(DISTINCT bay) FROM planogram WHERE ended = 0").fetchone()[0])
