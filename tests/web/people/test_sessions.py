"""Who is signed in, and how long: each request looks their session and their account up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from leadline.web.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_a_session_ends_with_its_time_and_one_that_is_gone_is_nobodys(owner, enter):
    for end in (
        lambda: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
        lambda: Session.objects.all().delete(),
    ):
        client = enter(owner)
        assert client.get("/contacts/").status_code == 200
        end()
        answer = client.get("/contacts/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/contacts/")


def test_who_asks_is_as_they_are_now_and_comes_with_their_team(
    member, team, enter, django_assert_num_queries
):
    client = enter(member)
    assert client.get("/contacts/").status_code == 200
    User.objects.filter(pk=member.pk).update(team=team, name="Fay", is_active=True)
    with django_assert_num_queries(1):
        found = User.objects.get(pk=member.pk)
        assert (found.team, str(found)) == (team, "Fay")
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get("/contacts/").status_code == 302
    for nobody in (0, -1, member.pk + 1000, 2**63):
        with pytest.raises(User.DoesNotExist):
            User.objects.get(pk=nobody)
