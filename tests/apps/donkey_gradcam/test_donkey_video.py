"""Facts about `donkey-gradcam video`: every pilot, every promise of the original command line."""

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tf_keras")
pytestmark = pytest.mark.keras

from donkey_gradcam.__main__ import main  # noqa: E402
from donkey_pilots import KINDS, build_pilot, save_model  # noqa: E402
from rlviz_video import VideoSource, read_manifest, read_timeline  # noqa: E402

VALUES = {
    "imu": lambda number: {f"imu/{p}_{a}": number / 10 for p in ("acl", "gyr") for a in "xyz"},
    "behavior": lambda number: {"behavior/one_hot_state_array": [number % 2, 1 - number % 2]},
}
SOURCE = Path(__file__).parents[3] / "apps" / "donkey-gradcam"


@pytest.fixture(scope="module")
def pilots(tmp_path_factory):
    """A file of each kind, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("pilots")

    def get(kind="linear"):
        import tf_keras

        path = folder / f"{kind}.h5"
        return path if path.exists() else save_model(build_pilot(tf_keras, kind), path)

    return get


@pytest.fixture
def video(tmp_path, pilots, tub_v2):
    """Run the command on a small tub; what it says, its status and its folder."""

    def run(*more, kind="linear", model=None, data=None, count=6):
        data = data or tub_v2(count, values=VALUES.get(kind, lambda _: {}), size=(64, 48))
        out = tmp_path / "out"
        command = ["video", "--model_path", str(model or pilots(kind)), "--data_path", str(data)]
        return main([*command, "--output_dir", str(out), *map(str, more)]), out

    return run


def frames_of(out, name="grad_cam_visualization"):
    return list(VideoSource(out / f"{name}.mp4"))


def timeline_of(out, name="grad_cam_visualization") -> list[dict[str, Any]]:
    return read_timeline(out / f"{name}.timeline.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_every_pilot_of_donkeycar_is_explained(video, kind):
    status, out = video(kind=kind)
    assert status == 0
    assert len(frames_of(out)) == 6
    manifest = read_manifest(out / "grad_cam_visualization.manifest.json")
    assert manifest["model"]["pilot"] == kind
    assert all(np.isfinite(row["pilot_angle"]) for row in timeline_of(out))


def test_the_latent_pilots_decoder_is_not_what_the_steering_rests_on(video):
    _, out = video(kind="latent")
    manifest = read_manifest(out / "grad_cam_visualization.manifest.json")
    assert not manifest["maps"]["layer"].startswith(("deconv", "img_out"))


def test_the_timeline_tells_what_the_person_and_the_pilot_did(video):
    _, out = video()
    rows = timeline_of(out)
    assert [row["index"] for row in rows] == list(range(6))
    assert [row["user_angle"] for row in rows] == pytest.approx([(n * 7 % 20 - 10) / 10 for n in range(6)])
    assert all(0 <= row["share_top"] <= 1 for row in rows if row["share_top"] is not None)


def test_stride_range_and_number_of_frames_choose_the_records(video):
    _, out = video("--start", 1, "--stride", 2, "--max_frames", 3, "--end", 9, count=12)
    assert [row["index"] for row in timeline_of(out)] == [1, 3, 5]


def test_a_pilot_with_memory_drives_through_what_is_not_shown(video):
    _, out = video(kind="memory", count=9)
    every = {row["index"]: row["pilot_angle"] for row in timeline_of(out)}
    _, out = video("--stride", 4, "--force", kind="memory", data=out.parent / "tub")
    assert {row["index"]: row["pilot_angle"] for row in timeline_of(out)} == pytest.approx(
        {index: every[index] for index in (0, 4, 8)}, rel=1e-5
    )


def test_the_same_command_gives_the_same_bytes(video):
    _, out = video()
    first = (out / "grad_cam_visualization.mp4").read_bytes()
    video("--force", data=out.parent / "tub")
    assert (out / "grad_cam_visualization.mp4").read_bytes() == first


def test_equal_pictures_have_equal_heat_in_every_frame(video, tmp_path):
    from PIL import Image

    folder = tmp_path / "still"
    folder.mkdir()
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(2)]
    for number in range(97):  # over several batches, between others, and last alone in one
        Image.fromarray(pictures[number % 2]).save(folder / f"{number}.png")
    _, out = video(data=folder)
    rows = timeline_of(out)
    for name in ("heat_mean", "heat_peak", "score"):
        assert len({row[name] for row in rows[::2]}) == 1, name
        assert len({row[name] for row in rows[1::2]}) == 1, name


def test_excluded_regions_hide_heat_and_are_counted(video, capsys):
    _, out = video("--exclude_regions", "0,0,64,24")
    said = capsys.readouterr().out
    assert "of the evidence lay there on average; hidden is not the same as not looked at" in said
    shares = [row["share_excluded"] for row in timeline_of(out) if row["share_excluded"] is not None]
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_raw_maps_frames_and_a_name_of_its_own_are_kept(video, tmp_path):
    maps = tmp_path / "maps.npz"
    _, out = video("--save-maps", maps, "--save-frames", "--video_name", "drive")
    with np.load(maps) as kept:
        assert kept["maps"].shape[0] == kept["index"].size == 6
        assert str(kept["layer"]) == "conv2d_5"
    assert len(list((out / "drive_frames").glob("*.png"))) == 6


def test_json_is_all_that_is_said(video, capsys):
    video("--json")
    assert json.loads(capsys.readouterr().out)["frames"] == 6


def test_a_larger_scale_makes_larger_pictures(video):
    _, out = video("--video_name", "two")
    _, out = video("--video_name", "eight", "--scale", 8, data=out.parent / "tub")
    assert frames_of(out, "eight")[0].shape[1] > frames_of(out, "two")[0].shape[1]


def test_the_original_script_runs(pilots, tub_v2, tmp_path):
    command = [sys.executable, str(SOURCE / "true_gradcam.py"), "--model_path", str(pilots())]
    command += [
        "--data_path",
        str(tub_v2(3, size=(64, 48))),
        "--output_dir",
        str(tmp_path / "o"),
        "--fps",
        "20",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert (tmp_path / "o" / "grad_cam_visualization.mp4").exists()


def test_the_tub_is_not_changed(video, tub_v2):
    tub = tub_v2(5, size=(64, 48))
    before = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in tub.rglob("*") if file.is_file()}
    video(data=tub)
    after = {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in tub.rglob("*") if file.is_file()}
    assert after == before


def test_ctrl_c_keeps_a_playable_video_and_says_130(pilots, tub_v2, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "donkey_gradcam", "video", "--model_path", str(pilots())]
    command += ["--data_path", str(tub_v2(4000, max_len=5000, size=(64, 48))), "--output_dir", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    part = out / "grad_cam_visualization.timeline.part.csv"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (part.exists() and part.read_text().count("\n") > 40):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted: the video holds the first" in said
    rows = timeline_of(out)
    assert 0 < len(rows) < 4000
    assert len(frames_of(out)) == len(rows)
    with (out / "grad_cam_visualization.timeline.csv").open() as file:
        assert len(list(csv.reader(file))) == len(rows) + 1
