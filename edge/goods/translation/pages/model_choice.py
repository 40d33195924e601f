"""Whether the page offers names by a model."""

from __future__ import annotations

from aiohttp import web

from edge.runtime.models_state import RUNNING
from edge.web.context import SITE


def has_model(request: web.Request) -> bool:
    """Whether a language model is available."""
    models = request.app[SITE].services.of(RUNNING)
    return models is not None and models.has("llm")
