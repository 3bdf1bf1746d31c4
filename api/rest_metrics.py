"""The catalogue of metrics over HTTP, and how a list is narrowed to one of the four tags of water."""

from api.call import Answer, Call, Param, read_params
from core.codes.water_tags import LABELS, TAGS
from core.errors import Invalid
from store import catalogue

TAG = Param("tag", ", ".join(TAGS) + ": what measures this of the water")
METRIC_PARAMS = (TAG,)


def list_metrics(call: Call) -> Answer:
    """Every metric with its unit, range and tags; and what the tags are called."""
    rows = catalogue.list_metrics(call.connection, call.config, known_tag(read_params(METRIC_PARAMS, call.query).get("tag")))
    tags = [{"tag": tag, "label": label, "label_en": label_en} for tag, (label, label_en) in LABELS.items()]
    return Answer({"metrics": rows, "tags": tags})


def known_tag(tag: str | None) -> str | None:
    """The tag asked for. Raises `Invalid` for one that there is not."""
    if tag is not None and tag not in TAGS:
        raise Invalid(f"tag: one of {', '.join(TAGS)}")
    return tag


def metrics_of(call: Call, tag: str | None) -> list[str] | None:
    """The metrics of a tag; None where none is asked for. Raises `Invalid`."""
    return None if known_tag(tag) is None or tag is None else catalogue.tagged(call.connection, call.config, tag)
