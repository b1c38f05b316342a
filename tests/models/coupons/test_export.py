"""The list of coupons as a file: a partner's own, with every digit, however a colleague of the vendor asks."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.coupons import service
from models.engines.lists import Asked
from models.exports import queries as exports
from models.exports import service as export_service
from models.exports.rules import ExportFormat
from models.lists import queries
from models.lists.exporting import question_of
from tests.support.build import Build
from tests.support.coupons import Counter, new_coupon


def exported(actor: Actor, asked: Asked) -> list[list[str]]:
    with unit_of_work(actor=actor) as uow:
        question = question_of(queries.open_list(uow, "coupons"), asked)
        task_id = export_service.request(uow, "lists.coupons", question, ExportFormat.CSV, "Coupons")
    export_service.run(task_id)
    with unit_of_work(read_only=True, actor=actor) as uow:
        found = exports.download(uow, task_id)
    return list(csv.reader(io.StringIO(b"".join(found.chunks()).decode("utf-8-sig"))))


def test_each_gets_a_file_of_what_they_see(on_sqlite: str) -> None:
    with clock_at(date(2026, 6, 1)), unit_of_work(actor=SYSTEM) as uow:
        counter = Counter(Build(uow))
        other = counter.build.partner("Polder Partners")
        for partner, currency in ((counter.partner, "USD"), (other, "EUR")):
            coupon = service.issue(uow, partner.id, new_coupon(currency=currency), key=currency)
        service.record_use(uow, coupon.id, Decimal("12.34"), reference="BILL-1", key="u")
    asked = Asked(sort="number", columns=("number", "left", "amount", "until", "status"))
    name, until = "Proof of concept", ["2026-08-31", "Available"]
    own = [name, "CP-2026-00001", "USD", "3000.00000000", "USD", "3000.00000000", *until]
    theirs = [name, "CP-2026-00002", "EUR", "2987.66000000", "EUR", "3000.00000000", *until]
    with clock_at(date(2026, 6, 1)):
        assert exported(counter.liis, asked)[1:] == [own]
        assert exported(counter.kofi, asked)[1:] == [own, theirs]
