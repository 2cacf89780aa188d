"""What the description says is so, whatever is sent: made-up requests to every operation."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from leadline.web.tokens import SCOPES
from tests.web.api.conftest import DESCRIBED, OPERATIONS, ROOMS, check_shape


def _without_headers(path):
    """Ways of a path, of which only what stands in path and query is made up: no header of a case is sent."""
    return {
        method: told | {"parameters": [one for one in told.get("parameters", []) if one["in"] != "header"]}
        for method, told in path.items()
    }


PATHS = {path: _without_headers(ways) for path, ways in DESCRIBED["paths"].items()}
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED | {"paths": PATHS})
MADE = {found.ok().definition.raw["operationId"]: found.ok() for found in SCHEMA.get_all_operations()}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
HOSTILE = [
    "\x00", "a\x00b", "\u202e\u05d0\u05d1\u05d2", "x" * 100_000, "=1+1", "<script>alert(1)</script>", "'; --",
    "\ud83d\ude00" * 300, "", 10**30, -1, 0, 1.5, 1e308, True, None, [], {}, [[1]], {"a": "\x00"},
    "2026-02-30", "9999-12-31", "0001-01-01T00:00:00Z",
]  # fmt: skip
"""What nobody means, in place of each value in turn."""


def test_it_is_openapi_3_1_with_examples_scopes_and_problems():
    assert DESCRIBED["openapi"] == "3.1.0"
    for name, shape in DESCRIBED["components"]["schemas"].items():
        bodies = (str(one.told.get("requestBody", "")) for one in OPERATIONS.values())
        if any(f"/{name}'" in body for body in bodies):
            assert shape["examples"], name
    known = {tag["name"] for tag in DESCRIBED["tags"]}
    for operation in OPERATIONS.values():
        told = operation.told
        assert told["summary"][0].isupper()
        assert not told["summary"].endswith(".")
        assert set(told["tags"]) <= known
        assert len(told["tags"]) == 1
        assert told["x-scope"] in SCOPES
        assert "application/problem+json" in told["responses"]["4XX"]["content"]
        keyed = [one for one in told.get("parameters", []) if one["name"] == "Idempotency-Key"]
        assert bool(keyed) is operation.writes


def test_no_two_summaries_are_the_same():
    assert len({one.told["summary"] for one in OPERATIONS.values()}) == len(OPERATIONS)


def test_the_description_is_open_to_everybody(client):
    assert client.get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"


@pytest.mark.django_db
@pytest.mark.parametrize("times", [3, pytest.param(8, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("room", ROOMS)
def test_no_request_whatever_it_holds_breaks_the_server(program, world, room, times):
    for name, operation in OPERATIONS.items():
        if operation.told["tags"] == [room]:
            here = transaction.savepoint()
            _send_made_up(program, name, times)
            transaction.savepoint_rollback(here)


def _send_made_up(program, name, times):
    operation = OPERATIONS[name]

    @settings(_limited, max_examples=times)
    @given(data=st.data())
    def send(data):
        case = data.draw(MADE[name].as_strategy(generation_mode=data.draw(st.sampled_from(MODES))))
        answer = program(operation.method, *_asked(case))
        assert answer.status_code < 500, (case.as_curl_command(), answer.content)
        _check(operation, answer)

    send()


_limited = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
@pytest.mark.parametrize("room", ROOMS)
def test_no_value_whatever_it_is_breaks_the_server(program, world, room):
    for operation in OPERATIONS.values():
        example = operation.example(world) or {}
        if operation.told["tags"] == [room] and example:
            here = transaction.savepoint()
            for name in example:
                for value in HOSTILE:
                    answer = program(operation.method, operation.address(world), example | {name: value})
                    assert answer.status_code < 500, (operation.name, name, value)
                    _check(operation, answer)
            transaction.savepoint_rollback(here)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", ["\x00", "x" * 5000, "-1", "0", "1e9", "9" * 40, "\u202eabc", "<b>", "%", "a&b"]
)
def test_no_query_whatever_it_is_breaks_the_server(program, world, value):
    for operation in OPERATIONS.values():
        names = [one["name"] for one in operation.told.get("parameters", []) if one["in"] == "query"]
        for name in names if operation.method == "GET" else ():
            address = operation.address(world).partition("?")[0]
            answer = program.get(f"{address}?{urlencode({name: value})}")
            assert answer.status_code < 500, (operation.name, name)
            _check(operation, answer)


def _asked(case):
    path = case.path.removeprefix("/api/v1")
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    query = urlencode(dict(case.query or {}), doseq=True)
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
    return f"{path}?{query}" if query else path, body


def _check(operation, answer):
    """A problem where it was refused, and what the description says where it wasn't."""
    if answer.status_code < 400:
        check_shape(operation, answer)
        return
    kind = answer["Content-Type"].split(";")[0]
    if answer.status_code not in {404, 405} or kind != "text/html":  # an address that isn't one of ours
        assert kind == "application/problem+json", answer.content
        assert answer.json()["status"] == answer.status_code
