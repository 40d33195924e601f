"""Project events of shelves to rows."""

from __future__ import annotations

import msgspec

from edge.analytics.shelf import rules
from edge.analytics.shelf.events import (
    AnswerUndone,
    BayMeasured,
    BottleTypeSet,
    CameraStateChanged,
    FacingCleared,
    FacingFlagged,
    FindingAnswered,
    GapClosed,
    GapFound,
    PlanogramEnded,
    PlanogramSet,
    ReferenceRenewed,
)
from edge.analytics.shelf.queries import read_said
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

WEEK_US = 7 * 24 * 60 * rules.MINUTE_US
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[int]).decode


def _set(db: Connection, fact: RecordedEvent, event: PlanogramSet) -> None:
    values = (
        event.bay,
        event.edition,
        fact.seq,
        event.name,
        event.camera,
        event.valid_from,
        fact.at_us,
        _encode(event),
    )
    db.execute(
        "INSERT INTO planogram (bay, version, seq, name, camera, valid_from, at_us, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _end_planogram(db: Connection, fact: RecordedEvent, event: PlanogramEnded) -> None:
    db.execute("UPDATE planogram SET ended = 1 WHERE bay = ?", (event.bay,))


def _save_reference(db: Connection, fact: RecordedEvent, event: ReferenceRenewed) -> None:
    db.execute(
        "INSERT OR REPLACE INTO shelf_reference (bay, light, full, picture, business_date) VALUES (?, ?, ?, ?, ?)",
        (event.bay, event.light, event.full, event.picture, fact.business_date),
    )


def _insert_finding(db: Connection, fact: RecordedEvent, event: GapFound | FacingFlagged) -> None:
    kind = event.kind if isinstance(event, FacingFlagged) else "gap"
    instead = event.instead if isinstance(event, FacingFlagged) else ""
    facings = _encode(event.facings).decode()
    what = (fact.seq, kind, event.bay, event.edition, event.group, facings, event.sku, instead)
    behind = isinstance(event, GapFound) and event.behind
    seen = (event.first_us, fact.at_us, event.confidence, event.on_hand, event.picture, int(behind))
    db.execute(
        "INSERT INTO shelf_finding (seq, kind, bay, version, facing, facings, sku, instead, first_us, found_us,"
        " confidence, on_hand, picture, behind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*what, *seen),
    )


def _over(db: Connection, fact: RecordedEvent, event: GapClosed | FacingCleared) -> None:
    seen_s = event.seen_s if isinstance(event, GapClosed) else None
    db.execute(
        "UPDATE shelf_finding SET closed_us = ?, how = ?, seen_s = ? WHERE seq = ?",
        (event.filled_us, event.how, seen_s, event.found_seq),
    )


def _answer_finding(db: Connection, fact: RecordedEvent, event: FindingAnswered) -> None:
    db.execute("UPDATE shelf_finding SET answer = ? WHERE seq = ?", (event.answer, event.found_seq))
    if event.answer not in ("right", "wrong"):
        return
    said, steps = read_said(db, event.bay, rules.FIXED_LOOKS), {}
    for facing in event.facings:
        percent, changed_on, wrong = _read_learned(db, event.bay, facing)
        before = percent
        if event.answer == "wrong":
            wrong = [*(at for at in wrong if fact.at_us - at < WEEK_US), fact.at_us]
        if changed_on != fact.business_date:  # at most one step per day
            moved = rules.learned_shift(percent, event.answer)
            if rules.is_as_good(said, rules.sure_at(percent), rules.sure_at(moved)):
                percent = moved
        steps[facing] = percent - before
        _learn(db, event.bay, facing, percent, fact.business_date, wrong)
    db.execute("UPDATE shelf_finding SET steps = ? WHERE seq = ?", (_encode(steps).decode(), event.found_seq))


def _undo_answer(db: Connection, fact: RecordedEvent, event: AnswerUndone) -> None:
    answer, body = db.execute("SELECT answer, steps FROM shelf_finding WHERE seq = ?", (event.found_seq,)).fetchone()
    steps = msgspec.json.decode(body or "{}", type=dict[str, int])
    db.execute("UPDATE shelf_finding SET answer = NULL, steps = NULL WHERE seq = ?", (event.found_seq,))
    for facing in event.facings:
        percent, _, wrong = _read_learned(db, event.bay, facing)
        back = max(0, min(rules.MOST_PERCENT, percent - steps.get(facing, 0)))
        _learn(db, event.bay, facing, back, "", wrong[:-1] if answer == "wrong" else wrong)


def _read_learned(db: Connection, bay: str, facing: str) -> tuple[int, str, list[int]]:
    row = db.execute(
        "SELECT percent, changed_on, wrong_us FROM shelf_learned WHERE bay = ? AND facing = ?", (bay, facing)
    ).fetchone()
    return (int(row[0]), str(row[1]), _decode(row[2])) if row else (0, "", [])


def _learn(db: Connection, bay: str, facing: str, percent: int, day: str, wrong: list[int]) -> None:
    db.execute(
        "INSERT OR REPLACE INTO shelf_learned (bay, facing, percent, changed_on, wrong_us) VALUES (?, ?, ?, ?, ?)",
        (bay, facing, percent, day, _encode(wrong).decode()),
    )


def _add_measurement(db: Connection, fact: RecordedEvent, event: BayMeasured) -> None:
    db.execute(
        "INSERT INTO shelf_day (business_date, bay, looks, right_count, seen_count, planned_count, group_right,"
        " group_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (business_date, bay) DO UPDATE SET"
        " looks = looks + excluded.looks, right_count = right_count + excluded.right_count,"
        " seen_count = seen_count + excluded.seen_count, planned_count = planned_count + excluded.planned_count,"
        " group_right = group_right + excluded.group_right, group_seen = group_seen + excluded.group_seen",
        (
            fact.business_date,
            event.bay,
            event.looks,
            event.right,
            event.seen,
            event.planned,
            event.group_right,
            event.group_seen,
        ),
    )


def _camera(db: Connection, fact: RecordedEvent, event: CameraStateChanged) -> None:
    db.execute(
        "INSERT OR REPLACE INTO shelf_camera (camera, state, since_us, seq) VALUES (?, ?, ?, ?)",
        (event.camera, event.state, fact.at_us, fact.seq),
    )


def _bottle(db: Connection, fact: RecordedEvent, event: BottleTypeSet) -> None:
    db.execute("INSERT OR REPLACE INTO bottle_type (sku, body) VALUES (?, ?)", (event.type.sku, _encode(event.type)))


projector = Projector(
    name="shelf",
    version=1,
    tables=(
        "planogram",
        "shelf_reference",
        "shelf_finding",
        "shelf_camera",
        "shelf_learned",
        "shelf_day",
        "bottle_type",
    ),
    on={
        PlanogramSet: _set,
        PlanogramEnded: _end_planogram,
        ReferenceRenewed: _save_reference,
        GapFound: _insert_finding,
        FacingFlagged: _insert_finding,
        GapClosed: _over,
        FacingCleared: _over,
        FindingAnswered: _answer_finding,
        AnswerUndone: _undo_answer,
        BayMeasured: _add_measurement,
        CameraStateChanged: _camera,
        BottleTypeSet: _bottle,
    },
)
