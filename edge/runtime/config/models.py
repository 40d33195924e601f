"""`[models]`: models in use, their memory limit, and the shop's own models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from edge.core.config_section import ConfigFault

if TYPE_CHECKING:
    from models.manifest import Entry


class Models(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[models]`. `use` names the preferred model by kind ("llm") or kind and language ("tts.fr")."""

    memory_mb: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    threads: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    keep: tuple[str, ...] = ()
    load_at: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)",
            description="hours and minutes in quotes, such as '06:30', or nothing",
        ),
    ] = ""
    wyoming: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([A-Za-z0-9.:-]+:[0-9]{1,5})?$(?!\n)",
            description="an address and a port, such as '127.0.0.1:10300', or nothing",
        ),
    ] = ""
    use: dict[str, str] = {}
    model: tuple[dict[str, Any], ...] = ()

    def entries(self) -> dict[str, Entry]:
        """Return all known models. Raises `BadEntry` if a custom one is invalid (see `faults`)."""
        from models.manifest import entries  # imported only when needed, to start the till sooner

        return entries(self.model)

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        if not (self.keep or self.use or self.model):
            return
        from models.manifest import BadEntry
        from models.registry import ENGINES, BadOptions, check_options, engine_class, known_engines, package_lacking

        try:
            known = self.entries()
        except BadEntry as error:
            yield ConfigFault(("models", "model", error.number), str(error), "models/manifest.toml explains its keys.")
            return
        for number, given in enumerate(self.model):
            entry = known[str(given.get("name"))]
            pair = entry.kind, entry.engine
            if pair not in ENGINES and (pair in known_engines() or package_lacking(*pair)):
                continue  # an extension's engine must not keep the till from starting (edge/runtime/inference.py)
            try:
                check_options(engine_class(entry.kind, entry.engine, ENGINES), entry.options)
            except BadOptions as error:
                yield ConfigFault(("models", "model", number), str(error))
        for key, names in (("keep", self.keep), ("use", tuple(self.use.values()))):
            for name in names:
                if name not in known:
                    advice = f"Known models: {', '.join(known) or 'none yet'}."
                    yield ConfigFault(("models", key), f"Model {name!r} not found.", advice)
