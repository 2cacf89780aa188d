"""A refusal in a page is a sentence or two, with all that the error says; programs get its members."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadFunnel
from leadline.web.errors import Conflict, Forbidden, Invalid, NotFound
from leadline.web.refusals import plainly


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            Invalid("An offer needs a name", found="none", allowed="a few words"),
            "An offer needs a name: none was given. What works: a few words.",
        ),
        (
            Invalid("A refund has happened", found="a day to come", allowed="today, or before"),
            "A refund has happened: a day to come won’t do. What works: today, or before.",
        ),
        (
            Invalid("A time zone was asked for", found="“Berln”", suggestion="Europe/Berlin"),
            "“Berln” won’t do as a time zone. Did you mean “Europe/Berlin”?",
        ),
        (
            Invalid("“Value” was filled in", found="“abc”", allowed="a whole number"),
            "“abc” won’t do in “Value”. What works: a whole number.",
        ),
        (
            Invalid("A phone number was given", found="“12”", allowed="as +49 30 901820"),
            "“12” won’t do as a phone number. Write it as +49 30 901820.",
        ),
        (
            Invalid("A password was asked for", found="It is too short."),
            "A password is needed: It is too short.",
        ),
        (
            Invalid("A contact was to be made", found="neither a name nor an address", allowed="one of them"),
            "A contact can’t be made: there is neither a name nor an address. What works: one of them.",
        ),
        (
            Conflict("A purchase was to be taken back", found="that it has been taken back already"),
            "A purchase can’t be taken back: it has been taken back already.",
        ),
        (
            Conflict(
                "“sales” was to be taken out of force", found="no other funnel", allowed="this, once one is"
            ),
            "“sales” can’t be taken out of force: there is no other funnel. It can be done once one is.",
        ),
        (
            NotFound("The import 5 was asked for", found="none that you can see"),
            "The import 5 can’t be shown: there is none that you can see.",
        ),
        (
            Forbidden("To import files was asked for", found="the role reader", allowed="the role owner"),
            "You can’t import files: the role reader doesn’t allow it. It takes the role owner.",
        ),
        (
            BadFunnel("A stage has no name", found="nothing", allowed="a word", where="a.toml"),
            "a.toml: A stage has no name: nothing was given. What works: a word.",
        ),
    ],
)
def test_a_refusal_is_told_plainly(error, said):
    assert plainly(error) == said


@pytest.mark.django_db
def test_pages_say_it_plainly_and_programs_get_the_members(client, owner, funnels):
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/funnel/?on=nonsense")
    assert page.status_code == 422
    assert "“nonsense” won’t do as a day. What works: a date as 2026-03-31." in page.content.decode()
    for robotic in ("Found:", "Allowed:", "was asked for"):
        assert robotic not in page.content.decode()
    assert Invalid("A day was asked for", found="“x”", allowed="as 2026-03-31").as_dict() == {
        "code": "invalid",
        "message": "A day was asked for. Found: “x”. Allowed: as 2026-03-31.",
        "asked": "A day was asked for",
        "found": "“x”",
        "allowed": "as 2026-03-31",
    }
