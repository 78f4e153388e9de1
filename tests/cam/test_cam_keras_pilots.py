"""The trained pilots beside the checkout, against maps made with TensorFlow 2.15."""

from pathlib import Path

import numpy as np
import pytest
from rlviz_cam import CamExtractor, Target, automatic_layer, open_model_file, receptive_field

pytestmark = pytest.mark.keras
DONKEY = Path(__file__).parents[2] / "../shared/data/donkey"


def trained(name):
    if not DONKEY.is_dir():
        pytest.skip("there are no pilots beside the checkout")
    pytest.importorskip("tensorflow")
    return open_model_file(DONKEY / f"{name}.h5")


def frames_of(indices):
    """Pictures of the tub as the pilots were trained on them, decoded as libjpeg does by default."""
    image = pytest.importorskip("tensorflow").image
    files = [DONKEY / f"tub/images/{index}_cam_image_array_.jpg" for index in indices]
    frames = [image.decode_jpeg(one.read_bytes(), dct_method="INTEGER_ACCURATE").numpy() for one in files]
    return np.moveaxis(np.stack(frames), -1, 1).astype(np.float32) / 255


@pytest.mark.shared
@pytest.mark.parametrize("name", ["linear", "categorical", "inferred", "memory"])
def test_maps_and_outputs_of_real_pilots_equal_the_reference(name):
    backend = trained(name)
    reference = np.load(DONKEY / f"reference_{name}.npz")
    frames = frames_of(reference["frames"])
    inputs = {"img_in": frames, "mem_in": np.zeros((len(frames), 6))} if name == "memory" else frames
    head = next(iter(backend.heads()))
    extractor = CamExtractor(backend, automatic_layer(backend, head))
    assert extractor.layer == str(reference["layer"])
    found = extractor(inputs, Target(head=head, index=None if name == "categorical" else 0))
    largest = np.abs(reference["raw_cam"]).max()
    np.testing.assert_allclose(found.maps, reference["raw_cam"], rtol=1e-4, atol=1e-5 * largest)
    np.testing.assert_allclose(found.scores, reference["score"], rtol=0, atol=1e-5)
    outputs = np.concatenate(list(found.outputs.values()), axis=1)
    np.testing.assert_allclose(outputs, reference["outputs"], rtol=0, atol=1e-5)


@pytest.mark.shared
def test_a_real_pilot_of_several_frames_has_a_map_for_each(sequences):
    backend = trained("rnn")
    frames = frames_of(range(6))
    sequences = np.stack([frames[:-2], frames[1:-1], frames[2:]], axis=1)
    extractor = CamExtractor(backend)
    assert backend.layer(extractor.layer).output_shape == (3, 32, 11, 16)
    result = extractor(sequences, Target(index=0))
    assert result.maps.shape == (4, 3, 11, 16)
    assert result.maps.any(axis=(2, 3)).all()


@pytest.mark.shared
def test_the_field_of_a_real_pilots_cell_is_61_pixels_high():
    field = receptive_field(trained("linear"), "conv2d_5")
    assert field.size == (61, 61)
