"""Language models on another box, through the API common to servers (Ollama, llama.cpp, vLLM, and OpenAI's own).

The protocol is https://platform.openai.com/docs/api-reference/chat (`POST chat/completions`, streamed as server-sent
events); Ollama's subset is described in https://docs.ollama.com/api/openai-compatibility.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import queue
import socket
import threading
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Complete, Completed, Token
from models.llm.schema import grammar_of
from models.llm.token_stream import TokenStream
from sandbox.landlock import Network

CONNECT_S = 3.0
READ_S = 60.0
"""Time of silence after which a server counts as gone. Callers stop waiting long before."""
LOOK_S = 0.05
LINE_BYTES = 256 * 1024
ANSWER_BYTES = 4 * 1024 * 1024
"""Maximum size of a line or answer from a server; longer ones are refused."""
_DATA = b"data:"
_END = b"[DONE]"
_ADVICE = {
    401: "Enter its key.",
    403: "Enter its key.",
    404: "Check the model name on the server.",
    429: "Try again later.",
}


class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Cached(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Cached | None = None


class _Fault(msgspec.Struct, frozen=True):
    message: str = ""


class _Piece(msgspec.Struct, frozen=True):
    """The fields we read from each streamed event."""

    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    error: _Fault | str | None = None


_decoder = msgspec.json.Decoder(_Piece)


class LlmOpenaiServer:
    """A conversation with a server; each has its own connection."""

    LIBRARY: ClassVar[str] = ""
    PARALLEL: ClassVar[int] = 2
    NETWORK: ClassVar[Network] = "connects"

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        """Options of a language model on a server. Unencrypted only within a private network."""

        url: Annotated[
            str,
            msgspec.Meta(
                pattern=r"^https?://[A-Za-z0-9.:\[\]_-]{1,253}(/[A-Za-z0-9._/-]{0,200})?$(?!\n)",
                description="base address of the API, such as http://192.168.1.20:11434/v1",
            ),
        ] = "http://127.0.0.1:11434/v1"
        model: Annotated[str, msgspec.Meta(max_length=200, description="model name on the server")] = ""
        key: Annotated[str, msgspec.Meta(max_length=500, description="API key, preferably as secret:NAME")] = ""

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = config.model or model.name

    def load(self) -> None:
        """Do nothing, as the server is contacted per request and may be away until then."""

    def run(self, request: Complete, turn: Turn[Token]) -> Completed:
        writing = TokenStream(request, turn)
        with _Lines(self._config, msgspec.json.encode(self._request_body(request)), turn) as lines:
            return _read_stream(lines, writing)

    def close(self) -> None:
        """Do nothing, as no state is kept between requests."""

    def _request_body(self, request: Complete) -> dict[str, Any]:
        if request.grammar:
            raise Refused("This type of server needs a JSON schema, not a grammar.", "Send a schema.")
        asked: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": one.role, "content": one.content} for one in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.stop:
            asked["stop"] = list(request.stop)
        if request.schema:
            grammar_of(request.schema)  # refuse the schemas that other engines refuse
            schema = {"name": "answer", "strict": True, "schema": _bound(json.loads(request.schema))}
            asked["response_format"] = {"type": "json_schema", "json_schema": schema}
        return asked


def _bound(schema: Any) -> Any:
    """A schema that all such servers accept: without text lengths, which callers check themselves."""
    if isinstance(schema, list):
        return [_bound(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    lengths = ("minLength", "maxLength") if schema.get("type") == "string" else ()
    return {key: _bound(value) for key, value in schema.items() if key not in lengths}


def _read_stream(lines: Iterator[bytes], writing: TokenStream) -> Completed:
    """Assemble the answer from its events. Refused if the server reports an error or disconnects."""
    tokens, usage, why = 0, _Usage(), ""
    for line in lines:
        if line == _END:
            break
        try:
            piece = _decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Refused(f"The language server sent an invalid part of an answer: {error}.") from error
        if piece.error:
            raise Refused(f"The language server rejected the request: {_error_text(piece.error)}.")
        usage = piece.usage or usage
        for choice in piece.choices[:1]:
            if choice.delta.content:
                tokens += 1
                writing.write(choice.delta.content)
            why = choice.finish_reason or why
        if writing.is_stopped:
            break
    if not why and not writing.is_stopped:
        raise Refused("The language server closed the connection during an answer.", "Check its log.")
    ended: Literal["end", "length"] = "end" if why in ("stop", "") else "length"
    cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None
    return writing.finish(ended, usage.prompt_tokens, usage.completion_tokens or tokens, cached or 0)


class _Lines:
    """A server's answer, read event by event, with a check for cancellation in between.

    It's read in a separate thread, so that the caller learns of an end in time. If it's left early, the connection is
    closed and the server stops.
    """

    def __init__(self, config: LlmOpenaiServer.Config, asked: bytes, turn: Turn[Any]) -> None:
        self._config, self._request_body, self._turn = config, asked, turn
        self._said: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        self._connection: http.client.HTTPConnection | None = None
        self._left = threading.Event()

    def __enter__(self) -> Iterator[bytes]:
        threading.Thread(target=self._ask, daemon=True).start()
        return self._lines()

    def __exit__(self, *_: object) -> None:
        self._left.set()
        if self._connection is not None and self._connection.sock is not None:
            try:
                self._connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # already closed

    def _lines(self) -> Iterator[bytes]:
        while True:
            try:
                said = self._said.get(timeout=LOOK_S)
            except queue.Empty:
                self._turn.step()
                continue
            if said is None:
                return
            if isinstance(said, Exception):
                raise said
            yield said

    def _ask(self) -> None:
        try:
            for line in self._events():
                self._said.put(line)
                if self._left.is_set():
                    return
            self._said.put(None)
        except Refused as error:
            self._said.put(error)
        except (OSError, http.client.HTTPException) as error:
            where = urlsplit(self._config.url).netloc
            advice = "Check that its machine is on and its address is correct."
            self._said.put(Refused(f"The language server {where} can't be reached: {error}.", advice))

    def _events(self) -> Iterator[bytes]:
        answer = self._answer()
        total = 0
        while line := answer.readline(LINE_BYTES + 1):
            total += len(line)
            if len(line) > LINE_BYTES or total > ANSWER_BYTES:
                raise Refused("The language server's answer doesn't end.", "Check the server.")
            if line.startswith(_DATA) and (data := line.removeprefix(_DATA).strip()):
                yield data

    def _answer(self) -> http.client.HTTPResponse:
        url = urlsplit(self._config.url)
        self._connection = connection = _open_connection(url.scheme, url.hostname or "", url.port)
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._config.key:
            headers["Authorization"] = f"Bearer {self._config.key}"
        connection.request("POST", f"{url.path.rstrip('/')}/chat/completions", self._request_body, headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise Refused(*_why(answer.status, answer.read(LINE_BYTES)))
        return answer


def _open_connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    """Connect to the server. Refused if conversations would cross the public internet unencrypted."""
    if scheme == "https":
        secure = http.client.HTTPSConnection(host, port, timeout=CONNECT_S)
        secure.connect()
        secure.sock.settimeout(READ_S)
        return secure
    plain = http.client.HTTPConnection(host, port, timeout=CONNECT_S)
    plain.connect()
    there = ipaddress.ip_address(plain.sock.getpeername()[0].partition("%")[0])
    if not there.is_private:
        plain.close()
        raise Refused(f"{host} isn't on the shop's network, and requests would be unencrypted.", "Use https://.")
    plain.sock.settimeout(READ_S)
    return plain


def _why(status: int, body: bytes) -> tuple[str, str]:
    """The message and advice for a refused request."""
    try:
        said = _error_text(_decoder.decode(body).error or "")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        said = ""
    told = f"The language server answered {status}" + (f": {said}." if said else ".")
    return told, _ADVICE.get(status, "Check its log.")


def _error_text(error: _Fault | str) -> str:
    return (error if isinstance(error, str) else error.message)[:200].rstrip(".")
