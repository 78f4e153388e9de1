"""The loop that people write first, as the notebook did: seek to each frame, redraw every plot whole.

    python naive_replay.py VIDEO LOG.csv FRAMES [--plots]

A baseline of our own for the bench: the same overlays as the notebook's, drawn with OpenCV's plain functions;
the heat as a picture that fades at each step; with --plots three reward parts, all of them and their sum in
one matplotlib figure. Nothing is shown or saved: the cost is that of making the pictures.
"""

import argparse

import cv2
import matplotlib as mpl
import numpy as np
import pandas as pd

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg

SIZE = (640, 500)
CENTER, RADIUS = (370, 170), 150
SIGMA, BLOB = 10, 60
SHOWN_STEPS = 100
WHITE, BLACK, GREEN, ORANGE = (255, 255, 255), (0, 0, 0), (0, 255, 0), (0, 150, 255)
PARTS = {
    "Speed": lambda row: row["speed"] ** 2,
    "Progress": lambda row: row["progress"] / row["steps"] * 100,
    "Penalize off_track": lambda row: -20 if row["episode_status"] == "off_track" else 0,
}


def write(picture, text, place, color=WHITE):
    for shade, thickness in ((BLACK, 2), (color, 1)):
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_PLAIN, 0.8, shade, thickness)


def place_of(throttle, steer):
    angle = np.radians(2 * -steer - 90)
    length = RADIUS * throttle / 4
    return int(CENTER[0] + length * np.cos(angle)), int(CENTER[1] + length * np.sin(angle))


def draw_space(picture):
    disc = np.zeros_like(picture)
    cv2.ellipse(disc, CENTER, (RADIUS, RADIUS), -90, -90, 90, WHITE, -1)
    for speed in range(1, 5):
        arc = RADIUS * speed // 4
        cv2.ellipse(disc, CENTER, (arc, arc), -90, -90, 90, BLACK, 1)
        write(picture, str(speed), (CENTER[0] - arc - 5, CENTER[1] + 15))
    for angle in range(-60, 61, 30):
        rad = np.radians(angle - 90)
        tip = (int(CENTER[0] + RADIUS * np.cos(rad)), int(CENTER[1] + RADIUS * np.sin(rad)))
        cv2.line(disc, CENTER, tip, BLACK, 1)
        write(picture, str(angle // 2), tip)
    return cv2.addWeighted(picture, 1, disc, 0.8, 1)


def add_heat(heat, place, blob):
    half = BLOB // 2
    heat /= 1.05
    x, y = place
    top, left = max(0, y - half), max(0, x - half)
    heat[top : y + half, left : x + half] += blob[top - y + half :, left - x + half :]
    level = heat * (255 / max(heat.max(), 1e-9))
    return level, cv2.applyColorMap(level.astype(np.uint8), 20)


def annotate(picture, row, number):
    lines = [
        f"State: {row['episode_status']}", f"Lap progress: {row['progress']:.1f}%",
        f"Steps: {row['steps']:.0f}", f"Closest waypoint: {row['closest_waypoint']}",
    ]  # fmt: skip
    for place, line in enumerate(lines):
        write(picture, line, (480, 305 + 15 * place))
    lines = [
        "Car variables", f"All wheels on track: {row['all_wheels_on_track']}",
        f"Position: ({row['X']:.1f}, {row['Y']:.1f})", f"Yaw: {row['yaw']:.1f}",
    ]  # fmt: skip
    for place, line in enumerate(lines):
        write(picture, line, (12, 160 + 15 * place))
    write(picture, f"Speed: {row['speed']:.2f}", (12, 220), GREEN)
    for place, line in enumerate(("Simulation variables", "Heatmap attenuation: 1.05", "Gaussian size: 60")):
        write(picture, line, (12, 390 + 15 * place))
    write(picture, f"FPS 15 (1.0x) | Frame {number} | H (help) | Q (quit)", (310, 485))


class Plots:
    """Three parts, all of them and their sum, redrawn whole at each step."""

    def __init__(self):
        self.figure = plt.figure(figsize=(9, 7))
        self.canvas = FigureCanvasAgg(self.figure)
        self.names = [*PARTS, "All reward components", "Final reward"]
        self.axes = [
            self.figure.add_subplot(len(self.names), 1, 1 + place) for place in range(len(self.names))
        ]
        self.lines = [axes.plot([], [])[0] for axes in self.axes]
        self.values = {name: [] for name in self.names}
        self.steps = []

    def draw(self, row):
        parts = {name: part(row) for name, part in PARTS.items()}
        parts |= {"All reward components": 0, "Final reward": sum(parts.values())}
        self.steps = [*self.steps, row["steps"]][-SHOWN_STEPS:]
        common = self.axes[-2]
        common.cla()
        for name, axes, line in zip(self.names, self.axes, self.lines, strict=True):
            self.values[name] = [*self.values[name], parts[name]][-SHOWN_STEPS:]
            line.set_data(self.steps, self.values[name])
            axes.set_xlim(min(self.steps), min(self.steps) + SHOWN_STEPS)
            axes.set_ylim(min(self.values[name]) - 0.1, max(self.values[name]) + 0.1)
            axes.set_title(name)
            if name in PARTS:
                common.plot(self.steps, self.values[name], label=name)
        common.legend()
        self.figure.tight_layout(pad=0.2)
        self.canvas.draw()
        return cv2.cvtColor(np.asarray(self.canvas.buffer_rgba()), cv2.COLOR_RGBA2BGR)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("video")
    parser.add_argument("log")
    parser.add_argument("frames", type=int)
    parser.add_argument("--plots", action="store_true")
    given = parser.parse_args()
    log = pd.read_csv(given.log)
    if "speed" not in log:
        metres = np.hypot(log["X"].diff().to_numpy(), log["Y"].diff().to_numpy())
        log["speed"] = np.nan_to_num(metres / log["tstamp"].diff().to_numpy())
    video = cv2.VideoCapture(given.video)
    blob = np.outer(*[np.exp(-0.5 * ((np.arange(BLOB) - (BLOB - 1) / 2) / SIGMA) ** 2)] * 2)
    heat = np.zeros(SIZE[::-1])
    plots = Plots() if given.plots else None
    made = 0
    for number in range(given.frames):
        video.set(cv2.CAP_PROP_POS_FRAMES, number - 1)
        found, picture = video.read()
        if not found:
            break
        picture = cv2.resize(picture, SIZE)
        row = log.iloc[number]
        annotate(picture, row, number)
        picture = draw_space(picture)
        place = place_of(row["throttle"], row["steer"])
        level, colors = add_heat(heat, place, blob)
        picture[level > 20] = colors[level > 20]
        cv2.circle(picture, place, 4, ORANGE, -1)
        reach = int(RADIUS * min(row["speed"], 4) / 4)
        cv2.ellipse(picture, CENTER, (reach, reach), -90, -90, 90, GREEN, 2)
        cv2.rectangle(picture, (0, 495), (640 * number // len(log), 500), GREEN, -1)
        if row["episode_status"] in ("off_track", "pause"):
            heat[...] = 0
        if plots is not None:
            plots.draw(row)
        made += 1
    print(made)


if __name__ == "__main__":
    main()
