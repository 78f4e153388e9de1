"""The original tool's script name: `python post_training_video_generator.py --model-dir ... --config ...`."""

from nn_video_generator.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
