"""Runs nginx as docs/serving.md configures it, on another port and with a certificate made here, and asks through it.

serve_proxy.py DLC FOLDER EXAMPLES PAGE.
"""
import base64
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time

from scratch import Scratch
from server import Server

scratch = Scratch(*sys.argv[1:3])
examples, page = sys.argv[3:5]
nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")

subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=dlc.example.org",
                "-keyout", scratch.path("dlc.key"), "-out", scratch.path("dlc.pem")], check=True, capture_output=True)
password = subprocess.run(["openssl", "passwd", "-apr1", "secret"], check=True, capture_output=True, text=True).stdout
scratch.write("dlc.users", f"ada:{password}")
scratch.must("train", os.path.join(examples, "iris.dsl"), "-o", "iris.model", "-q", "--epochs=1")
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]

with Server(scratch, "iris.model") as server:
    with open(page, encoding="utf-8") as file:
        block = re.search(r"^    server \{\n(?:    .*\n)*?    \}\n", file.read(), re.M)[0]
    for old, new in (("443", f"127.0.0.1:{port}"), ("127.0.0.1:8080", f"{server.host}:{server.port}"),
                     ("/etc/ssl", scratch.folder), ("/etc/nginx", scratch.folder)):
        scratch.check(old in block, f"no {old} in the page's configuration")
        block = block.replace(old, new)
    below = f"location /flowers/ {{ proxy_pass http://{server.host}:{server.port}/; proxy_set_header Host localhost; }}"
    paths = "".join(f"{kind}_temp_path {scratch.path('tmp')};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    scratch.write("nginx.conf", f"{user} pid {scratch.path('nginx.pid')}; events {{}}\n"
                                f"http {{ access_log off; {paths}\n{block.rstrip()[:-1]}{below}\n}} }}\n")
    proxy = subprocess.Popen([nginx, "-c", scratch.path("nginx.conf"), "-e", scratch.path("errors"), "-g", "daemon off;"])
    trust = ssl.create_default_context(cafile=scratch.path("dlc.pem"))
    trust.check_hostname = False

    def ask(path, body=None, who="ada:secret", **fields):
        client = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=trust)
        fields = {"Host": "dlc.example.org", **fields}
        if who:
            fields["Authorization"] = "Basic " + base64.b64encode(who.encode()).decode()
        client.request("POST" if body is not None else "GET", path, body, fields)
        answer = client.getresponse()
        text = answer.read()
        client.close()
        return answer.status, json.loads(text) if answer.headers["Content-Type"] == "application/json" else text.decode()

    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                ask("/healthz")
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        own, row = "https://dlc.example.org", "[5.1,3.5,1.4,0.2]"
        straight = server.client().ask("/predict/iris", row)
        scratch.check(ask("/healthz") == (200, "ok\n"), "health")
        scratch.check(ask("/predict/iris", row) == straight, "an answer through the proxy")
        scratch.check(ask("/predict/iris", row, Origin=own) == straight, "an answer to the page")
        scratch.check(ask("/flowers/predict/iris", row) == straight, "below a path")
        scratch.check("<title>dlc serve</title>" in ask("/")[1] == ask("/flowers/")[1], "the page")
        large = "[" + ",".join([row] * 64).replace(",", " , " + 1000 * " ") + "]"
        scratch.check(ask("/predict/iris", large)[0] == 413, "a body beyond the limits of the model is dlc's to refuse")
        scratch.check(ask("/predict/iris", row, who="")[0] == 401, "nobody")
        scratch.check(ask("/predict/iris", row, who="ada:wrong")[0] == 401, "a wrong password")
        for origin in ("https://example.org", "http://dlc.example.org", "https://dlc.example.org.evil.example", "null"):
            scratch.check(ask("/predict/iris", row, Origin=origin)[0] == 403, f"a page from {origin}")
    finally:
        proxy.terminate()
        proxy.wait(30)
scratch.end()
