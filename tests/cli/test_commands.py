"""The command line as a whole: help, version, words that are no command."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", [["nonsense"], ["audit"], ["audit", "a.csv", "--nonsense"]])
def test_words_that_are_no_command_are_a_usage_error(leadline, words):
    code, _, err = leadline(*words)
    assert code == 2
    assert "Usage" in err


def test_of_takes_contact_or_company_only(leadline, deals):
    assert leadline("audit", deals, "--of", "deal")[0] == 2


def test_help_and_version_need_nothing_heavy(tmp_path):
    slow = "numpy duckdb numba altair pydantic rich.table jinja2".split()
    script = f"import sys; import leadline.cli; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"
