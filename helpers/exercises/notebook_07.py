"""The checks of notebook 7."""

from helpers.exercises.old import *  # noqa: F403
