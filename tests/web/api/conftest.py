"""Programs that come in with a token."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from types import SimpleNamespace

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT, encode_multipart

from leadline.web.api import door
from leadline.web.api.site import api
from leadline.web.models import Token
from leadline.web.tokens import SCOPES, digest_of, make_secret
from tests.rows import kept
from tests.web.api.worlds import OVER, make_world
from tests.web.conftest import NOW, let_go

DESCRIBED = json.loads(json.dumps(api.get_openapi_schema()))
FILE = {"upload_files": ("people.csv", "Name,Mail\nLea,lea@x.org\n")}
QUERY = {"list_waiting": "path=networking&link=ask", "list_figure_people": "stage=lead"}


class Program:
    """What somebody's program sends, and gets."""

    def __init__(self, client, secret):
        self.client, self.secret = client, secret

    def __call__(self, method, path, body=None, **headers):
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        named = {"Authorization": f"Bearer {self.secret}"} | headers
        return self.client.generic(method, f"/api/v1{path}", headers=named, **sent)

    def get(self, path):
        return self("GET", path)

    def post(self, path, body=None, **headers):
        return self("POST", path, {} if body is None else body, **headers)

    def patch(self, path, body):
        return self("PATCH", path, body)

    def delete(self, path):
        return self("DELETE", path)


@dataclass(frozen=True)
class Operation:
    """An operation as it is described, and how its example is sent in a world."""

    name: str
    method: str
    path: str
    told: dict

    @property
    def writes(self):
        return self.method != "GET"

    def address(self, world):
        """Its path with the records of a world in it."""
        other = OVER.get(self.name, {})
        found = self.path.removeprefix("/api/v1")
        for given in self.told.get("parameters", []):
            if given["in"] == "path":
                name = given["name"]
                found = found.replace("{" + name + "}", str(world[other.get(name, name)]))
        return f"{found}?{QUERY[self.name]}" if self.name in QUERY else found

    def example(self, world=None):
        """The body of its example, with the records of a world in it; None where it takes none."""
        content = self.told.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = content["schema"]
        schema = next((one for one in schema.get("anyOf", []) if "$ref" in one), schema)
        body = DESCRIBED["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["examples"][0]
        return _fitted(body, world or {}, OVER.get(self.name, {}))

    def send(self, program, world, **headers):
        """Its example, sent by a program."""
        if self.name in FILE:
            name, text = FILE[self.name]
            data = encode_multipart("edge", {"files": SimpleUploadedFile(name, text.encode())})
            kind = MULTIPART_CONTENT.replace("BoUnDaRyStRiNg", "edge")
            named = {"Authorization": f"Bearer {program.secret}"} | headers
            return program.client.generic("POST", self.path, data, kind, headers=named)
        answer = program(self.method, self.address(world), self.example(world), **headers)
        let_go(answer)
        return answer


def _fitted(body, world, other):
    said = {
        many: [world.get(one)]
        for one, many in (("contact", "contacts"), ("company", "companies"))
        if "kind" not in body and body.get(many) and isinstance(body[many][0], int)
    }
    for name in ("contact", "duplicate", "team", "touch", "first", "restore", *other):
        if name in body:
            said[name] = world.get(other.get(name, name), body[name])
    if "id" in body:
        said["id"] = world.get(body["what"])
    return body | said


OPERATIONS = {
    told["operationId"]: Operation(told["operationId"], method.upper(), path, told)
    for path, way in DESCRIBED["paths"].items()
    for method, told in way.items()
}


ROOMS = sorted({one.told["tags"][0] for one in OPERATIONS.values()})


def check_shape(operation, answer):
    """What it answered is what the description says."""
    told = operation.told["responses"][str(answer.status_code)]
    if answer.status_code == 204:
        assert not answer.content
        return
    kind = answer["Content-Type"].split(";")[0]
    assert kind in told["content"]
    if kind == "application/json":
        shape = {"components": DESCRIBED["components"]} | told["content"][kind]["schema"]
        jsonschema.validate(answer.json(), shape)


@pytest.fixture
def clock(monkeypatch):
    """It is NOW."""
    stood = SimpleNamespace(time_ns=lambda: NOW * 1000, monotonic=time.monotonic)
    monkeypatch.setattr(door, "time", stood)


@pytest.fixture
def place(settings, tmp_path, clock):
    """Where a world keeps its files; and as many requests as one likes."""
    settings.MEDIA_ROOT, settings.API_RATE = tmp_path / "uploads", 10**6
    settings.HOME = tmp_path
    return tmp_path


@kept
def made(owner, team, member, funnels, place):
    """A world, and its files: what each holds."""
    world = make_world(owner, team, member)
    files = [one for one in place.rglob("*") if one.is_file()]
    return world, {one.relative_to(place): one.read_bytes() for one in files}


@pytest.fixture
def world(made, place):
    """One record of each sort, all of them the owner's."""
    world, files = made
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return world


@pytest.fixture(autouse=True)
def _fresh_rate(monkeypatch):
    monkeypatch.setattr(door, "RATE", door.Rate())


@pytest.fixture
def program_of(client):
    """A program of somebody, with some scopes: all, unless said."""

    def make(user, *scopes, **more):
        secret = make_secret()
        Token.objects.create(
            user=user,
            name="the shop",
            digest=digest_of(secret),
            hint=secret[-4:],
            scopes=list(scopes or SCOPES),
            **more,
        )
        return Program(client, secret)

    return make


@pytest.fixture
def program(program_of, owner):
    return program_of(owner)
