"""Which devices a district has, how many of each per thousand, and how often they speak. A table; nothing decides here.

The mix follows what districts report of themselves: many small battery sensors (bins, manholes, smoke, gas), few stations.
"""

from sim.model import Kind

KINDS: tuple[Kind, ...] = (
    Kind("smoke", "emergency", "烟感", ("smoke",), 120, 185, "block", battery=True),
    Kind("manhole", "urban", "井盖传感器", ("manhole_tilt",), 120, 185, "road", battery=True),
    Kind("bin", "urban", "垃圾箱", ("bin_fill",), 120, 165, "street", battery=True),
    Kind("gas", "emergency", "可燃气体探测器", ("gas",), 60, 130, "block", battery=True),
    Kind("hydrant", "emergency", "消防栓", ("hydrant_pressure",), 120, 85, "road", battery=True),
    Kind("camera", "urban", "摄像头", ("crowd",), 60, 80, "junction"),
    Kind("air", "environment", "微型空气站", ("pm25", "pm10", "temperature", "humidity"), 60, 62, "street"),
    Kind("noise", "environment", "噪声监测点", ("noise",), 30, 52, "road"),
    Kind("pond", "water", "积水监测点", ("water_depth",), 60, 26, "low"),
    Kind("river", "water", "河道水位站", ("water_level",), 60, 11, "river"),
    Kind("quality", "water", "水质微站", ("dissolved_oxygen", "ammonia"), 120, 7, "river"),
    Kind("dust", "environment", "工地扬尘站", ("pm25", "pm10", "noise", "temperature", "wind_speed"), 60, 4, "site", wire="hj212"),
    Kind("ambient", "environment", "空气自动站", ("pm25", "pm10", "so2", "no2", "o3", "co"), 60, 1, "street", wire="hj212"),
    Kind("outlet", "water", "排口在线监测", ("ammonia", "dissolved_oxygen"), 60, 1, "river", wire="hj212"),
    Kind("weather", "environment", "气象站", ("temperature", "humidity", "wind_speed", "rain"), 30, 2, "street", wire="single"),
)
TRUCK = Kind("truck", "urban", "环卫车", ("lon", "lat", "speed", "course"), 10, 0, "road", wire="single")  # `sim.trucks` drives them
KIND_OF: dict[str, Kind] = {kind.name: kind for kind in KINDS}

# Levels of the canal's gauge at Changzhou, m: in the city's flood bulletin 41 of 2020 5.17 m is 0.87 above warning, 0.37 above guarantee.
RIVER_LEVELS: dict[str, float] = {"警戒水位": 4.30, "保证水位": 4.80}
RIVER_LEVELS_SOURCE = "常州市防汛防旱简报 2020 年第 41 期"

# HJ 212-2017 table of factors; what the platform calls them. The station's key on our side is `{code}-rtd`.
HJ212_CODES: dict[str, str] = {
    "pm25": "a34004", "pm10": "a34002", "so2": "a21026", "no2": "a21004", "o3": "a05024", "co": "a21005",
    "noise": "LA", "temperature": "a01001", "humidity": "a01002", "wind_speed": "a01007",
    "ammonia": "w21003", "dissolved_oxygen": "w01009",
}  # fmt: skip
# ST: 39 construction dust, 22 ambient air, 32 waste water source.
HJ212_ST: dict[str, str] = {"dust": "39", "ambient": "22", "outlet": "32"}


def counts(devices: int) -> dict[str, int]:
    """How many of each kind make up about `devices` in all; every kind occurs unless there shall be none."""
    if devices == 0:
        return {kind.name: 0 for kind in KINDS}
    return {kind.name: max(kind.at_least, round(devices * kind.per_mille / 1000)) for kind in KINDS}
