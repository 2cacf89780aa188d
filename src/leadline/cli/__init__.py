"""The command line. What a command needs is imported when it runs, so that `--help` comes at once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

from leadline.cli import (
    audits,
    businesses,
    contacts,
    definitions,
    exchange,
    publishing,
    records,
    reports,
    serving,
    upkeep,
)
from leadline.cli.answers import answering
from leadline.cli.installation import failing
from leadline.cli.screen import spell_out

app = typer.Typer(
    name="leadline",
    help="Touches in, stages out: where everybody stands in your funnel, why, and where it leaks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=TyperGroup,
)
app.command()(businesses.demo)
app.command()(audits.audit)
for find in reports.COMMANDS:
    app.command()(answering(find))
app.command()(contacts.why)
app.command()(definitions.diff)
app.command()(definitions.funnels)
app.command()(definitions.check)
app.command(name="kinds")(definitions.list_kinds)
app.command()(businesses.simulate)
app.command()(serving.serve)
app.command(name="try")(serving.try_out)
app.command()(serving.worker)
app.command()(serving.migrate)
app.command()(records.touch)
app.command()(records.ask)
app.command()(records.answer)
app.command(name="import")(exchange.import_files)
app.command()(exchange.export)
app.command()(publishing.publish)
app.command()(upkeep.rebuild)
app.command()(upkeep.backup)
app.command()(upkeep.restore)
app.command()(upkeep.doctor)
app.command(name="sign-in")(upkeep.sign_in)
app.command()(upkeep.token)


def main() -> None:
    """Run the command line; a LeadlineError is one sentence on standard error and its exit code."""
    from leadline.engine.errors import LeadlineError

    spell_out()
    try:
        app()
    except LeadlineError as error:
        sys.stderr.write(f"leadline: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        told = failing(error)
        if told is None:
            raise
        sys.stderr.write(f"leadline: {told}\n")
        sys.exit(told.exit_code)


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Touches in, stages out: where everybody stands in your funnel, why, and where it leaks."""
    if version:
        from leadline import __version__

        typer.echo(f"leadline {__version__}")
        raise typer.Exit
