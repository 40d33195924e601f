"""What the panel shows of models: plain numbers that whoever runs them hands in."""

from __future__ import annotations

from typing import Protocol

from models.figures import Figures

MODELS = "models"
"""Bus topic: how busy models are, or how one of them is, has changed."""


class ModelsState(Protocol):
    """Every model that is here, in the order of the manifest."""

    def figures(self) -> list[Figures]: ...
