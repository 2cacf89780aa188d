"""Kinds, groups and facts are told as people say them, and nothing else is touched."""

from __future__ import annotations

import pytest

from leadline.web.models import KindDefinition
from leadline.web.templatetags.spoken import retold, said_kind, spoken


def test_a_name_is_said_without_its_underscores():
    assert spoken("had_meeting") == "had meeting"
    assert said_kind("said_yes") == "Said yes"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("said_yes within 400 days since broke_off", "said yes within 400 days since broke off"),
        ("because of: said_yes (2 Mar 2026).", "because of: said yes (2 Mar 2026)."),
        ("came_by on 2 Mar", "came by on 2 Mar"),  # a kind of one's own
        ("the file my_said_yes_list.csv", "the file my_said_yes_list.csv"),
        ("https://example.org/said_yes", "https://example.org/said_yes"),
        ("said_yes@example.org wrote", "said_yes@example.org wrote"),
        ("snake_case of nobody", "snake_case of nobody"),
        ("nothing to change", "nothing to change"),
    ],
)
def test_a_sentence_is_told_anew_with_the_names_that_are_declared(text, told):
    KindDefinition.objects.create(name="came_by", means="They came by.", link="nurture", direction="both")
    assert retold(text) == told
