"""The original tool's script name: `python record_video_with_gradcam.py --env ... --algo dqn -n 1000`."""

import sys

from breakout_gradcam.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main(["record", *sys.argv[1:]]))
