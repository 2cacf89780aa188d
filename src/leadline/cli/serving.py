"""The commands that run the application: serve, worker, migrate, demo data."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from leadline.cli.businesses import has_screen
from leadline.cli.installation import open_installation, operator, set_up
from leadline.cli.screen import say, watched
from leadline.web.environment import home


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="NUMBER", min=1, max=64, help="Processes that answer.")
    ] = 1,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave the jobs to a “leadline worker” of its own.")
    ] = False,
) -> None:
    """Run the application: pages, API and jobs, until Ctrl-C.

    An empty database gets its tables; one of an earlier version has to be migrated first.
    """
    say(["Starting …"])
    _be_reached_at(host, port)
    set_up()
    from leadline.web.serving.schema import make_ready
    from leadline.web.serving.server import check_address, serve

    check_address(host, port)
    make_ready()
    here = f"Leadline is at {os.environ['LEADLINE_URL']}, its data in {home()}. Ctrl-C stops it."
    serve(home(), host, port, workers, with_worker=not no_worker, then=lambda: say([here]))


def worker() -> None:
    """Do the jobs that wait, until Ctrl-C; “leadline serve” runs one of its own."""
    open_installation()
    from leadline.web.serving.working import work

    work(home())


def migrate() -> None:
    """Bring the database to what this version needs."""
    set_up()
    from leadline.web.serving.schema import is_empty, migrate, waiting_migrations
    from leadline.web.serving.structure import missing

    fresh = is_empty()
    waiting = waiting_migrations() or missing()
    migrate()
    if fresh:
        say([f"Made the tables of a new installation in {home()}."])
    else:
        say([f"Done: {', '.join(waiting)}." if waiting else "There was nothing to do."])


def _be_reached_at(host: str, port: int) -> None:
    """Where the environment doesn't say where people reach this, it is where it listens."""
    everywhere = {"0.0.0.0", "::", ""}  # noqa: S104 - whoever listens everywhere is reached here too
    place = "127.0.0.1" if host in everywhere else f"[{host}]" if ":" in host else host
    os.environ["LEADLINE_URL"] = os.environ.get("LEADLINE_URL") or f"http://{place}:{port}"


def try_out(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = 8000,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
) -> None:
    """Run the application with a made-up business in it, until Ctrl-C.

    LEADLINE_HOME says where its data go; without it, into leadline-demo-data.
    """
    os.environ["LEADLINE_HOME"] = os.environ.get("LEADLINE_HOME") or "leadline-demo-data"
    say(["Starting …"])
    _be_reached_at("127.0.0.1", port)
    set_up()
    from django.db import connections

    from leadline.web.serving.schema import migrate
    from leadline.web.serving.server import check_address, serve

    check_address("127.0.0.1", port)
    migrate()
    link = os.environ["LEADLINE_URL"] + _sign_in_path()
    connections.close_all()

    def show() -> None:
        import webbrowser

        say(["Leadline is here, signed in, once you open this (the link works once; Ctrl-C stops Leadline):"])
        typer.echo(link)
        if not no_open and has_screen():
            webbrowser.open(link)

    serve(home(), "127.0.0.1", port, 1, with_worker=True, then=show)


def _sign_in_path() -> str:
    """The link for the owner of the made-up business, which is written where there is none yet."""
    from leadline.web.actions.demo.habits import import_guests
    from leadline.web.actions.demo.loading import EMAIL, load_demo, made_up
    from leadline.web.models import User
    from leadline.web.sign_in_links import path_for

    owner = User.objects.filter(email=EMAIL).first()
    if owner is None:
        acting = operator()
        with watched("Making up a business"):
            owner = load_demo(acting, made_up(acting.now))
            import_guests(acting, owner)
    return path_for(owner)
