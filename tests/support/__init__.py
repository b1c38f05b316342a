"""What tests stand on: a PostgreSQL server, a browser, running processes. No test is in here."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""
