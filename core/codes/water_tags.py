"""The four tags of water metrics: 水资源 (how much there is), 水生态 (how it lives), 水环境 (how clean it is), 水灾害 (what it may do).

Decides which tags a metric carries by its name: the city's, an element of SL 651-2014 (annex C), a factor of HJ 212 (w…).
No standard hands them out; a city says otherwise in its configuration (`metrics.*.tags`).
"""

import re
from collections.abc import Mapping
from typing import Literal, get_args

WaterTag = Literal["water_resource", "water_ecology", "water_environment", "water_disaster"]
TAGS: tuple[WaterTag, ...] = get_args(WaterTag)
LABELS: Mapping[WaterTag, tuple[str, str]] = {
    "water_resource": ("水资源", "Water resources"),
    "water_ecology": ("水生态", "Water ecology"),
    "water_environment": ("水环境", "Water environment"),
    "water_disaster": ("水灾害", "Water disasters"),
}
_RESOURCE, _ECOLOGY, _ENVIRONMENT, _DISASTER = ((tag,) for tag in TAGS)
_AMOUNT = (*_RESOURCE, *_DISASTER)  # rain, levels and flow: what can be used, and what comes as a flood
_LIFE = (*_ECOLOGY, *_ENVIRONMENT)  # what lives in the water shows how clean it is

_OF_CITY: Mapping[str, tuple[WaterTag, ...]] = {
    **dict.fromkeys(("rain", "water_level", "reservoir_level", "flow", "flow_rate"), _AMOUNT),
    **dict.fromkeys(("storage", "evaporation", "groundwater_depth", "soil_moisture", "water_use"), _RESOURCE),
    **dict.fromkeys(("water_depth", "flow_velocity", "seepage", "dam_displacement", "wave_height", "gate_opening"), _DISASTER),
    **dict.fromkeys(("chlorophyll", "algae_density", "transparency", "dissolved_oxygen", "water_temperature"), _LIFE),
    **dict.fromkeys(
        ("ph", "ammonia", "codmn", "cod", "bod5", "total_phosphorus", "total_nitrogen", "turbidity", "conductivity", "orp"), _ENVIRONMENT
    ),
    "ecological_flow": (*_RESOURCE, *_ECOLOGY),
}  # fmt: skip


def _span(first: int, last: int) -> range:
    return range(first, last + 1)


_OF_SL651: tuple[tuple[range, tuple[WaterTag, ...]], ...] = (
    (_span(0x03, 0x03), _LIFE),  # water temperature
    (_span(0x05, 0x07), _RESOURCE),  # lengths of rain and pumping, evaporation
    (_span(0x09, 0x0C), _DISASTER),  # gates
    (_span(0x0E, 0x0E), _RESOURCE),  # groundwater
    (_span(0x0F, 0x0F), _DISASTER),  # waves
    (_span(0x10, 0x17), _RESOURCE),  # moisture of the soil
    (_span(0x19, 0x19), _DISASTER),  # pumps at work
    (_span(0x1A, 0x27), _AMOUNT),  # rain, flow
    (_span(0x28, 0x2F), _RESOURCE),  # flow of intakes
    (_span(0x30, 0x31), _AMOUNT),  # flow out of a reservoir, through gates
    (_span(0x32, 0x32), _RESOURCE),  # sediment
    (_span(0x36, 0x37), _DISASTER),  # velocity
    (_span(0x39, 0x3B), _AMOUNT),  # levels
    (_span(0x3C, 0x43), _RESOURCE),  # levels of intakes
    (_span(0x44, 0x44), _ENVIRONMENT),  # sediment in the water
    (_span(0x46, 0x46), _ENVIRONMENT),
    (_span(0x47, 0x47), _LIFE),  # dissolved oxygen
    (_span(0x48, 0x56), _ENVIRONMENT),
    (_span(0x57, 0x57), _LIFE),  # chlorophyll a
    (_span(0x60, 0x6F), _RESOURCE),  # water meters
    (_span(0xF4, 0xF4), _AMOUNT),  # rain of five minutes
    (_span(0xF5, 0xFC), _AMOUNT),  # levels of five minutes
)
_ELEMENT = re.compile(r"[0-9a-f]{2}")
_FACTOR = re.compile(r"w\d{5}(?:-|$)")
_OF_HJ212: Mapping[str, tuple[WaterTag, ...]] = {"w01009": _LIFE, "w01010": _LIFE, "w00000": (*_RESOURCE, *_ENVIRONMENT)}


def tags_of(metric: str) -> tuple[WaterTag, ...]:
    """The tags of a metric by its name; empty for what is no water metric."""
    if metric in _OF_CITY:
        return _OF_CITY[metric]
    if _FACTOR.match(metric):
        return _OF_HJ212.get(metric[:6], _ENVIRONMENT)
    if _ELEMENT.fullmatch(metric):
        element = int(metric, 16)
        return next((tags for elements, tags in _OF_SL651 if element in elements), ())
    return ()
