#!/usr/bin/env python3
"""Installs what building and running doorstep needs: system packages and speech models.

Both commands are silent when nothing is missing, so every `make` target may call them.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from provision import SetupError, models, system

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        arguments.run(arguments)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"setup: {error}\n  Free the disk or correct the rights on that path, then run this again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: stopped; run it again to continue.", file=sys.stderr)
        return 130
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)

    packages = commands.add_parser("system", help="install missing system packages (Debian, Ubuntu)")
    packages.add_argument("--for", dest="purpose", choices=sorted(system.PURPOSES), default="demo")
    packages.set_defaults(run=lambda given: system.install(given.purpose))

    files = commands.add_parser("models", help="fetch the speech models named in config/models.toml")
    files.add_argument("--config", type=Path, default=REPOSITORY / "config" / "models.toml")
    files.add_argument("--dir", type=Path, default=default_models_dir(), help="where the models live")
    files.add_argument("--verify", action="store_true", help="compute every sum again, trusting no earlier run")
    files.add_argument("--retry-delay", type=float, default=1.0, help="seconds before the second try; doubles")
    files.set_defaults(run=lambda given: models.install(given.config, given.dir, given.verify, given.retry_delay))
    return parser.parse_args()


def default_models_dir() -> Path:
    return Path(os.environ.get("DOORSTEP_MODELS__DIR", REPOSITORY / "var" / "models"))


if __name__ == "__main__":
    sys.exit(main())
