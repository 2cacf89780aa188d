"""What the environment says and can't be is told in a sentence, by whatever is run and by the doctor."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from leadline.web import environment

WRONG = [
    ({"DATABASE_URL": "mysql://user:hidden@host/name"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///funnel.db"}, "DATABASE_URL"),
    ({"DATABASE_URL": "hidden"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgres://user:hidden@host/"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgres://user:hidden@host:port/name"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgres://user:hidden@host:99999/name"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgres://user:hidden@host/name?sslmod=require"}, "DATABASE_URL"),
    ({"LEADLINE_URL": "funnel.example.org"}, "LEADLINE_URL"),
    ({"LEADLINE_URL": "ftp://funnel.example.org"}, "LEADLINE_URL"),
    ({"LEADLINE_URL": "https://example.org/funnel/"}, "LEADLINE_URL"),
    ({"LEADLINE_URL": "https://[example.org"}, "LEADLINE_URL"),
    ({"LEADLINE_EMAIL_URL": "mail.example.org"}, "LEADLINE_EMAIL_URL"),
    ({"LEADLINE_EMAIL_URL": "smtp://user:hidden@host:port"}, "LEADLINE_EMAIL_URL"),
    ({"LEADLINE_OIDC_URL": "https://id.example.org", "LEADLINE_OIDC_SECRET": "hidden"}, "LEADLINE_OIDC_URL"),
    ({"LEADLINE_OIDC_ID": "leadline"}, "LEADLINE_OIDC_ID"),
    ({"LEADLINE_OIDC_URL": "id.example.org", "LEADLINE_OIDC_ID": "leadline"}, "LEADLINE_OIDC_URL"),
    ({"LEADLINE_API_RATE": "many"}, "LEADLINE_API_RATE"),
    ({"LEADLINE_API_RATE": "0"}, "LEADLINE_API_RATE"),
    ({"LEADLINE_DEBUG": "yes"}, "LEADLINE_DEBUG"),
    ({"LEADLINE_COLD": "yes"}, "LEADLINE_COLD"),
    ({"LEADLINE_ALLOW_PRIVATE_WEBHOOKS": "on"}, "LEADLINE_ALLOW_PRIVATE_WEBHOOKS"),
]


@pytest.mark.parametrize(("said", "variable"), WRONG)
def test_what_can_not_be_is_told_once_and_without_a_password(said, variable):
    (fault,) = environment.faults(said)
    assert fault.asked == f"{variable} was read"
    assert fault.found
    assert fault.allowed
    assert "hidden" not in fault.sentence()


def test_everything_that_is_wrong_is_told():
    found = environment.faults({"DATABASE_URL": "nonsense", "LEADLINE_API_RATE": "-5", "LEADLINE_URL": "x"})
    assert {fault.asked.split()[0] for fault in found} == {
        "DATABASE_URL",
        "LEADLINE_API_RATE",
        "LEADLINE_URL",
    }


def test_what_is_empty_is_not_set():
    empty = dict.fromkeys(
        ("LEADLINE_HOME", "DATABASE_URL", "LEADLINE_URL", "LEADLINE_EMAIL_URL", "LEADLINE_OIDC_URL",
         "LEADLINE_OIDC_ID", "LEADLINE_API_RATE", "LEADLINE_DEBUG"), "",
    )  # fmt: skip
    assert environment.faults(empty) == environment.faults({}) == []
    assert environment.home(empty).name == "leadline-data"
    assert environment.address(empty) == "http://127.0.0.1:8000"
    assert environment.rate(empty) == 600


def test_what_is_said_of_the_address_goes_before_where_it_was_served_last(tmp_path):
    there = {"LEADLINE_HOME": str(tmp_path)}
    (tmp_path / "address").write_bytes(b"\xff")
    assert environment.address(there) == "http://127.0.0.1:8000"
    (tmp_path / "address").write_text("http://127.0.0.1:8099\n")
    assert environment.address(there) == "http://127.0.0.1:8099"
    assert environment.address(there | {"LEADLINE_URL": "https://x.example"}) == "https://x.example"


def test_a_server_is_taken_apart_as_it_is_written():
    told = environment.server({"DATABASE_URL": "postgresql://an%40na:p%2Fw@db.example.org:5433/fun%20nel"})
    assert told == {
        "NAME": "fun nel", "USER": "an@na", "PASSWORD": "p/w", "HOST": "db.example.org", "PORT": 5433,
    }  # fmt: skip
    assert environment.server({"DATABASE_URL": "postgres:///funnel?host=/run/pg"})["HOST"] == "/run/pg"
    safe = environment.server(
        {"DATABASE_URL": "postgres://host/funnel?sslmode=verify-full&sslrootcert=%2Fca"}
    )
    assert safe["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/ca"}


def test_a_server_that_can_not_be_reached_is_told_as_that(filled):
    done = filled.run("worker", DATABASE_URL="postgres://nobody:hidden@127.0.0.1:1/none")
    assert done.returncode == 8
    assert "Found: that it can't be reached; nothing was written." in done.stderr
    assert "leadline doctor" in done.stderr
    assert "hidden" not in done.stderr


@pytest.mark.parametrize(
    ("key", "found"), [(b"", "nothing"), (b"\xff\xfe\xff", "no text"), (None, "Is a directory")]
)
def test_a_key_that_is_none_is_told_with_what_to_do(filled, tmp_path, key, found):
    home = shutil.copytree(filled.home, tmp_path / "home")
    file = home / "secret-key"
    file.unlink()
    file.mkdir() if key is None else file.write_bytes(key)
    done = filled.run("rebuild", LEADLINE_HOME=str(home))
    assert (done.returncode, len(done.stderr.splitlines())) == (6, 1)
    assert done.stderr.startswith(f"leadline: secret-key was read. Found: {found} in {file}.")
    assert (
        f"✗ secret-key: {found} in {file}. To mend it: set"
        in filled.run("doctor", LEADLINE_HOME=str(home)).stdout
    )
    said = {"LEADLINE_HOME": str(home), "LEADLINE_SECRET_KEY": "x" * 50}
    assert filled.run("rebuild", **said).returncode == 0


def test_what_the_screen_has_no_letters_for_is_spelled_out(filled):
    words = [sys.executable, "-m", "leadline", "doctor"]  # the screen is looked at where Python starts
    env = filled.env | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert r"\u2713 Python: 3." in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("serve", "--port", "8150"), ("worker",), ("migrate",), ("rebuild",)])
def test_no_command_begins_with_what_can_not_be(filled, words):
    done = filled.run(*words, DATABASE_URL="mysql://user:hidden@host/name")
    assert done.returncode == 6
    assert done.stderr.startswith("leadline: DATABASE_URL was read. Found: no address of PostgreSQL.")
    assert len(done.stderr.splitlines()) == 1
    assert "hidden" not in done.stderr


def test_the_doctor_says_all_of_it(filled):
    done = filled.run("doctor", LEADLINE_API_RATE="many", LEADLINE_OIDC_URL="https://id.example.org")
    assert done.returncode == 1
    assert "✗ LEADLINE_API_RATE: “many”. To mend it: set a number, as 600." in done.stdout
    assert "✗ LEADLINE_OIDC_URL: no LEADLINE_OIDC_ID." in done.stdout
    assert "2 faults found." in done.stdout
    assert done.stderr == ""


def test_a_folder_that_can_not_be_made_is_told(filled):
    file = filled.home / "secret-key"
    for place in (file, file / "inside"):
        done = filled.run("migrate", LEADLINE_HOME=str(place))
        assert done.returncode == 6
        assert done.stderr.startswith(f"leadline: The folder {place} was to be made for the installation.")
        assert "Traceback" not in done.stderr


def test_what_an_installation_writes_is_for_its_owner_alone(filled, tmp_path):
    place = tmp_path / "made-before"
    place.mkdir(mode=0o755)
    assert filled.run("migrate", LEADLINE_HOME=str(place)).returncode == 0
    assert {file.name for file in place.iterdir() if file.stat().st_mode & 0o077} == set()


def test_a_port_in_use_is_told_before_anything_is_made(filled, tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = tmp_path / "new"
        done = filled.run("serve", "--port", taken.getsockname()[1], LEADLINE_HOME=str(place))
    assert done.returncode == 7
    assert "Address already in use" in done.stderr
    assert not (place / "leadline.sqlite3").exists()
