"""JSON and workbooks that are broken: where, in words of our own, and what would be allowed."""

from __future__ import annotations

import io
import zipfile

import pytest

from leadline.engine.errors import BadFile
from leadline.engine.importers import import_files

PERSON = '{"email": "ann@x.org", "created": "2026-01-02"}'
LIBRARIES = (
    "Expecting",
    "char ",
    "delimiter",
    "Extra data",
    "Unterminated",
    "detect",
    "recursion",
    "Error",
    "digits;",
)


def refused(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        import_files([path])
    said = str(caught.value)
    assert not [word for word in LIBRARIES if word in said]
    return said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"[{PERSON}", "an end on line 1 before all brackets and quotes are closed"),
        (f"[{PERSON},\n{PERSON[:20]}", "line 2"),
        (f"[{PERSON}\n{PERSON}]", "what is no JSON on line 2, character 1: “{"),
        (f"{PERSON}\n{PERSON}\n{{'email': 1}}", "what is no JSON on line 3, character 2: “'email': 1}”"),
        ('[{"email": ann}]', "what is no JSON on line 1, character 12: “ann}]”"),
        (f"[{PERSON}, " + "[" * 200_000, "too deep to be read"),
        ('[{"email": ' + "1" * 5000 + "}]", "a number with too many digits"),
    ],
)
def test_broken_json_is_said_to_be_broken_where_it_is(tmp_path, text, found):
    said = refused(tmp_path, "people.json", text.encode())
    assert "the JSON can't be read" in said
    assert found in said
    assert "Allowed: [{…}, {…}], or {…} a line" in said


def test_a_workbook_that_is_cut_off_is_said_to_be(tmp_path):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/workbook.xml", "<workbook><sheets")
    for content in (whole.getvalue(), whole.getvalue()[:60]):
        said = refused(tmp_path, "people.xlsx", content)
        assert "the workbook can't be read" in said
        assert "damaged or cut off" in said
