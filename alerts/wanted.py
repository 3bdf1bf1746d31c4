"""What the rules concerned ask of the past for one batch. Pure; `store.windows` answers in one round trip, if anybody asks."""

from collections.abc import Iterator
from itertools import chain

from alerts.rules import Rules
from core.facts import Moved, StateMoved
from core.measured import BaselineKey, Wanted, WindowAsked


def wanted(rules: Rules, moved: Moved) -> Wanted:
    """Of what moved and of what fell due. Of a wait that is due the windows are read anyhow: it must be judged now or never."""
    windows: list[WindowAsked] = []
    usual: list[BaselineKey] = []
    if not rules.asking:
        return Wanted()
    for state, due in chain(((one, False) for one in moved.states), ((one, True) for one in moved.due_waits)):
        if state.metric.metric in rules.asking and state.value is not None:
            for asked in _of_state(rules, state):
                if isinstance(asked, WindowAsked):
                    windows.append(asked._replace(anyhow=due))
                else:
                    usual.append(asked)
    return Wanted(windows, usual)


def _of_state(rules: Rules, state: StateMoved) -> Iterator[WindowAsked | BaselineKey]:
    for one in rules.concern(state.device, state.metric.metric).asking:
        if one.measure.asks and state.quality in one.rule.qualities:
            yield from one.measure.asks(one.rule, state)
