"""`edge models`: list, check, download and benchmark models."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from edge.app.cli.face_trials import pictures_in, try_faces
from edge.app.cli.output import say
from edge.app.cli.voice_trials import recordings_in, try_voices
from edge.lib.errors import EdgeError
from edge.runtime import config
from edge.runtime.config import Config
from edge.runtime.inference import look
from edge.runtime.secrets import secrets_of
from models.errors import FetchError, ModelError
from models.kinds import KINDS
from models.manifest import Entry
from models.manifest.availability import damaged_files, place_of
from models.manifest.download import fetch as fetch_model
from models.manifest.memory_plan import box_mb, plan_memory, usual_mb
from models.runtime import Absent, Runtime, Settings
from models.runtime.restart_policy import Notice
from models.runtime.worker_host import Plan
from models.samples import sample

BENCH_S = 300.0
BENCH_TIMES = 3
"""Number of requests to a loaded model. The median of their times is reported."""
ROOT = Path(__file__).parents[3]
ENGINE_LIBRARIES = ("onnxruntime", "cv2", "xllamacpp")
"""A library of each kind of engine. If one is missing, the engines aren't installed."""
VOICE_WORDS = 2
"""Number of arguments of a trial, such as `voice FOLDER`. Any other arguments name models."""
_FEED_BYTES = 3_200


class BadModels(EdgeError):
    """A requested model is missing or faulty."""


def show_models(args: argparse.Namespace) -> int:
    """List every model: availability, purpose, resources and advice."""
    loaded = config.load(Path(args.config))
    for entry, found in _model_plans(loaded):
        place = "here" if isinstance(found, Plan) else "-"
        languages = " ".join(entry.languages) or "any"
        say(f"{place:5} {entry.name:28} {entry.kind:11} {languages:12} {entry.memory_mb:6} MiB  {entry.licence}")
        if isinstance(found, Absent):
            say(f"      {found.what} {found.advice}")
    return 0


def check(args: argparse.Namespace) -> int:
    """Check files against their checksums, and plan memory. Returns 1 if action is needed."""
    loaded = config.load(Path(args.config))
    wrong = 0
    here: list[tuple[str, str, int]] = []
    wanted = {*loaded.models.keep, *loaded.models.use.values()}
    for entry, found in _model_plans(loaded):
        if isinstance(found, Absent):
            if entry.name in wanted:
                wrong += 1
                say(f"WRONG  {entry.name}: {found.what}\n         {found.advice}")
            continue
        here.append((entry.name, entry.kind, entry.memory_mb))
        place = place_of(entry, loaded.folder / "models")
        files = list(damaged_files(entry, place)) if place else []
        wrong += bool(files)
        say(f"{'WRONG' if files else 'ok   '}  {entry.name}: {_sound(files, place)}")
    return 1 if _say_plan(here, loaded, args.box_mb) or wrong else 0


def fetch(args: argparse.Namespace) -> int:
    """Install missing engines, and download models from the configured addresses."""
    _bring_engines()
    loaded = config.load(Path(args.config))
    known = loaded.models.entries()
    for name in args.name:
        if name not in known:
            raise BadModels(f"Model {name!r} not found.", f"Known models: {', '.join(known) or 'none yet'}.")
        try:
            place = fetch_model(known[name], loaded.folder / "models", _bar)
        except FetchError as error:
            raise BadModels(error.what, error.advice) from error
        say(f"{name} is in {place}.")
    return 0


def _bring_engines() -> None:
    """Install the model libraries, which aren't part of a basic installation."""
    if all(importlib.util.find_spec(library) for library in ENGINE_LIBRARIES):
        return
    if not os.access(ROOT / ".venv", os.W_OK):
        raise BadModels("The model engines aren't installed.", f"Run: sudo {ROOT}/run setup engines")
    if subprocess.run([ROOT / "run", "setup", "engines"], check=False).returncode:
        raise BadModels("The model engines couldn't be installed.", "See the messages above, and try again.")


def bench(args: argparse.Namespace) -> int:
    """Load each available (or named) model and measure load time, latency, speed and memory."""
    loaded = config.load(Path(args.config))
    plans = [found for _, found in _model_plans(loaded) if isinstance(found, Plan)]
    if len(args.name) == VOICE_WORDS and args.name[0] == "voice":
        return asyncio.run(try_voices(loaded, recordings_in(Path(args.name[1])), plans))
    if len(args.name) == VOICE_WORDS and args.name[0] == "face":
        return asyncio.run(try_faces(loaded, pictures_in(Path(args.name[1])), plans))
    if unknown := sorted(set(args.name) - {plan.name for plan in plans}):
        raise BadModels(f"Not installed: {', '.join(unknown)}.", "See: edge models list.")
    failed = 0
    say(f"{'model':28} {'load':>8} {'answer':>9}  {'speed':>22} {'memory':>10}")
    for plan in plans:
        if not args.name or plan.name in args.name:
            failed += not asyncio.run(_bench_model(plan))
    return 1 if failed else 0


def _model_plans(loaded: Config) -> Iterable[tuple[Entry, Plan | Absent]]:
    entries = loaded.models.entries()
    here, absent = look(entries.values(), loaded.folder / "models", loaded.models.threads, secrets_of(loaded.folder))
    found: dict[str, Plan | Absent] = {plan.name: plan for plan in here}
    found |= {one.name: one for one in absent}
    return [(entry, found[name]) for name, entry in entries.items()]


def _sound(files: list[str], place: Path | None) -> str:
    if files:
        return f"damaged: {', '.join(files)} in {place}. Remove it and fetch it again."
    return f"its files in {place} are intact." if place else "its dependencies are installed."


def _say_plan(here: list[tuple[str, str, int]], loaded: Config, box: int) -> int:
    """Print the memory plan for this box, or for `box` MiB. Returns 1 if it doesn't fit."""
    box = box or box_mb()
    plan = plan_memory(here, loaded.models.keep, box, loaded.models.memory_mb or usual_mb(box))
    say(f"\nOf {plan.box_mb} MiB, models can use {plan.models_mb}; {plan.kept_mb} are always in use:")
    for row in sorted(plan.rows, key=lambda row: (row.how != "kept", -row.memory_mb)):
        say(f"  {row.how:10} {row.name:28} {row.memory_mb:6} MiB")
    for name in plan.dropped:
        say(f"There isn't enough memory to keep {name} loaded: remove it or a larger one from [models] keep.")
    for name in plan.crowded:
        say(f"{name} only fits if a kept model is unloaded, which makes the next request to that one slow.")
    say("It fits." if plan.fits else "The models don't all fit: see above.")
    return 0 if plan.fits else 1


def _bar(name: str, have: int, total: int) -> None:
    """Show a progress bar on a terminal."""
    if sys.stderr.isatty():
        share = have / total if total else 0
        done = int(share * 30)
        end = "\n" if have >= total else ""
        sys.stderr.write(f"\r{name} [{'#' * done}{'.' * (30 - done)}] {have >> 20} of {total >> 20} MiB{end}")
        sys.stderr.flush()


async def _bench_model(plan: Plan) -> bool:
    """Print one model's results; False if it failed."""
    notices: list[Notice] = []
    runtime = Runtime([plan], [], Settings(memory_mb=plan.memory_mb), notices.append)
    try:
        began = time.monotonic()
        await _ask(runtime, plan)
        load_s = time.monotonic() - began
        took = sorted([await _ask(runtime, plan) for _ in range(BENCH_TIMES)])[BENCH_TIMES // 2]
        figures = runtime.figures()[0]
        speed = f"{figures.a_second:.1f} {figures.unit}/s"
        say(f"{plan.name:28} {load_s:6.2f} s {took * 1000:6.0f} ms  {speed:>22} {figures.memory_mb:6.0f} MiB")
    except ModelError as error:
        say(f"{plan.name:28} {error}")
        return False
    finally:
        await runtime.stop()
    return True


async def _ask(runtime: Runtime, plan: Plan) -> float:
    request, sound = sample(plan.kind, plan.languages)
    began = time.monotonic()
    answer = runtime.ask(request, BENCH_S)
    if KINDS[plan.kind].fed:
        for start in range(0, len(sound), _FEED_BYTES):
            answer.feed(sound[start : start + _FEED_BYTES])
        answer.end()
    await answer
    return time.monotonic() - began
