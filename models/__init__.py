"""The business: a small kernel, engines run by definitions, and one package per area (see README.md)."""
