"""`scripts/setup.py models`, as a user meets it: networks that fail, files that are wrong, runs that are cut short."""

import hashlib
import http.server
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SETUP = HERE.parent.parent / "scripts" / "setup.py"
EARS = os.urandom(70_000)
VOICE = b"a small voice" * 100


def entry(target: str, content: bytes, source: str) -> str:
    return (
        f'[[model]]\nid = "{target}"\ntarget = "{target}"\n{source}\nbytes = {len(content)}\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "MIT"\n'
    )


def in_wheel(path: str) -> str:
    return f'package = "some-ears"\nversion = "1.0"\npath = "{path}"'


class ModelsCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.models = self.folder / "models"
        self.config = self.folder / "models.toml"
        self.calls = self.folder / "calls"
        self.begun = self.folder / "begun"
        os.mkfifo(self.begun)
        with zipfile.ZipFile(self.folder / "some_ears-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr("ears/ears.onnx", EARS)
            wheel.writestr("ears/voice.onnx", VOICE)
        self.write_config(
            entry("ears/ears.onnx", EARS, in_wheel("ears/ears.onnx")),
            entry("ears/voice.onnx", VOICE, in_wheel("ears/voice.onnx")),
        )

    def write_config(self, *entries: str) -> None:
        self.config.write_text("\n".join(entries), encoding="utf-8")

    def start(self, steps: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, str(SETUP), "models", "--config", str(self.config), "--dir", str(self.models)]
        environment = {
            **os.environ,
            "PYTHONPATH": str(HERE / "fake_pip"),
            "FAKE_PIP_STEPS": steps,
            "FAKE_PIP_CALLS": str(self.calls),
            "FAKE_PIP_WHEELS": str(self.folder),
            "FAKE_PIP_BEGUN": str(self.begun),
            "no_proxy": "127.0.0.1",
        }
        return subprocess.Popen(
            [*command, "--retry-delay", "0", *arguments], env=environment, universal_newlines=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            # Whoever runs these tests in the background may have Ctrl-C ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run_setup(self, steps: str, *arguments: str):
        running = self.start(steps, *arguments)
        out, errors = running.communicate(timeout=60)
        return running.returncode, out, errors

    def pip_calls(self) -> int:
        return len(self.calls.read_text(encoding="utf-8").splitlines()) if self.calls.exists() else 0

    def assert_in_place(self) -> None:
        self.assertEqual((self.models / "ears/ears.onnx").read_bytes(), EARS)
        self.assertEqual((self.models / "ears/voice.onnx").read_bytes(), VOICE)
        self.assert_nothing_half_done()

    def assert_nothing_half_done(self) -> None:
        known = {"ears.onnx", "voice.onnx", ".verified", ".lock"}
        self.assertEqual([path for path in self.models.rglob("*") if path.is_file() and path.name not in known], [])


class Downloading(ModelsCase):
    def test_two_failures_are_overcome_and_one_wheel_serves_both_files(self) -> None:
        code, out, errors = self.run_setup("fail,fail,ok")
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(self.pip_calls(), 3)
        self.assertIn("try 2 of 5 failed: ERROR: connection reset by peer", out)
        self.assert_in_place()

    def test_the_second_run_is_silent_and_fetches_nothing(self) -> None:
        self.run_setup("ok")
        self.assertEqual(self.run_setup("fail"), (0, "", ""))
        self.assertEqual(self.pip_calls(), 1)

    def test_files_already_there_are_recognised_without_a_stamp(self) -> None:
        self.run_setup("ok")
        (self.models / ".verified").unlink()
        self.assertEqual(self.run_setup("fail"), (0, "", ""))
        self.assertEqual(self.pip_calls(), 1)

    def test_five_failures_end_with_a_remedy(self) -> None:
        code, _, errors = self.run_setup("fail")
        self.assertEqual((code, self.pip_calls()), (1, 5))
        self.assertIn("some-ears 1.0 could not be fetched in 5 tries: ERROR: connection reset by peer", errors)
        self.assertIn(str(self.config), errors)

    def test_a_truncated_wheel_is_fetched_again(self) -> None:
        code, out, _ = self.run_setup("truncated,ok")
        self.assertEqual((code, self.pip_calls()), (0, 2))
        self.assertIn("came incomplete", out)
        self.assert_in_place()

    def test_a_wheel_damaged_inside_is_fetched_again(self) -> None:
        wheel = self.folder / "some_ears-1.0-py3-none-any.whl"
        content = bytearray(wheel.read_bytes())
        content[1000] ^= 0xFF
        (self.models / ".partial").mkdir(parents=True)
        (self.models / ".partial" / wheel.name).write_bytes(content)
        code, out, _ = self.run_setup("ok")
        self.assertEqual((code, self.pip_calls()), (0, 1))
        self.assertIn("came incomplete", out)
        self.assert_in_place()

    def test_a_wheel_without_the_file_is_named(self) -> None:
        self.write_config(entry("ears/ears.onnx", EARS, in_wheel("ears/nothing.onnx")))
        code, _, errors = self.run_setup("ok")
        self.assertEqual((code, self.pip_calls()), (1, 1))
        self.assertIn("some-ears 1.0 holds no ears/nothing.onnx", errors)


class Sums(ModelsCase):
    def test_a_wrong_sum_names_file_package_and_remedy_and_installs_nothing(self) -> None:
        wrong = entry("ears/voice.onnx", b"x" * len(VOICE), in_wheel("ears/voice.onnx"))
        self.write_config(entry("ears/ears.onnx", EARS, in_wheel("ears/ears.onnx")), wrong)
        code, _, errors = self.run_setup("ok")
        self.assertEqual((code, self.pip_calls()), (1, 1))
        for part in ("ears/voice.onnx, from some-ears 1.0", hashlib.sha256(VOICE).hexdigest(), str(self.config)):
            self.assertIn(part, errors)
        self.assertFalse((self.models / "ears/voice.onnx").exists())
        self.assert_nothing_half_done()

    def test_a_changed_file_is_noticed_and_replaced(self) -> None:
        self.run_setup("ok")
        (self.models / "ears/voice.onnx").write_bytes(b"x" * len(VOICE))
        code, out, _ = self.run_setup("ok")
        self.assertEqual((code, self.pip_calls()), (0, 2))
        self.assertIn("ears/voice.onnx is not the pinned file", out)
        self.assert_in_place()

    def test_verify_trusts_neither_size_nor_time(self) -> None:
        self.run_setup("ok")
        voice = self.models / "ears/voice.onnx"
        before = voice.stat()
        voice.write_bytes(b"x" * len(VOICE))
        os.utime(voice, ns=(before.st_atime_ns, before.st_mtime_ns))
        self.assertEqual(self.run_setup("ok"), (0, "", ""))
        code, out, _ = self.run_setup("ok", "--verify")
        self.assertEqual((code, self.pip_calls()), (0, 2))
        self.assertIn("2 files verified", out)
        self.assert_in_place()

    def test_a_newly_pinned_sum_is_not_vouched_for_by_the_old_one(self) -> None:
        self.run_setup("ok")
        self.write_config(entry("ears/voice.onnx", b"y" * len(VOICE), in_wheel("ears/voice.onnx")))
        code, _, errors = self.run_setup("ok")
        self.assertEqual(code, 1)
        self.assertIn("is not the pinned file", errors)


class Interruption(ModelsCase):
    def interrupt(self, by: int) -> int:
        # Opened first and without blocking, so that a set-up that never calls pip fails the test and cannot stall it.
        begun = os.open(self.begun, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, begun)
        with self.start("hang,ok") as running:
            self.assertTrue(select.select([begun], [], [], 30)[0], "pip was not called")
            pip = int(os.read(begun, 20))
            running.send_signal(by)
            running.communicate(timeout=30)
        self.addCleanup(end, pip)
        self.assertFalse((self.models / "ears/ears.onnx").exists())
        return pip

    def test_stopped_by_hand_it_ends_pip_and_the_next_run_completes(self) -> None:
        for by in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=by):
                self.calls.unlink(missing_ok=True)
                pip = self.interrupt(by)
                self.assertRaises(ProcessLookupError, os.kill, pip, 0)
        self.assertEqual(self.run_setup("ok")[0], 0)
        self.assert_in_place()

    def test_killed_it_leaves_nothing_the_next_run_trips_over(self) -> None:
        self.interrupt(signal.SIGKILL)
        self.assertEqual(self.run_setup("ok")[0], 0)
        self.assert_in_place()


def end(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


class OwnCopies(ModelsCase):
    def serve(self, *sent: int) -> str:
        """An address that announces `VOICE` and sends, each time, the next of the given numbers of bytes of it."""
        counts = list(sent)

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(VOICE)))
                self.end_headers()
                self.wfile.write(VOICE[: counts.pop(0)])

            def log_message(self, *_) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/voice.onnx"

    def test_a_file_of_ones_own_is_copied(self) -> None:
        own = self.folder / "own.onnx"
        own.write_bytes(VOICE)
        self.write_config(entry("ears/voice.onnx", VOICE, f'file = "{own}"'))
        self.assertEqual(self.run_setup("fail")[0], 0)
        self.assertEqual((self.models / "ears/voice.onnx").read_bytes(), VOICE)

    def test_a_file_that_is_not_there_is_named(self) -> None:
        self.write_config(entry("ears/voice.onnx", VOICE, 'file = "/nowhere/own.onnx"'))
        code, _, errors = self.run_setup("ok")
        self.assertEqual(code, 1)
        self.assertIn("/nowhere/own.onnx, named for ears/voice.onnx, cannot be read", errors)

    def test_a_url_cut_short_is_fetched_again(self) -> None:
        url = self.serve(10, len(VOICE))
        self.write_config(entry("ears/voice.onnx", VOICE, f'url = "{url}"'))
        code, out, errors = self.run_setup("fail")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn(f"10 of {len(VOICE)} bytes came", out)
        self.assertEqual((self.models / "ears/voice.onnx").read_bytes(), VOICE)
        self.assert_nothing_half_done()

    def test_a_url_that_sends_more_than_pinned_is_refused(self) -> None:
        url = self.serve(len(VOICE))
        self.write_config(entry("ears/voice.onnx", VOICE[:50], f'url = "{url}"'))
        code, _, errors = self.run_setup("fail")
        self.assertEqual(code, 1)
        self.assertIn("is not the pinned file", errors)
        self.assertFalse((self.models / "ears/voice.onnx").exists())


if __name__ == "__main__":
    unittest.main()
