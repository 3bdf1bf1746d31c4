"""The demo district, cut once for all tests of this folder, and a small invented one."""

import pytest
from shapely.geometry import Polygon

from core.errors import NotFound
from geodata.boundary import Division, Names
from geodata.model import City
from geodata.partition import demo_city, partition_district


@pytest.fixture(scope="session")
def zhonglou() -> City:
    try:
        return demo_city("320404")
    except NotFound as error:
        pytest.skip(f"installed data are missing: {error}")


@pytest.fixture(scope="session")
def village() -> tuple[City, Polygon]:
    """Two streets of two communities in about 2 × 2 km with a slanting edge."""
    boundary = Polygon([(119.900, 31.790), (119.922, 31.793), (119.921, 31.809), (119.903, 31.811), (119.9003, 31.80)])
    streets = tuple(
        (Division(f"32040400{s}", f"{s}号街道"), tuple(Division(f"32040400{s}00{c}", f"{s}{c}社区") for c in (1, 2))) for s in (1, 2)
    )
    return partition_district(Names("320404", "小区", streets), boundary, (119.91, 31.80), seed=3), boundary
