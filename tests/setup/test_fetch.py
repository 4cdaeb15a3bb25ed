"""What is shown of a fetch while pip works."""

import os
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from provision import fetch  # noqa: E402


class Bytes(unittest.TestCase):
    def test_files_in_folders_are_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a" / "b").mkdir(parents=True)
            (Path(folder) / "a" / "b" / "wheel").write_bytes(b"12345")
            (Path(folder) / "errors").write_bytes(b"123")
            self.assertEqual(fetch.bytes_under(Path(folder)), 8)

    def test_folders_that_vanish_while_they_are_looked_through_are_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            stop = threading.Event()

            def come_and_go():
                while not stop.is_set():
                    for number in range(20):
                        os.makedirs(f"{folder}/pip-download-{number}/in", exist_ok=True)
                    for number in range(20):
                        os.rmdir(f"{folder}/pip-download-{number}/in")
                        os.rmdir(f"{folder}/pip-download-{number}")

            busy = threading.Thread(target=come_and_go)
            busy.start()
            try:
                for _ in range(300):
                    self.assertEqual(fetch.bytes_under(Path(folder)), 0)
            finally:
                stop.set()
                busy.join()


if __name__ == "__main__":
    unittest.main()
