"""The pages and mails of django-allauth, in the words of Leadline."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core import mail

import leadline.web

WORDS = Path(leadline.web.__file__).parent / "locale/en_GB/LC_MESSAGES"
PAGES = (
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/reauthenticate/",
    "/accounts/3rdparty/",
)
OUTSIDE = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/")
NAMES = {"Leadline", "JavaScript"}


def of(text):
    """What a page says to be read: headings, labels and buttons."""
    return re.findall(r"<(?:h1|h2|label|button)\b[^>]*>\s*([^<]+?)\s*<", text.split("<main", 1)[1])


def in_capitals(said):
    """Whether a word after the first has a capital, as a title in another house's style has."""
    return [word for word in re.findall(r"\b[A-Z][a-z]+\b", said)[1:] if word not in NAMES]


def test_the_compiled_words_are_those_that_were_written():
    with (WORDS / "django.po").open("rb") as file:
        written = {one.id: one.string for one in read_po(file) if one.id}
    with (WORDS / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert len(written) > 100
    for name, said in written.items():
        if isinstance(name, tuple):
            assert tuple(compiled.ngettext(*name, number) for number in (1, 2)) == said
        else:
            assert compiled.gettext(name) == said


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_an_account_are_in_sentence_case(client, owner, path):
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = client.get(path, follow=True)
    assert found.status_code == 200
    said = of(found.content.decode())
    assert said
    assert [one for one in said if in_capitals(one)] == []


@pytest.mark.parametrize("path", OUTSIDE)
def test_pages_before_the_door_are_in_sentence_case_and_send_nobody_to_a_vendor(client, owner, path):
    text = client.get(path).content.decode()
    assert [one for one in of(text) if in_capitals(one)] == []
    assert "contact us" not in text.lower()


def test_the_mail_for_a_new_password_says_who_asks_and_for_what(client, owner, settings):
    settings.EMAIL_HOST = "mail.example.org"
    client.post("/accounts/password/reset/", {"email": owner.email})
    (sent,) = mail.outbox
    assert sent.body.startswith("Hello,")
    assert "wants a new password for your place in Leadline" in sent.body
    assert "Thank you for using" not in sent.body
    assert "/accounts/password/reset/key/" in sent.body
