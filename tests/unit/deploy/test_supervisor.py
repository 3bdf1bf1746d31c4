"""Laws of the supervisor: what died comes back, ever more slowly if it keeps dying; stopping goes backwards."""

from dataclasses import dataclass, field
from itertools import pairwise

from deploy.local.supervisor import LONGEST_PAUSE, STEADY_FOR, Supervisor


@dataclass
class Machine:
    """A part without a process: it runs until it is told otherwise."""

    name: str
    said: list[str]
    pid: int | None = None
    launches: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=lambda: [0.0])
    stubborn: bool = False

    def launch(self) -> None:
        self.launches.append(self.clock[0])
        self.pid = len(self.launches)

    def stop(self) -> None:
        self.said.append(self.name)
        if self.stubborn:
            raise OSError(f"{self.name} does not stop")
        self.pid = None


def world(*names: str) -> tuple[Supervisor, dict[str, Machine], list[float], list[str]]:
    clock, said = [0.0], list[str]()
    machines = {name: Machine(name, said, clock=clock) for name in names}
    supervisor = Supervisor(lambda pids: None, now=lambda: clock[0])
    for name, machine in machines.items():
        supervisor.add(name, machine)
    return supervisor, machines, clock, said


def test_a_part_that_is_added_runs_after_the_next_tick() -> None:
    supervisor, machines, _, _ = world("web")
    supervisor.tick()
    assert machines["web"].pid == 1
    assert supervisor.pids() == {"web": 1}


def test_a_steady_part_that_dies_is_back_within_the_same_tick() -> None:
    supervisor, machines, clock, _ = world("worker")
    supervisor.tick()
    clock[0] = STEADY_FOR
    machines["worker"].pid = None
    assert supervisor.tick() == ["worker"]
    assert machines["worker"].pid == 2


def test_a_part_that_keeps_dying_is_started_with_growing_pauses() -> None:
    supervisor, machines, clock, _ = world("worker")
    for _ in range(2000):
        supervisor.tick()
        machines["worker"].pid = None
        clock[0] += 0.1
    started = machines["worker"].launches
    pauses = [round(later - earlier) for earlier, later in pairwise(started)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_parts_stop_in_the_reverse_order_of_their_start() -> None:
    supervisor, _, _, said = world("postgres", "worker", "edge")
    supervisor.tick()
    assert supervisor.stop() == []
    assert said == ["edge", "worker", "postgres"]


def test_one_part_that_does_not_stop_keeps_no_other_running() -> None:
    supervisor, machines, _, said = world("postgres", "worker", "edge")
    supervisor.tick()
    machines["worker"].stubborn = True
    assert [str(failure) for failure in supervisor.stop()] == ["worker does not stop"]
    assert said == ["edge", "worker", "postgres"]


def test_every_change_of_process_ids_is_told() -> None:
    told: list[dict[str, int]] = []
    supervisor = Supervisor(lambda pids: told.append(dict(pids)), now=lambda: 0.0)
    supervisor.add("web", Machine("web", []))
    supervisor.tick()
    supervisor.tick()
    assert told == [{}, {"web": 1}]
