require 'oauth2'
require 'base64'
require 'digest'
require 'json'
require 'securerandom'
require 'uri'

$stdout.sync = true
issuer, id, secret, redirect_uri = ARGV
client = OAuth2::Client.new(id, secret, site: issuer, authorize_url: '/oauth/authorize', token_url: '/oauth/token', auth_scheme: :basic_auth)
verifier = SecureRandom.urlsafe_base64(48)
challenge = Base64.urlsafe_encode64(Digest::SHA256.digest(verifier), padding: false)
state = SecureRandom.urlsafe_base64(24)
puts client.auth_code.authorize_url(redirect_uri: redirect_uri, scope: 'openid email offline_access', prompt: 'consent', state: state,
                                    code_challenge: challenge, code_challenge_method: 'S256')
answer = URI.decode_www_form(URI($stdin.gets.strip).query).to_h
raise 'another state' unless answer['state'] == state

token = client.auth_code.get_token(answer['code'], redirect_uri: redirect_uri, code_verifier: verifier).refresh!
puts JSON.parse(token.get('/oauth/userinfo').body)['sub']
$stdin.gets
begin
  token.refresh!
  puts 'refreshed'
rescue OAuth2::Error => e
  puts e.code
end
