"""Every setting of an installation, read from `KONTOR_…` variables. No secret has a default."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.core.errors import Problem, Refused

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """What differs between installations; docs/operations.md describes each (a test keeps them in step)."""

    model_config = SettingsConfigDict(env_prefix="KONTOR_", frozen=True, extra="ignore")

    home: Path = Field(ROOT / "var", description="Folder that holds all state: database, lake, files.")
    database_url: str = Field(
        "", description="SQLAlchemy address of the record store; empty means SQLite in the home folder."
    )
    lake_url: str = Field("", description="Folder of the fact tables; empty means `lake` in the home folder.")
    files_url: str = Field(
        "",
        description="Where uploads and exports lie (a folder or s3://…); empty means `files` in the home folder.",
    )
    host: str = Field("127.0.0.1", description="Address the application listens on.")
    port: int = Field(8080, ge=1, le=65535, description="Port of the application.")
    prefect_port: int = Field(4210, ge=1, le=65535, description="Port of the Prefect server, on loopback only.")
    public_url: str = Field("", description="Address people reach the application at; empty means host and port.")
    vendor_name: str = Field("Northwind Cloud", description="Name of the vendor, shown on the sign-in page.")
    support_contact: str = Field(
        "partner-desk@northwind.example",
        description="Whom to write to when signing in fails, shown on the sign-in page.",
    )
    base_currency: str = Field("USD", pattern="^[A-Z]{3}$", description="Currency that converted figures are shown in.")
    session_idle_minutes: int = Field(60, ge=1, description="A session ends after so many minutes without a request.")
    session_hours: int = Field(12, ge=1, description="A session ends so many hours after sign-in in any case.")
    sign_in_attempts: int = Field(
        5, ge=1, description="Failed sign-ins in a row before the account is locked for a while."
    )
    sign_in_pause_minutes: int = Field(
        15, ge=1, description="How long an account stays locked after too many failures."
    )
    password_length: int = Field(
        8, ge=8, description="Fewest characters of a password; letters and digits are both needed."
    )
    secure_cookies: bool = Field(
        False, description="Send the session cookie over HTTPS only; implied by a public URL with https."
    )
    upload_mib: int = Field(2048, ge=1, description="Largest upload, in MiB; larger files go through the inbox folder.")
    import_gib: int = Field(
        64, ge=1, description="Largest packed delivery file once unpacked, in GiB; a Parquet line counts as 1 KiB."
    )
    custom_roles_per_partner: int = Field(10, ge=0, description="Custom roles a partner may have (ORG-ROLE-03).")
    lake_grace_minutes: int = Field(
        60, ge=0, description="How long replaced fact files are kept for readers that still use them."
    )
    lake_memory_mib: int = Field(1024, ge=128, description="Memory that one process lets DuckDB use.")
    lake_threads: int = Field(2, ge=1, description="Threads that one process lets DuckDB use.")
    explore_seconds: int = Field(60, ge=1, description="Seconds that a question asked with SQL may take.")
    explore_memory_mib: int = Field(
        1024, ge=128, description="Memory that a question asked with SQL may use, beside the rows it reads."
    )
    explore_rows: int = Field(
        5_000_000, ge=1000, description="Most rows of one table that a question asked with SQL may read."
    )
    explore_shown: int = Field(
        10_000, ge=10, description="Most rows of an answer that the page shows; exports hold them all."
    )
    explore_at_once: int = Field(
        2, ge=1, description="Questions asked with SQL that one process answers at the same time; others wait."
    )
    explore_file_mib: int = Field(50, ge=1, description="Largest file that can be brought to explore it, in MiB.")
    explore_held_each_mib: int = Field(
        256, ge=1, description="Memory for the files that one person brought and their answers; the oldest leave first."
    )
    explore_held_mib: int = Field(
        512, ge=1, description="Memory for the files and answers of all people of one process; the oldest leave first."
    )
    api_requests_per_minute: int = Field(
        120, ge=1, description="Requests that one personal token may make each minute, in each web process."
    )
    api_requests_at_once: int = Field(
        16, ge=1, description="Requests of programs that one web process answers at a time; one token has half of them."
    )
    api_token_days: int = Field(365, ge=1, description="Longest life of a personal token, in days.")
    api_tokens_per_person: int = Field(10, ge=1, description="Personal tokens that one person may have at a time.")
    worker_poll_ms: int = Field(250, ge=50, description="How often the worker looks for due work, in milliseconds.")
    worker_batch: int = Field(50, ge=1, description="Outbox rows that one flow run takes at most.")
    smtp_url: SecretStr | None = Field(
        None, description="Mail server as smtp://user:password@host:port; without it mails are kept."
    )
    webhook_hosts: str = Field(
        "", description="Hosts that workflows may call, e.g. hooks.example.com, *.example.org; empty means none."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="Secret that calls of workflows are signed with; without it none is made."
    )
    webhook_private: bool = Field(
        False, description="Let workflows call hosts inside the own network too, and without TLS."
    )

    @field_validator("home", mode="after")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @property
    def record_store(self) -> str:
        """SQLAlchemy address of the record store."""
        return self.database_url or f"sqlite:///{self.home / 'kontor.db'}"

    @property
    def lake(self) -> str:
        """Folder or address of the lake."""
        return self.lake_url or str(self.home / "lake")

    @property
    def file_store(self) -> str:
        """Folder or address of the file store."""
        return self.files_url or str(self.home / "files")

    @property
    def over_https(self) -> bool:
        """Whether people reach the application over HTTPS."""
        return self.secure_cookies or self.public_url.startswith("https://")

    @property
    def address(self) -> str:
        """Where people open the application."""
        # Compared with, not bound to.
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0") else self.host  # noqa: S104
        return self.public_url or f"http://{host}:{self.port}"


@cache
def settings() -> Settings:
    """The settings of this process, read once (`settings.cache_clear()` reads them again).

    Raises:
        Refused: a variable holds what its setting cannot be; each is named, no value is repeated.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [Problem("SETTING", f"KONTOR_{str(e['loc'][0]).upper()}: {e['msg']}.") for e in error.errors()]
        raise Refused(problems) from None
