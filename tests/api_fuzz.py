"""What an API answers to whatever its own description allows, and to what it does not: by Schemathesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.errors import SerializationNotPossible
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
ANSWER_S = 60.0
SHOWN = 3


def complaints(
    url: str, document: Any, callers: Sequence[Mapping[str, str]], examples: int, by_chance: bool
) -> list[str]:
    """What was answered that no answer may be: a fault of ours (5xx but 503), or what the document does not name.

    Each request is sent by each of the `callers`, with their headers; they are the same requests each time, unless they
    are drawn `by_chance`.
    """
    said: list[str] = []
    schema = schemathesis.openapi.from_dict(document)
    with requests.Session() as session:
        for found in schema.get_all_operations():
            said += _of(found.ok(), url, callers, examples, by_chance, session)
    return said


def _of(
    operation: Any,
    url: str,
    callers: Sequence[Mapping[str, str]],
    examples: int,
    by_chance: bool,
    session: requests.Session,
) -> list[str]:
    said: list[str] = []

    @settings(
        max_examples=examples,
        derandomize=not by_chance,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        for headers in callers:
            answer = case.call(base_url=url, headers=dict(headers), session=session, timeout=ANSWER_S)
            said.extend(f"{operation.label} {answer.status_code}: {why}" for why in _wrong(case, answer))

    with suppress(SerializationNotPossible):  # sounds and pictures, which have tests of their own
        ask()
    return [text[:600] for text in said[:SHOWN]]


def _wrong(case: Any, answer: Any) -> Iterator[object]:
    if answer.status_code == 503:
        return  # not now: a queue is full, or a model is not there
    if "openxmlformats" in str(answer.headers.get("content-type")):
        return  # a file: nothing in it is for the document to say
    try:
        case.validate_response(answer, checks=CHECKS)
    except BaseExceptionGroup as group:
        yield from group.exceptions
    except AssertionError as error:
        yield error
