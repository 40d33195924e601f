"""Whether the page offers names by a model."""

from __future__ import annotations

from aiohttp import web

from edge.shop.turn_reading.language_models import MODELS, AskedModels
from edge.web.context import SITE


def has_model(request: web.Request) -> bool:
    """Whether a model may be asked."""
    models = request.app[SITE].services.of(MODELS)
    return isinstance(models, AskedModels) and models.has("llm")
