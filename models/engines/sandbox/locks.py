"""What a process takes from itself, for good: files, network, other processes, memory, time (docs/decisions/0027).

Only the standard library: this runs in the limited process. Each lock holds alone; together they leave arithmetic on
memory that is already there, and writing to a pipe that is already open.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SECCOMP, SET_FILTER, ALL_THREADS = (317, 277), 1, 1
SIGKILL = 9
NOBODY = 65_534

# ---- system calls that arithmetic, threads and a pipe need: numbers on x86_64 and aarch64 ----
CALLS: dict[str, tuple[int | None, int]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "poll": (7, 73), "lseek": (8, 62),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "pread64": (17, 67), "readv": (19, 65),
    "writev": (20, 66), "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "nanosleep": (35, 101),
    "getpid": (39, 172), "exit": (60, 93), "uname": (63, 160), "gettimeofday": (96, 169), "getrusage": (98, 165),
    "sysinfo": (99, 179), "sigaltstack": (131, 132), "gettid": (186, 178), "time": (201, -1), "futex": (202, 98),
    "sched_getaffinity": (204, 123), "set_tid_address": (218, 96), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "exit_group": (231, 94),
    "set_robust_list": (273, 99), "getcpu": (309, 168), "getrandom": (318, 278), "membarrier": (324, 283),
    "rseq": (334, 293),
}  # fmt: skip
CLONE, CLONE3 = (56, 220), 435
CLONE_THREAD = 0x10000
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
LOAD, EQUAL, HAS_BIT, RETURN = 0x20, 0x15, 0x45, 0x06

# ---- Landlock: what is handled is forbidden, since no rule allows anything; by version of the interface ----
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
BENEATH, READ_FILE, READ_DIR = 1, 1 << 2, 1 << 3
CODE = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache",
        "/etc/localtime", "/proc/self/cgroup", "/sys/fs/cgroup")  # fmt: skip
"""Where the system keeps what programs load, and how much of the machine DuckDB finds to be there."""
FILES = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}


_early: list[object] = []
"""Once files are locked: a file that was opened before, which says how much is mapped."""


def only_code(root: str) -> None:
    """Keep the process, and with it every thread that it will begin, from every file but the code it still has to load.

    To be called before any library is imported: Landlock holds for who calls it and what that one begins, not for
    threads that are there already. `root` is where Kontor's own code is.
    """
    if sys.platform != "linux" or _early:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    statm = open("/proc/self/statm", "rb")  # noqa: SIM115 - stays open until the last lock
    folders = {os.path.join(root, "models"), sys.prefix, sys.base_prefix, *sys.path, *CODE} - {root, "", "/"}
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and _landlock(libc, sorted(folders)):
        _early.append(statm)
    else:
        statm.close()


def lock_down(*, memory: int, cpu_seconds: int) -> list[str]:
    """Give everything up but what is mapped now and the file with number 0; answers the locks that hold here.

    `memory` is how many bytes may be mapped on top of those mapped now. Files, and either Landlock or seccomp, must be
    among the answer before anything of a stranger's runs: see `ENOUGH`.
    """
    held = []
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform == "linux"
    mapped = _mapped() if linux else 0
    _drop_root()
    if linux:
        libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_NPROC, 0)
    if mapped:
        _limit(resource.RLIMIT_AS, mapped + memory)
        held.append("memory")
    locked = linux and libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if locked and _landlock(libc) and _early:  # else it would not hold for the threads that libraries began
        held.append("landlock")
    # One number, which is taken by the pipe: whatever would open something finds no place for it.
    _limit(resource.RLIMIT_NOFILE, 1)
    held.append("files")
    if locked and _seccomp(libc):
        held.append("seccomp")
    return held


def enough(held: Iterable[str]) -> bool:
    """Whether the locks are such that a stranger's statement may run."""
    kept = set(held)
    return "files" in kept and bool(kept & {"landlock", "seccomp"})


def _drop_root() -> None:
    """Nobody's rights instead of root's, where Kontor runs as root (in a container)."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    highest = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (highest, highest))


def _mapped() -> int:
    with _early[0] if _early else open("/proc/self/statm", "rb") as file:  # type: ignore[attr-defined]
        return int(file.read().split()[0]) * resource.getpagesize()


def _landlock(libc: Any, readable: Iterable[str] = ()) -> bool:
    """Forbid every file and every connection; but what is in some folders may be read."""
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    attributes = struct.pack("=QQQ", FILES.get(version, FILES[5]), 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(CREATE_RULESET, attributes[:size], size, 0)
    for path in readable if ruleset >= 0 else ():
        _let_read(libc, ruleset, path)
    held = ruleset >= 0 and libc.syscall(RESTRICT_SELF, ruleset, 0) == 0
    if ruleset >= 0:
        os.close(ruleset)
    return bool(held)


def _let_read(libc: Any, ruleset: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no reading
    try:
        rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
        libc.syscall(ADD_RULE, ruleset, BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _seccomp(libc: Any) -> bool:
    machine = platform.machine()
    if machine not in AUDIT_ARCH:
        return False
    column = 0 if machine == "x86_64" else 1
    allowed = [number for pair in CALLS.values() if (number := pair[column]) is not None and number >= 0]
    program = b"".join(_program(AUDIT_ARCH[machine], allowed, CLONE[column]))
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    # For every thread there is: those that DuckDB began already would keep what the first one gives up.
    call = libc.syscall(SECCOMP[column], SET_FILTER, ALL_THREADS, ctypes.create_string_buffer(head, len(head)))
    return bool(call == 0)


def _program(architecture: int, allowed: list[int], clone: int) -> Iterable[bytes]:
    """The filter: this architecture only; new threads but no new processes; the listed calls; all others EPERM."""
    yield _step(LOAD, 4)
    yield _step(EQUAL, architecture, yes=1)
    yield _step(RETURN, EPERM)
    yield _step(LOAD, 0)
    # How a thread is made cannot be looked into with clone3: glibc then falls back to clone.
    yield _step(EQUAL, CLONE3, no=1)
    yield _step(RETURN, ENOSYS)
    yield _step(EQUAL, clone, no=4)
    yield _step(LOAD, 16)
    yield _step(HAS_BIT, CLONE_THREAD, no=1)
    yield _step(RETURN, ALLOW)
    yield _step(RETURN, EPERM)
    for number in allowed:
        yield _step(EQUAL, number, no=1)
        yield _step(RETURN, ALLOW)
    yield _step(RETURN, EPERM)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
