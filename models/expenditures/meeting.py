"""What an import meets for the first time: its service types, products and regions get into the reference data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb
from sqlalchemy.exc import IntegrityError

from models.catalog import service as catalog
from models.core.actor import SYSTEM
from models.core.lake import all_of, duck, equals, lake, one_of
from models.core.unit_of_work import unit_of_work
from models.expenditures.facts import expenditure_line


def meet(source: str, file_ids: Collection[int]) -> None:
    """Add what the files' lines name and nobody knew. Harmless to repeat; names that managers gave stay."""
    scan = lake().scan(expenditure_line, all_of(equals("source", source), one_of("file_id", file_ids)))
    if not scan.files:
        return
    with duck() as connection:
        services = _distinct(connection.execute(f"SELECT DISTINCT service_family, service_type FROM {scan.sql}"))
        regions = _distinct(
            connection.execute(f"SELECT region_id, max(region_name) FROM {scan.sql} GROUP BY region_id")
        )
        products = _distinct(
            connection.execute(f"SELECT product, product, max(service_type) FROM {scan.sql} GROUP BY product")
        )
    try:
        with unit_of_work(actor=SYSTEM) as uow:
            catalog.meet_services(uow, services)
            catalog.meet_regions(uow, regions)
            catalog.meet_products(uow, products)
    except IntegrityError:  # another import met the same at this moment; the next one adds what is still missing
        return


def _distinct(found: duckdb.DuckDBPyConnection) -> list[Any]:
    return [tuple(value or "" for value in row) for row in found.fetchall()]
