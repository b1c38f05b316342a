"""Loads our own pytest plugin for every run, wherever pytest is started from."""

pytest_plugins = ["tests.plugin"]
