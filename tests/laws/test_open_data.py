"""Whole files of real open data become exactly what they hold."""

from datetime import datetime
from pathlib import Path

import pytest

from core.config import Config
from core.model import Decoded, Frame, Position
from ingest.decode import decode
from ingest.replay import format_of
from ingest.replay import read as parcels_of


def read(config: Config, now: datetime, payload: bytes) -> Decoded:
    return decode([Frame("http-hotline-csv", payload, now, "")], {}, config)


def test_prsa_hours_become_readings_with_nulls_and_milligrams(shared: Path) -> None:
    path = next((shared / "timeseries").glob("PRSA*.csv"))
    assert format_of(path) == "prsa"
    parcels = parcels_of(path, "prsa")
    assert b'"metric": "co", "value": 0.3,' in next(parcels).payload
    assert 1000 + sum(parcel.count for parcel in parcels) == 35_064 * 12


@pytest.mark.parametrize(("name", "rows"), [("sf311_10k.csv", 10_000), ("nyc311_2022-05-01_0h_924.csv", 924), ("nyc311_2025_235.csv", 235)])
def test_every_row_of_open_data_is_a_report(config: Config, now: datetime, shared: Path, name: str, rows: int) -> None:
    decoded = read(config, now, (shared / "citizen" / name).read_bytes())
    assert (len(decoded.reports), len(decoded.rejected)) == (rows, 0)
    assert len({report.external_id for _, report in decoded.reports}) == rows
    if name.startswith("sf"):
        assert sum(report.position == Position(0.0, 0.0) for _, report in decoded.reports) == 4264
        assert sum("ended_before_opened" in report.extra for _, report in decoded.reports) == 17
