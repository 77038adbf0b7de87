"""Says, before pip fails, whether the course can be installed on this machine. Run as a file, by any Python: python machine.py

PyTorch decides it. For 2.13.0 there are packages for Python 3.11 to 3.14 (3.10, too, but other packages need 3.11), for
Linux on x86-64 and ARM, Windows on x86-64, and macOS 14 or newer on Apple's processors.
"""

import platform
import sys

INSTALL = "Install one of them, and name it: make PYTHON=python3.13 lab"


def problem(python, system, processor, macos, remedy=INSTALL):
    """Why the course cannot be installed, and what to do; empty if it can.

    `python` is a version as a tuple, (3, 11); `system`, `processor` and `macos` are what `platform` says. `remedy` says what to
    do about a Python that does not fit.
    """
    processor = processor.lower()
    if python < (3, 11) or python >= (3, 15):
        return (
            f"The course needs Python 3.11 to 3.14, and this is {python[0]}.{python[1]}. {remedy}"
        )
    if system == "Darwin" and processor != "arm64":
        return (
            "PyTorch has no packages for Macs with Intel processors any more. Use another machine."
        )
    if system == "Darwin" and int(macos.split(".")[0] or 0) < 14:
        return f"PyTorch needs macOS 14 or newer, and this is macOS {macos}. Update macOS first."
    if system == "Windows" and processor == "arm64":
        return (
            "PyTorch has no package for Python for ARM. Install Python for x86-64 (AMD64), which Windows on ARM runs too, "
            "and name it: make PYTHON=..."
        )
    return ""


if __name__ == "__main__":
    sys.exit(
        problem(sys.version_info[:2], platform.system(), platform.machine(), platform.mac_ver()[0])
        or None
    )
