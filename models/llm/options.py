"""How a shop sets a language model in GGUF, whichever engine runs it."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What both engines can be told. `context` and `batch` are in tokens."""

    context: Annotated[
        int, msgspec.Meta(ge=256, le=131_072, description="tokens that it reads and writes at most; each takes memory")
    ] = 2_048
    batch: Annotated[
        int, msgspec.Meta(ge=8, le=2_048, description="tokens read in one step, between which it can be stopped")
    ] = 64
    cache_mb: Annotated[int, msgspec.Meta(ge=0, description="memory for the beginnings of conversations (MiB)")] = 64
    template: Annotated[str, msgspec.Meta(description="a chat template (Jinja2) instead of the model's own")] = ""

    def fits(self, trained: int) -> int:
        """The context, or that which the model was trained for where that is less (0: nobody knows)."""
        return min(self.context, trained) if trained else self.context
