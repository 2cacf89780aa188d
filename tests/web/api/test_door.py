"""Who comes in, with what right, how often, and how they are turned away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leadline.web.api.door import Rate
from leadline.web.errors import TooMany
from leadline.web.models import AuditEntry, Contact, Team, Token, Touch, User
from leadline.web.tokens import digest_of

pytestmark = pytest.mark.django_db
SHAPES, LONG_AGO = "what /api/v1/openapi.json describes", "from 1900 to 2200"
BODY, LETTERS, LARGEST = "The body of a request was given", "a text such as ^[A-Z]{3}$ says", 2**63 - 1


def test_without_a_token_nothing_is_told(client):
    answer = client.get("/api/v1/contacts")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    told = answer.json()
    assert (told["code"], told["found"]) == ("unauthorised", "none")
    assert told["allowed"] == "the header Authorization: Bearer …"


def test_a_token_is_kept_as_its_hash_and_its_use_is_noted(program, owner):
    assert program.get("/kinds").status_code == 200
    token = Token.objects.get()
    assert token.digest == digest_of(program.secret)
    assert program.secret not in str(Token.objects.values().get())
    assert token.last_used_at is not None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("expired", "one that was good until 2026-01-02 03:04 UTC"),
        ("inactive", "one of somebody who was let go"),
        ("unknown", "one that nobody knows, or that was taken back"),
    ],
)
def test_a_token_that_is_over_lets_nobody_in_and_says_why(program_of, owner, spoil, said):
    more = {"expires_at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC)} if spoil == "expired" else {}
    program = program_of(owner, **more)
    if spoil == "inactive":
        User.objects.update(is_active=False)
    if spoil == "unknown":
        program.secret += "x"
    answer = program.get("/kinds")
    assert (answer.status_code, answer.json()["found"]) == (401, said)


def test_a_session_in_a_browser_is_no_token(client, owner):
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/contacts").status_code == 401


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("owner", {"own", "team's", "nobody's", "other's"}),
        ("manager", {"own", "team's", "nobody's"}),
        ("member", {"own"}),
        ("reader", {"own"}),
    ],
)
def test_a_token_sees_whom_its_user_sees(program_of, team, role, sees):
    user = User.objects.create_user("me@example.org", None, role=role, team=team)
    other = User.objects.create_user("other@example.org", None, team=Team.objects.create(name="South"))
    made = {
        "own": Contact.objects.create(name="own", owner=user),
        "team's": Contact.objects.create(name="team's", team=team),
        "nobody's": Contact.objects.create(name="nobody's"),
        "other's": Contact.objects.create(name="other's", owner=other, team=other.team),
    }
    for contact in made.values():
        Touch.objects.create(contact=contact, kind="met", happened_at=1, recorded_at=1)
    program = program_of(user)
    assert {one["name"] for one in program.get("/contacts").json()["items"]} == sees
    numbers = {made[name].pk for name in sees}
    assert {one["contact"] for one in program.get("/touches").json()["items"]} == numbers
    for name, contact in made.items():
        expected = 200 if name in sees else 404
        assert program.get(f"/contacts/{contact.pk}").status_code == expected
        assert program.get(f"/contacts/{contact.pk}/stages").status_code == expected
        assert program.get(f"/touches/{contact.touches.get().pk}").status_code == expected


def test_too_many_requests_wait(program, settings):
    settings.API_RATE = 3
    codes = [program.get("/kinds").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = program.get("/kinds")
    assert answer.json()["code"] == "too-many"
    assert answer["Retry-After"] == "1"


def test_the_bucket_of_a_token_fills_up_in_a_minute_and_is_its_own():
    rate = Rate()
    for _ in range(60):
        rate.take(1, 60, 100.0)
    with pytest.raises(TooMany):
        rate.take(1, 60, 100.5)
    rate.take(1, 60, 101.0)
    with pytest.raises(TooMany):
        rate.take(1, 60, 101.0)
    rate.take(2, 60, 101.0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "JSON"),
        (b'{"name": NaN}', "JSON"),
        (b'{"name": 1' + b"0" * 5000 + b"}", "Found: a number of thousands of digits."),
        (b'{"name": "a\\u0000b"}', "NUL"),
        (b'{"name": "\\ud800"}', "Allowed: any character but NUL and half of a pair."),
        (b'{"nom": "Ida"}', "nom"),
        (b'{"name": 7}', "name"),
        (b"[1]", "a list of 1"),
        (b'{"name": "Ida", "name": "Ada"}', "“name” more than once"),
        (b'{"name": "Ida"\n"key": 1}', "line 2, letter 1"),
        ('{"name": "Ida"}'.encode("utf-16"), "UTF-8"),
        (b'{"key": " "}', "neither a name"),
        (b'{"fields": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", "Allowed"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(program, body, said):
    answer = program.client.generic(
        "POST",
        "/api/v1/contacts",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"content_type": "application/xml"}, 415, "unreadable"),
        ({"content_type": "application/json", "HTTP_CONTENT_ENCODING": "gzip"}, 415, "unreadable"),
        ({"content_type": "application/json", "HTTP_TRANSFER_ENCODING": "chunked"}, 411, "no-length"),
        ({"content_type": "application/json", "CONTENT_LENGTH": "20971521"}, 413, "too-large"),
    ],
)
def test_a_body_that_is_not_read_is_said_to_be_one(program, said, status, code):
    own = {"HTTP_AUTHORIZATION": f"Bearer {program.secret}"}
    answer = program.client.generic("POST", "/api/v1/contacts", data=b"<name/>", **own, **said)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code


def test_a_truth_is_no_number(program, contact):
    told = program.post("/asks", {"contact": True, "title": "Service"})
    assert (told.status_code, told.json()["found"]) == (422, "true")
    assert told.json()["allowed"] == "a number, not true or false"


@pytest.mark.parametrize(
    ("body", "asked", "found", "allowed"),
    [
        ({"kind": 7}, "“kind” was given", "7", "a valid string"),
        ({"value": 1.5, "kind": "met"}, "“value” was given", "1.5", "a valid integer"),
        ({"value": 2**64, "kind": "x"}, "“value” was given", f"{2**64}", f"less than or equal to {LARGEST}"),
        ({"contact": "x", "kind": "met"}, "“contact” was given", "“x”", "a valid integer"),
        ({"kind": "m" * 99}, "“kind” was given", f"99 letters, “{'m' * 20}…”", "at most 60 characters"),
        ({"currency": "eur", "kind": "met"}, "“currency” was given", "“eur”", LETTERS),
        ({"contact": 1}, "“kind” is needed", "nothing", SHAPES),
        ({"happened_at": "1066-10-14", "kind": "x"}, "“happened_at” was given", "“1066-10-14”", LONG_AGO),
        ({"kind": "met", "knd": 1}, "“knd” was given", "a name that nobody knows here", SHAPES),
        ([1], BODY, "a list of 1", "an object: names and values in braces"),
        ("met", BODY, "“met”", "an object: names and values in braces"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_what_was_found_and_what_would_be_allowed(
    program, body, asked, found, allowed
):
    told = program.post("/touches", body).json()
    assert (told["asked"], told["found"], told["allowed"]) == (asked, found, allowed)
    assert "where" not in told
    rows = program.post("/touches/bulk", {"touches": [{"kind": "met", "contact": 1}, body]}).json()
    assert (rows["found"], rows["allowed"], rows["where"]) == (found, allowed, "row 2")
    assert rows["asked"] == asked.replace(BODY, "A row was given")


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("GET", "/contacts?team=x", None, "“team” was given"),
        ("GET", "/reports/leaks/people?link=ask", None, "“path” is needed"),
        ("POST", "/costs", {}, "“path” is needed"),
        ("POST", "/contacts", {"addresses": [{"sort": "email"}]}, "“addresses.0.value” is needed"),
        ("POST", "/contacts", {"given['x']": 1}, "“given['x']” was given"),
    ],
)
def test_a_place_is_told_by_the_names_that_were_written(program, method, path, body, named):
    assert program(method, path, body).json()["asked"] == named


@pytest.mark.parametrize("asked", ["/contacts?key=", "/contacts?email=", "/touches?kind=", "/asks?owner="])
def test_a_blank_filter_is_refused_for_it_would_mean_everybody(program, asked):
    assert program.get(asked).status_code == 422


def test_a_blank_filter_changes_nobody(program, contact):
    given = {"where": {"tag": ""}, "add": ["x"]}
    assert program.post("/contacts/tags", given).status_code == 422
    assert not contact.tags.exists()


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allowed"),
    [
        ("GET", "/nothing", 404, "not-found", SHAPES),
        ("GET", "/contacts/1/nothing", 404, "not-found", SHAPES),
        ("PUT", "/contacts", 405, "no-such-method", "GET, HEAD, POST"),
        ("DELETE", "/contacts/1", 405, "no-such-method", "GET, HEAD, PATCH"),
    ],
)
def test_an_address_or_a_method_that_there_is_not_is_a_problem_too(
    program, method, path, status, code, allowed
):
    answer = program(method, path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["status"], told["code"], told["type"]) == (status, code, f"urn:leadline:error:{code}")
    assert told["detail"].startswith(f"{method} /api/v1{path} was asked for. Found: ")
    assert ", ".join(sorted(told["allowed"].split(", "))) == allowed
    assert answer.get("Allow") == (told["allowed"] if status == 405 else None)


@pytest.mark.parametrize(
    ("role", "scope", "found"),
    [
        ("owner", "contacts:read", "the scopes contacts:read"),
        ("reader", "contacts:write", "the role Read-only"),
    ],
)
def test_who_may_not_is_told_so_whatever_they_sent(program_of, role, scope, found):
    user = User.objects.create_user("me@example.org", None, role=role)
    for body in ({}, {"nom": "Ida"}, [1]):
        answer = program_of(user, scope).post("/contacts", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert answer.json()["found"] == found
    assert program_of(user, scope).get("/exports/nothing").status_code == 403


def test_a_parameter_that_nothing_would_come_of_is_refused(program, funnels):
    answer = program.get("/contacts?ownr=me")
    assert (answer.status_code, answer.json()["suggestion"]) == (422, "owner")
    assert program.get("/contacts?owner=me&limit=5&sort=name").status_code == 200
    assert program.get("/reports/leaks?anew=true").status_code == 200
    assert program.get("/reports/leaks?report=asks").status_code == 422
    assert program.get("/me?verbose=1").json()["allowed"] == "none"
    assert program.post("/contacts?name=Ida", {"name": "Ida"}).status_code == 422


@pytest.mark.parametrize(
    "path", ["/contacts", "/openapi.json", "/exports/contacts?form=csv", "/contacts/987"]
)
def test_head_tells_of_an_answer_what_get_does_without_its_body(program, contact, path):
    asked, told = program("GET", path), program("HEAD", path)
    length = len(b"".join(asked) if asked.streaming else asked.content)
    assert (told.status_code, told["Content-Type"]) == (asked.status_code, asked["Content-Type"])
    assert b"".join(told) == b""
    assert told.get("Content-Length") == (None if asked.streaming else str(length))


def test_head_of_an_export_takes_nothing_out_so_nothing_is_written_down(program, owner):
    assert program("HEAD", "/exports/contacts?form=csv").status_code == 200
    assert not AuditEntry.objects.filter(action="export").exists()
    assert program.get("/exports/contacts?form=csv").status_code == 200
    assert AuditEntry.objects.filter(action="export", who=owner).count() == 1


def test_head_takes_the_scope_of_get_and_is_allowed_where_get_is(program_of, owner):
    program = program_of(owner, "touches:read")
    assert program("HEAD", "/contacts").status_code == 403
    bulk = program("HEAD", "/touches/bulk")
    assert (bulk.status_code, bulk["Allow"]) == (405, "POST")
    assert "HEAD" in program("DELETE", "/contacts")["Allow"].split(", ")
