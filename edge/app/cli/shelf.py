"""`edge shelf`: analyse a picture of a shelf bay, and benchmark void detection on labelled photographs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from edge.app.cli.output import say
from edge.lib.errors import ConfigError, NeedsHuman
from edge.lib.i18n import ENGLISH, translate
from edge.lib.sight.kinds import BayLayout, Look, Propose, Proposed, Wrong

ENDINGS = frozenset({".jpg", ".jpeg", ".png"})
PICTURES = 20_000
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class PlanogramFile(msgspec.Struct, frozen=True):
    """A planogram as saved by the page; `full` and `bare` are files or picture names in the data folder."""

    layout: BayLayout
    full: str = ""
    bare: str = ""


def look(args: argparse.Namespace) -> int:
    """Print the content of every facing. Without a planogram, print the detected rows and facings."""
    from edge.lib.sight.child import Eyes

    data, eyes = _read(Path(args.image)), Eyes()
    if not args.planogram:
        found = eyes.answer(Propose(data, WHOLE))
        if not isinstance(found, Proposed):
            raise _image_error(args.image, found)
        told: dict[str, Any] = {"rows": found.rows, "facings": msgspec.to_builtins(found.facings)}
        lines = [f"{len(found.rows)} rows, {len(found.facings)} facings; their states need a planogram (--planogram)"]
    else:
        plan = _planogram(args)
        answer = eyes.answer(Look(data, plan.layout, plan.full, plan.bare))
        if isinstance(answer, Wrong) or not hasattr(answer, "looked"):
            raise _image_error(args.image, answer)
        looked = answer.looked
        skus = {facing.id: facing.sku for facing in plan.layout.facings}
        told = {
            **msgspec.to_builtins(looked),
            "facings": [{**msgspec.to_builtins(one), "sku": skus[one.id]} for one in looked.facings],
        }
        state = translate(ENGLISH, f"camera_state.{looked.camera}")
        lines = [f"camera: {state} ({looked.inliers} features agree, {looked.took_ms} ms)"]
        lines += [f"{one.id:12} {one.state:8} {one.confidence:3} %  {skus[one.id]}" for one in looked.facings]
    say(msgspec.json.encode(told).decode() if args.json else "\n".join(lines))
    return 0


def bench(args: argparse.Namespace) -> int:
    """Detect voids in a YOLO data set (`images`, `labels`) and print precision, recall and F1."""
    from edge.lib.sight import empty_places, pictures

    folder = Path(args.folder)
    images = sorted(path for path in (folder / "images").rglob("*") if path.suffix.lower() in ENDINGS)[:PICTURES]
    if not images:
        raise ConfigError(f"{folder} has no images in images/.", "A YOLO folder has images/ and labels/.")
    seen: list[tuple[list[empty_places.Void], list[empty_places.Void]]] = []
    skipped = 0
    for path in images:
        try:
            picture = pictures.decode(path.read_bytes())
        except pictures.PictureRefused:
            skipped += 1
            continue
        seen.append((empty_places.find(picture), empty_places.merge_voids(_labels(folder, path))))
    # Choose the confidence on every second picture, and measure on the others.
    chosen = max((step / 20 for step in range(20)), key=lambda least: _figures(seen[::2], least)[2])
    held = seen[1::2] or seen
    precision, recall, f1 = _figures(held, chosen)
    told = {"pictures": len(held), "skipped": skipped, "voids": sum(len(truth) for _, truth in held)}
    told |= {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "confidence": chosen}  # type: ignore[dict-item]
    say(msgspec.json.encode(told).decode())
    return 0


def _figures(seen: list[tuple[Any, Any]], least: float) -> tuple[float, float, float]:
    from edge.lib.sight import empty_places

    kept = [([void for void in found if void.score >= least], truth) for found, truth in seen]
    hits = sum(empty_places.count_matches(found, truth) for found, truth in kept)
    precision = hits / max(1, sum(len(found) for found, _ in kept))
    recall = hits / max(1, sum(len(truth) for _, truth in kept))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _labels(folder: Path, image: Path) -> list[Any]:
    """Return the labelled boxes of a picture: class, centre and size relative to the picture. Empty if there is no
    label file."""
    from edge.lib.sight.empty_places import Void

    path = (folder / "labels" / image.relative_to(folder / "images")).with_suffix(".txt")
    made = []
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else (), 1):
        try:
            _, x, y, wide, tall = (float(part) for part in line.split()[:5])
        except ValueError:
            raise ConfigError(f"{path} line {number} isn't a label.", "It has a class and four numbers.") from None
        made.append(Void(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
    return made


def _planogram(args: argparse.Namespace) -> PlanogramFile:
    path = Path(args.planogram)
    try:
        plan = msgspec.json.decode(_read(path), type=PlanogramFile)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path} isn't a planogram: {error}.", "You can save one on the page of a bay.") from None
    found = {name: _picture(path.parent, args.references, getattr(plan, name)) for name in ("full", "bare")}
    if not found["full"]:
        what = f"The image {plan.full!r} of {path.name} is missing."
        raise ConfigError(what, "Set the folder with the bay's pictures: --references DATA/shelf/references.")
    return msgspec.structs.replace(plan, **found)


def _picture(beside: Path, references: str, name: str) -> str:
    """A file next to the planogram, or a picture by name."""
    places = [beside / name, beside / f"{name}.jpg", Path(references) / f"{name}.jpg"]
    return next((str(place) for place in places if name and place.is_file()), "")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror or error}.") from None


def _image_error(name: str, answer: object) -> NeedsHuman:
    if isinstance(answer, Wrong):
        return NeedsHuman(f"{name}: {translate(ENGLISH, f'refused.{answer.code}', **answer.values)}")
    return NeedsHuman(f"{name} can't be analysed.")
