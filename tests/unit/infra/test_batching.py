"""When a batch goes on: full, or its window over."""

from infra.batching import Window


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_a_full_batch_goes_on_at_once() -> None:
    assert not Window(0.5, Watch()).holds("batch", found=10, most=10)


def test_nothing_is_not_worth_waiting_for() -> None:
    assert not Window(0.5, Watch()).holds("batch", found=0, most=10)


def test_a_batch_that_is_not_full_waits_for_its_window_and_no_longer() -> None:
    watch = Watch()
    window = Window(0.5, watch)
    assert window.holds("batch", found=3, most=10)
    watch.time += 0.4
    assert window.holds("batch", found=4, most=10)
    watch.time += 0.1
    assert not window.holds("batch", found=4, most=10)


def test_each_batch_has_a_window_of_its_own() -> None:
    watch = Watch()
    window = Window(0.5, watch)
    assert window.holds("first", found=3, most=10)
    watch.time += 0.5
    assert window.holds("second", found=3, most=10)
    assert not window.holds("first", found=3, most=10)


def test_a_window_of_thousands_of_batches_forgets_and_so_only_waits_longer() -> None:
    window = Window(0.5, Watch())
    assert all(window.holds(number, found=1, most=10) for number in range(3000))
