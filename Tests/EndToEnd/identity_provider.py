"""A small identity provider on loopback: consent page, tokens, device codes, introspection (RFC 6749, 7636, 7662, 8628)."""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse


class IdentityProvider:
    """Consents to everything at once, unless told otherwise."""

    def __init__(self, account: str):
        self.account = account
        self.life = 3600.0
        """Seconds that an access token lives."""
        self.says_html = False
        self.is_revoked = False
        self.is_slow_to_consent = 0
        """How many polls of a device are answered with `authorization_pending`."""
        self.client = "purr-test"
        self.scopes_seen = []
        self.renewals = 0
        self.codes, self.refresh, self.access, self.devices = {}, set(), {}, {}
        self.lock = threading.Lock()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.answer(self, dict(urllib.parse.parse_qsl(body, keep_blank_values=True)))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def revoke(self):
        """As when a user withdraws the consent: nothing of it is good any more."""
        with self.lock:
            self.is_revoked = True
            self.refresh.clear()
            self.access.clear()

    def answer(self, request, fields):
        path = urllib.parse.urlsplit(request.path).path
        with self.lock:
            if self.says_html and path != "/introspect":
                return self.reply(request, 200, "<!doctype html><title>Sign in</title>", "text/html")
            if path == "/authorize":
                code = secrets.token_urlsafe(16)
                self.codes[code] = (fields["code_challenge"], fields["redirect_uri"])
                self.scopes_seen = fields["scope"].split()
                back = urllib.parse.urlencode({"code": code, "state": fields["state"]})
                request.send_response(302)
                request.send_header("Location", f"{fields['redirect_uri']}/?{back}")
                request.send_header("Content-Length", "0")
                return request.end_headers()
            if path == "/introspect":
                account, until = self.access.get(fields.get("token", ""), ("", 0))
                active = time.time() < until
                return self.reply(request, 200, json.dumps({"active": active, **({"username": account} if active else {})}))
            if fields.get("client_id") != self.client:
                return self.error(request, "invalid_client", "no such application")
            if path == "/device":
                code = secrets.token_urlsafe(16)
                self.devices[code] = self.is_slow_to_consent
                return self.reply(request, 200, json.dumps({
                    "device_code": code, "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/activate",
                    "interval": 1, "expires_in": 60}))
            return self.token(request, fields)

    def token(self, request, fields):
        kind = fields.get("grant_type", "")
        if kind == "authorization_code":
            challenge, redirect = self.codes.pop(fields.get("code"), ("", ""))
            proof = base64.urlsafe_b64encode(
                hashlib.sha256(fields.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
            if not challenge or proof != challenge or redirect != fields.get("redirect_uri"):
                return self.error(request, "invalid_grant", "code, verifier or redirect do not fit")
        elif kind == "refresh_token":
            # Rotated: each one is good once.
            if fields.get("refresh_token") not in self.refresh:
                return self.error(request, "invalid_grant", "the refresh token is not valid")
            self.refresh.discard(fields["refresh_token"])
            self.renewals += 1
        elif kind.endswith("device_code"):
            left = self.devices.get(fields.get("device_code"))
            if left is None:
                return self.error(request, "expired_token", "")
            if left > 0:
                self.devices[fields["device_code"]] = left - 1
                return self.error(request, "authorization_pending", "")
        else:
            return self.error(request, "unsupported_grant_type", "")
        self.is_revoked = False
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.access[access] = (self.account, time.time() + self.life)
        self.refresh.add(refresh)
        claims = base64.urlsafe_b64encode(json.dumps({"email": self.account}).encode()).rstrip(b"=").decode()
        self.reply(request, 200, json.dumps({
            "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": self.life,
            "id_token": f"e30.{claims}.c2ln"}))

    def error(self, request, code, text):
        self.reply(request, 400, json.dumps({"error": code, "error_description": text}))

    def reply(self, request, status, text, kind="application/json"):
        body = text.encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
