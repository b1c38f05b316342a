"""`python -m dashboard.cli`, which the launcher `./kontor` calls in the project's environment."""

from dashboard.cli.commands import app

app(prog_name="kontor")
