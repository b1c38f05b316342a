"""Where drafts and the work over many cases stand."""

from __future__ import annotations

import enum


class DraftStatus(enum.Enum):
    """What has become of a draft."""

    OPEN = "open"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class RunKind(enum.Enum):
    """What is done with many cases at once."""

    REPLAY = "replay"
    DRY_RUN = "dry_run"
    MIGRATE = "migrate"
    UNDO = "undo"


class RunStatus(enum.Enum):
    """Where such work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
