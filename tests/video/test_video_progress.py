import io
import subprocess
import sys

import pytest
from rlviz_video import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_items_pass_through_one_by_one():
    taken = []
    items = progress((taken.append(i) or i for i in range(3)), 3, "work")
    assert next(items) == 0
    assert taken == [0]
    assert list(items) == [1, 2]


def test_nothing_is_written_into_a_pipe(capfd):
    assert list(progress(range(5), 5, "work")) == [0, 1, 2, 3, 4]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("total", [5, None])
def test_a_terminal_shows_what_is_done_and_how_far(monkeypatch, total):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert list(progress(range(5), total, "Drawing frames")) == [0, 1, 2, 3, 4]
    assert "Drawing frames" in terminal.getvalue()
    assert f"5/{total or '?'}" in terminal.getvalue()


def test_an_error_passes_and_the_bar_is_ended(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())

    def items():
        yield 1
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        list(progress(items(), 2, "work"))


def test_rich_is_not_loaded_without_a_terminal():
    code = "import sys, rlviz_video; list(rlviz_video.progress([1], 1, 'w')); print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
