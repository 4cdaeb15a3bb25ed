"""`FAKE_PIP_STEPS` says what each call does: ok, fail, truncated or hang; the last step repeats."""

import os
import shutil
import signal
import sys
from pathlib import Path


def main() -> int:
    calls = Path(os.environ["FAKE_PIP_CALLS"])
    with open(calls, "a", encoding="utf-8") as log:
        log.write(" ".join(sys.argv[1:]) + "\n")
    number = len(calls.read_text(encoding="utf-8").splitlines())
    steps = os.environ["FAKE_PIP_STEPS"].split(",")
    step = steps[min(number, len(steps)) - 1]

    package, version = sys.argv[-1].split("==")
    wheels = Path(os.environ["FAKE_PIP_WHEELS"])
    wheel = next(wheels.glob(f"{package.replace('-', '_')}-{version}-*.whl"))
    destination = Path(sys.argv[sys.argv.index("--dest") + 1]) / wheel.name
    if step == "fail":
        print("ERROR: connection reset by peer", file=sys.stderr)
        return 1
    if step == "hang":
        (Path(os.environ["TMPDIR"]) / "half.whl").write_bytes(wheel.read_bytes()[:100])
        with open(os.environ["FAKE_PIP_BEGUN"], "w", encoding="utf-8") as begun:
            begun.write(str(os.getpid()))
        signal.pause()
    if step == "truncated":
        content = wheel.read_bytes()
        destination.write_bytes(content[: len(content) // 2])
        return 0
    shutil.copy(wheel, destination)
    return 0


sys.exit(main())
