"""A server under test, and a client that keeps its connection.

Shared by the scripts that ask `dlc serve`; it knows no net and checks nothing by itself.
"""
import http.client
import json
import re
import signal
import socket
import subprocess


class Server:
    """`dlc serve` of these models on a free port, until stop() or the end of a `with`."""

    def __init__(self, scratch, *arguments):
        self.scratch = scratch
        self.process = subprocess.Popen([scratch.dlc, "serve", *arguments, "--port=0"], cwd=scratch.folder, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.line = self.process.stdout.readline()
        found = re.fullmatch(r"Serving (.+) on http://(.+):(\d+)\n", self.line)
        if not found:
            raise RuntimeError(f"{self.line!r}{self.process.stderr.read()}")
        self.host, self.port = found[2], int(found[3])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def stop(self, sign=signal.SIGTERM):
        """Its exit code; it must end in good time and say nothing."""
        self.process.send_signal(sign)
        try:
            said = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said = self.process.communicate()
            self.scratch.check(False, "the server did not end")
        self.scratch.check(said == ("", ""), f"the server said {said}")
        return self.process.returncode

    def client(self):
        return Client(self)

    def raw(self, request, timeout=20):
        """What is answered to these bytes, up to the end of the connection."""
        with socket.create_connection((self.host, self.port), timeout) as connection:
            connection.sendall(request)
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except ConnectionResetError:
                pass
            return answer


class Client:
    def __init__(self, server):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=60)

    def ask(self, path, body=None, kind=None, method=None):
        """Status and body, which is JSON if it says so."""
        fields = {"Content-Type": kind} if kind else {}
        self.connection.request(method or ("GET" if body is None else "POST"), path, body, fields)
        answer = self.connection.getresponse()
        text = answer.read()
        self.fields = answer.headers
        return answer.status, json.loads(text) if answer.headers["Content-Type"] == "application/json" and text else text.decode()

    def close(self):
        self.connection.close()
