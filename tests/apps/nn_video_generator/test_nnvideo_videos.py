"""The videos of a training: their names, lengths, bytes, and what lies beside them."""

import hashlib

import av
import pytest
from neural_videos import CLIP, SAMPLE, Made
from nn_video_generator import PostTrainingVideoGenerator
from rlviz_video import VideoSource


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Both milestones of the sample, a second each."""
    folder = tmp_path_factory.mktemp("videos")
    generator = PostTrainingVideoGenerator(None, SAMPLE, folder, clip_seconds=1, verbose=0)
    assert [path.name for path in generator.generate_all_videos()] == [
        "step_post_training_pct_10_analytics.mp4",
        "step_post_training_pct_50_analytics.mp4",
    ]
    return folder


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_video_has_exactly_the_frames_that_were_asked_for(folder):
    made = Made.of(folder, "50")
    assert made.frames.shape == (30, 540, 960, 3)
    assert made.manifest["frames"] == len(made.rows) == 30


def test_a_video_is_h264_as_every_browser_plays_it(folder):
    with av.open(str(Made.of(folder, "10").video)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == 30


def test_at_true_speed_breakout_takes_fifteen_steps_a_second(folder):
    rows = Made.of(folder, "50").rows
    assert [row["step"] for row in rows] == [frame // 2 for frame in range(30)]


def test_the_manifest_says_how_the_video_was_made(folder):
    made = Made.of(folder, "50")
    manifest = made.manifest
    assert manifest["made_with"]["model_sha256"] == sha256(SAMPLE / "rl_model_500000_steps.zip")
    assert manifest["made_with"]["checkpoint"] == {"percent": "50", "steps": 500_000}
    assert manifest["video_sha256"] == sha256(made.video)
    assert manifest["interrupted"] is False
    assert manifest["made_with"]["versions"]["av"] is not None


def test_the_page_shows_every_video_with_its_poster(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    for percent in ("10", "50"):
        made = Made.of(folder, percent)
        assert made.video.name in page
        assert made.video.with_suffix(".png").name in page
        assert f"{percent} % of the training" in page
    assert page.index("10 % of") < page.index("50 % of")


def test_the_same_arguments_give_the_same_bytes(folder, cli, tmp_path):
    assert cli("--agent", SAMPLE, "--output-dir", tmp_path / "again", *CLIP).status == 0
    for percent in ("10", "50"):
        assert sha256(Made.of(tmp_path / "again", percent).video) == sha256(Made.of(folder, percent).video)


def test_two_processes_give_the_same_bytes_as_one(folder, cli, tmp_path):
    outcome = cli("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP, "--jobs", 2)
    assert outcome.status == 0, outcome.err
    for percent in ("10", "50"):
        assert sha256(Made.of(tmp_path, percent).video) == sha256(Made.of(folder, percent).video)


def test_another_seed_is_another_run(folder, cli, tmp_path):
    assert cli("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP, "--seed", 7).status == 0
    assert Made.of(tmp_path, "50").manifest["digest"] != Made.of(folder, "50").manifest["digest"]


def test_resume_keeps_what_is_finished_and_makes_what_is_missing(folder, cli, tmp_path):
    arguments = ("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP)
    assert cli(*arguments).status == 0
    kept, removed = Made.of(tmp_path, "10").video, Made.of(tmp_path, "50").video
    before = kept.stat().st_mtime_ns
    removed.unlink()
    outcome = cli(*arguments, "--resume")
    assert outcome.status == 0, outcome.err
    assert "Making 1 of 2 videos" in outcome.out
    assert kept.stat().st_mtime_ns == before
    assert sha256(removed) == sha256(Made.of(folder, "50").video)


def test_resume_refuses_a_video_that_was_made_in_another_way(cli, tmp_path):
    arguments = ("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP, "--milestones-pct", 50)
    assert cli(*arguments).status == 0
    cli(*arguments, "--seed", 7, "--resume").fails_with_one_line("made with other play", "--force")
    assert cli(*arguments, "--seed", 7, "--resume", "--force").status == 0


def test_what_exists_is_not_replaced(folder, cli):
    outcome = cli("--agent", SAMPLE, "--output-dir", folder, *CLIP)
    outcome.fails_with_one_line("exists", "--force")


def test_a_video_through_all_checkpoints_has_a_chapter_and_a_card_for_each(cli, tmp_path):
    outcome = cli("--agent", SAMPLE, "--output-dir", tmp_path, "--total-seconds", 3)
    assert outcome.status == 0, outcome.err
    made = Made(tmp_path / "breakout_3s_training.mp4")
    chapters = VideoSource(made.video).chapters
    assert [(one.title, one.start_frame) for one in chapters] == [("10 %", 0), ("50 %", 45)]
    rows = made.rows
    assert len(rows) == len(made.frames) == 90
    card = [row["frame"] for row in rows if row["step"] is None]
    assert card == [*range(15), *range(45, 60)]
    assert [row["chapter"] for row in rows] == ["10 %"] * 45 + ["50 %"] * 45


def test_a_chapter_is_the_run_of_its_own_video(folder, cli, tmp_path):
    assert cli("--agent", SAMPLE, "--output-dir", tmp_path, "--total-seconds", 3).status == 0
    chapter = [row for row in Made(tmp_path / "breakout_3s_training.mp4").rows if row["chapter"] == "50 %"]
    alone = Made.of(folder, "50").rows
    names = ("step", "action", "value", "score")
    played = [[row[name] for name in names] for row in chapter if row["step"] is not None]
    assert played == [[row[name] for name in names] for row in alone]


def test_the_length_of_other_videos_does_not_decide_whether_the_whole_one_is_finished(cli, tmp_path):
    arguments = ("--agent", SAMPLE, "--output-dir", tmp_path, "--total-seconds", 2)
    assert cli(*arguments).status == 0
    outcome = cli(*arguments, "--clip-seconds", 5, "--resume")
    assert outcome.status == 0, outcome.err
    assert "Kept: " in outcome.out


def test_names_can_say_where_a_video_comes_from(cli, tmp_path):
    arguments = ("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP, "--milestones-pct", 50)
    assert cli(*arguments, "--provenance-names").status == 0
    model = sha256(SAMPLE / "rl_model_500000_steps.zip")[:8]
    name = f"BreakoutNoFrameskip-v4_ppo_step_500000_pct_50_seed_42_{model}_analytics.mp4"
    assert (tmp_path / name).is_file()


def test_one_folder_can_hold_both_kinds_of_video(cli, tmp_path):
    arguments = ("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP, "--milestones-pct", 50)
    assert cli(*arguments).status == 0
    assert cli(*arguments, "--total-seconds", 2).status == 0
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.index("The whole training") < page.index("50 % of the training")
