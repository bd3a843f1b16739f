use strict;
use warnings;
use Digest::SHA qw(sha256);
use JSON::PP;
use LWP::Authen::OAuth2;
use MIME::Base64 qw(encode_base64url);
use URI;

$| = 1;
my ($issuer, $id, $secret, $redirect_uri) = @ARGV;
open my $random, '<', '/dev/urandom' or die $!;
read $random, my $bytes, 72;
my ($verifier, $state) = (encode_base64url(substr $bytes, 0, 48), encode_base64url(substr $bytes, 48));
my $oauth = LWP::Authen::OAuth2->new(
    client_id => $id, client_secret => $secret, redirect_uri => $redirect_uri, scope => 'openid email offline_access',
    authorization_endpoint => "$issuer/oauth/authorize", token_endpoint => "$issuer/oauth/token", is_strict => 0,
);
my $url = URI->new($oauth->authorization_url(state => $state));
$url->query_form($url->query_form, prompt => 'consent', code_challenge => encode_base64url(sha256($verifier)), code_challenge_method => 'S256');
print "$url\n";
chomp(my $line = <STDIN>);
my %answer = URI->new($line)->query_form;
die 'another state' unless $answer{state} eq $state;
$oauth->request_tokens(code => $answer{code}, redirect_uri => $redirect_uri, code_verifier => $verifier);
print decode_json($oauth->get("$issuer/oauth/userinfo")->content)->{sub}, "\n";
<STDIN>;
# It refreshes by itself when the token is refused.
my $status = eval { $oauth->get("$issuer/oauth/userinfo")->code };
print $status // ($@ =~ /error: (\w+)/)[0], "\n";
