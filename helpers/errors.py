"""The errors whose messages are meant for people."""


class CourseError(Exception):
    """Something that whoever runs the course can mend; the message says what is wrong, with what, and what to do.

    Commands print the message alone; in a notebook it ends the traceback.
    """


class SourceError(CourseError):
    """Data or a model that was asked for by name cannot be used, or cannot be kept; the message says why and what to do."""


class OwnDataError(CourseError):
    """A file from which nothing can be learned as it is; the message says why and what to do."""
