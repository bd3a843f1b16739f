import sys

import jwt

issuer, token = sys.argv[1:]
key = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json").get_signing_key_from_jwt(token)
print(jwt.decode(token, key.key, algorithms=["ES256"], issuer=issuer, audience=issuer)["sub"])
