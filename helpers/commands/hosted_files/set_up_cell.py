# Run this cell first. It fetches the course into a folder beside this notebook and installs what
# is missing here. You can run it again: what is there stays as it is.
import os
import subprocess
import sys

ADDRESS = "ADDRESS"
FOLDER = os.path.abspath("mrpc-course")

if not os.path.exists(os.path.join(FOLDER, "helpers")):
    print("Fetching the course from", ADDRESS)
    command = ["git", "clone", "--quiet", "--depth=1", ADDRESS, FOLDER]
    asks_nothing = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        fetched = subprocess.run(command, stderr=subprocess.PIPE, text=True, env=asks_nothing)
        problem = fetched.stderr.strip() if fetched.returncode else ""
    except FileNotFoundError:
        problem = "git is not installed on this machine"
    if problem:
        raise RuntimeError(
            f"The course could not be fetched: {problem}\nThis needs git and a network (in Kaggle, turn on "
            f"Internet in the notebook's settings). If {FOLDER} is there already, rename it or delete it."
        )

sys.path.insert(0, FOLDER)
from helpers.set_up import set_up

set_up()
