"""The shape of a form: steps with fields, rows of fields, totals, files, agreements and conditions.

A form's data is one flat JSON mapping by field name: text, dates (`2026-05-21`) and amounts (`"8640.00"`) as text,
counts as whole numbers, yes/no as booleans, rows as a list of mappings, files as a list of `{sha256, name, size}`, an
agreement as the version that was agreed to. Conditions are CEL over the form's own fields and the case's facts.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PositiveInt, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FieldType = Literal[
    "text", "long_text", "email", "phone", "choice", "yes_no", "date", "count", "usd", "rows", "files", "agreement",
    "computed", "note",
]  # fmt: skip
"""`usd` is an amount in the form's currency; `computed` is an amount that the form works out; `note` only says."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileTermsOf(_Part):
    """What may be uploaded: endings, size of each in MiB, how many; `template` is a document to start from."""

    endings: tuple[str, ...] = ("pdf", "jpg", "png", "docx", "xlsx", "pptx", "zip")
    mib: PositiveInt = 20
    most: PositiveInt = 5
    template: str = ""


class Field(_Part):
    """One thing to fill in, with the words of the specification."""

    name: Name
    label: str
    type: FieldType = "text"
    required: bool = False
    help: str = ""
    placeholder: str = ""
    options: tuple[str, ...] = ()
    most: int | None = None
    """Most characters of a text (the counter `n/1,000`), or the largest count."""
    least: int | None = None
    shown_if: str = ""
    required_if: str = ""
    computed: str = ""
    """CEL that works the value out, e.g. `sum_usd(budget, 'amount', 'mdf_used')`."""
    of: tuple[Field, ...] = ()
    """The columns of `rows`."""
    fixed: tuple[dict[str, str], ...] = ()
    """Rows that are always there, with these values (the five objectives, the material types); none can be added."""
    copy_from: str = ""
    """A field of an earlier form that the rows may be copied from, or that stands beside them: `application.budget`."""
    files: FileTermsOf = FileTermsOf()
    agreement: str = ""
    """The agreement's text, by key of the definition's `agreements`."""
    section: str = ""
    """A heading above this field and those that follow."""
    wide: bool = False


class Step(_Part):
    """One step of the bar."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""


class Form(_Part):
    """A form of one or more steps."""

    title: str
    action: str = "Submit"
    """The verb on the last button."""
    confirm: str = ""
    """What is asked once before it is sent."""
    done: str = "Sent."
    steps: tuple[Step, ...]

    def fields(self) -> tuple[Field, ...]:
        """Every field in order, of all steps."""
        return tuple(field for step in self.steps for field in step.fields)

    def field(self, name: str) -> Field | None:
        """A field by its name."""
        return next((field for field in self.fields() if field.name == name), None)
