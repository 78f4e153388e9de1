"""Bad input, each with one line that says what was given, what was expected and what to do."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from deepracer_analyzer.__main__ import main
from deepracer_analyzer.sample.lap import write_sample
from rlviz_video import H264Sink, VideoSource, VideoSpec

Refused = Callable[..., str]
"""See refused()."""

Told = Callable[..., str]
"""See told()."""

FRAMES = 90


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), FRAMES, force=False, say=lambda _: None)


@pytest.fixture
def model(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample to spoil."""
    return Path(shutil.copytree(sample, tmp_path / "model"))


@pytest.fixture
def log(model: Path) -> Path:
    return next(model.rglob("0-iteration.csv"))


@pytest.fixture
def video(model: Path) -> Path:
    return next(model.rglob("*.mp4"))


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run a command that must be refused, and give the one line it says."""

    def run(*arguments: object) -> str:
        status = main([str(argument) for argument in arguments])
        error = capsys.readouterr().err
        assert status == 1
        assert error.startswith("deepracer-analyzer: ")
        assert error.count("\n") == 1
        return error

    return run


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command that must succeed, and give what it says."""

    def run(*arguments: object) -> str:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert status == 0, captured.err
        return captured.out

    return run


def render(model: Path, *more: object, frames: int = 3) -> tuple[object, ...]:
    return ("render", model, "--output-dir", model.parent / "made", "--force", "--end", frames, *more)


def test_a_folder_that_is_not_there(refused: Refused, tmp_path: Path):
    assert "no such folder" in refused("laps", tmp_path / "nowhere")


def test_a_folder_without_a_log_says_what_was_looked_for(refused: Refused, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("nothing")
    assert "iteration.csv" in refused("laps", tmp_path)


def test_several_evaluations_are_listed(refused: Refused, model: Path, log: Path):
    other = model / "evaluation-20270101000000" / "evaluation-simtrace"
    other.mkdir(parents=True)
    shutil.copy(log, other)
    error = refused("laps", model)
    assert "--log" in error
    assert "evaluation-20270101000000" in error


def test_one_of_several_evaluations_is_chosen_by_the_folder_only_it_is_in(told: Told, model: Path, log: Path):
    other = model / "evaluation-20270101000000" / "evaluation-simtrace"
    other.mkdir(parents=True)
    shutil.copy(log, other)
    assert "evaluation-20270101000000" in told("laps", model, "--log", "evaluation-20270101000000")


def test_several_videos_are_listed(refused: Refused, model: Path, video: Path):
    shutil.copy(video, video.with_name("1-video.mp4"))
    assert "--video" in refused(*render(model))


def test_without_a_video_the_log_is_shown_alone(told: Told, model: Path, video: Path):
    video.unlink()
    assert "the log is shown alone" in told(*render(model))


def test_a_sync_without_a_video_says_how_to_name_one(refused: Refused, model: Path, video: Path):
    video.unlink()
    assert "--video" in refused("sync", model)


def test_a_cut_log_is_read_as_far_as_it_goes(told: Told, model: Path, log: Path):
    text = log.read_bytes()
    log.write_bytes(text[: len(text) // 2])
    assert "Log: " in told("laps", model)


@pytest.mark.parametrize("column", ["X", "tstamp", "steps", "episode"])
def test_a_log_without_a_needed_column_is_refused_by_its_name(refused: Refused, log: Path, column: str):
    head, _, rest = log.read_text().partition("\n")
    log.write_text(head.replace(f"{column},", f"other_{column},", 1) + "\n" + rest)
    assert column in refused("laps", log)


@pytest.mark.parametrize("column", ["steer", "throttle"])
def test_a_log_without_commands_gets_those_of_its_actions(told: Told, model: Path, log: Path, column: str):
    head, _, rest = log.read_text().partition("\n")
    log.write_text(head.replace(column, f"other_{column}", 1) + "\n" + rest)
    assert column in told(*render(model))


def test_a_log_without_rows(refused: Refused, log: Path):
    log.write_text(log.read_text().partition("\n")[0] + "\n")
    assert "row" in refused("laps", log)


def test_a_log_with_a_byte_order_mark(told: Told, log: Path):
    log.write_bytes(b"\xef\xbb\xbf" + log.read_bytes())
    told("laps", log)


def test_a_clock_that_goes_back_is_said(told: Told, model: Path, log: Path):
    lines = log.read_text().splitlines()
    place = lines[0].split(",").index("tstamp")
    cells = lines[40].split(",")
    cells[place] = "0.5"
    lines[40] = ",".join(cells)
    log.write_text("\n".join(lines) + "\n")
    assert "clock" in told("laps", model).lower()


def test_a_file_that_is_no_video(refused: Refused, model: Path, video: Path):
    video.write_bytes(b"not a video")
    assert "0-video.mp4" in refused(*render(model))


def test_a_video_whose_index_was_cut_off_is_refused_by_its_name(refused: Refused, model: Path, video: Path):
    content = video.read_bytes()
    video.write_bytes(content[: len(content) * 2 // 3])
    assert "0-video.mp4 is not a video that can be read" in refused(*render(model))


def test_a_video_that_was_cut_while_it_was_written_is_used_as_far_as_it_goes(
    told: Told, model: Path, video: Path
):
    with av.open(str(video)) as whole:
        pictures = [picture.to_ndarray(format="rgb24") for picture in whole.decode(video=0)]
    options = {"movflags": "frag_keyframe+empty_moov"}
    with av.open(str(video), "w", container_options=options) as written:
        stream = written.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 640, 480, "yuv420p", 5
        for picture in pictures:
            written.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        written.mux(stream.encode())
    content = video.read_bytes()
    video.write_bytes(content[: len(content) * 2 // 3])
    output = model.parent / "made.mp4"
    told(*render(model, "-o", output, frames=FRAMES))
    assert 20 < sum(1 for _ in VideoSource(output)) < FRAMES


def test_a_video_without_a_speed_in_it_is_said_to_be_unmatched(told: Told, model: Path, video: Path):
    spec = VideoSpec(640, 480, Fraction(15))
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    with H264Sink(video, spec, force=True) as sink:
        for number in range(40):
            sink.write(np.kron(np.roll(noise, number, 1), np.ones((8, 8, 1), np.uint8)))
    said = told(*render(model, frames=40))
    assert "no known HUD" in said
    assert "picture i is shown with row i" in said


def test_a_video_of_another_size(told: Told, model: Path, video: Path):
    with H264Sink(video, VideoSpec(320, 200, Fraction(15)), force=True) as sink:
        for _ in range(5):
            sink.write(np.full((200, 320, 3), 60, np.uint8))
    assert "Video saved" in told(*render(model))


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("{sped}**2", "speed"),
        ("{speed}.real", "attribute"),
        ("'%1000000000d' % 1", "%"),
        ("(" * 10_000 + "1" + ")" * 10_000, "long"),
        ("(" * 1_500 + "1" + ")" * 1_500, "nest"),
        ("__import__('os')", "__import__"),
        ("{speed", "speed"),
        ("", "empty"),
    ],
)
def test_an_expression_that_is_refused(refused: Refused, model: Path, expression: str, named: str):
    error = refused(*render(model, "--rewards", f"Part={expression}"))
    assert "Part" in error
    assert len(error) < 1_000


def test_a_division_by_zero_is_said_and_leaves_a_gap(told: Told, model: Path):
    assert "division by zero" in told(*render(model, "--rewards", "Part=1/({steps}-1)"))


def test_a_power_that_is_too_large_is_said_and_takes_no_time(told: Told, model: Path):
    assert "too large" in told(*render(model, "--rewards", "Part=9**9**9"))


def test_expressions_and_a_reward_function_together(refused: Refused, model: Path, tmp_path: Path):
    (tmp_path / "mine.py").write_text("def reward_function(params):\n    return 1.0\n")
    given = ("--rewards", "Part=1", "--reward-function", tmp_path / "mine.py")
    assert "choose one" in refused(*render(model, *given))


def test_outputs_are_not_overwritten_unasked(refused: Refused, told: Told, model: Path):
    output = model.parent / "made.mp4"
    command = ("render", model, "--end", 2, "-o", output, "--output-dir", model.parent / "made")
    told(*command)
    assert "--force" in refused(*command)


def test_an_output_that_exists_is_refused_before_the_model_is_looked_at(refused: Refused, tmp_path: Path):
    output = tmp_path / "made.mp4"
    output.touch()
    (tmp_path / "empty").mkdir()
    assert "--force" in refused("render", tmp_path / "empty", "-o", output)


def test_an_action_space_that_is_not_there_is_named(refused: Refused, model: Path):
    assert "nowhere.json" in refused("laps", model, "--metadata", model / "nowhere.json")


@pytest.mark.parametrize(
    "given",
    [
        ("--size", "64x48"),
        ("--size", "641x500"),
        ("--attenuation", 2),
        ("--gaussian-size", 5),
        ("--colormap", 22),
        ("--start", 5, "--end", 5),
        ("--start", 100_000, "--end", 100_001),
        ("-o", "video.avi"),
    ],
)
def test_a_setting_out_of_its_range(refused: Refused, model: Path, given: tuple[object, ...]):
    output = () if "-o" in given else ("-o", model.parent / "made.mp4")
    refused("render", model, "--output-dir", model.parent / "made", *output, *given)


def test_a_display_that_is_not_there(refused: Refused, model: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "render" in refused("play", model, "--output-dir", model.parent / "made")


def test_tesseract_that_is_not_there(
    refused: Refused, model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "tesseract-ocr" in refused("sync", model, "--check-ocr", "--output-dir", model.parent / "made")


def test_the_users_files_stay_as_they_were(told: Told, model: Path):
    before = {path: path.read_bytes() for path in model.rglob("*") if path.is_file()}
    told(*render(model))
    assert {path: path.read_bytes() for path in model.rglob("*") if path.is_file()} == before
