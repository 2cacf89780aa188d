"""What columns mean can be written down, changed, and used again for the next file."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadMapping, UnknownColumn
from leadline.engine.importers import Mapping
from tests.exported import meanings, take_in, told, told_of, write

DEALS = """
    Deal ID,Seller,Deal Phase,Opened,Finished,Sum €
    1,Mo,Won,2024-01-01,2024-02-01,100
    2,Di,Lost,2024-01-02,2024-02-02,200
    3,Di,Talks,2024-01-03,2024-07-01,300
"""


def test_a_proposal_has_a_reason_and_how_sure_it_is(tmp_path):
    found = take_in(tmp_path, {"deals.csv": DEALS})
    assert found.touches.columns["currency"].values() == ["EUR"] * 5
    rows = {row["column"]: row for row in found.mapping.rows()}
    assert rows["Opened"] == {
        "file": "deals.csv",
        "column": "Opened",
        "meaning": "created",
        "because": "dates; the header says “opened”",
        "sure": 1.0,
    }


def test_a_mapping_that_was_kept_is_read_as_it_was_written(tmp_path):
    found = take_in(tmp_path, {"deals.csv": DEALS})
    kept = tmp_path / "mapping.toml"
    found.mapping.write(kept)
    again = Mapping.read(kept)
    assert {header: said.means for header, said in again.files[0].columns.items()} == meanings(found)
    assert again.files[0].shape == "deals"
    assert 'Opened = "created"  # dates; the header says' in kept.read_text(encoding="utf-8")
    assert told(take_in(tmp_path, {"deals.csv": DEALS}, mapping=again)) == told(found)


def test_a_kept_mapping_applies_to_the_next_file_with_the_same_headers_however_they_are_written(tmp_path):
    first = take_in(tmp_path, {"deals.csv": DEALS}, mapping=Mapping(columns={"Seller": "lost reason"}))
    assert meanings(first)["Seller"] == "lost reason"
    text = DEALS.replace("Seller", "  SELLER").replace("Deal Phase", "deal_phase")
    second = take_in(tmp_path, {"february.csv": text}, mapping=first.mapping)
    assert meanings(second)["SELLER"] == "lost reason"


def test_a_mapping_written_by_hand_changes_what_it_names_and_nothing_else(tmp_path):
    path = write(
        tmp_path,
        "mapping.toml",
        """
        [columns]
        opened = "date of demoed"
        [outcomes]
        Talks = "lost"
        """,
    )
    found = take_in(tmp_path, {"deals.csv": DEALS}, mapping=Mapping.read(path))
    assert told_of(found, "3") == [("demoed", "2024-01-03"), ("lost", "2024-07-01")]
    assert told_of(found, "1") == [("bought", "2024-02-01"), ("demoed", "2024-01-01")]


def test_a_column_that_the_file_does_not_have_is_named_with_the_nearest(tmp_path):
    with pytest.raises(UnknownColumn) as caught:
        take_in(tmp_path, {"deals.csv": DEALS}, mapping=Mapping(columns={"Finnished": "closed"}))
    assert "“Finnished”" in str(caught.value)
    assert caught.value.suggestion == "Finished"


@pytest.mark.parametrize(
    ("mapping", "suggestion"),
    [
        ({"columns": {"Opened": "creatd"}}, "created"),
        ({"columns": {"Opened": "date of demod"}}, "demoed"),
        ({"kinds": {"zorb": "boght"}}, "bought"),
    ],
)
def test_a_meaning_or_kind_that_does_not_exist_is_named_with_the_nearest(tmp_path, mapping, suggestion):
    with pytest.raises(BadMapping) as caught:
        take_in(tmp_path, {"deals.csv": DEALS}, mapping=Mapping.model_validate(mapping))
    assert caught.value.suggestion == suggestion


@pytest.mark.parametrize("text", ["[columns", "columns = 3", "nonsense = 1", '[outcomes]\nx = "maybe"\n'])
def test_a_mapping_that_is_none_is_refused_with_its_place(tmp_path, text):
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadMapping) as caught:
        Mapping.read(path)
    assert str(path) in str(caught.value)


def test_a_mapping_that_is_missing_is_refused(tmp_path):
    with pytest.raises(BadMapping):
        Mapping.read(tmp_path / "none.toml")


def test_a_column_that_is_empty_this_time_is_not_ignored_for_ever(tmp_path):
    header = "Deal ID,Created,Won time,Lost time\n"
    first = take_in(tmp_path, {"jan.csv": header + "1,2024-01-01,2024-02-01,\n"})
    assert meanings(first)["Lost time"] == "ignored"
    first.mapping.write(tmp_path / "kept.toml")
    kept = Mapping.read(tmp_path / "kept.toml")
    second = take_in(tmp_path, {"feb.csv": header + "2,2024-02-01,,2024-03-01\n"}, mapping=kept)
    assert told_of(second, "2") == [("deal_opened", "2024-02-01"), ("lost", "2024-03-01")]


def test_odd_headers_survive_being_written(tmp_path):
    mapping = Mapping.model_validate(
        {"files": [{"name": "a b.csv", "columns": {'He said "hi"': "ignored", "Größe #1": "attribute"}}]}
    )
    mapping.write(tmp_path / "mapping.toml")
    again = Mapping.read(tmp_path / "mapping.toml")
    assert list(again.files[0].columns) == ['He said "hi"', "Größe #1"]
