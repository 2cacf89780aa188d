"""The process that listens: it starts those that answer, and the worker, and ends with all of them."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from leadline.engine.errors import LeadlineError
from leadline.web.environment import ADDRESS
from leadline.web.serving.parents import LEAVE_TIME, PARENT
from leadline.web.serving.working import Keeper

METRICS = "PROMETHEUS_MULTIPROC_DIR"
THREADS = 8
"""Requests that one process answers at the same time."""
FREE_WITHIN = 5.0
"""Seconds in which a port that is in use may come free."""


class AddressTaken(LeadlineError):
    """An address and port that can't be listened on."""

    code, exit_code = "address-taken", 7


def serve(
    home: Path, host: str, port: int, processes: int, *, with_worker: bool, then: Callable[[], None]
) -> None:
    """Listen until SIGTERM or Ctrl-C, and leave nobody behind; `then` is called once there is an answer.

    Raises AddressTaken.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    check_address(host, port)
    os.environ[PARENT] = str(os.getpid())
    os.environ[METRICS] = str(_emptied(home / "metrics"))
    (home / ADDRESS).write_text(os.environ["LEADLINE_URL"], "utf-8")
    multiprocessing.set_start_method("spawn", force=True)  # a fork would copy threads and connections
    server = Granian(
        "leadline.web.serving.answering:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=int(LEAVE_TIME),
        websockets=False,
        log_level=LogLevels.error,
    )
    keeper = Keeper() if with_worker else None
    if keeper:
        keeper.start()
    threading.Thread(target=_wait_and, args=(host, port, then), daemon=True).start()
    try:
        server.serve()
    finally:
        if keeper:
            keeper.stop()


def check_address(host: str, port: int) -> None:
    """Raise AddressTaken where nobody can listen there, and why.

    A port that is in use has FREE_WITHIN seconds to come free: those of a server that was killed just now
    take a moment to see that it is gone.
    """
    until = time.monotonic() + FREE_WITHIN
    while (why := _try_to_listen(host, port)) is not None:
        if why.errno != errno.EADDRINUSE or time.monotonic() > until:
            raise AddressTaken(
                f"To listen on {host}, port {port}, was asked for",
                found=why.strerror or str(why),
                allowed="an address of this machine and a free port, as --port 8001",
            )
        time.sleep(0.1)


def _try_to_listen(host: str, port: int) -> OSError | None:
    """Why nobody can listen there; None where somebody can."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(where)
    except OSError as error:
        return error
    except UnicodeError:
        return OSError(errno.EINVAL, "no name of a machine")
    return None


def _wait_and(host: str, port: int, then: Callable[[], None]) -> None:
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - everywhere is here too
    while True:
        asked = HTTPConnection(here, port)
        try:
            asked.request("GET", "/health")
            asked.getresponse()
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return then()
        finally:
            asked.close()


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
