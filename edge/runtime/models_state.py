"""Model status for pages, supplied by the models part."""

from __future__ import annotations

from typing import Any, Protocol

from edge.core.services import Service
from models.runtime.stats import Figures

MODELS = "models"
"""Bus topic: the load or the status of models changed."""


class ModelsState(Protocol):
    """Every available model, in manifest order."""

    def figures(self) -> list[Figures]: ...


RUNNING: Service[Any] = Service("models")
"""The models' runtime (`edge.runtime.inference.Inference`), for pages; None if there is none."""
