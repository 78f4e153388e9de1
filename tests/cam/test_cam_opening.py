"""Opening what cannot be opened, with no framework needed to say so."""

import sys

import pytest
from rlviz_cam import open_backend, open_model_file


def test_a_model_of_no_known_framework_is_an_error():
    with pytest.raises(TypeError, match=r"type dict; give a torch.nn.Module or a Keras model"):
        open_backend({})


def test_a_model_file_that_is_not_there_is_an_error_before_any_framework_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.delitem(sys.modules, "rlviz_cam.backends.keras", raising=False)
    with pytest.raises(FileNotFoundError, match=r"there is no .*pilot.h5"):
        open_model_file(tmp_path / "pilot.h5")


def test_without_tensorflow_a_keras_file_is_an_error_that_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.delitem(sys.modules, "rlviz_cam.backends.keras", raising=False)
    (tmp_path / "pilot.h5").write_bytes(b"")
    with pytest.raises(ModuleNotFoundError, match=r"needs tensorflow; install the extra rlviz-cam\[keras\]"):
        open_model_file(tmp_path / "pilot.h5")
