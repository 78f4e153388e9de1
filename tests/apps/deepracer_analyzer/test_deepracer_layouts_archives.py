"""Facts about archives: read unopened, whole, and without a file being written."""

import io
import random
import tarfile
import zipfile
from typing import Any

import pytest
from deepracer_analyzer.logs import archives
from deepracer_analyzer.logs.layouts import choose_log, find, read_member
from deepracer_analyzer.logs.reading import parse_log, read_log
from deepracer_oval import csv_text, drive

LOG = csv_text(drive(steps=3)).encode()
FILES = {
    "my-model/evaluation-20220709200242/evaluation-simtrace/0-iteration.csv": LOG,
    "my-model/training-simtrace/0-iteration.csv": LOG,
    "my-model/metrics/EvaluationMetrics-20220709200242.json": b'{"metrics": []}',
    "my-model/model/model_metadata.json": b"{}",
    "my-model/my own.csv": LOG,
    "my-model/table.csv": b"a,b\n1,2\n",
}
ENDINGS = ("tar", "tar.gz", "tgz", "tar.bz2", "tar.xz", "zip")


def pack(path, files=None, *, prefix=""):
    """Write an archive; `prefix` comes before each name."""
    files = FILES if files is None else files
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(prefix + name, data)
        return path
    form: Any = {".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}.get(path.suffix, "w")
    with tarfile.open(path, form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("prefix", ["", "./"])
def test_a_model_in_an_archive_is_found_as_in_a_folder(ending, prefix, tmp_path):
    archive = pack(tmp_path / f"model.{ending}", prefix=prefix)
    before = archive.read_bytes()
    found = find(archive)
    assert [log.kind for log in found.logs] == ["evaluation", "other", "training"]
    log = choose_log(found, None)
    assert log.parts[1] == "evaluation-20220709200242"
    assert log.name.startswith(f"model.{ending}!")
    assert len(parse_log(read_member(log), log.name).frame) == 3
    metrics, metadata = found.metrics_for(log), found.metadata_for(log)
    assert metrics is not None
    assert metadata is not None
    assert (read_member(metrics), read_member(metadata)) == (b'{"metrics": []}', b"{}")
    assert [path.name for path in tmp_path.iterdir()] == [archive.name]
    assert archive.read_bytes() == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_archive_is_known_by_its_bytes(ending, tmp_path):
    path = pack(tmp_path / f"model.{ending}")
    renamed = path.rename(tmp_path / "download")
    assert len(find(renamed).logs) == 3


def test_a_log_is_read_from_an_archive_by_its_name(tmp_path):
    archive = pack(tmp_path / "model.zip")
    log = read_log(archive, "my-model/training-simtrace/0-iteration.csv")
    assert len(log.frame) == 3
    assert log.source == f"{archive}!my-model/training-simtrace/0-iteration.csv"


def test_a_log_is_chosen_by_archive_and_name(tmp_path):
    archive, other = pack(tmp_path / "model.tar.gz"), pack(tmp_path / "other.zip")
    found = find(archive)
    name = "my-model/training-simtrace/0-iteration.csv"
    assert choose_log(found, f"model.tar.gz!{name}").kind == "training"
    assert read_member(choose_log(found, f"{other}!{name}")) == LOG


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_that_is_not_in_the_archive_is_one_line(ending, tmp_path):
    with pytest.raises(ValueError, match=r"has no file 'none\.csv' in it"):
        read_log(pack(tmp_path / f"model.{ending}"), "none.csv")


@pytest.mark.parametrize("ending", ["tar.gz", "zip"])
def test_names_that_lead_out_of_the_archive_are_only_names(ending, tmp_path):
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    files = {"../../0-iteration.csv": LOG, "/tmp/1-iteration.csv": LOG, "..\\..\\2-iteration.csv": LOG}
    found = find(pack(folder / f"model.{ending}", files))
    assert {log.iteration for log in found.logs} == {0, 1, 2}
    assert all(read_member(log) == LOG for log in found.logs)
    assert [path.name for path in tmp_path.rglob("*.csv")] == []


def test_links_and_devices_in_an_archive_are_passed_over(tmp_path):
    path = tmp_path / "model.tar"
    with tarfile.open(path, "w") as archive:
        for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "x"), (tarfile.CHRTYPE, "")):
            info = tarfile.TarInfo(f"{int(kind)}-iteration.csv")
            info.type, info.linkname = kind, target
            archive.addfile(info)
    assert find(path).logs == ()


def test_a_video_in_an_archive_is_said_to_be_out_of_reach(tmp_path):
    found = find(pack(tmp_path / "model.zip", {**FILES, "my-model/evaluation.mp4": b"x"}))
    assert found.videos == ()
    assert found.problems == (
        "model.zip!my-model/evaluation.mp4: a video inside an archive cannot be shown; unpack it",
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_member_that_is_too_large_is_not_read(ending, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MEMBER_LIMIT", 1 << 20)
    bomb = {"0-iteration.csv": bytes(3 << 20)}
    found = find(pack(tmp_path / f"bomb.{ending}", bomb))
    with pytest.raises(ValueError, match="is larger than 1 MiB; unpack the archive first"):
        read_member(found.logs[0])


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz"])
def test_an_archive_that_unpacks_to_too_much_is_not_searched(ending, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "ARCHIVE_LIMIT", 1 << 20)
    with pytest.raises(ValueError, match="unpacks to more than"):
        find(pack(tmp_path / f"bomb.{ending}", {"a": bytes(3 << 20)}))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_archive_is_one_line_or_read(ending, seed, tmp_path):
    path = pack(tmp_path / f"model.{ending}")
    dice = random.Random(seed)
    data = bytearray(path.read_bytes())
    if seed < 2:
        del data[len(data) * (seed + 1) // 3 :]
    else:
        for _ in range(8):
            data[dice.randrange(8, len(data))] = dice.randrange(256)
    path.write_bytes(data)
    try:
        for log in find(path).logs:
            parse_log(read_member(log), log.name)
    except ValueError as error:
        assert "\n" not in str(error)


def test_a_gzip_that_is_no_tar_is_one_line(tmp_path):
    import gzip

    path = tmp_path / "0-iteration.csv.gz"
    path.write_bytes(gzip.compress(LOG))
    with pytest.raises(ValueError, match=r"the archive cannot be read .* expected a tar, tar\.gz or zip"):
        find(path)


@pytest.mark.shared
@pytest.mark.parametrize("ending", ["tar.gz", "zip"])
def test_a_borrowed_model_in_an_archive_is_that_in_its_folder(ending, shared, tmp_path):
    folder = shared / "console"
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    packed, plain = find(pack(tmp_path / f"console.{ending}", files)), find(folder)
    assert [log.parts for log in packed.logs] == [log.parts for log in plain.logs]
    for one, other in zip(packed.logs, plain.logs, strict=True):
        assert read_member(one) == read_member(other)
        metrics, expected = packed.metrics_for(one), plain.metrics_for(other)
        assert (metrics and metrics.parts) == (expected and expected.parts)
