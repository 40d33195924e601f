"""The tagger's file: weights as bytes, a factor for each column, and what they are of. One file, no code in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from models.errors import Unusable
from models.tag.features import VERSION
from models.tag.network import Heads, shapes_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_BYTES = 8 * 1024 * 1024
MOST_LABELS = 64
MOST_NETWORKS = 4
LEVELS = 127
_ADVICE = "Train it again: ./run train understanding; or bring the file that came with this release."


class TaggerLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of the weights are: slots of words ("O", "B-n", "I-n"), what happens to goods, intents of
    sentences; by which features, and how many networks there are."""

    slots: tuple[str, ...]
    acts: tuple[str, ...]
    intents: tuple[str, ...]
    networks: int = 1
    features: int = VERSION

    @property
    def heads(self) -> Heads:
        return Heads(len(self.slots), len(self.acts), len(self.intents))


class TaggerWeights(NamedTuple):
    """float32 arrays of each network, by name (`network.shapes_of`)."""

    labels: TaggerLabels
    networks: tuple[dict[str, Array], ...]


def pack_weights(weights: TaggerWeights) -> bytes:
    """The file's bytes: each weight as one of 255 levels of its column; the same for the same weights."""
    import numpy as np

    arrays: dict[str, Any] = {"labels": np.frombuffer(msgspec.json.encode(weights.labels), np.uint8)}
    for at, network in enumerate(weights.networks):
        for name, values in network.items():
            factor = np.maximum(np.abs(values).max(axis=0), 1e-9).astype(np.float32) / LEVELS
            arrays[f"{at}/{name}"] = np.rint(values / factor).astype(np.int8)
            arrays[f"{at}/{name}/factor"] = factor
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def read_weights(path: Path) -> TaggerWeights:
    """Raises Unusable for a file that is not there, damaged, or of other features than this release's."""
    import numpy as np

    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is too large")
        with np.load(path, allow_pickle=False) as file:
            labels = msgspec.json.decode(file["labels"].tobytes(), type=TaggerLabels)
            if labels.features != VERSION:
                raise ValueError("it is of another release")
            networks = tuple(_network(file, at, labels) for at in range(_count(labels)))
    except Exception as error:  # the library raises many classes, whatever is wrong with the file
        raise Unusable(f"{path} is no tagger ({error}).", _ADVICE) from error
    return TaggerWeights(labels, networks)


def _count(labels: TaggerLabels) -> int:
    known = 0 < labels.networks <= MOST_NETWORKS and all(0 < one <= MOST_LABELS for one in labels.heads)
    if not known or "O" not in labels.slots:
        raise ValueError("its labels are of another kind")
    return labels.networks


def _network(file: Any, at: int, labels: TaggerLabels) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for name, shape in shapes_of(labels.heads).items():
        found[name] = _spread(file[f"{at}/{name}"], file[f"{at}/{name}/factor"], shape)
    return found


def _spread(levels: Array, factor: Array, shape: tuple[int, ...]) -> Array:
    import numpy as np

    if levels.dtype != np.int8 or levels.shape != shape:
        raise ValueError("its weights are of another kind")
    if factor.shape != shape[1:] or not np.isfinite(factor).all():
        raise ValueError("its factors are of another kind")
    spread: Array = levels.astype(np.float32) * factor.astype(np.float32)
    return spread
