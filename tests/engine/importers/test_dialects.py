"""The delimiter is found from the lines themselves, and quotes are read as they were meant."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.importers.reading.dialects import ONE_COLUMN, declared_delimiter, find_delimiter
from leadline.engine.importers.reading.records import RecordSplitter


def lines_of(text):
    return io.StringIO(text, newline="").readlines()


def split(text, delimiter=",", width=None):
    """The records of a whole text, the lines on which they start, and how many had odd quotes."""
    splitter = RecordSplitter(delimiter, width)
    rows, starts, _ = splitter.split(lines_of(text), last=True)
    return rows, [start + 1 for start in starts], splitter.loose


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id,name,n\n1,Ann,5\n2,Bob,6\n", ","),
        ("id;name;n\n1;Ann;5\n2;Bob;6\n", ";"),
        ("id\tname\tn\n1\tAnn\t5\n", "\t"),
        ("id|name|n\n1|Ann|5\n", "|"),
        ("id;price;rate\n1;5,20;1,5\n2;7,10;2,5\n3;8,99;1,0\n", ";"),
        ("name\tn\nSmith, Ann\t5\nJones, Bob\t6\n", "\t"),
        ("name,tags\nAnn,a;b;c\nBob,a;b;c\nCid,d;e;f\n", ","),
        ('name,note\nAnn,"a;b;c;d"\nBob,"e;f;g;h"\n', ","),
        ("Report, made by Ann\n\nid;name;n\n1;Ann;5\n2;Bob;6\n", ";"),
        ("id,name,n\n", ","),
        ("when;who\n2024-01-05 10:00:00,5;Ann\n2024-01-06 11:00:00,5;Bob\n", ";"),
    ],
)
def test_the_delimiter_is_found(text, delimiter):
    assert find_delimiter(lines_of(text)) == delimiter


@pytest.mark.parametrize(
    "text", ["email\na@b.c\nd@e.f\n", "company\nAcme, Inc.\nBeta\nGamma\nDelta\nEpsilon\n", "x\n"]
)
def test_a_table_of_one_column_has_no_delimiter(text):
    assert find_delimiter(lines_of(text)) == ONE_COLUMN


@pytest.mark.parametrize(
    ("line", "delimiter"), [("sep=;\n", ";"), ('"sep=|"\r\n', "|"), ("SEP=\t\n", "\t"), ("sep,x\n", None)]
)
def test_a_declared_delimiter_is_taken_at_its_word(line, delimiter):
    assert declared_delimiter(line) == delimiter


def test_doubled_quotes_and_line_breaks_belong_to_the_cell():
    rows, lines, loose = split('id,note\n1,"one\nsaid ""two"""\n2,x\n')
    assert rows == [["id", "note"], ["1", 'one\nsaid "two"'], ["2", "x"]]
    assert lines == [1, 2, 4]
    assert loose == 0


def test_a_quote_inside_a_cell_is_a_character():
    assert split('size,n\n5" pipe,1\nx,2\n')[0] == [["size", "n"], ['5" pipe', "1"], ["x", "2"]]


def test_blanks_around_quotes_do_no_harm():
    assert split('a, "b, c" ,d\n')[0] == [["a", "b, c ", "d"]]


def test_a_quote_that_is_never_closed_swallows_no_other_row():
    rows, lines, loose = split('id,name,n\n1,"Acme,5\n2,Beta,6\n3,Gamma,7\n', width=3)
    assert rows == [["id", "name", "n"], ["1", '"Acme', "5"], ["2", "Beta", "6"], ["3", "Gamma", "7"]]
    assert lines == [1, 2, 3, 4]
    assert loose == 1


def test_a_quote_that_another_rows_quote_would_close_swallows_no_other_row():
    rows, _, loose = split('id,name,n\n1,"Acme,5\n2,Beta,6\n3,"Gamma, Inc",7\n', width=3)
    assert rows[1:] == [["1", '"Acme', "5"], ["2", "Beta", "6"], ["3", "Gamma, Inc", "7"]]
    assert loose == 1


def test_a_quote_left_open_in_every_row_is_a_character_in_every_row():
    text = "id;name;n\n" + "".join(f'{n};"open;{n}\n' for n in range(500))
    rows, _, loose = split(text, ";", 3)
    assert rows[1:] == [[str(n), '"open', str(n)] for n in range(500)]
    assert loose == 500


def test_a_quote_left_open_in_the_last_row_is_a_character():
    assert split('id,name,n\n1,"Acme,5', width=3)[0] == [["id", "name", "n"], ["1", '"Acme', "5"]]


def test_a_quote_left_open_at_the_end_of_a_line_is_a_character():
    rows, lines, _ = split('a,b\n1,x"\n2,"\n3,y\n', width=2)
    assert rows == [["a", "b"], ["1", 'x"'], ["2", '"'], ["3", "y"]]
    assert lines == [1, 2, 3, 4]


def test_quotes_that_were_not_doubled_are_part_of_a_cell_of_several_lines():
    rows, lines, loose = split('id,note,n\n1,"He said "hi" and\nleft",5\n2,Beta,6\n', width=3)
    assert rows[1:] == [["1", 'He said "hi" and\nleft', "5"], ["2", "Beta", "6"]]
    assert lines == [1, 2, 4]
    assert loose == 1


def test_quotes_behind_a_backslash_are_part_of_the_cell():
    rows, _, loose = split('id,note,n\n1,"He said \\"hi\\", and left",5\n2,"C:\\",6\n', width=3)
    assert rows[1:] == [["1", 'He said "hi", and left', "5"], ["2", "C:\\", "6"]]
    assert loose == 1


def test_a_cell_of_many_lines_is_one_cell_and_one_of_too_many_is_not():
    many = "x\n" * 900
    rows, lines, loose = split(f'id,note\n1,"{many}"\n2,y\n', width=2)
    assert rows[1:] == [["1", many], ["2", "y"]]
    assert lines == [1, 2, 903]
    too_many = "x,y\n" * 1100
    rows, _, loose = split(f'id,note\n1,"{too_many}"\n2,y\n', width=2)
    assert rows[1][0] == "1"
    assert rows[2] == ["x", "y"]
    assert rows[-1] == ["2", "y"]
    assert loose > 0


def test_a_short_row_with_quotes_is_left_as_it_is():
    rows, _, loose = split('id,note,n\n1,"abc"\n2,"def",5\n', width=3)
    assert rows[1:] == [["1", "abc"], ["2", "def", "5"]]
    assert loose == 0


def test_the_last_record_of_a_batch_is_left_for_the_next():
    splitter = RecordSplitter(",", 2)
    rows, starts, used = splitter.split(lines_of('a,b\n1,x\n2,"y\n'), last=False)
    assert (rows, starts, used) == ([["a", "b"], ["1", "x"]], [0, 1], 2)
    rows, starts, used = splitter.split(lines_of('2,"y\nz"\n'), last=True)
    assert (rows, starts, used) == ([["2", "y\nz"]], [0], 2)


CELLS = st.text(st.sampled_from('ab 1,;"\n\r\t|é'), max_size=6)
ROWS = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width)))


@settings(max_examples=200, deadline=None)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;|\t"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    cut=st.integers(0, 20),
)
def test_whatever_the_csv_module_writes_is_read_back(rows, delimiter, ending, cut):
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = lines_of(written.getvalue())
    splitter = RecordSplitter(delimiter, len(rows[0]) if rows else None)
    first, _, used = splitter.split(lines[:cut], last=False)
    second, _, _ = splitter.split(lines[used:], last=True)
    assert first + second == rows
    assert splitter.loose == 0
