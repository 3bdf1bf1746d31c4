"""Settings of the exchange with a 12345 platform: whose tickets are answered, and in which words. Decides nothing about a case.

Address, key and secret stand in the environment: `YIPING_HOTLINE_URL`, `YIPING_HOTLINE_KEY`, `YIPING_HOTLINE_SECRET`.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator, model_validator

from core.request_config import RequestConfig
from core.setting import Duration, Part

Stage = Literal[
    "new",
    "accepted",
    "dispatched",
    "handling",
    "replied",
    "supervised",
    "closed",
    "revisited",
    "returned",
    "disputed",
    "merged",
    "cancelled",
]
Kind = Literal["state", "reply", "result", "return", "merge"]
# Of the platform's record: our word for it and theirs (the wording of real ticket lists). None of them is personal.
FIELDS = {
    "ticket_no": "办件编号", "upper_no": "市级编号", "via": "办件来源", "appeal_type": "诉求类型", "unit": "办理单位",
    "dispatched_at": "派发时间",
    "due_at": "承诺完成时间", "state": "办件状态", "warn": "预警状态", "result": "处理结果", "reply": "答复内容", "replied_at": "答复时间",
    "closed_at": "办结时间", "case_number": "案件编号", "why": "退单原因", "merged_into": "并入工单",
}  # fmt: skip
# What a request's template may ask for beside these fields.
WORDS = frozenset(
    {*FIELDS, "id", "kind", "stage", "at", "seconds", "milliseconds", "key", "secret", "signature", "digest", "sorted", "fields"}
)
STATES: dict[Stage, str] = {
    "new": "待受理", "accepted": "已受理", "dispatched": "已派单", "handling": "办理中", "replied": "已答复",
    "supervised": "督办中", "closed": "已办结",
    "revisited": "已回访", "returned": "退单", "disputed": "退单异议", "merged": "已并单", "cancelled": "已撤销",
}  # fmt: skip
# What a ticket is while its case is in a stage; a stage that is not named changes nothing.
STAGES: dict[str, Stage] = {
    "accepted": "accepted", "registered": "accepted", "dispatched": "dispatched", "handling": "handling", "on_site": "handling",
    "finished": "handling", "fed_back": "handling", "checking": "handling", "checked": "handling", "suspended": "handling",
    "closed": "closed", "force_closed": "closed", "declined": "returned", "voided": "returned",
}  # fmt: skip


class ClocksConfig(Part):
    """How long after the call a ticket is to be accepted, and sent on to who handles it; the caller's answer is the platform's promise.

    Shipped are the hours of a draft regulation of Beijing (2021-12): 受理 2 h, 派单 2 h, urgent ones (severity 1 and 2) 1 h.
    """

    accept: Duration = Field(timedelta(hours=2), gt=timedelta(0))
    dispatch: Duration = Field(timedelta(hours=2), gt=timedelta(0))
    urgent: Duration = Field(timedelta(hours=1), gt=timedelta(0))


class HotlineConfig(Part):
    """The two-way hotline. `sources`: feeds whose reports are tickets of a platform; without any, no ticket is kept.

    `request` is the template of what the platform is told; `requests` are others by kind: `state`, `reply`, `result` (closed),
    `return` (退单), `merge` (并单). Without one, tickets are kept and nobody is told.
    """

    sources: tuple[str, ...] = ()
    enquiries: tuple[str, ...] = ("咨询",)  # types of appeal that an answer closes, without a case
    stages: dict[str, Stage] = STAGES
    states: dict[Stage, str] = {}  # the platform's words, where they are others than ours
    fields: dict[str, str] = FIELDS  # the platform's names
    incoming: dict[str, Literal["supervised", "disputed", "cancelled"]] = {
        "督办": "supervised", "督办中": "supervised", "退单驳回": "disputed", "不同意退单": "disputed",
        "撤单": "cancelled", "已撤单": "cancelled",
        "撤销": "cancelled", "已撤销": "cancelled",
    }  # fmt: skip
    reply: str = "您反映的“{title}”已办结。{result}"  # where nobody wrote an answer; {title}, {result}, {unit}
    clocks: ClocksConfig = ClocksConfig()
    warn_before: Duration = Field(timedelta(hours=4), ge=timedelta(0))
    timeout: Duration = timedelta(seconds=8)
    request: RequestConfig | None = None
    requests: dict[Kind, RequestConfig] = {}

    def request_of(self, kind: str) -> RequestConfig | None:
        """The template for a kind of exchange."""
        return next((request for name, request in self.requests.items() if name == kind), self.request)

    def state_of(self, stage: str) -> str:
        """The platform's word for a ticket's stage."""
        return next((word for words in (self.states, STATES) for name, word in words.items() if name == stage), stage)

    @field_validator("fields")
    @classmethod
    def _knows_the_fields(cls, fields: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(fields.keys() - FIELDS.keys()):
            raise ValueError(f"no field is called {', '.join(unknown)}; there are {', '.join(FIELDS)}")
        return fields

    @model_validator(mode="after")
    def _asks_for_known_words(self) -> "HotlineConfig":
        for request in (self.request, *self.requests.values()):
            if request and (unknown := sorted(request.words() - WORDS)):
                raise ValueError(f"a request asks for {', '.join(unknown)}; there are {', '.join(sorted(WORDS))}")
        return self
