"""Runs a shell command that ends when its supervisor is gone, even killed: `python -I tied.py SUPERVISOR COMMAND`.

Where the system cannot tie processes (it is not Linux) the command simply runs. Replaces itself, so that the
process id stays that of the command.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(supervisor: int, command: str) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != supervisor:  # gone already, before we were tied to it
            sys.exit(1)
    os.execv("/bin/sh", ["/bin/sh", "-c", command])  # noqa: S606 - our own Procfile


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
