"""Funnel → TOML → funnel: nothing is lost, and what comes back means the same."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.errors import UnknownName
from leadline.engine.funnel import dump_funnel, load_funnel, parse_funnel, shipped_funnels
from leadline.engine.history import derive
from tests import oracle
from tests.makers import as_oracle_rows, document, funnel_of, stage, touches_of
from tests.strategies import WORDS, as_ofs, crowds, examples, funnels

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oracle import Touch


@examples(200)
@given(funnels())
def test_a_funnel_written_as_toml_and_read_again_is_the_same_funnel(funnel: dict[str, object]) -> None:
    read = funnel_of(funnel)
    assert parse_funnel(dump_funnel(read)) == read
    assert dump_funnel(parse_funnel(dump_funnel(read))) == dump_funnel(read)


@examples(150)
@given(funnels(), crowds(), as_ofs)
def test_what_is_written_means_what_was_read(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int
) -> None:
    """The oracle reads the written text; the package reads the text that was given."""
    written = tomllib.loads(dump_funnel(funnel_of(funnel)))
    touches = touches_of(crowd)
    found = as_oracle_rows(derive(touches, funnel_of(funnel), as_of), touches)
    assert found == {name: oracle.history(written, log, as_of, WORDS) for name, log in crowd.items()}


@examples(100)
@given(
    funnels(),
    st.text(st.characters(exclude_categories=["Cc", "Cs"])).filter(str.strip),
    st.integers(0, 10**9),
)
def test_sentences_and_versions_survive_in_any_script(
    funnel: dict[str, object], means: str, version: int
) -> None:
    read = funnel_of(funnel | {"means": means, "version": version})
    again = parse_funnel(dump_funnel(read))
    assert (again.means, again.version) == (means.strip(), version)


@pytest.mark.parametrize("name", shipped_funnels())
def test_every_shipped_funnel_survives(name: str) -> None:
    funnel = load_funnel(name)
    assert parse_funnel(dump_funnel(funnel)) == funnel
    assert funnel.name == name


def test_the_shipped_funnels_are_those_of_the_sources_and_of_two_crms() -> None:
    assert shipped_funnels() == [
        "agency",
        "buyer-journey",
        "elevate",
        "hubspot",
        "sales-cycle",
        "salesforce",
        "top-social",
        "voltage",
    ]


def test_a_funnel_is_loaded_from_a_file_by_path(tmp_path: Path) -> None:
    funnel = funnel_of(
        document(stage("lead", ["liked", {"any": ["called within 1 day", "no asked since met"]}]))
    )
    path = tmp_path / "mine.toml"
    path.write_text(dump_funnel(funnel), encoding="utf-8")
    assert load_funnel(path) == funnel
    assert load_funnel(str(path)) == funnel


def test_a_phrase_is_written_in_its_shortest_form() -> None:
    funnel = funnel_of(document(stage("lead", "liked 1 times  within 1 days   since asked")))
    assert tomllib.loads(dump_funnel(funnel))["stages"][0]["when"] == "liked within 1 day since asked"


def test_a_stage_has_a_number_and_is_found_whatever_its_capitals() -> None:
    funnel = funnel_of(document(stage("Lead", "liked"), stage("Prospect", "called")))
    assert funnel.stage_names == ("stranger", "Lead", "Prospect")
    assert [funnel.stage_number(name) for name in ("stranger", "lead", "PROSPECT")] == [0, 1, 2]
    with pytest.raises(UnknownName, match=r"“prospct”.*stranger, Lead, Prospect.*Did you mean “Prospect”"):
        funnel.stage_number("prospct")


def test_an_unknown_funnel_is_refused_with_the_nearest_shipped_one() -> None:
    with pytest.raises(UnknownName, match=r"“voltag”.*Did you mean “voltage”"):
        load_funnel("voltag")
