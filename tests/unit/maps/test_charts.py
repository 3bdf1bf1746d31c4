"""Charts are Cartesian and empty: whatever they show comes by the stream."""

from maps.charts import empty_trend


def test_the_trend_has_its_three_traces_in_order_and_no_point() -> None:
    chart = empty_trend()
    assert [trace.name for trace in chart.data] == ["yesterday", "today", "running"]
    assert not any(trace.x for trace in chart.data)


def test_no_trace_is_drawn_on_a_map() -> None:
    assert {trace.type for trace in empty_trend().data} == {"scatter"}
