"""Facts about sync.csv: what it holds, when it is used again and when it is not."""

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from deepracer_analyzer.sync import cache
from deepracer_analyzer.sync.cache import COLUMNS, open_sync
from deepracer_analyzer.sync.matching import READER_VERSION, match_video
from deepracer_analyzer.views import Sync
from deepracer_hud import make_log, texts_of, write_video
from rlviz_video import read_timeline

ROWS = np.arange(50) - 3


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    log, _ = make_log()
    texts = texts_of(log, ROWS)
    texts[30] = ""
    return write_video(tmp_path_factory.mktemp("videos") / "video.mp4", texts, size=(320, 240))


@pytest.fixture(scope="module")
def made(video):
    """What matching finds."""
    return match_video(*make_log(), video, say=print)


@dataclass
class Opened:
    """Opens the sync of a log and the video in one folder.

    Attributes:
        matched: how often it was made.
        result: what making it gives.
        said: what was said the last time.
    """

    folder: Path
    video: Path
    result: Sync
    matched: int = 0
    said: list[str] = field(default_factory=list)

    def match(self, *given, **more) -> Sync:
        del given, more
        self.matched += 1
        return self.result

    def __call__(self, path: Path | None = None, *, digest: str = "log", again: bool = False) -> Sync:
        log, laps = make_log()
        self.said = []
        log = replace(log, digest=digest)
        return open_sync(log, laps, path or self.video, self.folder, again=again, say=self.said.append)


@pytest.fixture
def opened(tmp_path, video, made, monkeypatch):
    opened = Opened(tmp_path / "kept", video, made)
    monkeypatch.setattr(cache, "match_video", opened.match)
    return opened


def same(first, second):
    np.testing.assert_array_equal(first.rows, second.rows)
    np.testing.assert_array_equal(first.confidence, second.confidence)
    np.testing.assert_array_equal(first.shown, second.shown)
    return (first.method, first.note) == (second.method, second.note)


def test_what_is_kept_is_what_was_made(opened, made):
    first = opened()
    assert first is made
    second = opened()
    assert opened.matched == 1
    assert opened.said == []
    assert same(first, second)
    assert np.isnan(second.shown[30])
    assert second.rows.dtype == np.intp


def test_the_table_has_a_row_for_each_picture(opened, tmp_path):
    sync = opened()
    table = read_timeline(tmp_path / "kept" / "sync.csv")
    assert tuple(table[0]) == COLUMNS
    assert [line["frame"] for line in table] == list(range(50))
    assert [line["row"] for line in table] == sync.rows.tolist()
    assert table[30]["shown"] is None


def test_a_changed_log_is_matched_again_and_said(opened):
    opened()
    opened(digest="another")
    assert opened.matched == 2
    assert opened.said[0].startswith("Sync: the log changed")


def test_a_changed_video_is_matched_again_and_said(opened, video, tmp_path):
    opened()
    other = tmp_path / "other.mp4"
    other.write_bytes(video.read_bytes() + b"\0\0\0\x08free")
    opened(other)
    assert opened.matched == 2
    assert "the video changed" in opened.said[0]


def test_the_same_video_elsewhere_is_not_matched_again(opened, video, tmp_path):
    opened()
    moved = tmp_path / "moved.mp4"
    shutil.copy(video, moved)
    opened(moved)
    assert opened.matched == 1


def test_another_reader_matches_again(opened, monkeypatch):
    opened()
    monkeypatch.setattr(cache, "READER_VERSION", READER_VERSION + 1)
    opened()
    assert opened.matched == 2
    assert "another way" in opened.said[0]


def test_it_is_matched_again_when_asked(opened):
    opened()
    opened(again=True)
    assert opened.matched == 2
    assert opened.said == []


def cut_table(folder):
    table = folder / "sync.csv"
    table.write_bytes(table.read_bytes()[:-30])


def change_table(folder):
    table = folder / "sync.csv"
    table.write_text(table.read_text().replace("\n10,7,", "\n10,9,"))


def lose_table(folder):
    (folder / "sync.csv").unlink()


def lose_manifest(folder):
    (folder / "sync.manifest.json").unlink()


def cut_manifest(folder):
    path = folder / "sync.manifest.json"
    path.write_bytes(path.read_bytes()[:100])


def empty_manifest(folder):
    (folder / "sync.manifest.json").write_text("{}")


def nonsense_manifest(folder):
    path = folder / "sync.manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"made_of": [1, 2]}))


@pytest.mark.parametrize(
    "damage",
    [cut_table, change_table, lose_table, lose_manifest, cut_manifest, empty_manifest, nonsense_manifest],
)
def test_what_is_damaged_is_made_again_and_said(opened, tmp_path, damage):
    first = opened()
    damage(tmp_path / "kept")
    second = opened()
    assert opened.matched == 2
    assert len(opened.said) == 1
    assert "damaged" in opened.said[0]
    assert "\n" not in opened.said[0]
    assert same(first, second)
    assert same(first, opened())
    assert opened.matched == 2


def test_a_run_that_was_killed_between_both_files_is_made_again(opened, made, tmp_path):
    """The table is new, the manifest still the old one."""
    opened()
    manifest = (tmp_path / "kept" / "sync.manifest.json").read_bytes()
    opened.result = replace(made, rows=made.rows + 1)
    opened(again=True)
    (tmp_path / "kept" / "sync.manifest.json").write_bytes(manifest)
    opened()
    assert opened.matched == 3
    assert "damaged" in opened.said[0]


def test_no_part_is_left(opened, tmp_path):
    opened()
    assert sorted(file.name for file in (tmp_path / "kept").iterdir()) == ["sync.csv", "sync.manifest.json"]


def test_a_folder_that_cannot_be_written_is_an_error_in_one_line(tmp_path, video):
    log, laps = make_log()
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OSError, match="file") as raised:
        open_sync(log, laps, video, file, again=False, say=print)
    assert "\n" not in str(raised.value)
