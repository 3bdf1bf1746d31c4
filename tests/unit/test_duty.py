"""A duty that fails is told of when it begins to, when it fails of something else, and when it works again."""

from duty import Faults


def fault(divisor: int) -> BaseException:
    try:
        return ValueError(1 // divisor)
    except ZeroDivisionError as caught:
        return caught


def other() -> BaseException:
    try:
        raise KeyError("case 7")
    except KeyError as caught:
        return caught


def test_the_same_fault_is_news_once_and_again_after_it_was_over() -> None:
    faults = Faults()
    assert [faults.is_news("clocks", fault(0)) for _ in range(3)] == [True, False, False]
    assert (faults.over("clocks"), faults.over("clocks")) == (3, 0)
    assert faults.is_news("clocks", fault(0))


def test_another_fault_is_news_and_each_duty_has_its_own() -> None:
    faults = Faults()
    assert faults.is_news("clocks", fault(0))
    assert faults.is_news("clocks", other())
    assert faults.is_news("shifts", other())
    assert not faults.is_news("clocks", other())
