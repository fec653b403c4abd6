"""A treasurer host for the demo: its own data folder, its command line, and a small client of its API."""
import json
import os
import secrets
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request


class HostError(Exception):
    """The host said no, or did not start; the text says what and where to look."""


class Host:
    def __init__(self, build, config, data):
        self.program, self.config, self.data = f"{build}/bin/treasurer", config, data
        self.log = f"{data}/treasurer.log"
        self.url = None
        self.process = None
        self.passwords = {}
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TREASURER_")}

    def command(self, *words):
        return [self.program, *words, "--config", self.config, "--data", self.data]

    def run(self, *words, stdin=""):
        done = subprocess.run(self.command(*words), input=stdin, capture_output=True, text=True, env=self.environment)
        if done.returncode != 0:
            raise HostError(f"treasurer {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def add_user(self, name, role):
        self.passwords[name] = secrets.token_urlsafe(12)
        self.run("user", "add", name, "--role", role, stdin=self.passwords[name] + "\n")

    def start(self):
        """Returns when the host says that it is ready, with the address it chose."""
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--set", "server.port=0", "--set", "rate_limit.enabled=false"),
                stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.url = line.split()[1]
                return
        self.process.wait()
        with open(self.log, encoding="utf-8") as log:
            raise HostError(f"the host did not start:\n{log.read()}")

    def stop(self):
        """Asks it to finish what is under way; insists after 20 seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def client(self, user):
        form = urllib.parse.urlencode({"username": user, "password": self.passwords[user]}).encode()
        status, body = Client(self.url).call("POST", "/token", form, "application/x-www-form-urlencoded")
        if status != 200:
            raise HostError(f"{user} cannot sign in: {body}")
        return Client(self.url, body["access_token"])


class Client:
    """Speaks JSON; every answer comes back as (status, body), also a refusal."""

    def __init__(self, url, token=None):
        self.url, self.token = url, token

    def get(self, path):
        status, body = self.call("GET", path)
        if status != 200:
            raise HostError(f"GET {path}: {status} {body}")
        return body

    def post(self, path, body):
        return self.call("POST", path, json.dumps(body).encode(), "application/json")

    def call(self, method, path, data=None, media_type=None):
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if media_type:
            request.add_header("Content-Type", media_type)
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                text = refusal.read().decode("utf-8", "replace")
            try:
                return refusal.code, json.loads(text)
            except ValueError:
                return refusal.code, {"detail": text}
