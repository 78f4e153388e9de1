"""Measure donkey-gradcam against its peers in one run: `nox -s donkey-bench`.

Whole processes: the script that people write first, one GradientTape a frame; and, where --donkey names the
command of an environment with donkeycar[pc]==5.3.0 and moviepy<2, `donkey makemovie --salient`. Maps:
tf-keras-vis. Runs alternate; each figure is the median; CPU seconds with children. Ratios count: machines are
noisy.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from measuring import alternate, cost_of, row, seconds_per_call

SHARED = Path(__file__).parents[3] / "shared" / "data" / "donkey"
MODEL, TUB = SHARED / "linear.h5", SHARED / "tub"


def long_tub(folder: Path, records: int) -> Path:
    """A tub of any length: the shared tub's records again and again, its pictures by link."""
    folder.mkdir()
    (folder / "images").symlink_to(TUB / "images")
    lines = (TUB / "catalog_0.catalog").read_text().splitlines()
    with (folder / "catalog_0.catalog").open("w") as catalog:
        for index in range(records):
            catalog.write(json.dumps(json.loads(lines[index % len(lines)]) | {"_index": index}) + "\n")
    head = (TUB / "manifest.json").read_text().splitlines()[:4]
    end = {
        "paths": ["catalog_0.catalog"],
        "current_index": records,
        "max_len": records,
        "deleted_indexes": [],
    }
    (folder / "manifest.json").write_text("\n".join([*head, json.dumps(end)]) + "\n")
    return folder


def ours(tub: Path, folder: Path, frames: int, *more: str) -> list[str]:
    command = [sys.executable, "-m", "donkey_gradcam", "video", "--model_path", str(MODEL)]
    command += ["--data_path", str(tub), "--max_frames", str(frames), "--output_dir", str(folder / "ours")]
    return [*command, "--force", *more]


def naive(folder: Path, frames: int) -> list[str]:
    script = Path(__file__).with_name("naive_gradcam.py")
    return [sys.executable, str(script), str(MODEL), str(TUB), str(frames), str(folder / "naive.avi")]


def makemovie(donkey: str, folder: Path, frames: int) -> Sequence[str]:
    tub = folder / "peer-tub"
    if not tub.exists():
        shutil.copytree(TUB, tub, copy_function=shutil.copyfile)
        tub.chmod(0o755)
        (folder / "config.py").write_text(
            "IMAGE_W = 160\nIMAGE_H = 120\nIMAGE_DEPTH = 3\nDRIVE_LOOP_HZ = 20\n"
            "DEFAULT_MODEL_TYPE = 'linear'\nTRANSFORMATIONS = []\nPOST_TRANSFORMATIONS = []\n"
        )
    given = ["--tub", str(tub), "--model", str(MODEL), "--type", "linear", "--salient"]
    given += ["--config", str(folder / "config.py"), "--start", "0", "--end", str(frames)]
    return [donkey, "makemovie", *given, "--out", str(folder / "peer.mp4")]


def bench_commands(rounds: int, donkey: str | None) -> None:
    print(f"\n300 real frames of linear.h5, whole commands, median of {rounds}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands: dict[str, Any] = {
            "ours": lambda: ours(TUB, folder, 300),
            "naive": lambda: naive(folder, 300),
        }
        if donkey:
            commands["makemovie"] = lambda: makemovie(donkey, folder, 300)
        found = alternate(commands, rounds)
        mine = found["ours"]
        row("donkey-gradcam video, CPU s", f"{mine.cpu:.1f}", "", "<= 9 s")
        row("  wall s, peak MB", f"{mine.wall:.1f} s, {mine.memory:.0f} MB")
        for peer, label in (("naive", "one tape a frame"), ("makemovie", "donkey makemovie --salient")):
            if peer in found:
                cost = found[peer]
                row(f"{label}, CPU s / ours", f"{cost.cpu:.1f}", f"{cost.cpu / mine.cpu:.1f}x")
                row("  wall s, peak MB", f"{cost.wall:.1f} s, {cost.memory:.0f} MB")


def bench_length(rounds: int) -> None:
    print(f"\nLong drives, all included, median of {rounds}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tub = long_tub(folder / "tub", 10_000)
        found = alternate({str(n): (lambda n=n: ours(tub, folder, n)) for n in (300, 3300)}, rounds)
        spent = found["3300"].cpu - found["300"].cpu
        row("frames per CPU s after the first 300", f"{3000 / spent:.0f}", "", ">= 150")
        longest = cost_of(ours(tub, folder, 10_000))
        ratio = longest.memory / found["300"].memory
        row(
            "peak MB at 10,000 / 300 frames",
            f"{longest.memory:.0f} / {found['300'].memory:.0f}",
            f"{ratio:.2f}x",
        )


def bench_help(rounds: int) -> None:
    found = alternate({"help": lambda: [sys.executable, "-m", "donkey_gradcam", "--help"]}, max(rounds, 5))
    row("donkey-gradcam --help, wall s", f"{found['help'].wall:.2f}", "", "< 0.3 s")


def in_keras_3() -> Any:
    """The same network and weights in Keras 3, the only one that tf-keras-vis knows."""
    import keras
    import tf_keras

    sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
    from donkey_pilots import build_pilot

    model = build_pilot(keras, "linear", (120, 160, 3))
    model.set_weights(tf_keras.models.load_model(MODEL, compile=False).get_weights())
    return model


def bench_maps() -> None:
    from donkey_gradcam.drives.pictures import read_picture
    from rlviz_cam import CamExtractor, Target, open_model_file

    backend = open_model_file(MODEL)
    extractor = CamExtractor(backend, "conv2d_5")
    target = Target(head="n_outputs0", index=0)
    names = [TUB / "images" / f"{number}_cam_image_array_.jpg" for number in range(64)]
    pictures = np.stack([read_picture(name) for name in names]).astype(np.float32) / 255
    batch = np.moveaxis(pictures, -1, 1)
    calls: dict[str, Any] = {"ours": lambda: extractor(batch, target)}

    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.scores import InactiveScore

    peer = Gradcam(in_keras_3())
    score = [lambda output: output[:, 0], InactiveScore()]
    calls["batched"] = lambda: peer(score, pictures, penultimate_layer="conv2d_5", normalize_cam=False)
    calls["single"] = lambda: peer(score, pictures[:1], penultimate_layer="conv2d_5", normalize_cam=False)
    cost = seconds_per_call(calls)
    mine, single = len(pictures) / cost["ours"], 1 / cost["single"]
    batched = len(pictures) / cost["batched"]
    print("\nGrad-CAM maps of linear.h5, frames per CPU second, one thread")
    row("ours", f"{mine:.0f}", "", ">= 380")
    row("tf-keras-vis, batch of 64", f"{batched:.0f}", f"{mine / batched:.1f}x", ">= 4x")
    row("tf-keras-vis, frame by frame", f"{single:.1f}", f"{mine / single:.1f}x", ">= 15x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--donkey", help="the `donkey` command of an environment with donkeycar[pc]==5.3.0")
    given = parser.parse_args()
    if not MODEL.exists():
        raise SystemExit(f"{SHARED} is not there: the bench needs its tub and pilot")
    bench_help(given.rounds)
    bench_commands(given.rounds, given.donkey)
    bench_length(given.rounds)
    # Last: a child's peak memory counts from its parent's, so this process must stay small until here.
    bench_maps()


if __name__ == "__main__":
    main()
