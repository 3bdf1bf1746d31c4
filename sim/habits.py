"""What simulated staff decide: which alert or report they take up, when, and how. Pure: shapes of the API in, one step out.

They leave work: every fifth item waits most of an hour for the person who tries the demo. `speed` shortens all patience.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sim.chance import trait

_MINUTE = 60.0
# class → share of such alerts that become a case; the rest is watched and acknowledged
_CASE_SHARE = {
    "0101": 0.8, "0301": 0.65, "0302": 0.7, "0303": 0.6, "0404": 0.4, "0501": 0.7, "0502": 0.85, "0503": 0.9,
    "0504": 0.9, "0505": 0.5, "0601": 0.3,
}  # fmt: skip
_REPORT_CASE_SHARE = 0.6
_UNSURE = 0.6
_DESK_ACTS = {"reported": "accept", "accepted": "register", "registered": "dispatch", "finished": "check", "checked": "close"}
HUMAN_CASES = 3  # more than that the simulated desk does not give to the visitor's own grid

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One request: an act on a noun, or `open` for a new case about it."""

    noun: str
    key: str
    act: str
    note: str = ""
    extra: tuple[tuple[str, Any], ...] = ()


def patience(key: str, share: float, quick: tuple[float, float], slow: tuple[float, float]) -> float:
    """Seconds until somebody takes it up: `quick` minutes for a `share` of the items, `slow` for the others."""
    span = quick if trait(key, "left") < share else slow
    return (span[0] + (span[1] - span[0]) * trait(key, "patience")) * _MINUTE


def desk_alert(alert: Shape, age_s: float, share: float, speed: float) -> Step | None:
    """What the desk does with an open alert of an age: acknowledge it, or open a case about it."""
    key, number = f"alert{alert['id']}", str(alert["id"])
    if alert["stage"] not in ("unack", "rtn_unack") or alert["hold"] != "none":
        return None
    quick = {1: (1.0, 2.5), 2: (1.5, 5.0), 3: (2.0, 9.0)}.get(alert["severity"], (4.0, 20.0))
    if age_s * speed < patience(key, share, quick, (35, 75)):
        return None
    wants_case = trait(key, "case") < _CASE_SHARE.get(alert["class_code"] or "", 0.0)
    if alert["stage"] == "unack" and wants_case and alert["cell_id"] is not None:
        return Step("alert", number, "open", "值班员核实后派遣")
    words = "已恢复，确认" if alert["stage"] == "rtn_unack" else "已知悉，持续关注"
    return Step("alert", number, "acknowledge", words)


def desk_report(report: Shape, age_s: float, share: float, speed: float) -> Step | None:
    """What the desk does with an open report: dismiss, confirm, or open a case; one without a class waits for a person."""
    key, number = f"report{report['id']}", str(report["id"])
    if report["stage"] != "open":
        return None
    if age_s * speed < patience(key, share, (4, 18), (45, 100)):
        return None
    if report["class_code"] is None:
        return Step("report", number, "classify", "归类", (("class_code", "0699"),)) if age_s * speed > 7200 else None
    if "咨询" in report["title"]:
        return Step("report", number, "dismiss", "咨询类，已电话答复")
    if report["confidence"] is not None and report["confidence"] < _UNSURE:
        return Step("report", number, "dismiss", "查看画面，误报")
    if report["cell_id"] is not None and trait(key, "case") < _REPORT_CASE_SHARE:
        return Step("report", number, "open", "核实后派遣")
    return Step("report", number, "confirm", "已核实，转相关单位")


def subject(item: Shape) -> tuple[Any, ...] | None:
    """What one case is enough for: an incident's signals of one class in one community. None outside an incident."""
    return (item["incident_id"], item["class_code"], item["area"]) if item["incident_id"] else None


def at_hand(step: Step, item: Shape, busy: Collection[tuple[Any, ...] | None]) -> Step:
    """The same step, unless it would open a second case about what has one (`busy`: subjects of open cases): then it is taken note of."""
    about = subject(item)
    if step.act != "open" or about is None or about not in busy:
        return step
    return Step(step.noun, step.key, "acknowledge" if step.noun == "alert" else "confirm", "已有案件在办，并入处置")


def worker_case(case: Shape, waited_s: float, speed: float) -> Step | None:
    """What the grid worker of a case does next: take it, arrive, finish."""
    number = str(case["number"])
    act, quick = {
        "dispatched": ("take", (0.7, 5.0)), "handling": ("arrive", (3.0, 16.0)), "on_site": ("finish", (6.0, 32.0)),
    }.get(case["stage"], ("", (0.0, 0.0)))  # fmt: skip
    if not act or waited_s * speed < patience(f"case{number}{act}", 0.93, quick, (40, 150)):
        return None
    return Step("case", number, act, {"take": "", "arrive": "已到达现场", "finish": "已处置完毕，现场恢复"}[act])


def desk_case(case: Shape, waited_s: float, speed: float) -> Step | None:
    """What the desk and the supervisors do with a case that is not with a worker: move it on, check it, close it."""
    number = str(case["number"])
    quick = {"reported": (6, 25), "accepted": (2, 8), "registered": (6, 25), "finished": (3, 18), "checked": (1, 6)}.get(case["stage"])
    act = _DESK_ACTS.get(case["stage"], "")
    if not quick or waited_s * speed < patience(f"case{number}{act}", 0.8, quick, (45, 90)):
        return None
    if act == "check" and trait(f"case{number}", "rework") < 0.05 and not case.get("overdue"):
        return Step("case", number, "rework", "现场仍有残留，请返工")
    return Step("case", number, act, {"check": "核查通过", "close": "予以结案"}.get(act, ""))
