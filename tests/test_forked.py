"""What is forked is as what is started: its settings, its outputs and its end are its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import forked
from tests.installations import wait_for

LOOK = """
import os, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
print(connection.settings_dict["NAME"], connection.vendor, __name__, sys.path[0], sys.stdin.read())
print(os.getcwd(), settings.HOME, settings.DATABASES, settings.SECRET_KEY, settings.ALLOWED_HOSTS)
print(sorted(os.environ.items()))
print("to the other", file=sys.stderr)
sys.exit(3)
"""


@pytest.fixture
def env(tmp_path):
    (tmp_path / "home").mkdir()
    return {
        "LEADLINE_HOME": str(tmp_path / "home"),
        "LEADLINE_URL": "https://funnel.example.org",
        "DJANGO_SETTINGS_MODULE": "leadline.web.settings",
        "LC_CTYPE": "C.UTF-8",
    }


def started(words, env, folder):
    return subprocess.run(
        [sys.executable, *words],
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def ended(done):
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("database", ["", "postgresql://ann:p@db.example.org/funnel"])
def test_code_finds_what_it_finds_in_a_process_that_is_started(env, tmp_path, database):
    env |= {"DATABASE_URL": database}
    wanted = started(["-c", LOOK], env, tmp_path)
    assert (wanted.returncode, wanted.stderr) == (3, "to the other\n")
    assert str(tmp_path / "home") in wanted.stdout
    assert ended(forked.run(LOOK, env, tmp_path, 60)) == ended(wanted)


@pytest.mark.parametrize("words", [["--version"], ["nonsense"], ["why", "Ada"], ["check", "nowhere.toml"]])
def test_a_command_says_and_ends_as_one_that_is_started(env, tmp_path, words):
    assert ended(forked.run(words, env, tmp_path, 60)) == ended(
        started(["-m", "leadline", *words], env, tmp_path)
    )


@pytest.mark.parametrize("typed", ["leadline check nowhere.toml; echo $?", "leadline kinds | head -n 3"])
def test_typed_in_a_shell_it_says_and_ends_as_what_is_installed(env, tmp_path, typed):
    def in_shell(folder):
        path = f"{folder}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        told = env | {"PATH": path, forked.WHERE: os.environ[forked.WHERE]}
        done = subprocess.run(
            ["bash", "-c", typed], env=told, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return ended(done)

    assert in_shell(forked.BIN) == in_shell(tmp_path)


def test_typed_in_a_shell_it_is_told_to_end(env, tmp_path, templates):
    templates.tables(tmp_path / "home")
    sign = tmp_path / "home" / "worker.json"
    told = env | {"PATH": os.environ["PATH"], forked.WHERE: os.environ[forked.WHERE], "LEADLINE_COLD": "1"}
    process = subprocess.Popen([forked.BIN / "leadline", "worker"], env=told, cwd=tmp_path)
    wait_for(sign.exists)
    assert json.loads(sign.read_text())["process"] != process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not sign.exists()


def test_what_fails_says_where(env, tmp_path):
    done = forked.run("1 / 0", env, tmp_path, 60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "ZeroDivisionError" in done.stderr


def test_it_is_killed_and_waited_for(env, tmp_path):
    with (tmp_path / "log").open("w") as log:
        one = forked.Forked("import time; time.sleep(60)", env, tmp_path, log.fileno(), log.fileno())
        assert one.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            one.wait(0.01)
        one.send_signal(signal.SIGKILL)
        assert one.wait(60) == -signal.SIGKILL == one.poll()
        with pytest.raises(subprocess.TimeoutExpired):
            forked.run("import time; time.sleep(60)", env, tmp_path, 0.2)
    began = time.monotonic()
    assert forked.run("print(1)", env, tmp_path, 60).stdout == "1\n"
    assert time.monotonic() - began < 30
