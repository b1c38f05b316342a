"""The shape of a form: steps with fields, rows of fields, totals, files, agreements and conditions.

A form's data is one flat JSON mapping by field name: text, dates (`2026-05-21`) and amounts (`"8640.00"`) as text,
counts as whole numbers, yes/no as booleans, rows as a list of mappings, files as a list of `{sha256, name, size}`, an
agreement as the version that was agreed to. What somebody typed that is not (yet) a date, count or amount stays in a
draft as the text it is, so that nothing is lost; `validation.py` says what is wrong with it. Conditions are CEL over
the form's own fields.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, PositiveInt, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FieldType = Literal[
    "text", "long_text", "email", "phone", "choice", "yes_no", "date", "count", "usd", "figure", "rows", "files",
    "agreement", "computed", "earlier", "note",
]  # fmt: skip
"""`usd` is an amount in the form's currency; `computed` is an amount that the form works out; `figure` is a column of
fixed rows that holds a count or an amount, as each row's `unit` says; `earlier` shows, read only, what an earlier form
holds (`copy_from`); `note` only says its label."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileTermsOf(_Part):
    """What may be uploaded: endings, size of each in MiB, how many; `template` names a document to start from."""

    endings: tuple[str, ...] = ("pdf", "jpg", "png", "docx", "xlsx", "pptx", "zip")
    mib: PositiveInt = 20
    most: PositiveInt = 5
    template: str = ""


class FixedRow(_Part):
    """A row that is always there, with the values of its fixed columns, written as `{item: Leads, unit: count}`.

    `unit` says what a `figure` of this row is; `template` names a document to start from, and `required` that its
    files must be attached.
    """

    values: dict[str, str]
    unit: Literal["count", "usd"] = "count"
    template: str = ""
    required: bool = False

    OWN: ClassVar = ("unit", "template", "required")

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, given: Any) -> Any:
        """Whatever is not one of its own words is the value of a column."""
        if not isinstance(given, dict) or "values" in given:
            return given
        own = {name: given[name] for name in cls.OWN if name in given}
        return own | {"values": {name: value for name, value in given.items() if name not in own}}


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
    """Most characters of a text (the counter `n/1,000`), the largest count, or the most rows."""
    least: int | None = None
    """The smallest count."""
    shown_if: str = ""
    required_if: str = ""
    computed: str = ""
    """CEL that works the value out, e.g. `sum_usd(budget, 'amount', 'mdf_used')`."""
    of: tuple[Field, ...] = ()
    """The columns of `rows`."""
    fixed: tuple[FixedRow, ...] = ()
    """Rows that are always there (the five objectives, the material types); none can be added or deleted."""
    copy_from: str = ""
    """What an earlier form holds: `application.budget`. A field begins with it; rows can be copied from it; `earlier`
    shows it. A column of type `earlier` (`application.budget.amount`) stands beside the others with the value of the
    earlier row whose first column is the same."""
    shows: Literal["text", "long_text", "yes_no", "date", "count", "usd", "rows"] = "text"
    """What an `earlier` field or column leads to; for rows, `of` are the columns that are shown."""
    files: FileTermsOf = FileTermsOf()
    agreement: str = ""
    """The agreement's text, by key of the definition's `agreements`."""
    section: str = ""
    """A heading above this field and those that follow."""
    wide: bool = False
    """Whether it takes the whole line; long texts, rows, files and agreements always do."""


class Step(_Part):
    """One step of the bar."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""


class FormRule(_Part):
    """A condition over several fields that has to hold, what is said at `field` when it does not, and the remedy.

    While a field that it needs is empty it is not judged.
    """

    holds: str
    text: str
    field: Name


class Form(_Part):
    """A form of one or more steps."""

    title: str
    action: str = "Submit"
    """The verb on the last button."""
    confirm: str = ""
    """What is asked once before it is sent."""
    done: str = "Sent."
    amount: str = ""
    """The field whose amount the last button and the question before sending name."""
    steps: tuple[Step, ...]
    rules: tuple[FormRule, ...] = ()

    def fields(self) -> tuple[Field, ...]:
        """Every field in order, of all steps."""
        return tuple(field for step in self.steps for field in step.fields)

    def field(self, name: str) -> Field | None:
        """A field by its name."""
        return next((field for field in self.fields() if field.name == name), None)

    def step_of(self, name: str) -> int | None:
        """The step (from 0) that a field stands in, by its name or a place inside it (`budget[0].amount`)."""
        own = name.partition("[")[0]
        found = (n for n, step in enumerate(self.steps) if any(field.name == own for field in step.fields))
        return next(found, None)
