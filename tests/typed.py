"""What the tests of the command line type: a small export, a small funnel, and an audit as data."""

from __future__ import annotations

import json

DEALS = """Deal ID,Owner,Stage,Engage Date,Close Date,Amount,Region
D1,Ann,Won,2025-01-10,2025-02-09,"1,200.50",North
D2,Ann,Lost,2025-01-12,2025-01-20,,North
D3,Bob,Negotiation,2025-01-15,,300,South
D4,Bob,Won,2025-02-01,2025-02-03,99.50,South
D5,Bob,Prospecting,,,,South
"""
OURS = """name = "ours"
means = "Two stages."
[[stages]]
name = "talking"
means = "Talks with us."
when = "conversed"
[[stages]]
name = "paying"
means = "Pays."
role = "client"
when = "bought"
"""


def answer(leadline, *words):
    """The audit of what was typed, as data."""
    code, out, err = leadline("audit", *words, "--json")
    assert code == 0, err
    return json.loads(out)


def touches() -> str:
    """Two paths: of 30 people met, 10 are asked and 5 buy; of 30 who heard a talk, nobody is ever asked."""
    rows = ["contact,kind,happened_at,path,value"]
    for number in range(30):
        day = f"{1 + number % 28:02}"
        rows += [f"n{number},met,2025-0{1 + number % 6}-{day},networking,"]
        rows += [f"n{number},called,2025-07-{day},networking,"]
        rows += [f"s{number},attended,2025-0{1 + number % 6}-{day},speaking,"]
        rows += [f"s{number},called,2025-07-{day},speaking,"]
        if number < 10:
            rows += [f"n{number},asked,2025-08-{day},networking,"]
        if number < 5:
            rows += [f"n{number},said_yes,2025-09-{day},networking,"]
            rows += [f"n{number},bought,2025-09-{day},networking,1200 EUR"]
    return "\n".join([*rows, "x,met,2025-12-31,networking,"]) + "\n"
