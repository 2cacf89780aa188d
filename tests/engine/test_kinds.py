"""Kinds: the shipped ones say what the rest relies on; a user's file adds to them or is refused, with why."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from leadline.engine.errors import BadKinds, UnknownName
from leadline.engine.kinds import Kinds
from tests.makers import few_kinds, few_words, shipped_words
from tests.oracle import Words

if TYPE_CHECKING:
    from pathlib import Path

RELIED_ON = """
listed identified recorded advertised posted cold_called cold_emailed spoke introduced referred met visited
liked followed commented shared clicked_ad subscribed downloaded filled_form requested_info booked registered
mailed messaged sent_content opened clicked attended read watched collaborated replied asked_question called
had_meeting chatted deal_opened engaged demoed trialed checked_reference compared asked proposed invited
offered asked_renewal said_yes said_no said_not_now bought renewed lost told_need has_no_need told_budget
withdrew_budget has_authority lacks_authority gave_timeline dropped_timeline matched_profile
mismatched_profile felt_pain saw_gain decided_to_fix marked_subscriber marked_lead marked_mql marked_sql
marked_opportunity marked_customer unsubscribed bounced opted_out disqualified went_elsewhere churned lapsed
scanned auto_replied bot_visited staff_acted
"""
GROUPS = """
identified encountered responded gave_contact conversed met showed_interest tried purchased asked refused
left
"""
FACTS = ["need", "budget", "authority", "timeline", "fit", "customer", "reachable"]
BLOCKS = ["generate", "nurture", "ask", "answer", "fact", "exit"]


def shipped_document() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(files("leadline.engine").joinpath("kinds.toml").read_text(encoding="utf-8"))


def read(tmp_path: Path, text: str) -> Kinds:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Kinds.read(path)


@pytest.mark.parametrize("name", RELIED_ON.split())
def test_every_kind_that_importers_write_is_shipped(name: str) -> None:
    assert name in Kinds.shipped()


def test_every_group_and_fact_that_conditions_rely_on_is_shipped() -> None:
    assert set(GROUPS.split()) <= set(Kinds.shipped().groups)
    assert set(FACTS) <= set(Kinds.shipped().facts)


def test_the_shipped_file_lists_links_in_blocks_and_machines_last() -> None:
    listed = [kind["link"] for kind in shipped_document()["kinds"] if not kind.get("machine")]
    assert list(dict.fromkeys(listed)) == BLOCKS
    assert listed == sorted(listed, key=BLOCKS.index)
    machines = [bool(kind.get("machine")) for kind in shipped_document()["kinds"]]
    assert machines == sorted(machines)


def test_the_order_of_kinds_is_the_order_of_the_shipped_file() -> None:
    names = [kind["name"] for kind in shipped_document()["kinds"]]
    assert [kind.name for kind in Kinds.shipped().kinds] == names
    assert [Kinds.shipped().code(name) for name in names] == list(range(len(names)))


def test_every_shipped_name_says_in_one_sentence_what_it_means() -> None:
    kinds = Kinds.shipped()
    for declared in (*kinds.kinds, *kinds.groups.values(), *kinds.facts.values()):
        assert declared.means[0].isupper(), declared
        assert declared.means.endswith("."), declared


def test_every_shipped_group_is_used_and_every_fact_can_be_set_and_contradicted() -> None:
    kinds = Kinds.shipped()
    assert all(kinds.named(group) for group in kinds.groups)
    assert all(kinds.setting(fact) and kinds.clearing(fact) for fact in kinds.facts)


def test_a_name_means_the_kind_and_every_kind_that_counts_as_it() -> None:
    kinds = few_kinds()
    names = {kinds.kinds[code].name for code in kinds.named("responded")}
    assert names == {"liked", "replied", "bought", "lost_funds"}
    assert kinds.named("liked") == {kinds.code("liked")}


def test_a_machine_kind_has_a_code_and_is_meant_by_no_name() -> None:
    kinds = few_kinds()
    assert "scanned" in kinds
    assert kinds.named("scanned") == frozenset()
    assert "scanned" not in kinds.names


def test_kinds_and_oracle_agree_on_the_order_and_on_every_name() -> None:
    for kinds, words in ((few_kinds(), few_words()), (Kinds.shipped(), shipped_words())):
        assert [kind.name for kind in kinds.kinds if not kind.machine] == list(words.order)
        for name in kinds.names:
            codes = kinds.setting(name) if name in kinds.facts else kinds.named(name)
            assert {kinds.kinds[code].name for code in codes} == words.counted(name)
            assert {kinds.kinds[code].name for code in kinds.clearing(name)} == words.clearing(name)


MINE = """
[[kinds]]
name = "sang"
means = "Sang our song."
link = "generate"
direction = "in"
groups = ["responded", "moved"]
sets = ["tuned"]

[[groups]]
name = "moved"
means = "Was moved."

[[facts]]
name = "tuned"
means = "Is in tune."
lasts_days = 7
"""


def test_a_users_kinds_come_after_ours_of_the_same_link(tmp_path: Path) -> None:
    kinds = read(tmp_path, MINE)
    names = [kind.name for kind in kinds.kinds]
    generating = [kind.name for kind in kinds.kinds if kind.link == "generate"]
    ours = [kind.name for kind in Kinds.shipped().kinds]
    assert generating[-1] == "sang"
    assert [name for name in names if name != "sang"] == ours
    words = Words(shipped_document(), tomllib.loads(MINE))
    assert [kind.name for kind in kinds.kinds if not kind.machine] == list(words.order)


def test_a_users_kind_counts_as_an_existing_group_and_sets_a_fact_of_its_own(tmp_path: Path) -> None:
    kinds = read(tmp_path, MINE)
    assert kinds.code("sang") in kinds.named("responded") & kinds.named("moved") & kinds.setting("tuned")
    assert kinds.facts["tuned"].lasts_days == 7
    assert "sang" not in Kinds.shipped()


def kind(name: str = "sang", rest: str = "", link: str = "generate") -> str:
    return f'[[kinds]]\nname = "{name}"\nmeans = "Sang."\nlink = "{link}"\ndirection = "in"\n{rest}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (kind(rest='groups = ["respondet"]'), ["sang", "group", "respondet", "Did you mean “responded”"]),
        (kind(rest='sets = ["bugdet"]'), ["sang", "fact", "bugdet", "Did you mean “budget”"]),
        (kind(rest='clears = ["nowhere_near"]'), ["sang", "fact", "nowhere_near"]),
        (kind() + kind(), ["sang", "2 times", "once"]),
        (kind("bought"), ["bought", "2 times", "once"]),
        (kind("budget"), ["budget", "fact"]),
        (kind(rest='sets = ["need"]\nclears = ["need"]'), ["sang", "sets", "clears"]),
        (kind(rest='machine = true\ngroups = ["responded"]'), ["sang", "machine", "nothing"]),
        (kind(link="generated"), ["link", "generated", "generate"]),
        (kind(rest="colour = 3"), ["colour"]),
        (kind("two words"), ["two words"]),
        ('[[kinds]]\nname = "sang"', ["means"]),
        ('[[facts]]\nname = "tuned"\nmeans = "Is."\nlasts_days = 0', ["lasts_days"]),
        ("[[kinds", ["TOML"]),
    ],
)
def test_a_bad_kinds_file_is_refused_naming_the_file_and_the_fault(
    tmp_path: Path, text: str, says: list[str]
) -> None:
    with pytest.raises(BadKinds) as caught:
        read(tmp_path, text)
    assert "mine.toml" in str(caught.value)
    for part in says:
        assert part in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00bad"])
def test_a_kinds_file_that_is_missing_or_not_text_is_a_sentence(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadKinds, match=r"mine\.toml.*can't be read"):
        Kinds.read(path)


def test_a_folder_is_not_a_kinds_file(tmp_path: Path) -> None:
    with pytest.raises(BadKinds, match="can't be read"):
        Kinds.read(tmp_path)


def test_an_unknown_kind_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match=r"downloded.*Did you mean “downloaded”") as caught:
        Kinds.shipped().code("downloded")
    assert caught.value.code == "unknown-name"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[kind]]\nname = "a"\n',
            "“kind” can't be used. Found: an unknown word. Allowed: kinds, groups, facts.",
        ),
        (
            '[[facts]]\nname = "vip"\nmeans = "x"\nlasts_days = 99999999\n',
            "“lasts_days” in [[facts]] number 1",
        ),
        ('[[groups]]\nname = "a b"\nmeans = "x"\n', "Allowed: a letter, then letters, digits, _ or -."),
        ('[[groups]]\nname = "a"\n', "“means” in [[groups]] number 1 can't be used. Found: nothing there."),
    ],
)
def test_a_declaration_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(BadKinds) as refused:
        Kinds.read(path)
    assert said in str(refused.value)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[[groups]]\nname = "vip"\nmeans = "Dear to us."\n', encoding="utf-8-sig")
    assert "vip" in Kinds.read(path).groups
