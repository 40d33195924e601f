"""An ONNX model in ONNX Runtime, on the processor: opened with what it needs said clearly, and asked."""

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
    """`output` is the one tensor of the model that is wanted, if it need not be an output of it; "" is all outputs.

    Raises Unusable for a file that is none, or that this version of ONNX Runtime cannot run.
    """

    def __init__(self, path: Path, threads: int, output: str = "") -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # threads that wait for work must not keep a processor from the till
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._faults = _faults()
        self.name = path.name
        try:
            self._session = _open(ort, path, options, output)
        except self._faults as error:
            what = f"{path.name} is no model that ONNX Runtime {ort.__version__} can run: {_first_line(error)}"
            raise Unusable(what, "Copy the file again, or export it with an older opset.") from error
        self._outputs = [output] if output else None
        self._turn = threading.Lock()  # its threads are counted: one run after the other

    @property
    def inputs(self) -> dict[str, tuple[tuple[int | None, ...], str]]:
        """By name: the shape, None for sides that may be any, and the type as numpy calls it. Raises Unusable."""
        found = {}
        for one in self._session.get_inputs():
            if one.type not in _TYPES:
                raise Unusable(f"{self.name} takes {one.type} as {one.name}.", "Export it with float32 inputs.")
            shape = tuple(side if isinstance(side, int) and side > 0 else None for side in one.shape)
            found[one.name] = (shape, _TYPES[one.type])
        return found

    def run(self, inputs: dict[str, np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        """Its outputs, as float32 or integers. Raises Refused for inputs it cannot take, and answers that are none."""
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
                what = f"{self.name} answers with what are no numbers (NaN)."
                raise Refused(what, "Its file is damaged, or it expects other colours or another scale.")
        return [output.astype(np.float32, copy=False) if output.dtype.kind == "f" else output for output in outputs]


def onnx_file(model: Model) -> Path:
    """The one that ends in .onnx. Raises Unusable."""
    for file in model.files:
        if file.suffix == ".onnx":
            return file
    raise Unusable(f"{model.name} has no .onnx file.", "Add it to the model's files.")


def _finite(output: np.ndarray[Any, Any]) -> bool:
    """Most of the time one quick sum says it; large numbers may add up to what is none."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(output.sum()) or np.isfinite(output).all())


def _open(ort: Any, path: Path, options: Any, output: str) -> Any:
    """With one more output, where one is wanted that the model does not give."""
    providers = ["CPUExecutionProvider"]
    if not path.is_file():
        raise Unusable(f"File {path} not found.", "Copy it there.")
    session = ort.InferenceSession(str(path), options, providers=providers)
    if not output or output in {one.name for one in session.get_outputs()}:
        return session
    return ort.InferenceSession(path.read_bytes() + _more_output(output), options, providers=providers)


def _more_output(name: str) -> bytes:
    """Behind a model's bytes this makes the tensor `name` an output of it.

    Messages of protobuf that stand one behind the other are merged, and lists in them grow (protobuf.dev, Encoding,
    "Last One Wins"). ModelProto.graph is field 7, GraphProto.output 12, ValueInfoProto.name 1 (onnx.proto).
    """

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2]) + _varint(len(content)) + content

    return field(7, field(12, field(1, name.encode())))


def _varint(value: int) -> bytes:
    more = value >> 7
    return bytes([value & 0x7F | 0x80]) + _varint(more) if more else bytes([value])


def _faults() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises; its classes have no common base of their own. Python's own come from wrong inputs."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel", "NoSuchFile", "NotImplemented")
    more = ("EPFail", "EngineError", "RuntimeException")
    return (*(getattr(state, name) for name in (*names, *more) if hasattr(state, name)), RuntimeError, ValueError)


def _first_line(error: Exception) -> str:
    """What it says, without the places in ONNX Runtime's own source."""
    text = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
    return text.rstrip(".") + "."
