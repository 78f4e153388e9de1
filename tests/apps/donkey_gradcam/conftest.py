"""Small drives of every kind on `tmp_path`, and the borrowed tub beside the checkout."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "donkey"

MakeTub = Callable[..., Path]
"""See tub_v2() and tub_v1()."""


def draw_picture(number: int, size: tuple[int, int] = (32, 24)) -> NDArray[np.uint8]:
    """A picture that no other number has: uint8 (H, W, 3), RGB; survives JPEG well."""
    width, height = size
    ys, xs = np.mgrid[:height, :width]
    picture = np.stack([xs * 255 / width, ys * 255 / height, np.full(xs.shape, number * 37 % 256)], axis=2)
    return picture.astype(np.uint8)


def save_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    Image.fromarray(picture).save(path)


def user_angle(number: int) -> float:
    """The steering that the tubs record: from -1 to 1, another one for each of 20 numbers."""
    return (number * 7 % 20 - 10) / 10


def user_throttle(number: int) -> float:
    return (number % 5) / 10


@pytest.fixture
def tub_v2(tmp_path: Path) -> MakeTub:
    """Write a tub as donkeycar 5 does.

    Args (of what it returns):
        count: records.
        name: folder under `tmp_path`.
        max_len: records a catalog.
        deleted: positions that the manifest marks as deleted.
        sessions: records a session, or None for records without one.
        size: pictures' width and height.
        values: number -> what else is recorded.
    """

    def write(
        count: int = 10,
        *,
        name: str = "tub",
        max_len: int = 4,
        deleted: Collection[int] = (),
        sessions: int | None = None,
        size: tuple[int, int] = (32, 24),
        values: Callable[[int], Mapping[str, Any]] = lambda _: {},
    ) -> Path:
        tub = tmp_path / name
        (tub / "images").mkdir(parents=True)
        lines: dict[str, list[str]] = {"catalog_0.catalog": []}
        for number in range(count):
            picture = f"{number}_cam_image_array_.jpg"
            save_picture(tub / "images" / picture, draw_picture(number, size))
            record: dict[str, Any] = {
                "_index": number,
                "_timestamp_ms": 1_600_000_000_000 + 50 * number,
                "cam/image_array": picture,
                "user/angle": user_angle(number),
                "user/mode": "user",
                "user/throttle": user_throttle(number),
                **values(number),
            }
            if sessions is not None:
                record["_session_id"] = f"24-01-01_{number // sessions}"
            catalog = lines.setdefault(f"catalog_{number // max_len}.catalog", [])
            catalog.append(json.dumps(record, sort_keys=True) + "\n")
        for catalog, texts in lines.items():
            (tub / catalog).write_text("".join(texts), encoding="utf-8")
            own = {
                "line_lengths": [len(text) for text in texts],
                "path": f"{catalog}_manifest",
                "start_index": 0,
            }
            (tub / f"{catalog}_manifest").write_text(json.dumps(own) + "\n", encoding="utf-8")
        catalogs = {
            "paths": list(lines),
            "current_index": count,
            "max_len": max_len,
            "deleted_indexes": sorted(deleted),
        }
        inputs = ["cam/image_array", "user/angle", "user/throttle", "user/mode"]
        manifest = [inputs, ["image_array", "float", "float", "str"], {}, {"created_at": 1.0}, catalogs]
        text = "".join(json.dumps(line) + "\n" for line in manifest)
        (tub / "manifest.json").write_text(text, encoding="utf-8")
        return tub

    return write


@pytest.fixture
def tub_v1(tmp_path: Path) -> MakeTub:
    """Write a tub as donkeycar 3 did; `numbers` are the records', `excluded` goes to `exclude.json`."""

    def write(
        numbers: Collection[int] = range(12), *, name: str = "tub_1", excluded: Collection[int] | None = None
    ) -> Path:
        tub = tmp_path / name
        tub.mkdir(parents=True)
        meta = {"inputs": ["cam/image_array", "user/angle"], "types": ["image_array", "float"], "start": 1.0}
        (tub / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
        for number in numbers:
            picture = f"{number}_cam-image_array_.jpg"
            save_picture(tub / picture, draw_picture(number))
            record = {
                "cam/image_array": picture,
                "user/angle": user_angle(number),
                "user/throttle": user_throttle(number),
                "user/mode": "user",
                "milliseconds": 50 * number,
            }
            (tub / f"record_{number}.json").write_text(json.dumps(record), encoding="utf-8")
        if excluded is not None:
            (tub / "exclude.json").write_text(json.dumps(list(excluded)), encoding="utf-8")
        return tub

    return write


@pytest.fixture
def picture_folder(tmp_path: Path) -> Callable[..., Path]:
    """Write pictures `frame<number>.png` into a folder."""

    def write(
        numbers: Collection[int] = range(12), *, name: str = "pictures", size: tuple[int, int] = (32, 24)
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        for number in numbers:
            save_picture(folder / f"frame{number}.png", draw_picture(number, size))
        return folder

    return write


@pytest.fixture(scope="session")
def shared_donkey() -> Path:
    """The borrowed tub, pilots and references; the test is skipped where they are absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the borrowed inputs beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def shared_tub(shared_donkey: Path) -> Path:
    """The borrowed tub: 500 records of 160x120."""
    return shared_donkey / "tub"
