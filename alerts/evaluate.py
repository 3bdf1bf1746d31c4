"""Everything known in, everything to do out. Pure: no clock, no database, no screen.

Laws kept here and beside it (`measured`, `silence`, `told`): an older reading never clears (it never gets here), silence and a missing
value never clear, a value between a limit and its clearing point changes nothing, and the same facts twice ring once.
"""

from collections.abc import Iterator
from datetime import datetime

from alerts.board import Board
from alerts.measured import read
from alerts.rules import Rules
from alerts.silence import calm_is_over, cameras_that_came_back, devices_that_spoke, due_device, judge_silence
from alerts.told import hear
from core.changes import Change
from core.facts import Facts


def evaluate(rules: Rules, facts: Facts, now: datetime) -> list[Change]:
    """Decide what a batch means. The order of the result is the order in which it is to be saved."""
    board = Board(facts, now)
    changes: list[Change] = []
    changes += devices_that_spoke(rules, facts, board)
    changes += cameras_that_came_back(rules, facts, board)
    for state in facts.moved.states:
        changes += read(rules, state, board, due=False)
    for state in facts.moved.due_waits:
        changes += read(rules, state, board, due=True)
        changes += calm_is_over(rules, state.device, board)
    changes += _drop_dead_waits(rules, board)
    for due in facts.moved.due_devices:
        changes += due_device(rules, due, board)
    for gone in facts.moved.gone:
        changes += judge_silence(rules, gone, board)
    for report in facts.moved.reports:
        changes += hear(rules, report, board)
    return changes


def _drop_dead_waits(rules: Rules, board: Board) -> Iterator[Change]:
    """A wait past its time that began nothing can begin nothing more: its rule was removed or its figure is not known.

    Left alone it would stand before the living ones in every tick. A new value beyond the limit waits anew.
    """
    for wait in board.waits():
        if wait.rule not in rules.names or (wait.due_at <= board.now and wait.subject in board.looked_at):
            yield board.drop(wait)
