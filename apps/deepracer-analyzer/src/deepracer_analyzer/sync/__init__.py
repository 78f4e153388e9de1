"""Which row of the log each picture of the video shows: read the speed in the picture, align it to the log."""
