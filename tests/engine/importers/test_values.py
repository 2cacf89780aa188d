"""Placeholders, numbers, money and truths, as people write them in cells."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.currencies import decimals_of
from leadline.engine.importers.cells.values import (
    Money,
    NumberForm,
    decide_number_form,
    is_placeholder,
    looks_like_number,
    parse_money,
    parse_moneys,
    parse_number,
    parse_numbers,
    parse_truth,
    parse_typed,
    spread,
)


@pytest.mark.parametrize(
    "text",
    [
        "Select", "-- None --", "--None--", "None", "none", "NONE", "N/A", "n/a", "n.a.", "NA", "null",
        "NULL", "unknown", "Unknown", "(blank)", "(Blank)", "-", "--", "—", "–", "?", "???", "tbd", "TBD",
        "not set", "(not set)", "undefined", "nan", "NaN", "#N/A", "#REF!", "#DIV/0!", "0000-00-00",
        "0000-00-00 00:00:00", "", "   ", ".", "...", "<none>", "[empty]", "\\N", "Please select",
        "- Select -", "Not Specified", "_", "keine Angabe", "unknown.", "(No value)",
    ],
)  # fmt: skip
def test_a_text_that_stands_for_no_value_is_a_placeholder(text):
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "Namibia", "0", "-5", "no", "Nona", "Selected", "Selecta AG", "Unknown Mortal Orchestra", "NAB",
        "$", "x", "Other", "N", "Nullarbor", "+", "#1", "Blank Inc", "2024-00-00",
    ],
)  # fmt: skip
def test_a_text_that_may_be_a_value_is_no_placeholder(text):
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("12", 12), ("-500", -500), ("+7", 7), ("(500)", -500), ("500-", -500), ("−3", -3),
        ("$1,234.50", 1234.5), ("€ 1.234,50", 1234.5), ("1 234,50", 1234.5), ("1\u00a0234,50", 1234.5),
        ("1\u2009234,50", 1234.5), ("1\u202f234,50", 1234.5), ("1'234.50", 1234.5), ("1’234.50", 1234.5),
        ("USD 1,200", 1200), ("1,200 USD", 1200), ("usd 1,200", 1200), ("12K", 12e3), ("12 k", 12e3),
        ("1.5M", 1.5e6), ("2bn", 2e9), ("3 Mio. €", 3e6), ("$1.2m", 1.2e6), ("5%", 0.05),
        ("12.5 %", 0.125), ("1e6", 1e6), ("1.5E-3", 0.0015), ("-$5.00", -5), ("$-5", -5),
        ("($1,200.00)", -1200), ("1,23,456", 123456), ("1.234.567", 1234567), ("1,234,567", 1234567),
        ("1,234", 1234), ("1.234", 1.234), (".5", 0.5), (",5", 0.5), ("0,500", 0.5), ("5.", 5),
        ("CHF 5.-", 5), ("R$ 1.500,00", 1500), ("Rs. 5,00,000", 500000), ("Rs.500", 500), ("02139", 2139),
        (" 5 ", 5), ("12k€", 12e3),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "$", "abc", "1.2.3", "1.2.3.4", "12 34", "12 months", "+1 555 123 4567", "2024-01-05",
        "5 apples", "1,234.5.6", "(5", "5)", "1_000", "A12", "12A", "1e999", "K", "%", "$5%", "10:30",
        "1/2", "5,6,7", "EUR", "ca.", "cab 5", "about 50", "x" * 2000, "9" * 2000, "0x1F", "ABC 12", "٫",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_read(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("labels", "mark", "certain"),
    [
        (["1,234", "1,234.50"], ".", True),
        (["1.234", "1.234,50"], ",", True),
        (["1.234", "0.5"], ".", True),
        (["1.234", "0,5"], ",", True),
        (["1.234", "2.500", "12"], ",", False),
        (["1,234", "2,500", "12"], ".", False),
        (["1.234"], ".", False),
        (["1,234"], ".", False),
        (["12", "13"], ".", True),
        (["1.5", "2.5", "3,5"], ".", True),
        (["won", "lost"], ".", True),
    ],
)
def test_the_decimal_mark_is_decided_for_the_whole_column(labels, mark, certain):
    assert decide_number_form(labels) == NumberForm(mark, certain)


def test_money_has_no_third_decimal():
    assert decide_number_form(["1.234"], money=True) == NumberForm(",", certain=False)
    assert parse_money("€1.234") == Money(123400, "EUR")
    assert parse_money("1.234 BHD", NumberForm(".")) == Money(1234, "BHD")


def test_a_column_is_read_in_one_form():
    numbers, ok = parse_numbers(["1.234", "2,5", "-3", "n/a", "7,25", "1.5"])
    assert numbers.tolist() == [1234.0, 2.5, -3.0, 0.0, 7.25, 0.0]
    assert ok.tolist() == [True, True, True, False, True, False]


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("$1,234.50", 123450, "USD"), ("€ 1.234,50", 123450, "EUR"), ("£5", 500, "GBP"),
        ("¥500", 500, "JPY"), ("R$ 1.500,00", 150000, "BRL"), ("CA$5", 500, "CAD"), ("US$ 5", 500, "USD"),
        ("5 kr", 500, None), ("1 234,50 Kč", 123450, "CZK"), ("JPY 1,200", 1200, "JPY"),
        ("1.5 KWD", 1500, "KWD"), ("$1.5M USD", 150000000, "USD"),
        ("12K", 1200000, None), ("(5.25)", -525, None), ("0.005", 1, None), ("0.004", 0, None),
        ("1e3", 100000, None), ("$5 CAD", 500, "CAD"), ("19.99", 1999, None),
        ("₹1,00,000", 10000000, "INR"), ("0.1", 10, None),
    ],
)  # fmt: skip
def test_money_is_exact_in_minor_units_with_its_currency(text, minor, currency):
    assert parse_money(text) == Money(minor, currency)


@pytest.mark.parametrize("text", ["5%", "", "abc", "9" * 40, "1e99", "n/a", "XYZ 5"])
def test_what_is_no_amount_is_not_read(text):
    assert parse_money(text) is None


def test_a_column_of_money_takes_the_currency_of_its_file_where_it_names_none():
    amounts = parse_moneys(["500", "$1.50", "12.5", "n/a"], currency="EUR")
    assert amounts.minor.tolist() == [50000, 150, 1250, 0]
    assert amounts.ok.tolist() == [True, True, True, False]
    assert amounts.currencies == ("EUR", "USD", "EUR", None)
    assert amounts.minor.dtype == np.int64


def test_a_column_of_yen_has_no_decimals():
    assert parse_moneys(["1200", "1,200", "¥3"], currency="JPY").minor.tolist() == [1200, 1200, 3]
    assert decimals_of("JPY") == 0
    assert decimals_of("KWD") == 3
    assert decimals_of(None) == decimals_of("EUR") == 2


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.sampled_from([".", ","]))
def test_any_amount_comes_back_whatever_its_marks(amount, mark):
    english = f"{amount:,.2f}"
    written = english if mark == "." else english.translate({ord(","): ".", ord("."): ","})
    assert parse_money(written, NumberForm(mark)) == Money(int(amount * Decimal(100)), None)
    assert parse_number(written, NumberForm(mark)) == float(amount)


@pytest.mark.parametrize("text", ["yes", "Yes", "Y", "TRUE", "true", "1", "x", "ja", "oui", "sí", " on "])
def test_yes_is_true(text):
    assert parse_truth(text) is True


@pytest.mark.parametrize("text", ["no", "No", "N", "FALSE", "0", "nein", "non", "off"])
def test_no_is_false(text):
    assert parse_truth(text) is False


@pytest.mark.parametrize("text", ["", "maybe", "2", "won", "n/a"])
def test_what_is_neither_yes_nor_no_is_nothing(text):
    assert parse_truth(text) is None


def test_the_share_of_numbers_leaves_placeholders_out():
    assert looks_like_number(["1", "2,5", "n/a", "-", "won"]) == pytest.approx(2 / 3)
    assert looks_like_number(["n/a"]) == 0
    assert looks_like_number([]) == 0


def test_a_sample_is_taken_evenly():
    assert spread([str(n) for n in range(10)], 5) == ["0", "2", "4", "6", "8"]
    assert spread(["a"], 5) == ["a"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200", "1200"),
        ("99.50", "99.50"),
        ("99,5", "99.5"),
        ("1.200", "1200"),
        ("1,200", "1200"),
        ("1.200,50", "1200.50"),
        ("1 200,50", "1200.50"),
        ("12k", "12000"),
        ("-40", "-40"),
        ("zwölf", None),
        ("1.2.3", None),
        ("€ 5", None),
        ("5 %", None),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_type_it(text, amount):
    assert parse_typed(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("text", "minor"),
    [("ca. 500 €", 50000), ("approx. 1,200", 120000), ("~500", 50000), ("rund 1.200,50 €", 120050)],
)
def test_an_amount_that_is_about_so_much_is_read(text, minor):
    assert parse_money(text).minor == minor


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1.200", ".", "1.200"),
        ("1.200", ",", "1200"),
        ("1,200", ".", "1200"),
        ("1,200", ",", "1.200"),
        ("1.200,5", ".", "1200.5"),
        ("1,200.5", ",", "1200.5"),
        ("0.125", ",", "0.125"),
        ("99,5", ".", "99.5"),
        ("1.200.000", ".", "1200000"),
    ],
)
def test_with_three_decimals_what_can_be_read_both_ways_is_read_by_the_mark(text, mark, number):
    assert parse_typed(text, mark, decimals=3) == Decimal(number)
