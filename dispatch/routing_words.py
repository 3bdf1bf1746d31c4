"""Why a case goes where it is proposed to go, in words: Chinese first, English complete. Pure; decides nothing."""

from collections.abc import Iterable, Mapping
from typing import get_args

from core.routing_config import RoutingTimes
from core.rule_parts import Weekday
from dispatch.routing import Proposal, RoutingRule, Spot, Unit

Names = Mapping[str, str]  # of classes and areas by their code; what is missing is said by its code

_WEEK: tuple[str, ...] = get_args(Weekday)
_DAYS = {"zh": tuple(f"周{word}" for word in "一二三四五六日"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def reason_of(proposal: Proposal, spot: Spot, names: Names, language: str = "zh") -> str:
    """One sentence: what decided, for which class, where and when, and whom it went past."""
    said = {"zh": _chinese, "en": _english}[language](proposal, spot, names)
    back = _join((_name(unit, language) for unit in proposal.sent_back), language)
    if not back:
        return said
    return f"{said}；{back}已退回，不再派给" if language == "zh" else f"{said}; {back} sent it back and is left out"


def _chinese(proposal: Proposal, spot: Spot, names: Names) -> str:
    match proposal.basis:
        case "component":
            return f"部件的权属单位是{_name(proposal.lead, 'zh')}"
        case "rule" if proposal.by:
            return f"按规则“{proposal.by.label}”（{_scope(proposal.by, spot, names, 'zh')}）"
        case "standard":
            return f"{names.get(spot.class_code, spot.class_code)}的处置标准写明由{_name(proposal.lead, 'zh')}处置"
        case "duty_grid" if proposal.person:
            return f"没有适用的规则，派给本责任网格当班的{proposal.person.name}"
    return "没有适用的规则，责任网格无人当班：本区域的处置人员都能看到并接单"


def _english(proposal: Proposal, spot: Spot, names: Names) -> str:
    match proposal.basis:
        case "component":
            return f"The component belongs to {_name(proposal.lead, 'en')}"
        case "rule" if proposal.by:
            return f"By rule “{proposal.by.label_en or proposal.by.label}” ({_scope(proposal.by, spot, names, 'en')})"
        case "standard":
            return f"The standard of {names.get(spot.class_code, spot.class_code)} names {_name(proposal.lead, 'en')}"
        case "duty_grid" if proposal.person:
            return f"No rule fits: {proposal.person.name} is on shift in this duty grid"
    return "No rule fits and nobody is on shift in the duty grid: all who handle in this area see it and may take it"


def _scope(rule: RoutingRule, spot: Spot, names: Names, language: str) -> str:
    """Which part of a rule fitted this spot."""
    chinese = language == "zh"
    of_class = next((code for code in _longest_first(rule.classes) if spot.class_code.startswith(code)), "")
    of_area = next((code for code in _longest_first(rule.areas) if spot.area.startswith(code)), "")
    parts = [names.get(of_class, of_class) if of_class else "所有分类" if chinese else "any class"]
    parts.append(names.get(of_area, of_area) if of_area else "全域" if chinese else "anywhere")
    parts.append(_join((words_of(span, language) for span in rule.when), language) or ("任何时间" if chinese else "at any time"))
    return " · ".join(parts)


def _longest_first(codes: tuple[str, ...]) -> list[str]:
    return sorted(codes, key=len, reverse=True)


def words_of(span: RoutingTimes, language: str) -> str:
    """`周一至周五 08:00-18:00`; a run of days is said by its ends."""
    hours = (span.hours or "").replace("-", "–")
    return " ".join(part for part in (_days(span.days, language), hours) if part) or ("任何时间" if language == "zh" else "at any time")


def _days(days: tuple[Weekday, ...], language: str) -> str:
    places = sorted({_WEEK.index(day) for day in days})
    if not places or len(places) == len(_WEEK):
        return ""
    said = _DAYS[language]
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{said[places[0]]}{'至' if language == 'zh' else '–'}{said[places[-1]]}"
    return _join((said[place] for place in places), language)


def _join(words: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(words)


def _name(unit: Unit | None, language: str) -> str:
    if unit is None:
        return ""
    return (unit.name_en or unit.name) if language == "en" else unit.name
