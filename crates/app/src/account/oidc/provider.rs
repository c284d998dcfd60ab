//! What is asked of a provider, and what of its answers is believed: OpenID Connect Core 1.0 with PKCE (RFC 7636) and the
//! provider's name in its answer (RFC 9207).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cairn_kernel::time::Micros;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AdditionalProviderMetadata, AuthType, AuthenticationFlow,
    AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, SubjectIdentifier, TokenResponse as _, UserInfoClaims,
};
use rustls::ClientConfig;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fetch::{Reach, fetch};
use super::{Fault, OidcConfig};

/// Seconds by which a provider's clock may differ from ours.
pub const SKEW_SECONDS: i64 = 60;
/// Seconds after which a token is too old to sign in with.
pub const TOKEN_SECONDS_MAX: i64 = 600;
/// Groups that are read.
const GROUPS_READ_MAX: usize = 2_000;

/// Signatures that are taken: asymmetric ones. With HMAC whoever knows the client's secret could make tokens, and `none` is none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims beside the standard ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Extra {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct ExtraMetadata {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for ExtraMetadata {}

type Metadata = ProviderMetadata<
    ExtraMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type OurClient = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider as it described itself, with its keys.
#[derive(Debug)]
pub(crate) struct Provider {
    client: OurClient,
    issuer: String,
    names_itself: bool,
    reach: Reach,
}

/// What is remembered of a question to the provider until the answer comes.
#[derive(Debug)]
pub(crate) struct Asked {
    provider: Arc<Provider>,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    at: Micros,
    fresh: bool,
}

/// What a provider sent back through the browser.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProviderAnswer<'a> {
    /// What we sent with the question.
    pub state: Option<&'a str>,
    /// For one exchange.
    pub code: Option<&'a str>,
    /// The provider's name (RFC 9207).
    pub iss: Option<&'a str>,
    /// Why there is no code.
    pub error: Option<&'a str>,
}

/// Somebody whom the provider vouches for, every part of its answer checked. Only [`Asked::verified`] makes one.
#[must_use]
#[derive(Debug)]
pub(crate) struct Verified {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) groups: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) login: Option<String>,
    pub(super) name: Option<String>,
}

fn refused(step: &'static str) -> Fault {
    tracing::warn!(step, "the answer of the sign-in provider was refused");
    Fault::Answer
}

fn claim_fault(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "time",
        ClaimsVerificationError::InvalidAudience(_) => "audience",
        ClaimsVerificationError::InvalidIssuer(_) => "issuer",
        ClaimsVerificationError::InvalidNonce(_) => "nonce",
        ClaimsVerificationError::InvalidSubject(_) => "subject",
        ClaimsVerificationError::InvalidAuthTime(_) => "time of signing in",
        ClaimsVerificationError::SignatureVerification(_) => "signature",
        _ => "claims",
    }
}

impl Provider {
    /// Fetches the provider's description and keys.
    pub(super) async fn discover(
        config: &OidcConfig,
        redirect: &str,
        trust: Arc<ClientConfig>,
    ) -> Result<Self, Fault> {
        let unreachable = |cause: &dyn std::fmt::Display| {
            tracing::warn!(%cause, "the sign-in provider's description could not be read");
            Fault::Unreachable
        };
        let issuer = IssuerUrl::new(config.issuer.clone()).map_err(|e| unreachable(&e))?;
        let near = issuer.url().scheme() == "http";
        let reach = Reach { trust, near };
        let using = reach.clone();
        let http = move |request: HttpRequest| fetch(request, using.clone());
        let metadata = Metadata::discover_async(issuer, &http)
            .await
            .map_err(|e| unreachable(&told(&e)))?;
        let token = metadata.token_endpoint().map(|url| url.url());
        let user = metadata.userinfo_endpoint().map(|url| url.url());
        let asked = metadata.authorization_endpoint().url();
        if token.is_none()
            || [Some(asked), token, user]
                .into_iter()
                .flatten()
                .any(|url| !reach.takes(url))
        {
            return Err(unreachable(
                &"it names an address that is neither https:// nor of this machine, or none",
            ));
        }
        let names_itself = metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported;
        let methods = metadata.token_endpoint_auth_methods_supported();
        let posts = methods.is_some_and(|all| {
            !all.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && all.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|e| unreachable(&e))?;
        let secret = config
            .client_secret
            .get()
            .map(|s| ClientSecret::new(s.to_owned()));
        let client = ClientId::new(config.client_id.clone());
        let client = OurClient::from_provider_metadata(metadata, client, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(if posts {
                AuthType::RequestBody
            } else {
                AuthType::BasicAuth
            });
        Ok(Self {
            client,
            issuer: config.issuer.clone(),
            names_itself,
            reach,
        })
    }

    /// The address to send a browser to, and what to remember. `fresh` asks that they sign in there anew.
    pub(super) fn ask(
        self: &Arc<Self>,
        config: &OidcConfig,
        at: Micros,
        fresh: bool,
    ) -> (String, Asked) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = self.client.authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        request = request.set_pkce_challenge(challenge);
        for scope in &config.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if fresh {
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (url, state, nonce) = request.url();
        let asked = Asked {
            provider: Arc::clone(self),
            state,
            nonce,
            verifier,
            at,
            fresh,
        };
        (url.into(), asked)
    }
}

/// What went wrong with a fetch, without what was in the answer.
fn told<E: std::error::Error + 'static>(error: &openidconnect::DiscoveryError<E>) -> String {
    use openidconnect::DiscoveryError as D;
    match error {
        D::Request(cause) => cause.to_string(),
        D::Response(status, ..) => format!("the answer's status is {status}"),
        D::Parse(_) => "the answer is no description of a provider".into(),
        D::Validation(_) => "it names another issuer than the settings do".into(),
        _ => "the answer cannot be read".into(),
    }
}

impl Asked {
    /// Checks what came back and exchanges its code for a token, which is checked as well.
    pub(super) async fn verified(
        self,
        config: &OidcConfig,
        answer: ProviderAnswer<'_>,
        now: Micros,
    ) -> Result<Verified, Fault> {
        let state = answer.state.unwrap_or_default();
        if !bool::from(subtle::ConstantTimeEq::ct_eq(
            state.as_bytes(),
            self.state.secret().as_bytes(),
        )) {
            return Err(refused("state"));
        }
        match answer.iss {
            Some(iss) if iss != self.provider.issuer => {
                return Err(refused("issuer in the address"));
            }
            None if self.provider.names_itself => return Err(refused("no issuer in the address")),
            _ => {}
        }
        if let Some(error) = answer.error {
            return Err(if error == "access_denied" {
                Fault::Declined
            } else {
                refused("error")
            });
        }
        let code = answer.code.ok_or_else(|| refused("no code"))?;
        let using = self.provider.reach.clone();
        let http = move |request: HttpRequest| fetch(request, using.clone());
        let token = self
            .provider
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| Fault::Unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(self.verifier.secret().clone()))
            .request_async(&http)
            .await
            .map_err(|error| match error {
                openidconnect::RequestTokenError::Request(cause) => {
                    tracing::warn!(%cause, "the sign-in provider could not be asked for a token");
                    Fault::Unreachable
                }
                _ => refused("code"),
            })?;
        let id = token.id_token().ok_or_else(|| refused("no ID token"))?;
        let claims = self.claims(id, now)?;
        let mut groups = groups_of(&claims.additional_claims().all, &config.groups_claim);
        if groups.is_none() && self.provider.client.user_info_url().is_some() {
            let access = token.access_token().clone();
            groups = self
                .user_groups(config, access, claims.subject().clone())
                .await?;
        }
        let methods = claims.auth_method_refs().into_iter().flatten();
        Ok(Verified {
            issuer: self.provider.issuer.clone(),
            subject: claims.subject().to_string(),
            groups: groups.unwrap_or_default(),
            methods: methods.map(|method| method.to_string()).collect(),
            login: claims.preferred_username().map(|name| name.to_string()),
            name: claims
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.to_string()),
        })
    }

    /// Signature, issuer, audience, authorised party, nonce and times.
    fn claims<'a>(
        &self,
        token: &'a openidconnect::IdToken<
            Extra,
            CoreGenderClaim,
            CoreJweContentEncryptionAlgorithm,
            CoreJwsSigningAlgorithm,
        >,
        now: Micros,
    ) -> Result<&'a IdTokenClaims<Extra, CoreGenderClaim>, Fault> {
        let (seconds, began, fresh) = (now.seconds(), self.at.seconds(), self.fresh);
        let verifier = self
            .provider
            .client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || at_seconds(seconds.saturating_sub(SKEW_SECONDS)).into())
            .set_issue_time_verifier_fn(move |at| {
                let at = at.timestamp();
                let fits = at <= seconds.saturating_add(SKEW_SECONDS)
                    && at >= seconds.saturating_sub(TOKEN_SECONDS_MAX);
                fits.then_some(()).ok_or_else(String::new)
            })
            .set_auth_time_verifier_fn(move |at| {
                let at = at.map(|at| at.timestamp());
                let fits = !fresh || at.is_some_and(|at| at >= began.saturating_sub(SKEW_SECONDS));
                fits.then_some(()).ok_or_else(String::new)
            });
        let claims = token
            .claims(&verifier, &self.nonce)
            .map_err(|error| refused(claim_fault(&error)))?;
        let party = claims.authorized_party();
        if party.is_some_and(|party| party != self.provider.client.client_id()) {
            return Err(refused("authorised party"));
        }
        Ok(claims)
    }

    /// Groups that the provider tells only at its other endpoint, of the same subject.
    async fn user_groups(
        &self,
        config: &OidcConfig,
        access: AccessToken,
        subject: SubjectIdentifier,
    ) -> Result<Option<Vec<String>>, Fault> {
        let using = self.provider.reach.clone();
        let http = move |request: HttpRequest| fetch(request, using.clone());
        let asked = self.provider.client.user_info(access, Some(subject));
        let told: UserInfoClaims<Extra, CoreGenderClaim> = asked
            .map_err(|_| Fault::Unreachable)?
            .request_async(&http)
            .await
            .map_err(|_| refused("user info"))?;
        Ok(groups_of(
            &told.additional_claims().all,
            &config.groups_claim,
        ))
    }
}

fn at_seconds(seconds: i64) -> SystemTime {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The groups in a claim, by its name or by the way to it (`realm_access.roles`); `None` if there is no such claim.
fn groups_of(claims: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    let inner = || {
        let mut parts = name.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    };
    match claims.get(name).or_else(inner)? {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(all) => {
            let texts = all.iter().filter_map(Value::as_str).map(str::to_owned);
            Some(texts.take(GROUPS_READ_MAX).collect())
        }
        _ => Some(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn groups_are_found_by_name_or_way_and_only_texts_count() {
        let claims = json!({
            "groups": ["a", 7, {"b": "c"}, "d"],
            "realm_access": {"roles": ["x"]},
            "https://example.org/groups": "one",
            "odd": {"a": true},
        });
        let of = |name: &str| groups_of(claims.as_object().unwrap(), name);
        assert_eq!(of("groups").unwrap(), ["a", "d"]);
        assert_eq!(of("realm_access.roles").unwrap(), ["x"]);
        assert_eq!(of("https://example.org/groups").unwrap(), ["one"]);
        assert_eq!(of("odd").unwrap(), Vec::<String>::new());
        assert_eq!(of("none.at.all"), None);
    }

    #[test]
    fn no_symmetric_signature_and_none_at_all_is_taken() {
        for no in [
            CoreJwsSigningAlgorithm::None,
            CoreJwsSigningAlgorithm::HmacSha256,
            CoreJwsSigningAlgorithm::HmacSha384,
            CoreJwsSigningAlgorithm::HmacSha512,
        ] {
            assert!(!ALGORITHMS.contains(&no));
        }
    }
}
