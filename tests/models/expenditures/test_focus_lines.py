"""Files and lines: what every column becomes, what is rejected and why, what is no FOCUS file."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select

from models.core.actor import SYSTEM, acting_as
from models.core.errors import Refused
from models.core.files import files
from models.core.unit_of_work import unit_of_work
from models.expenditures import reading, service
from models.expenditures.rules import ImportStatus
from models.expenditures.tables import DeliveryFile, DeliveryImport
from tests.support.focus import facts, write_focus


@pytest.fixture(autouse=True)
def operator(on_sqlite: str) -> Iterator[None]:
    with acting_as(SYSTEM):
        yield


def imported(*paths: Path, source: str = "aws") -> dict[str, object]:
    return service.import_files(list(paths), source=source).as_json()


def last_import() -> tuple[ImportStatus, str | None]:
    with unit_of_work(read_only=True) as uow:
        stmt = select(DeliveryImport.status, DeliveryImport.message).order_by(DeliveryImport.id.desc()).limit(1)
        return uow.session.execute(stmt).tuples().one()


def rejects() -> list[str]:
    with unit_of_work(read_only=True) as uow:
        sha = uow.session.scalars(select(DeliveryFile.rejects_sha256)).one()
    return b"".join(files().chunks(sha)).decode().splitlines()


def test_a_line_keeps_every_column(tmp_path):
    path = write_focus(
        tmp_path / "a.csv",
        [{
            "BilledCost": "0.00000000001", "ListCost": "2.5", "ConsumedQuantity": "3.000000000000000001",
            "ConsumedUnit": "Hours", "ChargePeriodStart": "2026-09-10T20:30:00+02:00", "ProviderName": "AWS",
            "ChargePeriodEnd": "2026-09-10T21:00:00Z", "RegionId": "eu-1", "RegionName": "Frankfurt",
            "SubAccountName": "Atlas", "CommitmentDiscountId": "sp-1", "CommitmentDiscountCategory": "Spend",
            "ResourceId": "i-1", "ResourceName": "web", "ChargeDescription": "a, \"b\"\nc", "Tags": '{"k": "v"}',
            "Unknown Column": "x",
        }],
    )  # fmt: skip
    imported(path)
    columns = (
        "source, cycle, line, partner_id, sub_account_id, sub_account_name, provider, service_family, service_type,"
        " product, region_id, region_name, bill_type, billing_mode, charge_start, charge_end, spent_on, currency,"
        " expenditure, list_price, quantity, unit, commitment_id, resource_id, resource_name, description, tags"
    )
    assert [[str(value) for value in row] for row in facts(columns)] == [[
        "aws", "2026-09-01", "2", "None", "sub-1", "Atlas", "AWS", "Compute", "Virtual Machines", "SKU-1", "eu-1",
        "Frankfurt", "expenditure", "savings_plan", str(datetime(2026, 9, 10, 18, 30, tzinfo=UTC)),
        str(datetime(2026, 9, 10, 21, tzinfo=UTC)), "2026-09-11", "USD", "1.0E-11", "2.500000000000",
        "3.000000000000000001", "Hours", "sp-1", "i-1", "web", 'a, "b"\nc', '{"k": "v"}',
    ]]  # fmt: skip


def test_what_a_line_lacks_has_a_value_of_its_own(tmp_path):
    lacking = {"SkuId": None, "SubAccountId": "", "ListCost": None, "RegionId": "eu-1", "RegionName": None}
    imported(write_focus(tmp_path / "a.csv", [lacking]))
    assert facts("product, sub_account_id, list_price, region_name, quantity, tags") == [
        ("--", "123", Decimal("1.5"), "eu-1", None, None)
    ]


@pytest.mark.parametrize(
    ("start", "period", "spent_on"),
    [
        ("2026-09-30 15:59:59", "2026-09-01", date(2026, 9, 30)),
        ("2026-09-30 22:00:00", "2026-09-01", date(2026, 9, 30)),  # 1 October in GMT+08:00, kept in its cycle
        ("2026-08-31 10:00:00", "2026-09-01", date(2026, 9, 1)),
        ("2026-08-31 16:00:00", "2026-08-31T16:00:00Z", date(2026, 9, 1)),  # a bill cut in business time
    ],
)
def test_a_line_is_spent_on_a_business_date_of_its_cycle(tmp_path, start, period, spent_on):
    line = {"ChargePeriodStart": start, "ChargePeriodEnd": "2026-10-01", "BillingPeriodStart": period}
    imported(write_focus(tmp_path / "a.csv", [line]))
    assert facts("cycle, spent_on") == [(date(2026, 9, 1), spent_on)]


def test_a_bad_line_is_named_and_the_good_ones_are_kept(tmp_path):
    bad = [
        {"BilledCost": "1"},
        {"BilledCost": "=HYPERLINK(1)"},
        {"BilledCost": "0.0000000000001"},
        {"BilledCost": None},
        {"BilledCost": "1e18"},
        {"BillingCurrency": "usd", "ChargeCategory": "Gift"},
        {"ChargePeriodStart": "yesterday"},
        {"ChargePeriodEnd": "2026-09-10 09:00:00"},
        {"BillingPeriodStart": None},
        {"ListCost": "1.0000000000001"},
        {"ConsumedQuantity": "x"},
        {"SubAccountId": None, "BillingAccountId": None},
        {"BilledCost": "2"},
    ]
    report = imported(write_focus(tmp_path / "a.csv", bad))
    assert (report["read"], report["accepted"], report["rejected"]) == (13, 2, 11)
    assert report["billed_cost"] == {"USD": "3"}
    assert facts("line, expenditure") == [(2, Decimal(1)), (14, Decimal(2))]
    assert rejects() == [
        "line,column,reason,value",
        "3,BilledCost,is not a number,'=HYPERLINK(1)",
        "4,BilledCost,has more than 12 decimals,0.0000000000001",
        "5,BilledCost,is missing,",
        "6,BilledCost,is too large,1e18",
        "7,BillingCurrency,is no currency of three capital letters,usd",
        '7,ChargeCategory,"is none of Usage, Purchase, Tax, Credit, Adjustment",Gift',
        "8,ChargePeriodStart,is not a date and time,yesterday",
        "9,ChargePeriodEnd,is before ChargePeriodStart,2026-09-10 09:00:00",
        "10,BillingPeriodStart,is missing,",
        "11,ListCost,has more than 12 decimals,1.0000000000001",
        "12,ConsumedQuantity,is not a number,x",
        "13,SubAccountId,is missing,",
    ]


def test_broken_records_do_not_move_the_numbers_of_others(tmp_path):
    path = write_focus(tmp_path / "a.csv", [{"ChargeDescription": "two\nlines"}, {"BilledCost": "x"}, {}])
    head, *text = path.read_text().splitlines()
    first, rest = text[:2], text[2:]
    path.write_text("\n".join([head, "1,2", *first, '1,"a"b,3', *rest, "1,2", "x," * 20, ""]))
    report = imported(path)
    assert (report["read"], report["accepted"], report["rejected"]) == (7, 2, 5)
    assert facts("line") == [(3,), (6,)]
    assert [row.split(",")[0] for row in rejects()[1:]] == ["2", "4", "5", "7", "8"]
    assert rejects()[5].startswith("8,,has more values than the header has columns,")
    assert rejects()[1] == '2,BillingAccountId,has fewer values than the header has columns,"1,2"'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1.5E-7", "1.5E-7"), ("2e3", "2000"),
        ("1e-12", "1E-12"), ("-3.000000000000000000", "-3"), ("10e-13", "1E-12"),
        (".5", "0.5"), ("+5", "5"), ("0e-20", "0"),
        ("999999999999999999.999999999999", "999999999999999999.999999999999"),
    ],
)  # fmt: skip
def test_an_amount_keeps_every_decimal(tmp_path, text, kept):
    imported(write_focus(tmp_path / "a.csv", [{"BilledCost": text}]))
    assert facts("expenditure") == [(Decimal(kept),)]


def test_the_forms_of_a_delivery_say_the_same(tmp_path):
    lines = [{"BilledCost": "1.25", "Tags": None}, {"BilledCost": "2", "ChargeDescription": "x,y"}]
    plain = write_focus(tmp_path / "plain.csv", lines)
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    write_focus(tmp_path / "bom.csv", lines, bom=True, delimiter=";")
    columnar = tmp_path / "columnar.parquet"
    duckdb.execute(
        f"""COPY (SELECT * REPLACE (CAST(BilledCost AS DECIMAL(20, 4)) AS BilledCost,
                                    CAST(ChargePeriodStart AS TIMESTAMP) AS ChargePeriodStart)
                  FROM read_csv('{plain}', all_varchar=true)) TO '{columnar}' (FORMAT parquet)"""
    )
    for path in (plain, packed, tmp_path / "bom.csv", columnar):
        imported(path, source=path.name.split(".")[0])
    each = {
        source: facts("* EXCLUDE (source, file_id)", f"source = '{source}'")
        for source in ("plain", "packed", "bom", "columnar")
    }
    assert len(each["plain"]) == 2
    assert each["packed"] == each["bom"] == each["columnar"] == each["plain"]


def test_a_float_of_a_parquet_file_means_the_nearest_amount(tmp_path):
    path = tmp_path / "a.parquet"
    plain = write_focus(tmp_path / "a.csv")
    duckdb.execute(
        f"""COPY (SELECT * REPLACE (CAST('0.1' AS DOUBLE) + CAST('0.2' AS DOUBLE) AS BilledCost)
                  FROM read_csv('{plain}', all_varchar=true)) TO '{path}' (FORMAT parquet)"""
    )
    assert imported(path)["billed_cost"] == {"USD": "0.3"}


def test_a_file_with_many_cycles_is_split_among_them(tmp_path):
    lines = [{"BilledCost": str(month), "BillingPeriodStart": f"2026-{month:02}-01"} for month in (3, 1, 5, 2, 4)]
    imported(write_focus(tmp_path / "a.csv", [*lines, {"BilledCost": "x"}]))
    assert facts("cycle, CAST(expenditure AS INTEGER), line", order="1") == [
        (date(2026, 1, 1), 1, 3), (date(2026, 2, 1), 2, 5), (date(2026, 3, 1), 3, 2), (date(2026, 4, 1), 4, 6),
        (date(2026, 5, 1), 5, 4),
    ]  # fmt: skip


REFUSED = {
    "empty": b"",
    "blank": b"\n\n",
    "binary": b"\x89PNG\r\n\x1a\n\x00\x00",
    "utf16": "BilledCost,BillingCurrency".encode("utf-16"),
    "damaged gzip": b"\x1f\x8b\x08\x00garbage",
    "damaged parquet": b"PAR1garbage",
    "other columns": b"a,b\n1,2\n",
    "header alone": b"BilledCost,BillingCurrency,BillingAccountId,BillingPeriodStart,ChargeCategory,ChargePeriodStart,"
    b"ChargePeriodEnd,ServiceCategory,ServiceName\n",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_focus_file_is_refused_and_changes_nothing(tmp_path, content):
    good = write_focus(tmp_path / "a.csv")
    imported(good)
    before = facts()
    good.write_bytes(content)
    with pytest.raises(Refused) as refused:
        imported(good)
    assert last_import() == (ImportStatus.REFUSED, refused.value.problems[0].text)
    assert facts() == before


@pytest.mark.parametrize("name", ["bill[1].csv", "it's *?.csv", "größe 2026.csv"])
def test_any_name_of_a_file_is_a_name_and_never_a_pattern(tmp_path, name):
    write_focus(tmp_path / "bill1.csv", [{"BilledCost": "7"}])
    assert imported(write_focus(tmp_path / name))["billed_cost"] == {"USD": "1.5"}


@pytest.mark.parametrize("name", ["a.csv.gz", "a.parquet"])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_is_read(tmp_path, monkeypatch, name):
    plain = write_focus(tmp_path / "plain.csv", [{}] * 3000)
    if name.endswith("gz"):
        (tmp_path / name).write_bytes(gzip.compress(plain.read_bytes()))
    else:
        duckdb.execute(f"COPY (FROM read_csv('{plain}', all_varchar=true)) TO '{tmp_path / name}' (FORMAT parquet)")
    monkeypatch.setattr(reading, "GIB", 1 << 12)
    with pytest.raises(Refused, match=r"holds more than 64 GiB when unpacked.*FOCUS-LARGE"):
        imported(tmp_path / name)
    assert facts() == []
    monkeypatch.setattr(reading, "GIB", 1 << 20)
    assert imported(tmp_path / name)["accepted"] == 3000


def test_a_packed_file_that_breaks_off_is_refused(tmp_path):
    whole = gzip.compress(write_focus(tmp_path / "plain.csv", [{}] * 30000).read_bytes(), 1)
    (tmp_path / "a.csv.gz").write_bytes(whole[:-9])
    with pytest.raises(Refused, match="cannot be unpacked to its end"):
        imported(tmp_path / "a.csv.gz")


def test_missing_columns_are_named(tmp_path):
    path = write_focus(tmp_path / "a.csv", without=["BilledCost", "ServiceName"])
    with pytest.raises(Refused, match="it lacks BilledCost, ServiceName"):
        imported(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"nowhere\.csv cannot be read"):
        imported(tmp_path / "nowhere.csv")
