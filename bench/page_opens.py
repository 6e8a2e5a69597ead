#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a report's page takes to open in a browser: milliseconds from the click to its load
event, and to the second frame after it, when what is in sight has been drawn.

    bench/page_opens.py PAGE... [--rounds 5] [--browser chromium]

Several pages are opened in turns, each in a headless Chromium of its own, so that other work on the
machine falls on all of them alike. A page of `dovetail bench store --keep` is one of 10,000 cells.
"""
import argparse
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

TWO_FRAMES = """new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
  const { loadEventEnd, navigationStart } = performance.timing;
  done([loadEventEnd - navigationStart, performance.now()]);
})))"""


class Browser:
    """A headless Chromium, spoken to by the DevTools protocol over a pair of pipes."""

    def __init__(self, program):
        self.numbers = itertools.count(1)
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()

        def as_three_and_four():  # where Chromium expects its pipes
            commands, answers = os.dup(to_read), os.dup(to_write)
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--remote-debugging-pipe",
             "--window-size=1400,900", f"--user-data-dir={self.profile.name}"],
            preexec_fn=as_three_and_four, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer = b""

    def next_message(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.from_browser, 1 << 20)
            if not piece:
                raise SystemExit("the browser has ended; try it by hand: chromium --headless")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, session=None, **params):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while (answer := self.next_message()).get("id") != number:
            pass
        if "error" in answer:
            raise SystemExit(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def milliseconds(self, page):
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Page.enable", session)
        self.send("Page.navigate", session, url=page.resolve().as_uri())
        while self.next_message().get("method") != "Page.loadEventFired":
            pass
        answer = self.send("Runtime.evaluate", session, expression=TWO_FRAMES, awaitPromise=True,
                           returnByValue=True)
        return answer["result"]["value"]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        self.profile.cleanup()


def opened(program, page):
    browser = Browser(program)
    try:
        return browser.milliseconds(page)
    finally:
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=pathlib.Path, metavar="PAGE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--browser", default="chromium")
    args = parser.parse_args()
    for page in args.pages:
        if not page.is_file():
            parser.error(f"{page}: expected a page of `dovetail report`, and found no such file")
    times = {page: [] for page in args.pages}
    for _ in range(args.rounds):
        for page in args.pages:
            times[page].append(opened(args.browser, page))
    print("| page | MB | load event, ms | two frames later, ms | slowest |\n|---|---|---|---|---|")
    for page, rounds in times.items():
        loaded, drawn = zip(*rounds)
        print(f"| {page} | {page.stat().st_size / 1e6:.1f} | {statistics.median(loaded):.0f} | "
              f"{statistics.median(drawn):.0f} | {max(drawn):.0f} |")


if __name__ == "__main__":
    main()
