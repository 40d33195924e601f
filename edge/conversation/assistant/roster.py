"""Personalities and agents of the assistant, read from files; a shop may add others.

A personality changes only the wording: its sentences replace ours, with the same placeholders and no figures. An agent
is a list of tools; anything not listed is neither looked up nor done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from edge.conversation.assistant.settings import AssistantSettings, Place
from edge.core.registry import CheckResult
from edge.lib.i18n import Language, words

MOST = 20
"""Maximum personalities and agents of one shop; further files are ignored."""
FILE_BYTES = 64 * 1024
NEUTRAL = "neutral"
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$(?!\n)")]
Said = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
SERVED: Mapping[Place, str] = {"kiosk": "customer", "phone": "customer", "staff": "staff", "copilot": "manager"}


class Personality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assistant's name and way of speaking.

    `sentences`: its own wording, by language and key of section `chat`. `voice`: a voice of the speech model, by
    language. `speed`: 2 is twice as fast.
    """

    id: Id
    names: Annotated[dict[Language, Said], msgspec.Meta(min_length=1)]
    serves: Literal["customer", "staff", "everybody"] = "everybody"
    greeting: dict[Language, Said] = {}
    sentences: dict[Language, dict[str, Said]] = {}
    voice: dict[Language, Annotated[str, msgspec.Meta(max_length=80)]] = {}
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0
    active: bool = True

    def faults(self) -> Iterator[str]:
        """The errors in its sentences."""
        for language, said in self.sentences.items():
            known = words(language)
            for key, text in said.items():
                ours = known.get(f"chat.{key}")
                if ours is None:
                    yield f"the sentence {key!r} doesn't exist"
                elif _gaps(text) != _gaps(ours):
                    yield f"{key!r} in {language} must have the placeholders {sorted(_gaps(ours))}"
                elif any(letter.isdigit() for letter in _bare(text)) and not any(map(str.isdigit, _bare(ours))):
                    yield f"{key!r} in {language} contains a number; numbers must come from the shop"


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agent and its topics. `tools`: customers' intents, staff verbs and questions, or copilot tools."""

    id: Id
    names: Annotated[dict[Language, Said], msgspec.Meta(min_length=1)]
    serves: Literal["customer", "staff", "manager"]
    tools: Annotated[frozenset[str], msgspec.Meta(max_length=60)]

    def faults(self) -> Iterator[str]:
        """The errors in its tools."""
        for tool in sorted(self.tools - all_tools().get(self.serves, frozenset())):
            yield f"the tool {tool!r} doesn't exist"


@lru_cache(maxsize=1)
def all_tools() -> Mapping[str, frozenset[str]]:
    """Return all existing tools by the people they serve, from the built-in agents."""
    found: dict[str, frozenset[str]] = {}
    for path in _ours("agents"):
        agent = msgspec.toml.decode(path.read_bytes(), type=Agent)
        found[agent.serves] = found.get(agent.serves, frozenset()) | agent.tools
    return found


class WrongFile(msgspec.Struct, frozen=True):
    """An invalid file and the reason."""

    file: str
    why: str


class Roster(msgspec.Struct, frozen=True):
    """All personalities and agents by id, and invalid files."""

    personalities: dict[str, Personality]
    agents: dict[str, Agent]
    wrong: tuple[WrongFile, ...] = ()

    def personality(self, id: str, place: Place) -> Personality:
        """The personality chosen for a place; the neutral one if it's missing, inactive or meant for another place."""
        found = self.personalities.get(id)
        if found and found.active and found.serves in ("everybody", SERVED[place]):
            return found
        return self.personalities[NEUTRAL]

    def agent(self, id: str, place: Place) -> Agent:
        """The agent chosen for a place; the one with the most tools if it's missing or meant for another place."""
        found = self.agents.get(id)
        fitting = [one for one in self.agents.values() if one.serves == SERVED[place]]
        return found if found in fitting and found else max(fitting, key=lambda one: len(one.tools))


T = TypeVar("T", Personality, Agent)


@lru_cache(maxsize=8)
def read_roster(folder: Path) -> Roster:
    """Read the built-in personalities and agents, and a shop's own, which may replace them.

    Invalid files are left out. The files are read once, so changes apply after a restart.
    """
    wrong: list[WrongFile] = []
    people = _read("personalities", folder, Personality, wrong)
    return Roster(people, _read("agents", folder, Agent, wrong), tuple(wrong))


def roster_check(folder: Path) -> Callable[[Any], list[CheckResult]]:
    """Check a shop's own files for `edge check`."""

    def check(_: Any) -> list[CheckResult]:
        advice = "Correct the file or remove it. Until then, it isn't used."
        return [CheckResult("assistant", False, f"{one.file}: {one.why}", advice) for one in read_roster(folder).wrong]

    return check


def speaker_at(settings: AssistantSettings, place: Place) -> tuple[Personality, Agent]:
    """The personality and agent at a place."""
    roster = read_roster(settings.folder)
    chosen = roster.personality(settings.personality_at(place), place)
    return chosen, roster.agent(settings.agent_at(place), place)


def _ours(kind: str) -> list[Traversable]:
    folder = resources.files("edge.conversation.assistant").joinpath(kind)
    return sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)


def _read(kind: str, folder: Path, type: type[T], wrong: list[WrongFile]) -> dict[str, T]:
    found: dict[str, T] = {}
    theirs: list[Traversable] = sorted((folder / kind).glob("*.toml"))[:MOST]  # type: ignore[assignment]
    for path in (*_ours(kind), *theirs):
        try:
            one = msgspec.toml.decode(path.read_bytes()[: FILE_BYTES + 1], type=type)
            if why := "; ".join(one.faults()):
                raise ValueError(why)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            wrong.append(WrongFile(f"{kind}/{path.name}", str(error)[:300]))
            continue
        if one.id != NEUTRAL or NEUTRAL not in found:
            found[one.id] = one
    return found


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _bare(text: str) -> str:
    return "".join(plain for plain, *_ in Formatter().parse(text))
