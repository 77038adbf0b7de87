"""Makes a hosted notebook's kernel ready for the course: its first cell, which `python -m helpers hosted` adds, calls this.

Colab, Kaggle, and their like have a PyTorch for their own hardware, and many other packages. So what is there stays: PyTorch
in any version, the packages of SUBJECT where they are new enough, and all others unless one of those needs a newer one. What
is missing comes in the course's version. Nothing is installed yet when this runs, so it needs only what every kernel has.
"""

import importlib
import importlib.util
import platform
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers.commands.support.machine import problem
from helpers.errors import CourseError
from helpers.runs import PROJECT

# What the course is about, and what its helpers rely on: an older version than the course's is replaced.
SUBJECT = ("accelerate", "datasets", "huggingface-hub", "transformers")
# What opens, runs, and converts notebooks: a service that shows one has its own.
NOT_NEEDED = ("jupyterlab", "jupyterlab-deck", "nbclient", "nbconvert", "nbformat", "nbval")
# Notebooks use nothing of these, so it does no harm if the kernel has loaded an older version.
INSTALLERS = {"pip", "setuptools", "wheel"}
STALE = (
    set()
)  # packages that this kernel had loaded before they were replaced: only a new one can do without
REMEDY = "In the notebook's settings, choose a newer runtime or another kernel."


class SetUpError(CourseError):
    """This kernel cannot be made ready; the message says why and what to do."""


def pins(name):
    """The pinned versions in the requirements file `name`, by canonical name."""
    text = (PROJECT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z][\w.-]*)==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def present():
    """The versions of all packages that this kernel can import, by canonical name."""
    found = {}
    for distribution in metadata.distributions():
        name, version = (distribution.metadata.get(key) for key in ("Name", "Version"))
        if name and version:  # a package that was removed halfway has neither
            found.setdefault(canonicalize_name(name), version)  # the first is the one imported
    return found


def missing(pinned, found):
    """What pip has to install, as requirements: of `pinned`, what is not in `found`, or is too old and part of SUBJECT."""
    wanted = []
    for name, version in pinned.items():
        there = found.get(name)
        too_old = there and name in SUBJECT and Version(there) < Version(version)
        if name not in NOT_NEEDED and (not there or too_old):
            wanted.append(f"{name}=={version}")
    return wanted


def kept(pinned, found):
    """What pip has to keep to while it installs, as constraints: this PyTorch, and the course's version of what is new."""
    lines = [f"{name}=={version}" for name, version in pinned.items() if name not in found]
    return [*lines, f"torch=={found['torch']}"] if "torch" in found else lines


def check_machine():
    """Raises SetUpError where the course cannot be installed at all."""
    machine = (sys.version_info[:2], platform.system(), platform.machine(), platform.mac_ver()[0])
    if why := problem(*machine, remedy=REMEDY):
        raise SetUpError(why)


def check_torch(found):
    """Raises SetUpError if the PyTorch in `found` is too old for the transformers in it. It is not replaced here."""
    for line in metadata.requires("transformers") or []:
        needed = Requirement(line)
        if needed.name != "torch" or (
            needed.marker and not needed.marker.evaluate({"extra": "torch"})
        ):
            continue
        if not needed.specifier.contains(found["torch"], prereleases=True):
            raise SetUpError(
                f"transformers {found['transformers']} needs PyTorch {needed.specifier}, and this kernel has {found['torch']}. It "
                f"was left as it is, because a service's own PyTorch goes with its hardware. {REMEDY} Or replace it "
                f"yourself: run %pip install torch=={pins('requirements.txt')['torch']}, then restart the kernel."
            )


def has_course():
    """Whether any Python of this environment, such as one that a notebook starts, imports the helpers of this folder."""
    command = [sys.executable, "-c", "import helpers; print(helpers.__file__)"]
    done = subprocess.run(command, cwd=PROJECT / "notebooks", capture_output=True, text=True)
    return Path(done.stdout.strip()).parent == PROJECT / "helpers"


def install(wanted, constraints):
    """Installs `wanted`, and the helpers in this folder, with pip. Raises SetUpError."""
    if not importlib.util.find_spec("pip"):
        raise SetUpError(
            f"What is missing here is installed by pip, and this kernel's Python has none: {sys.executable}. Add it, for "
            f"example with {sys.executable} -m ensurepip, or choose another kernel."
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "constraints.txt"
        file.write_text("\n".join(constraints), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "-c", str(file)]
        # Python compiles what is imported; to compile all takes as long as to install it.
        command += ["--disable-pip-version-check", "--no-compile"]
        command += [*wanted, "--editable", str(PROJECT)]
        done = subprocess.run(command, capture_output=True, text=True)
    importlib.invalidate_caches()
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).strip().splitlines()]
        said = [line for line in said if "ERROR" in line] or said  # the rest is retries and hints
        raise SetUpError(
            "pip could not install what is missing here. Is there a network? (In Kaggle, turn on Internet in the notebook's "
            "settings.) It says:\n" + "\n".join(said[-4:])
        )


def loaded(names):
    """Which of the packages `names` this kernel has imported already."""
    modules = metadata.packages_distributions()
    owners = [name for module in set(modules) & set(sys.modules) for name in modules[module]]
    return set(names) & set(map(canonicalize_name, owners)) - INSTALLERS


def check_kernel():
    """Raises SetUpError in a kernel that has to be restarted, however often it is asked."""
    if STALE:
        raise SetUpError(
            f"All is installed, but this kernel has loaded the older {', '.join(sorted(STALE))} already. Restart the kernel "
            f"(in Colab: Runtime, Restart session), then run the notebook from this cell on."
        )


def set_up():
    """Installs what is missing, and says in plain words what it did; the second time, it changes nothing.

    Raises SetUpError where that is impossible, or where the kernel has to be restarted first.
    """
    check_machine()
    check_kernel()
    pinned, before = pins("requirements.txt"), present()
    wanted = missing(pinned, before)
    if not wanted and has_course():
        print(f"Nothing is missing, and nothing was changed. The course is in {PROJECT}.")
        check_torch(before)
        return
    names = ", ".join([*wanted, "the course's helpers"])
    print(f"Installing {names} ... this can take some minutes.", flush=True)
    install(wanted, kept(pins("constraints.txt"), before))
    after = present()
    replaced = [name for name in before if name in after and after[name] != before[name]]
    for name in replaced:
        print(f"{name} {before[name]} does not fit the course, and is now {after[name]}.")
    for name in ("torch", "transformers"):
        if name in before and name not in replaced:
            print(f"{name} {before[name]} stays; the course was recorded with {pinned[name]}.")
    new = len(set(after) - set(before))
    print(f"Installed: {new} package{'' if new == 1 else 's'}. The course is in {PROJECT}.")
    check_torch(after)
    STALE.update(loaded(replaced))
    check_kernel()
