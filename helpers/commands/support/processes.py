"""Ending what a command has started: JupyterLab, kernels, pools of processes."""

import signal

GRACE = 10  # seconds that a process has to end by itself


def must_be_ended(process) -> bool:
    """Whether a process (psutil's) has to be asked; multiprocessing's tracker ends by itself, after cleaning up."""
    import psutil

    try:
        return "resource_tracker" not in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def end_children() -> None:
    """Asks the children of this process to end, and kills what is left of them and of theirs after GRACE seconds."""
    import psutil  # here, so that python -m helpers lists the commands before anything is installed

    children = list(filter(must_be_ended, psutil.Process().children()))
    family = list(filter(must_be_ended, psutil.Process().children(recursive=True)))
    for child in children:
        child.terminate()
    _, alive = psutil.wait_procs(family, GRACE)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, GRACE)


def stop(number: int, frame) -> None:
    """A signal handler: ends the children, then this process."""
    signal.signal(number, signal.SIG_IGN)  # asked twice, it is still about to end
    end_children()
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def end_with_children() -> None:
    """From now on, whoever ends this process by Ctrl-C, SIGTERM or closing its terminal ends its children, too."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # not where it is ignored, as nohup does
        if number and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, stop)
