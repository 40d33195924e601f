"""An ONNX model in ONNX Runtime on the CPU, with clear errors."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.engine import Model
from models.errors import Refused, Unusable

if TYPE_CHECKING:
    import numpy as np

_ERRORS_ONLY = 3
_TYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
}


class Session:
    """An open ONNX model.

    `output`: a tensor of the model, not necessarily one of its outputs; "" for all outputs. Raises Unusable for an
    invalid file, or one that this version of ONNX Runtime can't run.
    """

    def __init__(self, path: Path, threads: int, output: str = "") -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # waiting threads must not spin on the till's processors
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._faults = _faults()
        self.name = path.name
        try:
            self._session = _open(ort, path, options, output)
        except self._faults as error:
            what = f"{path.name} can't be run by ONNX Runtime {ort.__version__}: {_first_line(error)}"
            raise Unusable(what, "Copy the file again, or export it with an older opset.") from error
        self._outputs = [output] if output else None
        self._turn = threading.Lock()  # its thread count is limited: one run at a time

    @property
    def inputs(self) -> dict[str, tuple[tuple[int | None, ...], str]]:
        """Inputs by name: shape, None for variable dimensions, and numpy type. Raises Unusable."""
        found = {}
        for one in self._session.get_inputs():
            if one.type not in _TYPES:
                raise Unusable(f"{self.name} takes {one.type} as {one.name}.", "Export it with float32 inputs.")
            shape = tuple(side if isinstance(side, int) and side > 0 else None for side in one.shape)
            found[one.name] = (shape, _TYPES[one.type])
        return found

    def run(self, inputs: dict[str, np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        """Run the model; returns its outputs as float32 or integers. Raises Refused for unacceptable inputs and invalid
        answers."""
        import numpy as np

        try:
            with self._turn:
                outputs = self._session.run(self._outputs, inputs)
        except self._faults as error:
            raise Refused(f"{self.name} doesn't accept this: {_first_line(error)}") from error
        for output in outputs:
            if not isinstance(output, np.ndarray) or output.dtype.kind not in "fiu":
                raise Refused(f"{self.name} answers with something other than numbers.", "Export it again.")
            if output.dtype.kind == "f" and not _finite(output):
                what = f"{self.name} returns invalid numbers (NaN)."
                raise Refused(what, "Its file is damaged, or it expects other colours or another scale.")
        return [output.astype(np.float32, copy=False) if output.dtype.kind == "f" else output for output in outputs]


def onnx_file(model: Model) -> Path:
    """The model's .onnx file. Raises Unusable."""
    for file in model.files:
        if file.suffix == ".onnx":
            return file
    raise Unusable(f"{model.name} has no .onnx file.", "Add it to the model's files.")


def _finite(output: np.ndarray[Any, Any]) -> bool:
    """Whether all values are finite. One quick sum usually shows that, but a sum of large numbers may overflow."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(output.sum()) or np.isfinite(output).all())


def _open(ort: Any, path: Path, options: Any, output: str) -> Any:
    """Open the model, adding `output` to its outputs if necessary."""
    providers = ["CPUExecutionProvider"]
    if not path.is_file():
        raise Unusable(f"File {path} not found.", "Copy it there.")
    session = ort.InferenceSession(str(path), options, providers=providers)
    if not output or output in {one.name for one in session.get_outputs()}:
        return session
    return ort.InferenceSession(path.read_bytes() + _more_output(output), options, providers=providers)


def _more_output(name: str) -> bytes:
    """Bytes that, appended to a model, make the tensor `name` an output.

    Concatenated protobuf messages are merged, and their lists extended (protobuf.dev, Encoding, "Last One Wins").
    ModelProto.graph is field 7, GraphProto.output 12, ValueInfoProto.name 1 (onnx.proto).
    """

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2]) + _varint(len(content)) + content

    return field(7, field(12, field(1, name.encode())))


def _varint(value: int) -> bytes:
    more = value >> 7
    return bytes([value & 0x7F | 0x80]) + _varint(more) if more else bytes([value])


def _faults() -> tuple[type[Exception], ...]:
    """Exceptions of ONNX Runtime, which have no common base class. Python's own come from wrong inputs."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel", "NoSuchFile", "NotImplemented")
    more = ("EPFail", "EngineError", "RuntimeException")
    return (*(getattr(state, name) for name in (*names, *more) if hasattr(state, name)), RuntimeError, ValueError)


def _first_line(error: Exception) -> str:
    """The error's message, without locations in ONNX Runtime's source."""
    text = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
    return text.rstrip(".") + "."
