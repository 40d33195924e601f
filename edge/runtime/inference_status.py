"""Model status texts in every language: see [models] of edge/lib/i18n. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from edge.core.process.parts import PartState
from edge.lib.i18n import own_name, translate
from models.errors import ModelError

if TYPE_CHECKING:
    from models.runtime import Absent
    from models.runtime.restart_policy import Notice


def missing(absent: Absent) -> PartState:
    """Return the status of a configured model that is absent."""
    key, values = _missing(absent.keys, absent.languages)
    return PartState("", "lost", absent.what, absent.advice, key, values)


def worker_ended_state(notice: Notice) -> PartState:
    """Return the status after a worker ended. The worker restarts on demand, or after a delay."""
    key = "models.resting" if notice.resting else f"models.{notice.code}"
    values: dict[str, str | int] = {"model": notice.model}
    return PartState("", "lost" if notice.resting else "ok", notice.what, notice.advice, key, values)


def notice_state(error: ModelError, language: str) -> tuple[str, str]:
    """Problem and remedy in the user's language."""
    key = f"models.{error.code}"
    values: dict[str, str | int] = {"model": error.model, "why": error.what}
    if error.code == "missing" and "why" in error.keys:
        key, values = _missing(error.keys, (error.keys.get("language", ""),))
    return translate(language, key, **values), translate(language, f"{key}_do", **values)


def seconds_to(clock: str, now: datetime) -> float:
    """Return the seconds until the clock next shows `clock` ("06:30") in the zone of `now`; 0 if no time is set."""
    if not clock:
        return 0.0
    hour, minute = map(int, clock.split(":"))
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return ((at if at >= now else at + timedelta(days=1)) - now).total_seconds()


def _missing(keys: Mapping[str, str], languages: tuple[str, ...]) -> tuple[str, dict[str, str | int]]:
    """Return the translation key and values for a missing file, package or setting."""
    why, name, thing = keys.get("why", "files"), keys.get("name", ""), keys.get("thing", "")
    if why in ("library", "program"):
        more = {"package": keys.get("package", thing), "command": keys.get("command", "./run setup")}
        return f"models.no_{why}", {"model": name, "thing": thing, **more}
    if why == "package":
        return "extensions.no_engine", {"model": name, "package": thing}
    if why == "secret":
        return "models.no_secret", {"model": name}
    values: dict[str, str | int] = {
        "model": name,
        "spoken": ", ".join(own_name(code) for code in languages if code) or "-",
        "folder": thing,
        "command": f"edge models fetch {name}",
        "lies": keys.get("lies", ""),
    }
    if why in ("deeper", "part"):
        return f"models.{why}", values
    return f"models.no_{keys['kind']}", values
