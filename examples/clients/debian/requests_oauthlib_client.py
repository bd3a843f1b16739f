import base64
import hashlib
import secrets
import sys

from requests_oauthlib import OAuth2Session

issuer, client_id, secret, redirect_uri = sys.argv[1:]
session = OAuth2Session(client_id, redirect_uri=redirect_uri, scope=["openid", "email", "offline_access"])
verifier = secrets.token_urlsafe(48)
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
url, _ = session.authorization_url(f"{issuer}/oauth/authorize", prompt="consent", code_challenge=challenge, code_challenge_method="S256")
print(url, flush=True)
session.fetch_token(f"{issuer}/oauth/token", authorization_response=input(), client_secret=secret, code_verifier=verifier)
session.refresh_token(f"{issuer}/oauth/token", auth=(client_id, secret))
print(session.get(f"{issuer}/oauth/userinfo").json()["sub"], flush=True)
input()
try:
    session.refresh_token(f"{issuer}/oauth/token", auth=(client_id, secret))
    print("refreshed")
except Exception as error:
    print(getattr(error, "error", error))
