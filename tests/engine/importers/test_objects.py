"""JSON as programs hand it out: lists of objects, objects a line, objects in objects."""

from __future__ import annotations

import json

import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers import import_files, read_table


def cells(path, header: str) -> list[str]:
    [table] = read_table(path)
    column = table.columns[header]
    return [column.labels[code] if code >= 0 else "" for code in column.codes]


def test_people_of_hubspot_with_their_properties(tmp_path):
    people = [
        {"id": "51", "properties": {"email": "ada@example.org", "firstname": "Ada", "lastname": None}},
        {"id": "52", "properties": {"email": "bo@example.org", "firstname": "Bo", "lastname": "Ek"}},
    ]
    file = tmp_path / "contacts.json"
    file.write_text(json.dumps({"results": people, "paging": {"next": {"after": "2"}}}, indent=2))
    assert cells(file, "email") == ["ada@example.org", "bo@example.org"]
    assert cells(file, "lastname") == ["", "Ek"]
    [told] = import_files([file]).mapping.files
    assert (told.shape, told.columns["email"].means) == ("contacts", "e-mail")


def test_addresses_of_pipedrive_with_the_first_one_first(tmp_path):
    file = tmp_path / "persons.json"
    emails = [
        {"label": "home", "value": "b@example.org", "primary": False},
        {"label": "work", "value": "a@example.org", "primary": True},
    ]
    file.write_text(json.dumps([{"id": 1, "name": "Ada", "email": emails, "tags": ["x", "y"]}]))
    assert cells(file, "email") == ["a@example.org, b@example.org"]
    assert cells(file, "tags") == ["x, y"]


def test_an_object_a_line_with_numbers_truths_and_columns_that_come_late(tmp_path):
    file = tmp_path / "people.jsonl"
    file.write_text(
        '\ufeff{"name": "Åsa", "age": 3.0, "in": true}\n\n{"name": "Bo", "city": "Lund"}\n', "utf-8"
    )
    assert cells(file, "name") == ["Åsa", "Bo"]
    assert cells(file, "age") == ["3", ""]
    assert cells(file, "in") == ["true", ""]
    assert cells(file, "city") == ["", "Lund"]


def test_several_lists_are_several_tables_and_names_that_come_twice_say_where(tmp_path):
    file = tmp_path / "all.json"
    told = {"a": [{"x": {"id": 1}, "y": {"id": 2}}], "b": [{"n": 1}]}
    file.write_text(json.dumps(told))
    tables = read_table(file)
    assert [table.name for table in tables] == ["all.json [a]", "all.json [b]"]
    assert list(tables[0].columns) == ["x.id", "y.id"]


@pytest.mark.parametrize("text", ['[{"a": 1},', '{"a": 1}\n{"b": }', "[]", '[{"a": 1}] trailing'])
def test_json_that_is_no_table_is_refused_in_words(tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(BadFile):
        read_table(file)


def test_a_csv_that_begins_with_a_bracket_stays_one(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("[name],email\nAda,ada@example.org\n")
    assert cells(file, "email") == ["ada@example.org"]


def test_a_list_of_names_to_which_another_refers_is_what_its_ids_stand_for(tmp_path):
    file = tmp_path / "board.json"
    lists = [
        {"id": "l1", "name": "Lead", "closed": False, "pos": 1.5},
        {"id": "l2", "name": "Won", "color": None},
    ]
    labels = [{"id": 7, "name": "warm"}, {"id": 8, "name": "cold"}]
    cards = [
        {"id": "c1", "name": "Ann Lee", "idList": "l1", "label_ids": [7, 8]},
        {"id": "c2", "name": "Bob Ray", "idList": "l2", "label_ids": []},
    ]
    file.write_text(json.dumps({"lists": lists, "labels": labels, "cards": cards}))
    assert [table.name for table in read_table(file)] == ["board.json"]
    assert cells(file, "list name") == ["Lead", "Won"]
    assert cells(file, "label name") == ["warm, cold", ""]


def test_a_list_that_says_more_than_names_stays_one(tmp_path):
    file = tmp_path / "crm.json"
    people = [
        {"id": 1, "name": "Ann Lee", "email": "ann@a.example"},
        {"id": 2, "name": "Bob Ray", "email": ""},
    ]
    deals = [{"id": 3, "title": "Website", "contact_id": 1, "value": 500}]
    file.write_text(json.dumps({"people": people, "deals": deals}))
    first, second = read_table(file)
    assert (len(first), len(second)) == (2, 1)
    assert "contact_id" in second.columns
