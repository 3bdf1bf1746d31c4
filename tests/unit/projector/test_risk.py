"""The risk index: where a load begins and ends, and what no cell may ever claim."""

import numpy as np
import pytest

from core.config import Config
from projector import risk
from projector.kernel import mean, peak, plant, weigh


def curves(config: Config) -> dict[str, tuple[risk.Curve, ...]]:
    return risk.strictest(config.rules.values(), {name: metric.min for name, metric in config.metrics.items()})


def test_a_load_is_0_at_rest_60_at_the_clear_limit_and_75_at_the_limit() -> None:
    curve = risk.Curve(rest=0, clear=20, limit=25)
    assert risk.load(curve, np.array([-5.0, 0, 20, 25, 400])).tolist() == [0, 0, 60, 75, 75]


def test_a_lower_limit_loads_downwards() -> None:
    curve = risk.Curve(rest=7, clear=3, limit=2)
    assert risk.load(curve, np.array([9.0, 7, 3, 2, 0])).tolist() == [0, 0, 60, 75, 75]


def test_the_strictest_limit_of_a_metric_counts(config: Config) -> None:
    assert curves(config)["gas"] == (risk.Curve(rest=0, clear=20, limit=25),)
    assert curves(config)["dissolved_oxygen"][0].limit == 2


def test_unknown_values_have_no_load() -> None:
    assert np.isnan(risk.load(risk.Curve(0, 20, 25), np.array([np.nan]))).all()


def test_blending_never_lowers_a_peak_and_never_leaves_0_to_100() -> None:
    peaks, means = np.meshgrid(np.linspace(0, 100, 21), np.linspace(0, 75, 16))
    found = risk.blend(peaks, means)
    assert (found >= peaks - 1e-9).all()
    assert (found <= 100).all()


@pytest.mark.parametrize(("count", "weight"), [(0, 0), (1, 45), (2, 53), (5, 77), (50, 77)])
def test_open_work_weighs_45_and_8_for_each_further(count: int, weight: float) -> None:
    assert risk.work(count) == weight


def test_weights_fall_in_a_straight_line_and_end_at_the_radius() -> None:
    x = np.arange(0, 500, 100.0)
    kernel = weigh(plant(x, x * 0), x, x * 0, np.array([0.0]), np.array([0.0]), 250)
    assert kernel.cells.tolist() == [0, 1, 2]
    assert kernel.weight == pytest.approx([1, 0.6, 0.2])


def test_a_cell_whose_sources_are_all_unknown_is_unknown_and_one_known_source_suffices() -> None:
    x = np.array([0.0, 1000.0])
    kernel = weigh(plant(x, x * 0), x, x * 0, np.array([10.0, 20.0, 1000.0]), np.zeros(3), 100)
    values = np.array([np.nan, 7.0, np.nan])
    assert mean(kernel, values)[0] == pytest.approx(7)
    assert np.isnan(mean(kernel, values)[1])
    assert np.isnan(peak(kernel, values)[1])


def test_sources_without_a_place_reach_nothing() -> None:
    x = np.array([0.0])
    assert not weigh(plant(x, x), x, x, np.array([np.nan]), np.array([0.0]), 100)
