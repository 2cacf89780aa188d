"""What the description says is so, whatever is sent: made-up requests to every operation."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from leadline.web.actions import touches
from leadline.web.api.site import api
from leadline.web.models import Company
from tests.web.conftest import NOW

DESCRIBED = json.loads(json.dumps(api.get_openapi_schema()))
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def something(actor, contact, funnels):
    """One record of each sort, of number 1 where numbers are made up."""
    touches.record(actor, contact, "met", NOW)
    Company.objects.create(name="Cooper Bikes", owner=actor.user)


def test_it_is_openapi_3_1_with_examples_and_problems():
    assert DESCRIBED["openapi"] == "3.1.0"
    schemas = DESCRIBED["components"]["schemas"]
    assert schemas["ContactGiven"]["examples"]
    assert schemas["TouchGiven"]["examples"]
    for way in DESCRIBED["paths"].values():
        for operation in way.values():
            assert operation["summary"]
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]


def test_the_description_is_open_to_everybody(client):
    assert client.get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"


@pytest.mark.django_db
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_whatever_it_holds_breaks_the_server(program, something, settings, label):
    settings.API_RATE = 100_000
    operation = OPERATIONS[label]

    @given(data=st.data())
    @_limited
    def send(data):
        case = data.draw(operation.as_strategy(generation_mode=data.draw(st.sampled_from(MODES))))
        answer = program(operation.method.upper(), *_asked(case))
        assert answer.status_code < 500, (case.as_curl_command(), answer.content)
        _check(operation, answer)

    send()


_limited = settings(
    max_examples=10,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def _asked(case):
    path = case.path.removeprefix("/api/v1")
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    query = urlencode(dict(case.query or {}), doseq=True)
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
    return f"{path}?{query}" if query else path, body


def _check(operation, answer):
    """A problem where it was refused, and what the description says where it wasn't."""
    kind = answer["Content-Type"].split(";")[0]
    if answer.status_code >= 400:
        if answer.status_code not in {404, 405} or kind != "text/html":  # an address that isn't one of ours
            assert kind == "application/problem+json", answer.content
            assert answer.json()["status"] == answer.status_code
        return
    assert kind == "application/json"
    told = DESCRIBED["paths"][operation.path][operation.method]["responses"][str(answer.status_code)]
    shape = {"components": DESCRIBED["components"]} | told["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), shape)
