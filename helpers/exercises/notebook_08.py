"""The checks of notebook 8."""

from helpers.exercises.old import *  # noqa: F403
