"""Finds a Chromium for the browser tests; as a program (`make test` calls it) also installs one when there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def _runs(program: str | Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _of_playwright() -> Path | None:
    """The Chromium that `playwright install chromium` put in place, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() and _runs(path) else None


@cache
def find() -> Path | None:
    """The browser to drive: the one named by KONTOR_TEST_CHROMIUM, else one on the path, else Playwright's own."""
    if named := os.environ.get("KONTOR_TEST_CHROMIUM"):
        return Path(named) if _runs(named) else None
    for name in _NAMES:
        if (program := shutil.which(name)) and _runs(program):
            return Path(program)
    return _of_playwright()


def _install_with_playwright() -> None:
    # On a closed network a refusal should not take minutes; a slow line may still load 200 MB.
    environment = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000"} | dict(os.environ)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, check=False, stdout=sys.stderr, env=environment, timeout=900)


def _install_with_apt() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"} | dict(os.environ)
        subprocess.run(["apt-get", "update", "-q"], check=False, stdout=sys.stderr, env=quiet)
        subprocess.run(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-liberation"],
            check=False,
            stdout=sys.stderr,
            env=quiet,
        )


def main() -> int:
    """Make sure there is a browser, if it can be had; its absence is no error here, the run says it at its end."""
    for install in (None, _install_with_playwright, _install_with_apt):
        if install is not None:
            print(f"no Chromium yet: {install.__name__.strip('_').replace('_', ' ')}", file=sys.stderr)
            install()
            find.cache_clear()
        if found := find():
            print(f"browser tests use {found}", file=sys.stderr)
            return 0
    print("no Chromium could be found or installed: browser tests will not run", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
