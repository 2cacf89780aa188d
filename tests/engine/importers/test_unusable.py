"""Files of which nothing can be made: a sentence says what was looked for, what was found, what helps."""

from __future__ import annotations

import pytest

from leadline.engine.errors import AmbiguousDates, BadFile, BadMapping
from leadline.engine.importers import Mapping
from tests.exported import take_in, told

WEATHER = """
    Date,Location,MinTemp,MaxTemp,WindGustDir,RainToday
    2008-12-01,Albury,13.4,22.9,W,No
    2008-12-02,Albury,7.4,25.1,WNW,No
    2008-12-03,Albury,12.9,25.7,WSW,Yes
"""


def test_the_weather_is_about_nobody(tmp_path):
    with pytest.raises(BadMapping) as caught:
        take_in(tmp_path, {"weather.csv": WEATHER})
    said = str(caught.value)
    assert "says whom a row is about" in said
    assert "MinTemp (numbers)" in said
    assert "--map" in said


def test_a_mapping_makes_something_of_a_file_that_could_not_be_read(tmp_path):
    mapping = Mapping(
        columns={"WindGustDir": "contact id", "RainToday": "what happened"}, kinds={"no": "mailed"}
    )
    found = take_in(tmp_path, {"weather.csv": WEATHER}, mapping=mapping)
    assert told(found) == [
        ("W", "mailed", "2008-12-01"),
        ("WNW", "mailed", "2008-12-02"),
        ("WSW", "said_yes", "2008-12-03"),
    ]


def test_a_column_of_names_without_a_header_is_not_guessed_at(tmp_path):
    with pytest.raises(BadMapping):
        take_in(tmp_path, {"names.csv": "Anna Berg\nBo Dahl\nCara Eek\nDan Falk\n"})


def test_a_header_and_no_rows(tmp_path):
    with pytest.raises(BadFile) as caught:
        take_in(tmp_path, {"empty.csv": "Email,Created\n"})
    assert "no rows" in str(caught.value)


def test_dates_that_could_be_either_are_asked_for_and_an_order_decides(tmp_path):
    text = "Email,Created\na@a.example,03/04/2024\nb@b.example,05/06/2024\n"
    with pytest.raises(AmbiguousDates):
        take_in(tmp_path, {"people.csv": text})
    found = take_in(tmp_path, {"people.csv": text}, date_order="dmy")
    assert told(found)[0] == ("a@a.example", "recorded", "2024-04-03")
    assert found.mapping.date_order == "dmy"
    assert told(take_in(tmp_path, {"people.csv": text}, mapping=found.mapping)) == told(found)


def test_dates_that_nothing_uses_need_not_be_decided(tmp_path):
    text = "Email,Created,Birthday\na@a.example,2024-01-02,03/04/1990\nb@b.example,2024-01-03,05/06/1991\n"
    assert len(told(take_in(tmp_path, {"people.csv": text}))) == 2


def test_a_log_without_one_known_word_says_how_to_map_them(tmp_path):
    with pytest.raises(BadMapping) as caught:
        take_in(
            tmp_path, {"log.csv": "user_id,event_name,event_time\nu1,zorb,2024-01-01\nu2,zarb,2024-01-02\n"}
        )
    assert "“zorb”" in str(caught.value)
    assert "[kinds]" in str(caught.value)
