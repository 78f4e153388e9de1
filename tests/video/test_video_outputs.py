import errno
import os
import signal
import threading
from pathlib import Path

import pytest
from rlviz_video import check_output, interrupts_deferred, make_folder, part_path, whole_file
from rlviz_video.interrupts import interrupts_blocked
from rlviz_video.outputs import naming
from rlviz_video.part_file import PartFile


def test_a_part_has_the_name_of_its_output():
    assert part_path(Path("out/run.2.mp4")) == Path("out/run.2.part.mp4")


def test_a_free_path_is_given_back_and_its_folder_made(tmp_path):
    assert check_output(str(tmp_path / "a" / "v.mp4")) == tmp_path / "a" / "v.mp4"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
    assert list((tmp_path / "a").iterdir()) == []


@pytest.mark.parametrize("existing", ["v.mp4", "v.part.mp4"])
def test_what_exists_is_refused_unless_forced(tmp_path, existing):
    (tmp_path / existing).write_text("mine")
    with pytest.raises(FileExistsError, match=rf"{existing} exists; .*--force"):
        check_output(tmp_path / "v.mp4")
    check_output(tmp_path / "v.mp4", force=True)
    assert (tmp_path / existing).read_text() == "mine"


@pytest.mark.parametrize("existing", ["v.mp4", "v.part.mp4"])
def test_a_folder_is_refused_even_when_forced(tmp_path, existing):
    (tmp_path / existing).mkdir()
    with pytest.raises(IsADirectoryError, match=f"{existing} is a folder"):
        check_output(tmp_path / "v.mp4", force=True)


def test_a_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "a").write_text("mine")
    with pytest.raises(NotADirectoryError):
        make_folder(tmp_path / "a" / "b")


def test_a_folder_that_cannot_be_made_is_named(read_only_folder):
    with pytest.raises(OSError, match=r"^cannot make the folder .*/new: (Read-only|Permission)"):
        check_output(read_only_folder / "new" / "v.mp4")


def test_naming_keeps_kind_and_number_of_the_error(tmp_path):
    with (
        pytest.raises(PermissionError, match=r"^cannot write .*x: Permission denied$") as caught,
        naming(tmp_path / "x"),
    ):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "elsewhere")
    assert caught.value.errno == errno.EACCES


def test_naming_keeps_a_message_of_our_own(tmp_path):
    with pytest.raises(FileExistsError, match=r"^ours$"), naming(tmp_path / "x"):
        raise FileExistsError("ours")


def test_a_part_file_that_failed_is_cut_to_what_was_whole_and_takes_no_more(small_disk):
    file = PartFile(small_disk / "x")
    file.write(b"whole")
    file.mark_whole()
    with pytest.raises(OSError, match="No space"):
        file.write(bytes(400_000))
    with pytest.raises(OSError, match="No space"):
        file.write(b"more")
    assert file.closed
    file.close()
    assert (small_disk / "x").read_bytes() == b"whole"


def test_an_interrupt_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        signal.raise_signal(signal.SIGINT)
        done.append("all of it")
    assert done == ["all of it"]


def test_the_handler_is_put_back_also_after_an_error():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(LookupError), interrupts_deferred():
        raise LookupError
    assert signal.getsignal(signal.SIGINT) is before


def test_off_the_main_thread_deferring_does_nothing():
    seen = []

    def work() -> None:
        with interrupts_deferred():
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="POSIX")
def test_interrupts_are_blocked_for_children_and_then_as_before():
    with interrupts_blocked():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_a_whole_file_gets_its_name_when_it_is_whole(tmp_path: Path):
    path = tmp_path / "table.csv"
    with whole_file(path) as part:
        part.write_text("a,b\n")
        assert not path.exists()
    assert path.read_text() == "a,b\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_whole_file_replaces_the_one_before(tmp_path: Path):
    path = tmp_path / "table.csv"
    path.write_text("before")
    with whole_file(path) as part:
        part.write_text("after")
    assert path.read_text() == "after"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_the_file_before_is_still_there_and_no_part(
    tmp_path: Path, error: type[BaseException]
):
    path = tmp_path / "table.csv"
    path.write_text("before")
    with pytest.raises(error), whole_file(path) as part:
        part.write_text("half")
        raise error
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path):
    path = tmp_path / "nowhere" / "table.csv"
    with pytest.raises(FileNotFoundError, match=r"cannot write .*table\.csv"), whole_file(path) as part:
        part.write_text("a")
