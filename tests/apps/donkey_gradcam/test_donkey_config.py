import sys

import pytest
from donkey_gradcam.drives.config import KEYS, config_files, read_config


@pytest.fixture
def config(tmp_path):
    """Read a config of this text."""

    def read(text: str, name: str = "myconfig.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_config(tmp_path / name)

    return read


def test_a_silent_config_has_donkeycars_defaults(config):
    values = config("# IMAGE_W = 320\n")
    assert (values["IMAGE_W"], values["IMAGE_H"], values["IMAGE_DEPTH"]) == (160, 120, 3)
    assert list(values["TRANSFORMATIONS"]) == list(values["POST_TRANSFORMATIONS"]) == []
    assert values["ROI_CROP_TOP"] == 45
    assert values["ROI_TRAPEZE_LR"] == 160
    assert (values["CANNY_LOW_THRESHOLD"], values["CANNY_HIGH_THRESHOLD"], values["CANNY_APERTURE"]) == (
        60,
        110,
        3,
    )
    assert (values["BLUR_KERNEL"], values["BLUR_KERNEL_Y"], values["BLUR_GAUSSIAN"]) == (5, None, True)
    assert values["MODEL_CATEGORICAL_MAX_THROTTLE_RANGE"] == 0.8


def test_every_default_is_what_it_must_be():
    assert all(key.accepts(key.default) for key in KEYS.values())


def test_plain_values_are_read(config):
    values = config(
        '"""My car."""\n'
        "IMAGE_W = 320\n"
        "IMAGE_H: int = 240\n"
        'TRANSFORMATIONS = ["CROP", "BLUR"]\n'
        "ROI_CROP_TOP = None\n"
        "BLUR_GAUSSIAN = False\n"
        "SCALE_WIDTH = 0.5\n"
        "PCA9685_I2C_ADDR = 0x40\n"
        "COLORS = {'red': (10, 0, 0), 'offsets': [-1, +2]}\n"
    )
    assert (values["IMAGE_W"], values["IMAGE_H"]) == (320, 240)
    assert values["TRANSFORMATIONS"] == ["CROP", "BLUR"]
    assert values["ROI_CROP_TOP"] is None
    assert values["BLUR_GAUSSIAN"] is False
    assert values["SCALE_WIDTH"] == 0.5
    assert values["PCA9685_I2C_ADDR"] == 64
    assert values["COLORS"] == {"red": (10, 0, 0), "offsets": [-1, 2]}


def test_values_may_be_computed_from_earlier_plain_values(config):
    values = config(
        "IMAGE_W = 160\n"
        "IMAGE_H = IMAGE_W * 3 // 4\n"
        "RESIZE_WIDTH = RESIZE_HEIGHT = (IMAGE_W + IMAGE_H) % 100 - 20\n"
        "SCALE_WIDTH = IMAGE_W / 320\n"
        "edges = ['CANNY']\n"
        "TRANSFORMATIONS = ['CROP'] + edges\n"
        "TRANSFORMATIONS += ['GRAY2' + 'RGB']\n"
        "BLUR_GAUSSIAN = not True\n"
        "ROI_CROP_LEFT, ROI_CROP_RIGHT = 3, 4\n"
    )
    assert values["IMAGE_H"] == 120
    assert values["RESIZE_WIDTH"] == values["RESIZE_HEIGHT"] == 60
    assert values["SCALE_WIDTH"] == 0.5
    assert values["TRANSFORMATIONS"] == ["CROP", "CANNY", "GRAY2RGB"]
    assert values["BLUR_GAUSSIAN"] is False
    assert (values["ROI_CROP_LEFT"], values["ROI_CROP_RIGHT"]) == (3, 4)


def test_the_last_line_that_sets_a_name_wins(config):
    assert config("IMAGE_W = 320\nIMAGE_W = 200\n")["IMAGE_W"] == 200


def test_lines_that_do_not_concern_us_are_passed_over(config):
    values = config(
        "import os\n"
        "from math import pi\n"
        "CAR_PATH = PACKAGE_PATH = os.path.dirname(os.path.realpath(__file__))\n"
        "DATA_PATH = os.path.join(CAR_PATH, 'data')\n"
        "if os.path.exists(DATA_PATH):\n    MAX_LOOPS = 10\n"
        "print(IMAGE_W)\n"
        "IMAGE_W = 320\n"
    )
    assert values["IMAGE_W"] == 320
    assert "DATA_PATH" not in values
    assert "MAX_LOOPS" not in values


def test_nothing_in_a_config_is_run(config, tmp_path):
    canary = tmp_path / "canary"
    config(
        f"open({str(canary)!r}, 'w').write('ran')\n"
        f"import os\nos.system('touch {canary}')\n"
        f"X = [open({str(canary)!r}, 'w') for _ in range(1)]\n"
        "import donkey_canary_that_is_not_there\n"
    )
    assert not canary.exists()
    assert "donkey_canary_that_is_not_there" not in sys.modules


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("IMAGE_W = int('160')", "IMAGE_W"),
        ("IMAGE_W = UNKNOWN", "IMAGE_W"),
        ("IMAGE_W = 2 ** 7", "IMAGE_W"),
        ("IMAGE_W = 1 // 0", "IMAGE_W"),
        ("IMAGE_W = 10 if True else 20", "IMAGE_W"),
        ("IMAGE_W, IMAGE_H = 1, 2, 3", "IMAGE_W"),
        ("IMAGE_W += 1", "IMAGE_W"),
        ("if True:\n    IMAGE_W = 320", "IMAGE_W"),
        ("for IMAGE_W in range(3): pass", "IMAGE_W"),
        ("from sizes import IMAGE_W", "IMAGE_W"),
        ("from sizes import width as IMAGE_W", "IMAGE_W"),
        ("def IMAGE_W(): pass", "IMAGE_W"),
        ("del IMAGE_H", "IMAGE_H"),
        ("TRANSFORMATIONS = [name for name in ('CROP',)]", "TRANSFORMATIONS"),
        ("TRANSFORMATIONS = []\nTRANSFORMATIONS.append('CROP')", "TRANSFORMATIONS"),
        ("TRANSFORMATIONS = ['CROP']\nTRANSFORMATIONS[0] = 'BLUR'", "TRANSFORMATIONS"),
        ("mine = ['CROP']\nTRANSFORMATIONS = mine\nmine.append('BLUR')", "TRANSFORMATIONS"),
        ("mine = ['CROP']\nmine.append('BLUR')\nTRANSFORMATIONS = mine", "TRANSFORMATIONS"),
        ("TRANSFORMATIONS = ['CROP'] * 3", "TRANSFORMATIONS"),
        ("TRANSFORMATIONS = ['%s' % 'CROP']", "TRANSFORMATIONS"),
        ("BLUR_GAUSSIAN = IMAGE_W > 3", "BLUR_GAUSSIAN"),
    ],
)
def test_code_that_sets_what_we_use_is_an_error_naming_the_line(config, line, name):
    number = line.count("\n") + 3 if not line.startswith("if") else 3
    expected = rf"^.*myconfig\.py line {number}: {name} may be set by code, which is not run here \([^\n]*$"
    with pytest.raises(ValueError, match=expected):
        config(f"\n\n{line}\n")


def test_a_star_import_may_set_anything(config):
    with pytest.raises(ValueError, match=r"line 1: IMAGE_W may be set by code.*from base import \*"):
        config("from base import *\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("IMAGE_W = 0", "a whole number from 1"),
        ("IMAGE_W = 160.0", "a whole number from 1"),
        ("IMAGE_H = True", "a whole number from 1"),
        ("IMAGE_DEPTH = 2", "3 for colours or 1 for grey"),
        ("TRANSFORMATIONS = 'CROP'", "a list of names"),
        ("TRANSFORMATIONS = [1]", "a list of names"),
        ("POST_TRANSFORMATIONS = None", "a list of names"),
        ("ROI_CROP_TOP = 'top'", "a whole number of pixels or None"),
        ("ROI_TRAPEZE_LL = None", "a whole number of pixels"),
        ("CANNY_APERTURE = 4", "3, 5 or 7"),
        ("BLUR_KERNEL = -1", "a whole number from 1"),
        ("BLUR_GAUSSIAN = 1", "True or False"),
        ("SCALE_HEIGHT = 0", "a number above 0 or None"),
        ("MODEL_CATEGORICAL_MAX_THROTTLE_RANGE = 0", "a number above 0"),
    ],
)
def test_a_value_that_cannot_be_is_an_error_naming_line_and_what_was_expected(config, line, expected):
    name, value = line.split(" = ")
    with pytest.raises(ValueError) as caught:
        config(f"\n{line}\n")
    assert f"myconfig.py line 2: {name} = {value}; expected {expected}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "IMAGE_W = ",
        "\x00",
        "(" * 100_000,
        "IMAGE_W = " + "-" * 50_000 + "1",
        "IMAGE_W = " + "1+" * 20_000 + "1",
    ],
)
def test_a_file_that_is_not_python_or_absurdly_deep_is_one_line(config, text):
    with pytest.raises(ValueError, match=r"^.*myconfig\.py[^\n]*$"):
        config(text)


def test_a_file_that_is_not_text_is_one_line(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 9)
    with pytest.raises(
        ValueError, match=r"^.*model\.h5[^\n]* is not Python [^\n]*; give a donkeycar myconfig\.py$"
    ):
        read_config(tmp_path / "model.h5")


def test_a_file_too_large_for_a_config_is_not_read(tmp_path):
    (tmp_path / "myconfig.py").write_text("X = 1\n" * 200_000)
    with pytest.raises(ValueError, match="is too large for a configuration"):
        read_config(tmp_path / "myconfig.py")


def test_a_file_cannot_make_its_values_grow_without_bound(config):
    doubling = "A = 'xxxxxxxxxx'\n" + "A = A + A\n" * 60 + "B = 9\n" + "B = B * B\n" * 60
    values = config(doubling)
    assert "A" not in values
    assert "B" not in values


def test_an_authors_odd_escape_is_no_warning(config):
    assert config("PATTERN = '\\d'\nIMAGE_W = 200\n")["IMAGE_W"] == 200


def test_myconfig_lies_over_the_config_beside_it_as_in_donkeycar(tmp_path):
    (tmp_path / "config.py").write_text("import os\nIMAGE_W = 320\nIMAGE_H = 240\n")
    (tmp_path / "myconfig.py").write_text("IMAGE_H = 200\n")
    for path in (tmp_path, tmp_path / "config.py", tmp_path / "myconfig.py"):
        values = read_config(path)
        assert (values["IMAGE_W"], values["IMAGE_H"]) == (320, 200)
        assert config_files(path) == (tmp_path / "config.py", tmp_path / "myconfig.py")


def test_a_file_of_another_name_stands_alone(tmp_path):
    (tmp_path / "config.py").write_text("IMAGE_W = 320\n")
    (tmp_path / "race.py").write_text("IMAGE_H = 200\n")
    assert read_config(tmp_path / "race.py")["IMAGE_W"] == 160
    assert config_files(tmp_path / "race.py") == (tmp_path / "race.py",)


def test_a_config_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.py is not there; give a donkeycar myconfig\.py"):
        read_config(tmp_path / "none.py")
    with pytest.raises(FileNotFoundError, match=r"has no myconfig\.py; give a donkeycar myconfig\.py"):
        read_config(tmp_path)
    (tmp_path / "config.py").write_text("IMAGE_W = 320\n")
    with pytest.raises(FileNotFoundError, match=r"myconfig\.py is not there"):
        read_config(tmp_path / "myconfig.py")


def test_a_config_cannot_be_changed_by_who_reads_it(config):
    with pytest.raises(TypeError):
        config("IMAGE_W = 320\n")["IMAGE_W"] = 160
