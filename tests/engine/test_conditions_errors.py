"""A bad funnel is refused with its file, line and phrase, what would be allowed, and the nearest name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadline.engine.errors import BadFunnel, TooManyAtoms
from leadline.engine.funnel import load_funnel, parse_funnel
from leadline.engine.kinds import Group, Kinds
from leadline.engine.lookup import lookup
from tests.makers import few_kinds

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
name = "mine"
means = "How we sell."

[[stages]]
name = "lead"
means = "Somebody who responded."
when = ["responded",
        "conversed within 180 days",
        {any = ["need",  # what hurts
                "budget"]}]

[[stages.steps]]
name = "warm"
means = "We spoke."
when = "called"

[[stages]]
name = "prospect"
means = "Somebody who responded twice."
role = "open"
owner = "sales"
when = "responded 2 times"
"""
GRAMMAR = (
    "a name; “2 times”, “within 90 days”, “since” and a name may follow in this order, and “no” come first"
)


def refusal(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, "the good funnel must hold what is spoilt, once"
    with pytest.raises(BadFunnel) as caught:
        lookup(parse_funnel(GOOD.replace(old, new), "mine.toml"), few_kinds())
    return str(caught.value)


def test_the_funnel_that_the_others_spoil_is_good() -> None:
    assert len(lookup(parse_funnel(GOOD, "mine.toml"), few_kinds()).atoms) == 6


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (
            '"responded",',
            '"respnded",',
            7,
            ["“respnded”", "no kind, group or fact", "Did you mean “responded”"],
        ),
        ('"conversed within', '"convresed within', 8, ["“convresed within 180 days”", "“conversed”"]),
        ('["need",', '["neeed",', 9, ["“neeed”", "Did you mean “need”"]),
        ('"budget"', '"bugdet"', 10, ["“bugdet”", "Did you mean “budget”"]),
        ('"called"', '"calledd"', 15, ["“calledd”", "Did you mean “called”"]),
        ('"responded 2 times"', '"Responded"', 22, ["“Responded”", "Did you mean “responded”"]),
        ('"responded 2 times"', '"responded since askd"', 22, ["“askd”", "Did you mean “asked”"]),
        ('"responded 2 times"', '"scanned"', 22, ["“scanned”", "machines"]),
        ('"responded 2 times"', '"need since need"', 22, ["“need since need”", "never hold"]),
        ('"responded 2 times"', '"liked since responded"', 22, ["“liked since responded”", "never hold"]),
        ('"responded 2 times"', '"responded 2 tims"', 22, ["“responded 2 tims”", "“times”", GRAMMAR]),
        ('"responded 2 times"', '"responded witin 3 days"', 22, ["“witin”", "“within”", GRAMMAR]),
        ('"responded 2 times"', '"responded sinc asked"', 22, ["“sinc”", "“since”", GRAMMAR]),
        (
            '"responded 2 times"',
            '"responded within 3 weeks"',
            22,
            ["“within 3 weeks” after “responded”", GRAMMAR],
        ),
        ('"responded 2 times"', '"responded or asked"', 22, ["“or asked” after “responded”", GRAMMAR]),
        ('"responded 2 times"', '"not responded"', 22, ["“responded” after “not”", GRAMMAR]),
        ('"responded 2 times"', '"responded since asked within 3 days"', 22, ["within 3 days", GRAMMAR]),
        ('"responded 2 times"', '""', 22, ["nothing", GRAMMAR]),
        ('"responded 2 times"', '"5%"', 22, ["“5%”", GRAMMAR]),
        ('"responded 2 times"', '"responded 0 times"', 22, ["0 times", "1 to 1000 times"]),
        ('"responded 2 times"', '"responded 1001 times"', 22, ["1001 times", "1 to 1000 times"]),
        ('"responded 2 times"', '"responded within 0 days"', 22, ["0 days", "1 to 36500 days"]),
        ('"responded 2 times"', '"responded within 36501 days"', 22, ["36501 days", "1 to 36500 days"]),
        ('"responded 2 times"', "2", 22, ["2", "a phrase, a list, or a table"]),
        ('"responded 2 times"', "true", 22, ["True", "a phrase, a list, or a table"]),
        ('"responded 2 times"', "[]", 22, ["[]", "at least one"]),
        ('"responded 2 times"', '{any = "need"}', 22, ["“any”", "'need'", "list"]),
        ('"responded 2 times"', '{anny = ["need"]}', 22, ["{anny}", "{any=[…]}", "Did you mean “any”"]),
        ('"responded 2 times"', '{all = ["need"], any = ["asked"]}', 22, ["{all, any}", "{all=[…]}"]),
        ('"responded 2 times"', "{at_least = 2}", 22, ["{at_least}", "{at_least=N, of=[…]}"]),
        ('"responded 2 times"', '{at_least = 3, of = ["need", "asked"]}', 22, ["3", "1 to 2"]),
        ('"responded 2 times"', '{at_least = 0, of = ["need", "asked"]}', 22, ["0", "1 to 2"]),
        ('"responded 2 times"', '{at_least = "1", of = ["need"]}', 22, ["'1'", "1 to 1"]),
        ('"responded 2 times"', '[[{none = [["mett"]]}]]', 22, ["“mett”", "no kind, group or fact"]),
        ('role = "open"', 'role = "opne"', 20, ["“role”", "“opne”", "open, client or left"]),
        ('owner = "sales"', 'owner = "finance"', 21, ["“owner”", "“finance”", "marketing or sales"]),
        ('owner = "sales"', 'ownr = "sales"', 21, ["“ownr”", "owner", "Did you mean “owner”"]),
        ('when = "responded 2', 'wen = "responded 2', 22, ["“wen”", "Did you mean “when”"]),
        ('when = "called"\n', "", 12, ["missing", "when"]),
        ('means = "How we sell."', 'mean = "How we sell."', 2, ["“mean”", "Did you mean “means”"]),
        ('means = "How we sell."', 'means = " "', 2, ["“means”", "Found: nothing", "Allowed: a text"]),
        ('name = "mine"\n', "", 1, ["missing", "name"]),
        ('name = "prospect"', 'name = "Lead"', 18, ["“Lead”", "another one of that name"]),
        ('name = "prospect"', 'name = "Stranger"', 18, ["“Stranger”", "in no stage"]),
        (
            'means = "Somebody who responded."',
            'means = "Gone."\nrole = "left"',
            19,
            ["“prospect”", "“lead”", "end"],
        ),
    ],
)
def test_a_spoilt_line_is_named_with_what_is_wrong_with_it(
    old: str, new: str, line: int, says: list[str]
) -> None:
    said = refusal(old, new)
    for part in says:
        assert part in said
    assert said.startswith(f"mine.toml, line {line}: ")


@pytest.mark.parametrize(
    "when",
    [
        '"no responded"',
        '{none = ["responded", "asked"]}',
        '["no need", "no asked"]',
        '{any = ["liked", "no asked"]}',
    ],
)
def test_a_stage_that_would_hold_with_no_touches_at_all_is_refused(when: str) -> None:
    said = refusal('"responded 2 times"', when)
    assert said.startswith("mine.toml, line ")
    assert "“prospect” would hold for somebody with no touches at all" in said


def test_a_step_may_hold_without_evidence_of_its_own() -> None:
    """Its stage has already asked for some."""
    lookup(parse_funnel(GOOD.replace('when = "called"', 'when = "no called"'), "mine.toml"), few_kinds())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["line 1", "missing", "name"]),
        ('name = "mine"\nmeans = "Mine."\n', ["line 1", "missing", "stages"]),
        ('name = "mine"\nmeans = "Mine."\nstages = []\n', ["stages", "at least one"]),
        ('name = "mine"\n[[stages\n', ["not valid TOML", "line 2"]),
        ('name = 3\nmeans = "Mine."\nstages = []\n', ["line 1", "“name”", "3"]),
    ],
)
def test_a_file_that_is_no_funnel_is_refused(text: str, says: list[str]) -> None:
    with pytest.raises(BadFunnel) as caught:
        parse_funnel(text, "mine.toml")
    for part in ["mine.toml", *says]:
        assert part in str(caught.value)


def test_a_funnel_file_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace("2 times", "2 tims"), encoding="utf-8")
    with pytest.raises(BadFunnel) as caught:
        load_funnel(path)
    assert str(caught.value).startswith(f"{path}, line 22: ")
    assert caught.value.code == "bad-funnel"
    assert caught.value.as_dict()["where"] == f"{path}, line 22"


@pytest.mark.parametrize(("name", "says"), [("gone.toml", "No such file"), ("", "directory")])
def test_a_funnel_file_that_is_missing_or_a_folder_is_a_sentence(
    tmp_path: Path, name: str, says: str
) -> None:
    with pytest.raises(BadFunnel, match=says):
        load_funnel(tmp_path / name)


def test_a_funnel_file_that_is_not_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFunnel, match="not a text file"):
        load_funnel(tmp_path / "mine.toml")


def test_more_phrases_than_a_table_can_hold_are_counted() -> None:
    many = "{any = [" + ", ".join(f'"liked within {days} days"' for days in range(1, 17)) + "]}"
    with pytest.raises(
        TooManyAtoms, match=r"mine\.toml.*21 different phrases.*20 different phrases"
    ) as caught:
        lookup(parse_funnel(GOOD.replace('"responded 2 times"', many), "mine.toml"), few_kinds())
    assert caught.value.code == "too-many-atoms"


def test_a_group_that_no_kind_counts_as_is_no_evidence() -> None:
    few = few_kinds()
    empty = Group(name="moved", means="Was moved.")
    kinds = Kinds(few.kinds, (*few.groups.values(), empty), tuple(few.facts.values()))
    with pytest.raises(BadFunnel, match=r"“moved”.*a group that no kind counts as"):
        lookup(parse_funnel(GOOD.replace('"responded 2 times"', '"moved"'), "mine.toml"), kinds)


@pytest.mark.parametrize("depth", [51, 300, 3000])
def test_conditions_too_deep_inside_one_another_are_refused(depth: int) -> None:
    when = "{all = [" * depth + '"responded"' + "]}" * depth
    with pytest.raises(BadFunnel, match="too deep inside one another"):
        parse_funnel(f'name = "f"\nmeans = "m"\n[[stages]]\nname = "s"\nmeans = "x"\nwhen = {when}\n')


def test_a_funnel_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load_funnel(path).name == "mine"
