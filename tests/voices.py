"""A shop in which voices may be used: where it is, who works there, and trials that went well enough."""

from __future__ import annotations

import math
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.ordering.recognition import trials
from edge.ordering.recognition.commands import EnrolVoice, ReleaseVoice, SetVoiceHint
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, config, done

MODEL = "voices@0123456789abcdef"
PRIVACY = '\n[privacy]\nofficer = "Dana Levi"\ncontact = "privacy@corner.example"\n'
PINS = {"u1": "2846", "u2": "7391", "u3": "5208", "u4": "6174"}
ASSESSED = "2026-01-10"


def shop_text(country: str = "FR", province: str = "", privacy: str = PRIVACY) -> str:
    """A configuration of a shop in a place."""
    place = f'country = "{country}"\n' + (f'province = "{province}"\n' if province else "")
    return (
        CONFIG.replace('currency = "EUR"\n', f'currency = "EUR"\n{place}' if country else 'currency = "EUR"\n')
        + privacy
    )


def rows(angle: float, parts: int = 0) -> tuple[tuple[float, ...], ...]:
    """An utterance of someone whose voice lies in this direction (degrees)."""
    vector = (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    return (vector,) * (parts + 1)


def write_trials(folder: Path, model: str = MODEL, speakers: int = 10) -> trials.VoiceTrials:
    """Trials of so many people, three utterances each, ten degrees apart."""
    spoken = [[rows(one * 10 + more) for more in (0.0, 0.5, 1.0)] for one in range(speakers)]
    found = trials.try_model(model, spoken)
    kept_in = config(folder).folder
    kept_in.mkdir(parents=True, exist_ok=True)
    trials.keep(kept_in, found)
    return found


def themself(person: str) -> Actor:
    """Someone who is signed in at till 1."""
    return Actor(person, CASHIER.surface, CASHIER.register, CASHIER.rights)


async def hired(shop: CommandBus, person: str, name: str) -> Actor:
    await done(shop, SetUser(person, name, "cashier", hash_pin(PINS[person])), SYSTEM)
    return themself(person)


async def enrolled(shop: CommandBus, person: str, name: str, angle: float) -> Actor:
    """Someone who works here, said yes, and whose voice is kept."""
    actor = await hired(shop, person, name)
    await done(shop, ReleaseVoice(name, "en"), actor)
    await done(shop, EnrolVoice(person, rows(angle)[0], MODEL, 9_800), SYSTEM)
    return actor


async def switched_on(shop: CommandBus, folder: Path) -> None:
    write_trials(folder)
    await done(shop, SetVoiceHint(True, ASSESSED), SYSTEM)
