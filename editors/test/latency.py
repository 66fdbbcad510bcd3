#!/usr/bin/env python3
"""How long an editor waits for fresh diagnostics after a keystroke, in a workspace of many manifests.

Makes the workspace itself: the same numbers give the same files. Prints the median and the 95th percentile for each size
of file, and fails where a bound is given and not kept.

    editors/test/latency.py --bin target/release/policyc [--files 1000] [--bounds]
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# Size of the edited file in bytes, and the time in milliseconds that 95 of 100 keystrokes may take.
SIZES = [(5_000, 5.0), (50_000, 10.0), (1_000_000, 50.0)]

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  namespace: team-{team}
  labels: {{app: app-{n}, tier: backend}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: app-{n}}}}}
  template:
    metadata:
      labels: {{app: app-{n}, tier: backend}}
    spec:
      serviceAccountName: app-{n}
      containers:
        - name: main
          image: registry.example/team-{team}/app:{n}.0.1
          ports: [{{name: http, containerPort: 8080}}]
          env:
            - name: LEVEL
              value: info
            - name: URL
              value: http://app-{n}.team-{team}.svc:8080
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          readinessProbe: {{httpGet: {{path: /ready, port: http}}}}
          securityContext:
            allowPrivilegeEscalation: false
            runAsNonRoot: true
"""

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: app-{n}
  namespace: team-{team}
spec:
  selector: {{app: app-{n}}}
  ports:
    - {{name: http, port: 80, targetPort: http}}
"""

CONFIG = """apiVersion: v1
kind: ConfigMap
metadata:
  name: app-{n}
  namespace: team-{team}
data:
  settings.ini: |
    [main]
    level = info
    workers = {replicas}
"""


def document(number):
    template = [DEPLOYMENT, SERVICE, CONFIG][number % 3]
    return template.format(n=number // 3, team=number // 3 % 17, replicas=1 + number % 5)


def documents(size):
    text, number = [], 100_000
    while sum(map(len, text)) < size:
        text.append(document(number))
        number += 1
    return "---\n".join(text)


class Editor:
    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.messages = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        capabilities = {"general": {"positionEncodings": ["utf-8", "utf-16"]}}
        folders = [{"uri": folder.as_uri(), "name": "workspace"}]
        params = {"processId": None, "rootUri": None, "capabilities": capabilities, "workspaceFolders": folders}
        self.send({"id": 0, "method": "initialize", "params": params})
        self.tell("initialized", {})

    def read(self):
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            body = self.process.stdout.read(length)
            self.messages.put((time.perf_counter(), body))

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def settle(self, still=2.0):
        while True:
            try:
                self.messages.get(timeout=still)
            except queue.Empty:
                return

    def worked(self):
        """Seconds of processor time that the server has taken; what other programs take does not count."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, uri, version):
        """When diagnostics of a version came."""
        while True:
            at, body = self.messages.get(timeout=60)
            message = json.loads(body)
            params = message.get("params", {})
            published = message.get("method") == "textDocument/publishDiagnostics"
            if published and params["uri"] == uri and params.get("version") == version:
                return at


def measure(editor, folder, size, strokes):
    text = documents(size)
    uri = (folder / f"edited-{size}.yaml").as_uri()
    document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
    editor.tell("textDocument/didOpen", {"textDocument": document})
    editor.wait(uri, 1)
    editor.settle()
    lines = text.splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith("  name: app-")]
    times = []
    worked = editor.worked()
    for stroke in range(strokes):
        line = places[(stroke * 7919) % len(places)]
        position = {"line": line, "character": len(lines[line].encode())}
        lines[line] += "x"
        change = {"range": {"start": position, "end": position}, "text": "x"}
        params = {"textDocument": {"uri": uri, "version": stroke + 2}, "contentChanges": [change]}
        before = time.perf_counter()
        editor.tell("textDocument/didChange", params)
        times.append((editor.wait(uri, stroke + 2) - before) * 1000)
        time.sleep(0.05)
    worked = (editor.worked() - worked) * 1000 / strokes
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.settle()
    return sorted(times), worked


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--strokes", type=int, default=100)
    parser.add_argument("--bounds", action="store_true", help="fail where a bound is not kept")
    options = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for number in range(options.files):
            (folder / f"{number:05}.yaml").write_text(document(number))
        start = time.perf_counter()
        editor = Editor(options.bin, folder)
        editor.settle()
        print(f"{options.files} files: still after {time.perf_counter() - start - 2:.2f} s")
        for size, bound in SIZES:
            times, worked = measure(editor, folder, size, options.strokes)
            median, late = times[len(times) // 2], times[int(len(times) * 0.95) - 1]
            print(f"{size:>9} bytes: median {median:6.1f} ms, p95 {late:6.1f} ms, most {times[-1]:6.1f} ms, processor {worked:6.1f} ms")
            kept &= late <= bound
        editor.process.kill()
    if options.bounds and not kept:
        sys.exit("slower than the bounds")


if __name__ == "__main__":
    main()
