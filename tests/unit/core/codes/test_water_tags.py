"""The four tags of water: every water metric of the city and of the two water wires has one, nothing else has any."""

from core.codes import hj212
from core.codes.water_tags import LABELS, TAGS, tags_of
from core.config import Config


def test_the_water_metrics_of_the_city_carry_tags_and_the_others_none(config: Config) -> None:
    tagged = {name for name in config.metrics if tags_of(name)}
    assert tagged == {"rain", "water_level", "water_depth", "dissolved_oxygen", "ammonia"}


def test_wires_are_told_by_their_codes() -> None:
    assert tags_of("39") == ("water_resource", "water_disaster"), "SL 651: the level of a river"
    assert tags_of("47") == ("water_ecology", "water_environment"), "SL 651: dissolved oxygen"
    assert tags_of("38") == tags_of("45") == (), "voltage and state of a station are no water"
    assert tags_of("w01018-rtd") == ("water_environment",)
    assert tags_of("a34004-rtd") == tags_of("w01018x") == ()


def test_every_factor_of_water_of_hj_212_has_a_tag_and_every_tag_a_name_in_both_languages() -> None:
    factors = [code for code in hj212.quantities() if code.startswith("w")]
    assert len(factors) > 50
    assert [code for code in factors if not tags_of(f"{code}-avg.hour")] == []
    assert set(LABELS) == set(TAGS)
