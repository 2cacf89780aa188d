"""The process from which others are forked: it has imported all there is, once somebody asks for the first.

It sets the application up for a folder that nobody uses; what is forked forgets those settings, and from
there on is as `python -m leadline` is: environment, folder, outputs, session and end are its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import runpy
import socket
import sys
import time
from contextlib import suppress
from multiprocessing.connection import wait

import django
from django.conf import empty, settings
from django.core.cache import caches
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tests.forked import LONGEST, SETTINGS

IMPORTED = (
    *("altair", "leadline.audit", "leadline.cli", "leadline.web.actions.demo.loading", "leadline.web.doctor"),
    *("leadline.web.jobs.worker", "leadline.web.serving.server", "leadline.web.urls"),
    *("granian", "openpyxl", "rich.progress", "rich.table"),
)
"""With what they import themselves, what commands need."""


def fork(asked, end):
    """Fork for whoever asks, until the `end` comes, and tell them how each one ended."""
    running = {}
    while True:
        for one in wait([asked, end, *running]):
            if one is end:
                for process, _ in running.values():
                    process.terminate()
                return
            if one is asked:
                told, _ = asked.accept()
                said, outputs, _, _ = socket.recv_fds(told, LONGEST, 2)
                process = multiprocessing.Process(target=act, args=(outputs, *json.loads(said).values()))
                process.start()
                running[process.sentinel] = process, told
                told.send(str(process.pid).encode())
                close(*outputs)
            else:
                process, told = running.pop(one)
                process.join()
                with told, suppress(BrokenPipeError):  # nobody waits for it any more
                    told.send(str(process.exitcode).encode())


def act(outputs, said, env, folder):
    """Be as a process that was started for this alone; its memory is not cleared up at its end."""
    os.setsid()
    for place, file in enumerate(outputs, start=1):
        os.dup2(file, place)
    close(*outputs)
    sys.stdout, sys.stderr = map(opened_anew, (sys.stdout, sys.stderr))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.path[0:1] = ["", *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    forget_settings()
    try:
        if isinstance(said, str):
            exec(said, {"__name__": "__main__"})
        else:
            sys.argv[1:] = said
            runpy.run_module("leadline", run_name="__main__", alter_sys=True)
    finally:
        if "settings" in vars(connections):  # or nothing was asked of any database
            connections.close_all()


def opened_anew(output):
    """As Python opens it at its start: what is open remembers whether what it was can be sought in."""
    spelling = {"encoding": output.encoding, "errors": output.errors}
    return open(output.fileno(), "w", buffering=1 if output is sys.stderr else -1, closefd=False, **spelling)


def forget_settings():
    """Whoever reads a setting from here on reads the environment; apps and models hang on none of it."""
    del sys.modules[SETTINGS]
    settings._wrapped = empty  # noqa: SLF001 - as Django's own tests do
    for handler in (caches, connections):
        vars(handler).clear()
        handler.__init__()


def close(*files):
    for one in files:
        os.close(one)


def import_all():
    """Import what commands need, what does jobs, and what brings tables to where they are to be."""
    django.setup()
    from leadline.web.jobs import registry
    from leadline.web.serving.warming import fetch_fold

    registry.load()
    fetch_fold()
    MigrationLoader(None)
    for name in IMPORTED:
        importlib.import_module(name)


def main():
    """Import all once somebody asks, and fork."""
    asked, end = socket.socket(fileno=int(sys.argv[1])), os.fdopen(int(sys.argv[2]))
    if end in wait([asked, end]):
        return
    import_all()
    gc.freeze()  # or what is forked copies all of it, by looking it through for garbage
    multiprocessing.set_start_method("fork")
    fork(asked, end)
    gc.unfreeze()


if __name__ == "__main__":
    main()
