"""What the panel shows of models and asks of them: whoever runs them hands it in."""

from __future__ import annotations

from typing import Any, Protocol

from edge.core.services import Service
from models.runtime.stats import Figures

MODELS = "models"
"""Bus topic: how busy models are, or how one of them is, has changed."""


class ModelsState(Protocol):
    """Every model that is here, in the order of the manifest."""

    def figures(self) -> list[Figures]: ...


RUNNING: Service[Any] = Service("models")
"""What runs models (`edge.runtime.inference.Inference`), of which pages ask what they need; None: nothing does."""
