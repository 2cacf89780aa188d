"""Address books as vCards, of each version and as telephones and mail programs write them."""

from __future__ import annotations

import quopri

from tests.exported import is_accounted_for, meanings, subjects, take_in

BOOK = """
BEGIN:VCARD
VERSION:3.0
N:Lee;Ann;;Dr.;
FN:Dr. Ann Lee
ORG:Alp Studio;Design
EMAIL;TYPE=INTERNET;TYPE=WORK:ann@a.example
item1.EMAIL;TYPE=INTERNET:lee@home.example
TEL;TYPE=CELL:+49 170 1234567
ADR;TYPE=HOME:;;Long Road 1;Bonn;;53111;Germany
NOTE:Met at the fair\\, asked for
  a quote
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQEAYABgAAD
 abcdefg
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{family};{given};;;
TEL;CELL:0170 555
EMAIL;INTERNET:zoe@m.example
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Bob Ray
EMAIL:bob@b.example
TEL;VALUE=uri:tel:+1-555-555-5555
END:VCARD
"""


def printable(text):
    return quopri.encodestring(text.encode()).decode()


def test_the_cards_of_an_address_book_are_people(tmp_path):
    book = BOOK.format(family=printable("Müller"), given=printable("Zoë"))
    found = take_in(tmp_path, {"contacts.vcf": book})
    assert subjects(found) == ["ann@a.example", "bob@b.example", "zoe@m.example"]
    assert found.names["name"].values() == ["Dr. Ann Lee", "Zoë Müller", "Bob Ray"]
    assert found.names["phone"].values() == ["+49 170 1234567", "0170 555", "+1-555-555-5555"]
    assert found.names["other e-mail"].values() == ["lee@home.example", None, None]
    assert found.names["company"].values() == ["Alp Studio", None, None]
    assert found.attributes["Note"].values()[0] == "Met at the fair, asked for a quote"
    assert meanings(found)["Postal address"] == "address"
    assert is_accounted_for(found)


def test_a_text_that_quoted_printable_breaks_goes_on_in_the_next_line(tmp_path):
    card = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Zo=C3=AB =\r\nM=C3=BCller\r\n"
        "EMAIL:zoe@m.example\r\nEND:VCARD\r\n"
    )
    found = take_in(tmp_path, {"one.vcf": card})
    assert found.names["name"].values() == ["Zoë Müller"]


def test_letters_are_those_of_the_charset_that_a_card_names(tmp_path):
    name = "=5A=6F=EB"
    card = (
        f"BEGIN:VCARD\nVERSION:2.1\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:{name}\n"
        "EMAIL:zoe@m.example\nEND:VCARD\n"
    )
    found = take_in(tmp_path, {"one.vcf": card})
    assert found.names["name"].values() == ["Zoë"]
