import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rlviz_video import library_versions, manifest_path, read_manifest, sha256_file, write_manifest


@dataclass(frozen=True)
class Settings:
    fps: Fraction
    out: Path


def test_a_manifest_is_sorted_json_that_ends_in_a_newline(tmp_path):
    write_manifest(tmp_path / "m.json", {"b": 1, "a": {"d": "ü", "c": None}})
    expected = '{\n  "a": {\n    "c": null,\n    "d": "ü"\n  },\n  "b": 1\n}\n'
    assert (tmp_path / "m.json").read_text(encoding="utf-8") == expected


def test_every_kind_of_value_has_a_plain_form(tmp_path):
    mapping: dict[Any, object] = {
        "fraction": Fraction(30000, 1001),
        "path": Path("a") / "b",
        "scalars": [np.float32(0.5), np.int64(3), np.bool_(True)],
        "array": np.arange(4, dtype=np.uint8).reshape(2, 2),
        "set": {"b", "a"},
        "tuple": (1, 2),
        "settings": Settings(Fraction(30), Path("o")),
        "not finite": [float("nan"), np.float32("inf"), -np.inf],
        3: "number as key",
    }
    write_manifest(tmp_path / "m.json", mapping)
    assert read_manifest(tmp_path / "m.json") == {
        "fraction": "30000/1001",
        "path": "a/b",
        "scalars": [0.5, 3, True],
        "array": [[0, 1], [2, 3]],
        "set": ["a", "b"],
        "tuple": [1, 2],
        "settings": {"fps": "30", "out": "o"},
        "not finite": ["nan", "inf", "-inf"],
        "3": "number as key",
    }


def test_a_value_that_cannot_be_written_is_named_by_its_key_and_nothing_is_left(tmp_path):
    with pytest.raises(TypeError, match=r"manifest value 'a\.b\[1\]' is a object; give text, a number"):
        write_manifest(tmp_path / "m.json", {"a": {"b": [1, object()]}})
    assert list(tmp_path.iterdir()) == []


def test_an_existing_manifest_is_refused_without_force(tmp_path):
    write_manifest(tmp_path / "m.json", {"a": 1})
    with pytest.raises(FileExistsError, match=r"m\.json exists; choose another path, or pass --force"):
        write_manifest(tmp_path / "m.json", {"a": 2})
    assert read_manifest(tmp_path / "m.json") == {"a": 1}
    write_manifest(tmp_path / "m.json", {"a": 2}, force=True)
    assert read_manifest(tmp_path / "m.json") == {"a": 2}


def test_a_full_disk_leaves_neither_manifest_nor_part(small_disk):
    with pytest.raises(OSError, match=r"^cannot write .*m\.json: No space left on device$"):
        write_manifest(small_disk / "m.json", {"a": "x" * 400_000})
    assert list(small_disk.iterdir()) == []


def test_a_manifest_lies_beside_its_output():
    assert manifest_path("out/run.mp4") == Path("out/run.manifest.json")
    assert manifest_path("out/dqn-v4.2.mp4") == Path("out/dqn-v4.2.manifest.json")


@pytest.mark.parametrize("content", ["[1]", "{", ""])
def test_a_file_that_is_no_manifest_is_named(tmp_path, content):
    (tmp_path / "m.json").write_text(content)
    with pytest.raises(ValueError, match=r"m\.json is not a manifest: .*expected a JSON object"):
        read_manifest(tmp_path / "m.json")


def test_the_checksum_is_that_of_the_bytes(tmp_path):
    data = bytes(range(256)) * 5000
    (tmp_path / "x").write_bytes(data)
    assert sha256_file(tmp_path / "x") == hashlib.sha256(data).hexdigest()


def test_a_missing_file_has_no_checksum(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^cannot read .*x: No such file or directory$"):
        sha256_file(tmp_path / "x")


def test_versions_are_those_installed_and_none_for_what_is_not():
    versions = library_versions("numpy", "no-such-distribution")
    assert versions == {"numpy": np.__version__, "no-such-distribution": None}
    assert json.dumps(versions)
