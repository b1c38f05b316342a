"""Declaring fact tables: SQLAlchemy tables on `lake_metadata`, from which the Iceberg schemas are derived."""

from __future__ import annotations

from typing import Any

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    IcebergType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, MetaData, Numeric, Table, Text

lake_metadata = MetaData()
"""The fact tables; Alembic does not see them."""

PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    # A conflict is met by planning again (Lake.replace), not by repeating the same commit.
    "commit.retry.num-retries": "0",
    # Merged when files are only added, so that a plan reads few manifests.
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "24",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def iceberg_type(column: Column[Any]) -> IcebergType:
    """The Iceberg type of a column; only types that DuckDB and Iceberg hold without loss are allowed."""
    kind = column.type
    if isinstance(kind, Text):
        return StringType()
    if isinstance(kind, BigInteger):
        return LongType()
    if isinstance(kind, DateTime) and kind.timezone:
        return TimestamptzType()
    if isinstance(kind, Date):
        return DateType()
    if isinstance(kind, Boolean):
        return BooleanType()
    if isinstance(kind, Numeric) and kind.precision and kind.scale is not None:
        return DecimalType(kind.precision, kind.scale)
    raise TypeError(f"{column} has a type that the lake does not hold: {kind!r}")


def iceberg_schema(table: Table) -> Schema:
    """The Iceberg schema of a fact table. All fields are optional: DuckDB writes no NOT NULL into Parquet."""
    return Schema(
        *(
            NestedField(number, column.name, iceberg_type(column), required=False)
            for number, column in enumerate(table.columns, start=1)
        )
    )


def partition_spec(table: Table, schema: Schema) -> PartitionSpec:
    return PartitionSpec(
        *(
            PartitionField(schema.find_field(name).field_id, 1000 + number, IdentityTransform(), name)
            for number, name in enumerate(table.info["partition_by"])
        )
    )


def table_properties(table: Table, schema: Schema) -> dict[str, str]:
    """How Iceberg keeps the table: bounds of the partition columns whole, since removing by them must be certain."""
    exact = {f"write.metadata.metrics.column.{name}": "full" for name in table.info["partition_by"]}
    return {**PROPERTIES, **exact, "schema.name-mapping.default": schema.name_mapping.model_dump_json()}
