import sys

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

issuer, client_id, secret, redirect_uri = sys.argv[1:]
session = OAuth2Session(client_id, secret, scope="openid email offline_access", redirect_uri=redirect_uri, code_challenge_method="S256")
verifier = generate_token(48)
url, state = session.create_authorization_url(f"{issuer}/oauth/authorize", code_verifier=verifier, prompt="consent")
print(url, flush=True)
session.fetch_token(f"{issuer}/oauth/token", authorization_response=input(), state=state, code_verifier=verifier)
session.refresh_token(f"{issuer}/oauth/token")
print(session.get(f"{issuer}/oauth/userinfo").json()["sub"], flush=True)
input()
try:
    session.refresh_token(f"{issuer}/oauth/token")
    print("refreshed")
except Exception as error:
    print(getattr(error, "error", error))
