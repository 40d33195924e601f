"""Options of a GGUF language model, shared by its engines."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of both engines. `context` and `batch` are in tokens."""

    context: Annotated[
        int, msgspec.Meta(ge=256, le=131_072, description="context length in tokens; each token takes memory")
    ] = 2_048
    batch: Annotated[
        int, msgspec.Meta(ge=8, le=2_048, description="tokens processed per step; it can be stopped between steps")
    ] = 64
    cache_mb: Annotated[int, msgspec.Meta(ge=0, description="memory for the prompt cache (MiB)")] = 64
    template: Annotated[str, msgspec.Meta(description="chat template (Jinja2) that replaces the model's own")] = ""

    def fits(self, trained: int) -> int:
        """The context, capped at the model's trained one (0: unknown)."""
        return min(self.context, trained) if trained else self.context
