"""Funnels kept as files, put into force from the command line."""

from __future__ import annotations

import pytest

OURS = """\
name = "Ours"
means = "Whoever met us, and whoever bought."

[[stages]]
name = "known"
means = "Met us."
role = "open"
when = "met"

[[stages]]
name = "client"
means = "Bought."
role = "client"
when = "purchased"
"""
STAND = "SELECT COUNT(*) FROM web_standing JOIN web_funnelversion ON kept_as = funnel WHERE in_force AND"


@pytest.fixture
def place(filled):
    """A folder of files for one test, and a funnel's name of its own."""
    folder = filled.home.parent / "funnels"
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


def in_force(installation, slug):
    found = installation.sql("SELECT slug, number, toml FROM web_funnelversion WHERE in_force")
    return [(number, toml) for name, number, toml in found if name == slug]


def test_a_file_comes_into_force_and_the_same_file_again_changes_nothing(filled, place):
    file = place / "ours.toml"
    file.write_text(OURS)
    done = filled.run("publish", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["ours: new, known → client.", "ours: version 1 is in force."]
    assert in_force(filled, "ours") == [(1, OURS)]
    met = "SELECT COUNT(DISTINCT contact_id) FROM web_touch WHERE kind = 'met' AND in_force"
    assert filled.sql(f"{STAND} slug = 'ours' AND stage > 0")[0][0] >= filled.sql(met)[0][0] * 0.9 > 0
    again = filled.run("publish", file)
    assert again.stdout.splitlines() == ["ours: in force as it is."]
    assert filled.sql("SELECT COUNT(*) FROM web_funnelversion WHERE slug = 'ours'") == [(1,)]


def test_who_would_move_is_said_first_and_to_look_changes_nothing(filled, place):
    file = place / "looked.toml"
    file.write_text(OURS)
    assert filled.run("publish", file).returncode == 0
    ((people,),) = filled.sql(f"{STAND} slug = 'looked' AND stage = 1")
    renamed = OURS.replace('"known"', '"acquainted"')
    file.write_text(renamed)
    looked = filled.run("publish", file, "--look")
    assert looked.returncode == 0, looked.stderr
    assert "would stand elsewhere." in looked.stdout
    assert f"  known → acquainted: {people:,} (" in looked.stdout
    assert "is in force" not in looked.stdout
    assert in_force(filled, "looked") == [(1, OURS)]
    done = filled.run("publish", file)
    assert done.stdout == looked.stdout + "looked: version 2 is in force.\n"
    assert in_force(filled, "looked") == [(2, renamed)]


def test_where_one_file_is_wrong_none_is_published(filled, place):
    good, bad = place / "good.toml", place / "bad.toml"
    good.write_text(OURS)
    bad.write_text(OURS.replace('when = "met"', 'when = "mett"'))
    done = filled.run("publish", good, bad)
    assert done.returncode == 3
    assert str(bad) in done.stderr
    assert "mett" in done.stderr
    assert in_force(filled, "good") == []


@pytest.mark.parametrize(
    ("name", "text", "code", "words"),
    [
        ("Not A Slug.toml", OURS.encode(), 1, "small letters, digits and hyphens"),
        ("bytes.toml", b"\xff\xfe\x00", 4, "no text in UTF-8"),
        ("nothing.toml", None, 4, "No such file"),
        ("broken.toml", b"name = ", 3, "broken.toml"),
    ],
)
def test_a_file_that_is_no_funnel_is_told(filled, place, name, text, code, words):
    if text is not None:
        (place / name).write_bytes(text)
    done = filled.run("publish", place / name)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
