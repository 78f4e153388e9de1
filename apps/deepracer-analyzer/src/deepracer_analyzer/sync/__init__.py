"""Which row of the log each picture shows: the speed in the picture is read and aligned to the log."""
