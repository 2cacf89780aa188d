"""What the wheel can do with the application: it serves, answers and stops, leaving nobody behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from subprocess import Popen, run
from urllib.request import urlopen

import leadline

assert "site-packages" in leadline.__file__, f"this is not the installed wheel: {leadline.__file__}"
with socket.socket() as tried:
    tried.bind(("127.0.0.1", 0))
    port = tried.getsockname()[1]


def answer(path: str) -> str:
    """What is answered, within a minute."""
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as told:
                return str(told.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def members(session: int) -> list[int]:
    """Who lives in the session that was begun for the server, once whoever ends had a second for it."""
    time.sleep(1)
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def command(words: str, home: Path) -> None:
    """A command on an installation, which has to succeed."""
    done = run(  # noqa: S603
        [sys.executable, "-m", "leadline", *words.split()],
        env=os.environ | {"LEADLINE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.stdout} {done.stderr}"


def wait_for_worker(home: Path) -> None:
    """Until the worker beside the server has shown that it lives, within a minute."""
    until = time.monotonic() + 60
    while not (home / "worker.json").exists():
        assert time.monotonic() < until, "no worker"
        time.sleep(0.2)


with tempfile.TemporaryDirectory() as folder:
    home = Path(folder) / "home"
    serving = Popen(  # noqa: S603
        [sys.executable, "-m", "leadline", "serve", "--port", str(port)],
        env=os.environ | {"LEADLINE_HOME": str(home)},
        start_new_session=True,
    )
    try:
        assert json.loads(answer("/health"))["status"] == "ok"
        assert "Sign" in answer("/accounts/login/")
        assert json.loads(answer("/api/v1/openapi.json"))["openapi"] == "3.1.0"
        assert "--" in answer("/static/web/leadline.css")
        wait_for_worker(home)
        command("doctor", home)
        command(f"backup {folder}/backup.zip", home)
        command(f"restore {folder}/backup.zip", Path(folder) / "other")
        command("migrate", Path(folder) / "other")
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(60) == 0, f"it ended with {serving.returncode}"
    finally:
        left = members(serving.pid)
        for number in left:
            os.kill(number, signal.SIGKILL)
    assert not left, f"left behind: {left}"
print("The application served, answered and stopped.")
