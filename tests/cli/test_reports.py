"""The commands that answer one question each: the same files, the same ways of saying it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.typed import touches

NAMES = "leaks asks balance forecast attribution paths compare".split()


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "touches.csv"
    path.write_text(touches(), encoding="utf-8")
    return path


def needed(name):
    return ["--by", "path"] if name == "compare" else []


@pytest.mark.parametrize("name", NAMES)
def test_each_report_says_sentences_and_gives_them_as_data_too(leadline, log, name):
    code, out, err = leadline(name, log, *needed(name))
    assert (code, err) == (0, "")
    code, data, _ = leadline(name, log, *needed(name), "--json")
    found = json.loads(data)
    assert code == 0
    assert (found["unit"], found["funnel"], found["as_of"][:10]) == ("contact", "elevate", "2025-12-31")
    assert isinstance(found["rows"], list)
    assert " ".join(out.split()).startswith(found["sentences"][0])


def test_a_path_on_which_nobody_is_asked_is_the_leak(leadline, log):
    _, out, _ = leadline("leaks", log)
    assert out.startswith("Your biggest leak is speaking: nobody is asked.")
    _, out, _ = leadline("leaks", log, "--json")
    status = {(row["path"], row["link"]): row["status"] for row in json.loads(out)["rows"]}
    assert status["speaking", "ask"] == "missing"
    assert status["networking", "ask"] == "fine"


def test_whom_to_ask_next_is_listed(leadline, log):
    _, out, _ = leadline("asks", log)
    ready = out[out.index("Ready, and never asked") :]
    assert "n27" in ready
    assert "n3 " not in ready


def test_a_goal_needs_a_number_and_a_day(leadline, log):
    code, out, _ = leadline("asks", log, "--goal", "2 clients", "--by", "2026-03-31")
    assert code == 0
    assert "2 new clients by 31 March 2026" in out.splitlines()[0]
    code, out, _ = leadline("asks", log, "--goal", "3,000 EUR", "--by", "2026-03-31")
    assert code == 0
    assert "3,000 EUR" in out
    for words, said in (
        (["--goal", "2 clients"], "--by DATE is missing"),
        (["--by", "2026-03-31"], "--goal GOAL is missing"),
        (["--goal", "many", "--by", "2026-03-31"], "“3 clients”"),
        (["--goal", "0 clients", "--by", "2026-03-31"], "above 0"),
        (["--goal", "3000 USD", "--by", "2026-03-31"], "income in EUR"),
        (["--goal", "2 clients", "--by", "2025-03-31"], "a day after 31 December 2025"),
        (["--goal", "2 clients", "--by", "soon"], "A date was asked for"),
        (["--odds", "2"], "0.8 for 80 %"),
    ):
        code, out, err = leadline("asks", log, *words)
        assert (code, out) in {(2, ""), (3, ""), (1, "")}
        assert said in " ".join(err.split()), words


def test_a_capacity_is_a_number_above_nothing_wherever_it_is_given(leadline, log):
    for name in ("leaks", "balance", "audit"):
        assert leadline(name, log, "--capacity", "2")[0] == 0
        for wrong in ("0", "-1", "inf", "nan"):
            code, out, err = leadline(name, log, "--capacity", wrong)
            assert (code, out) == (3, ""), (name, wrong)
            assert f"A capacity was given. Found: {wrong}. Allowed: new clients a month" in " ".join(
                err.split()
            )


def test_a_stage_that_is_not_there_names_the_nearest(leadline, log):
    for name in ("attribution", "compare"):
        code, _, err = leadline(name, log, *needed(name), "--to", "custommer")
        assert code == 3
        assert "Did you mean “customer”?" in err
        assert leadline(name, log, *needed(name), "--to", "Prospect")[0] == 0


def test_a_column_that_is_not_there_names_the_nearest(leadline, log):
    for words in (["compare", log, "--by", "pathe"], ["compare", log, "--by", "path", "--segment", "pathe"]):
        code, _, err = leadline(*words)
        assert code == 3
        assert "Did you mean “path”?" in err


def test_only_the_models_that_are_named_are_listed(leadline, log):
    _, out, _ = leadline("attribution", log, "--models", "first,last", "--json")
    assert {row["model"] for row in json.loads(out)["rows"]} == {"first", "last"}
    _, out, _ = leadline("attribution", log, "--models", "first,last")
    assert "linear" not in out[out.index("Clients by path") :]
    code, _, err = leadline("attribution", log, "--models", "frist")
    assert code == 3
    assert "Did you mean “first”?" in err
    assert leadline("attribution", log, "--order", "4")[0] == 3


def test_what_each_path_cost_gives_what_each_client_cost(leadline, log, tmp_path):
    costs = tmp_path / "costs.csv"
    costs.write_text("Name;Cost\nNetworking;1.000,50 €\nnetworking;499,50\nfair;10\n", encoding="utf-8")
    _, out, _ = leadline("compare", log, "--by", "path", "--costs", costs, "--json")
    (row,) = (row for row in json.loads(out)["rows"] if row["group"] == "networking")
    assert (row["cost"], row["reached"]) == (150_000, 5)
    _, out, _ = leadline("compare", log, "--by", "path", "--costs", costs)
    assert "Fair cost 10 EUR, and nobody on record began with it." in out


BAD_COSTS = {
    "no such file": (None, "no such file"),
    "other columns": ("channel,month,spent\nnetworking,May,3\n", "the columns name and cost"),
    "no rows": ("name,cost\n", "no rows"),
    "no amount": ("name,cost\nnetworking,much\n", "the cost on line 2"),
    "below nothing": ("name,cost\nnetworking,-5\n", "of 0 or more"),
    "another currency": ("name,cost\nnetworking,5 USD\n", "amounts in EUR"),
    "nothing that is compared": ("name,cost\nnetwoking,5\n", "Did you mean “networking”?"),
}


@pytest.mark.parametrize("what", BAD_COSTS)
def test_a_file_of_costs_that_can_not_be_used_is_one_clear_sentence(leadline, log, tmp_path, what):
    text, said = BAD_COSTS[what]
    costs = tmp_path / "costs.csv"
    if text is not None:
        costs.write_text(text, encoding="utf-8")
    code, out, err = leadline("compare", log, "--by", "path", "--costs", costs)
    assert (code, out) == (4, "")
    assert "costs.csv" in err
    assert said in err


@pytest.mark.parametrize(
    ("name", "start"), [("c.svg", b"<svg"), ("c.png", b"\x89PNG"), ("c.html", b"<!DOCTYPE")]
)
def test_a_chart_is_written_in_the_form_that_its_name_asks_for(leadline, log, name, start):
    code, out, _ = leadline("leaks", log, "--chart", name)
    assert code == 0
    assert out.rstrip().endswith(f"The chart: {name}")
    written = Path(name).read_bytes()
    assert written.strip().startswith(start)
    assert b'src="http' not in written


def test_a_chart_in_an_unknown_form_is_refused_before_the_work_begins(leadline, log):
    code, out, err = leadline("leaks", log, "--chart", "c.gif")
    assert (code, out) == (6, "")
    assert ".svg, .png, .html" in err
    assert leadline("leaks", log, "--chart", log.name)[0] == 6


def test_files_without_a_date_are_one_clear_sentence(leadline, tmp_path):
    (tmp_path / "deals.csv").write_text("Deal ID,Stage\nD1,Won\nD2,Lost\n", encoding="utf-8")
    code, out, err = leadline("leaks", "deals.csv")
    assert (code, out) == (4, "")
    assert "nothing that has a date" in err


@pytest.mark.parametrize("name", NAMES)
def test_one_touch_of_one_person_is_enough_for_a_sentence(leadline, tmp_path, name):
    (tmp_path / "t.csv").write_text("contact,kind,happened_at,path\nAda,met,2026-02-03,fair\n")
    code, out, err = leadline(name, "t.csv", *needed(name), "--chart", "c.svg")
    assert (code, err) == (0, "")
    assert out.split("\n")[0].strip()
    assert Path("c.svg").exists()


def test_two_columns_are_names_and_costs_whatever_they_are_called(leadline, log, tmp_path):
    costs = tmp_path / "costs.csv"
    costs.write_text("Kanal;Ausgaben\nnetworking;10,00\n", encoding="utf-8")
    _, out, _ = leadline("compare", log, "--by", "path", "--costs", costs, "--json")
    (row,) = (row for row in json.loads(out)["rows"] if row["group"] == "networking")
    assert row["cost"] == 1_000


@pytest.mark.parametrize("name", ["asks", "balance", "audit"])
def test_a_goal_may_name_its_day_itself(leadline, log, name):
    code, out, _ = leadline(name, log, "--goal", "2 new clients by 2026-03-31")
    assert code == 0
    if name != "balance":
        assert "2 new clients by 31 March 2026" in " ".join(out.split())


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("2 clients by 2026-03-31 --by", "two days"),
        ("3 by 2026-03-31", "“3 customers”, or an income: “3,000 EUR”"),
        ("0 by 2026-03-31", "no number above 0"),
        ("1,5 clients by 2026-03-31", "no whole number above 0"),
        ("99999999999999999999 clients by 2026-03-31", "up to 1,000,000,000,000,000"),
        ("2 clients by tomorrow", "A date was asked for"),
        ("2 clients by 2099-01-01", "at most 10 years later"),
    ],
)
def test_a_goal_that_can_not_be_planned_says_why(leadline, log, goal, said):
    text, twice, _ = goal.partition(" --by")
    code, out, err = leadline("asks", log, "--goal", text, *(["--by", "2026-03-31"] if twice else []))
    assert (code in {1, 3}, out) == (True, "")
    assert said in " ".join(err.split())


def test_thousands_in_a_goal_may_be_parted(leadline, log):
    for text in ("1,000 clients", "1.000 clients", "1 000 clients"):
        _, out, _ = leadline("asks", log, "--goal", f"{text} by 2026-03-31")
        assert "1,000 new clients" in " ".join(out.split()[:40]), text


def test_the_lists_of_whom_to_ask_and_who_waits_are_in_the_data(leadline, log):
    _, out, _ = leadline("asks", log, "--json")
    found = json.loads(out)
    assert "n27" in {row["contact"] for row in found["ready"]}
    assert {"contact", "asked_at", "person", "path", "name"} <= set(found["waiting"][0])
    assert found["plan"] == []
    assert sum(week["asks"] + week["renewals"] for week in found["weeks"]) == sum(
        row["asks"] for row in found["rows"] if row["sort"] != "person"
    )


ACTED = """Client,Event,Date,Lead Source,Done By,Amount
ann,Phone call,2025-03-01,Referral,Maya,
ann,Proposal sent,2025-03-05,Referral,Tom,
ann,Purchase,2025-03-09,Referral,Maya,100 EUR
bob,Phone call,2025-03-02,Google,Tom,
bob,Proposal sent,2025-03-06,Google,Tom,
cid,Proposal sent,2025-03-07,Google,Maya,
cid,Purchase,2025-03-10,Google,Maya,70 USD
"""


@pytest.fixture
def acted(tmp_path):
    path = tmp_path / "acted.csv"
    path.write_text(ACTED, encoding="utf-8")
    return path


def test_asks_are_told_by_the_person_who_did_them(leadline, acted):
    _, out, _ = leadline("asks", acted, "--json")
    found = json.loads(out)
    assert {row["person"]: row["asks"] for row in found["rows"] if row["sort"] == "person"} == {
        "Tom": 2,
        "Maya": 1,
    }
    assert [(row["contact"], row["person"]) for row in found["waiting"]] == [("bob", "Tom")]


@pytest.mark.parametrize("by", ["Done By", "actor", "Lead Source", "Source", "PATH"])
def test_a_column_may_be_named_by_its_header_or_by_its_meaning(leadline, acted, by):
    assert leadline("compare", acted, "--by", by)[0] == 0
    assert leadline("attribution", acted, "--by", "origin" if by == "Source" else by)[0] == 0


def test_money_in_another_currency_is_said_to_be_left_out(leadline, acted):
    _, out, _ = leadline("paths", acted, "--json")
    said = "Amounts are those in EUR; besides, 70 USD were paid, and aren't counted."
    assert json.loads(out)["sentences"][-1] == said


def test_without_an_ask_on_record_nobody_is_said_to_have_been_passed_over(leadline, tmp_path):
    path = tmp_path / "calls.csv"
    rows = "".join(f"p{number},Phone call,2025-03-{number:02}\n" for number in range(1, 20))
    path.write_text("Client,Event,Date\n" + rows, encoding="utf-8")
    code, out, _ = leadline("asks", path)
    assert code == 0
    assert "No ask is on record" in out
    assert "never asked" not in out
    _, out, _ = leadline("asks", path, "--json")
    assert json.loads(out)["ready"] == []


def strictly(text):
    def refuse(word):
        raise AssertionError(word)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("name", [*NAMES, "audit"])
def test_where_everything_was_given_back_no_number_is_none(leadline, tmp_path, name):
    path = tmp_path / "refunds.csv"
    rows = [
        f"p{n},{what},2025-{1 + n % 9:02}-{day + n % 9:02},{'Ads' if n % 2 else 'Web'},{amount}"
        for n in range(40)
        for what, day, amount in (
            ("Phone call", 1, ""),
            ("Proposal sent", 3, ""),
            ("Purchase", 9, 50 + n),
            ("Purchase", 14, -50 - n),
        )
    ]
    path.write_text("Client,Event,Date,Channel,Amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    goal = ["--goal", "12000 by 2026-06-30"] * (name in {"asks", "audit"})
    code, out, err = leadline(name, path, *needed(name), *goal, "--json")
    assert (code, err) == (0, "")
    said = strictly(out)["sentences"]
    assert not goal or any("come to nothing in all" in one for one in said)


def test_a_day_long_after_the_last_touch_is_said_to_be_so_first(leadline, log):
    for name in ("forecast", "balance", "asks", "audit"):
        code, out, _ = leadline(name, log, "--as-of", "2028-03-31")
        first = " ".join(out.split("\n")[0].split())
        assert (code, first[:16]) == (0, "These files end ")
        assert "before 31 March 2028: what happened since is missing" in first


def test_a_day_of_which_files_say_nothing_is_refused(leadline, log):
    for name in ("forecast", "audit"):
        code, out, err = leadline(name, log, "--as-of", "2999-01-01")
        assert (code, out) == (3, "")
        assert "Found: 1 January 2999, and touches up to" in " ".join(err.split())
        assert "at most ten years after" in " ".join(err.split())


@pytest.mark.parametrize("day", ["2026-01-01", "2020-01-01"])
def test_a_goal_for_the_last_day_on_record_or_before_is_refused(leadline, log, day):
    for name in ("asks", "balance", "audit"):
        code, out, err = leadline(name, log, "--goal", f"3 customers by {day}", "--as-of", "2026-01-01")
        assert (code, out) == (3, "")
        assert "at least one whole day that is still to come" in " ".join(err.split())


def test_whom_a_report_means_by_clients_is_said_where_the_funnel_has_another_word(leadline, log):
    said = "Clients are those who have come to “customer”."
    assert said in leadline("paths", log, "--funnel", "elevate")[1]
    assert "Clients are those" not in leadline("paths", log, "--funnel", "voltage")[1]


def test_the_page_and_the_commands_say_the_same_of_what_is_to_come(leadline, tmp_path):
    rows = ["contact,kind,happened_at,value"]
    for number in range(120):
        came, bought = (date(2026, 1, 1) + timedelta(days=number + later) for later in (0, 10 + number % 7))
        rows += [f"C{number},replied,{came},", f"C{number},bought,{bought},100"]
    path = tmp_path / "touches.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    whole = json.loads(leadline("audit", path, "--json")[1])["diagnosis"]
    for name in ("forecast", "balance"):
        alone = json.loads(leadline(name, path, "--json")[1])
        assert alone["sentences"][: len(whole[name]["sentences"])] == whole[name]["sentences"]
        assert alone["rows"] == whole[name]["rows"]


def test_the_largest_client_of_deals_is_who_pays_them(leadline, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID,Account,Stage,Engage Date,Close Date,Amount\n"
        "D1,Acme,Won,2025-01-10,2025-02-09,300\nD2,Bolt,Won,2025-01-12,2025-02-20,200\n"
        "D3,Bolt,Won,2025-01-15,2025-03-01,250\nD4,,Won,2025-01-16,2025-03-02,100\n"
        "D5,Acme,Negotiation,2025-02-01,,90\n",
        encoding="utf-8",
    )
    code, out, err = leadline("balance", path)
    assert code == 0, err
    # of 850, Bolt paid 450 with two deals: 52.9 %; the deal of nobody is D4 itself
    assert "Bolt, brought 53 % of the income" in " ".join(out.split())
    assert "; 3 paid" in " ".join(out.split())
