"""Policy for workers that end or fail: they're restarted, or paused for a while. Pure; the time is passed in."""

from __future__ import annotations

from typing import Literal, NamedTuple

from models.errors import Code, ModelError
from models.limits import ENDS, FAULTS_IN_A_ROW, REST_S


class Notice(NamedTuple):
    """A message to show once: a worker ended, a model is unusable, or loaded again (code "back").

    `resting`: it's paused for a while. `log`: the end of the worker's output, for diagnosis.
    """

    model: str
    code: Code | Literal["back"]
    what: str
    advice: str = ""
    log: str = ""
    resting: bool = False


class Recovery:
    """The state of one model's failures. `restarts` counts workers that ended unexpectedly."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._ends = self._rests = self._faults = 0
        self._lost = False
        self._why: tuple[Code, str] = ("unusable", "")
        self._until_s = 0.0
        self.restarts = 0

    def note_load(self) -> Notice | None:
        """Note that a worker has loaded the model. Returns the notice to show if an earlier worker had ended."""
        was_lost, self._lost = self._lost, False
        return Notice(self._model, "back", f"{self._model} is being reloaded.") if was_lost else None

    def note_answer(self) -> None:
        """Reset earlier failures, because the model works."""
        self._ends = self._rests = self._faults = 0

    def note_failure(self, code: Code) -> tuple[Code, str] | None:
        """Note that a request failed in the worker. Returns the reason to end the worker, or None."""
        if code == "memory":
            return code, "a request exceeded the memory limit"
        self._faults = self._faults + 1 if code == "failed" else 0
        if self._faults < FAULTS_IN_A_ROW:
            return None
        return "crashed", f"it failed on {self._faults} consecutive requests"

    def note_end(self, code: Code, why: str, log: str, loaded: bool, now_s: float) -> Notice:
        """Note that a worker ended.

        The model is paused if it never loaded, or ended too often without an answer in between.
        """
        self.restarts += 1
        self._ends += 1
        self._faults = 0
        if self._ends >= ENDS or not (loaded or code == "stopped"):
            return self.rest(code, why, log, now_s)
        self._lost = True
        what = f"{self._model} ended: {why}."
        return Notice(self._model, code, what, "It is restarted when needed.", log)

    def rest(self, code: Code, why: str, log: str, now_s: float) -> Notice:
        """Pause for a while, longer each time."""
        rest_s = REST_S[min(self._rests, len(REST_S) - 1)]
        self._rests += 1
        self._ends = 0
        self._lost = True
        self._why = (code, why)
        self._until_s = now_s + rest_s
        error = self.refusal(now_s)
        return Notice(self._model, code, error.what, error.advice, log, resting=True)

    def left_s(self, now_s: float) -> float:
        """Return the seconds left of the pause; 0 if it's over."""
        return max(0.0, self._until_s - now_s)

    def refusal(self, now_s: float) -> ModelError:
        """The error for requests during the pause."""
        code, why = self._why
        advice = f"Next attempt in {self.left_s(now_s):.0f} s."
        return ModelError(code, f"{self._model} can't be used: {why.rstrip('.')}.", advice, self._model)
