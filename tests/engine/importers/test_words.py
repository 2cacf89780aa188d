"""The words of other programs: compared without case, order and endings, and each stands for one thing."""

from __future__ import annotations

from collections import defaultdict

import pytest

from leadline.engine.importers.words import (
    bag,
    find_date_kind,
    find_kind,
    find_outcome,
    squeezed,
    stem,
    synonyms,
    tokens,
)
from leadline.engine.kinds import Kinds


def test_a_text_is_taken_apart_into_plain_words():
    assert tokens("Deal - Won time") == ("deal", "won", "time")
    assert tokens("createdAt") == tokens("CREATED_AT") == tokens("created at") == ("created", "at")
    assert tokens("E-Mail-Adresse") == ("email", "adresse")
    assert tokens("Étape (%)") == ("etape",)
    assert tokens("Größe") == ("grosse",)
    assert tokens("MQLDate") == ("mql", "date")
    assert tokens("имя") == ("имя",)


def test_a_squeezed_text_has_no_case_spaces_or_punctuation():
    assert squeezed("GTX Pro") == squeezed("GTXPro") == squeezed("gtx-pro") == "gtxpro"


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("click clicks clicked clicking", "click"),
        ("submit submits submitted", "submit"),
        ("reply replied replies", "repli"),
        ("purchase purchased", "purchas"),
    ],
)
def test_endings_are_left_out(words, one):
    assert {stem(word) for word in words.split()} == {one}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Email Opened", "opened"),
        ("opened an e-mail", "opened"),
        ("Zusage", "said_yes"),
        ("Absage", "said_no"),
        ("Dijo que sí", "said_yes"),
        ("Ha detto no", "said_no"),
        ("Plus tard", "said_not_now"),
        ("Angebot verschickt", "proposed"),
        ("Webinar besucht", "attended"),
        ("Vertrag unterschrieben", "bought"),
        ("email_open", "opened"),
        ("Email Link Clicked", "clicked"),
        ("Email Bounced", "bounced"),
        ("unsubscribe", "unsubscribed"),
        ("Unsubscribed from newsletter", None),
        ("page_view", "visited"),
        ("Page Visited on Website", "visited"),
        ("PageView", "visited"),
        ("add_to_cart", "compared"),
        ("purchase", "bought"),
        ("Order Placed", "bought"),
        ("Form Submission", "filled_form"),
        ("demo booked", "booked"),
        ("Demo", "demoed"),
        ("Meeting", "had_meeting"),
        ("MEETING", "had_meeting"),
        ("meeting scheduled", "booked"),
        ("Call", "called"),
        ("Had a Phone Conversation", "called"),
        ("INCOMING_EMAIL", "replied"),
        ("SMS Sent", "messaged"),
        ("Olark Chat Conversation", "chatted"),
        ("Webinar Registration", "registered"),
        ("attended webinar", "attended"),
        ("Meeting cancelled", None),
        ("not interested", "said_no"),
        ("remove_from_cart", None),
        ("Rendez-vous", "had_meeting"),
    ],
)
def test_a_word_of_a_log_is_a_kind_or_none(word, kind):
    assert find_kind(word) == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("became marketing qualified lead", "marked_mql"),
        ("optin", "subscribed"),
        ("last email open", "opened"),
        ("proposal sent", "proposed"),
        ("shoe size", None),
    ],
)
def test_the_header_of_dates_stands_for_a_kind_or_none(words, kind):
    assert find_date_kind(words) == kind


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Closed Won", "won"),
        ("closedwon", "won"),
        ("6 - Won!", "won"),
        ("Loss", "lost"),
        ("Closed Lost to Competition", "lost"),
        ("lost (price)", "lost"),
        ("Not won", "lost"),
        ("not lost", None),
        ("Open", "open"),
        ("Gewonnen", "won"),
        ("perdu", "lost"),
        ("Kickoff", None),
        ("closed", None),
    ],
)
def test_a_stage_says_won_lost_open_or_nothing(text, outcome):
    assert find_outcome(text) == outcome


def test_every_kind_that_a_word_stands_for_exists():
    kinds, words = Kinds.shipped(), synonyms()
    named = {*words["kinds"], *words["date_kinds"]}
    named |= {block["kind"] for block in words["sources"] if "kind" in block}
    assert not [name for name in named if name not in kinds]


def test_every_meaning_that_a_header_has_is_explained():
    words = synonyms()
    named = {block["means"] for block in (*words["columns"], *words["dates"])}
    assert named <= words["meanings"].keys()


@pytest.mark.parametrize("table", ["kinds", "date_kinds"])
def test_no_word_stands_for_two_kinds(table):
    dropped = synonyms()["kind_words" if table == "kinds" else "date_kind_words"]["dropped"]
    stands_for = defaultdict(set)
    for kind, phrases in synonyms()[table].items():
        for phrase in phrases:
            stands_for[bag(phrase, dropped) or bag(phrase)].add(kind)
            stands_for[squeezed(phrase)].add(kind)
    assert not {str(key): kinds for key, kinds in stands_for.items() if len(kinds) > 1}


def test_no_source_stands_for_two_paths():
    stands_for = defaultdict(set)
    for block in synonyms()["sources"]:
        for word in block["words"]:
            stands_for[squeezed(word)].add((block["path"], block.get("kind")))
    assert not {word: paths for word, paths in stands_for.items() if len(paths) > 1}


def test_no_text_is_both_won_and_lost():
    wholes = [squeezed(word) for words in synonyms()["outcomes"].values() for word in words["whole"]]
    assert len(wholes) == len(set(wholes))


@pytest.mark.parametrize(
    "text",
    ["R&D GmbH", "E-mail", "e mail & Phone", "wonTime_2", "GTXPro", "ann.abel+x@mail.example", "-- / --", ""],
)
def test_a_text_is_squeezed_to_its_words_as_one(text):
    assert squeezed(text) == "".join(tokens(text))
