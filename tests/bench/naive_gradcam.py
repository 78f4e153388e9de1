"""The script that people write first: load_model, one GradientTape a frame, jet, cv2.VideoWriter."""

import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tensorflow as tf
import tf_keras


def main(model_path: str, tub: str, frames: int, out: str) -> None:
    model: Any = tf_keras.models.load_model(model_path, compile=False)
    both = tf_keras.Model(model.inputs, [model.get_layer("conv2d_5").output, model.outputs[0]])
    video = cv2.VideoWriter(out, cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 240))
    records = (Path(tub) / "catalog_0.catalog").read_text().splitlines()
    for line in records[:frames]:
        picture = cv2.imread(str(Path(tub) / "images" / json.loads(line)["cam/image_array"]))
        assert picture is not None
        batch = picture[None, :, :, ::-1].astype(np.float32) / 255
        with tf.GradientTape() as tape:
            activations, steering = both(batch)
        gradients = tape.gradient(steering, activations)
        weights = tf.reduce_mean(gradients, axis=(1, 2))
        heat = tf.nn.relu(tf.einsum("nhwk,nk->nhw", activations, weights))[0].numpy()
        heat = cv2.resize(heat / (heat.max() + 1e-8), (160, 120))
        colours = cv2.applyColorMap((255 * heat).astype(np.uint8), cv2.COLORMAP_JET)
        video.write(cv2.resize(cv2.addWeighted(picture, 0.6, colours, 0.4, 0), (320, 240)))
    video.release()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
