//! An OpenID Connect provider: where people are sent to sign in, and who they are when they come back.
//!
//! **Invariant.** Nothing a provider says is believed before the identity token's signature, issuer,
//! audience, nonce and times were checked.

use std::fmt;
use std::time::{Duration, Instant};

use kefu_domain::Timestamp;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::app::Failure;
use crate::config::Oidc;

/// How long what a provider says of itself is believed.
const FRESH: Duration = Duration::from_mins(10);

/// A provider that changes its keys is asked again, but not by everybody who brings a bad token.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer of a provider.
const LONGEST: usize = 1024 * 1024;

/// Whom people may be signed in by.
pub struct Provider {
    config: Oidc,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    http: reqwest::Client,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Somebody on their way to the provider.
#[derive(Debug)]
pub struct Sent {
    /// Where they are sent.
    pub url: String,
    /// What they come back with.
    pub state: String,
    /// What their identity token has to repeat.
    pub nonce: String,
    /// What proves that their code was asked for by us.
    pub verifier: String,
}

/// Who somebody is, as a provider says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// Who has said it.
    pub issuer: String,
    /// What the provider calls them, for ever.
    pub subject: String,
    /// What they sign in with here: the claim that was configured.
    pub username: Option<String>,
    /// What people call them.
    pub name: Option<String>,
    /// Their e-mail address, if the provider has verified it.
    pub email: Option<String>,
}

/// Why somebody is not who they should be.
#[derive(Debug)]
pub enum Unsuccessful {
    /// The provider cannot be reached, or is none.
    Unavailable(String),
    /// The provider, or what it has signed, does not say that this is somebody.
    Refused(String),
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unreachable(String);

impl Provider {
    /// A provider as configured. An `Err`: the configuration is none.
    pub fn new(config: Oidc) -> Result<Self, Failure> {
        let wrong = |what: &str, why: &dyn fmt::Display| {
            Failure::Broken(format!("OpenID Connect: the {what} is not usable: {why}"))
        };
        let issuer = IssuerUrl::new(config.issuer.clone());
        let issuer = issuer.map_err(|error| wrong("issuer", &error))?;
        let local = matches!(issuer.url().host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if issuer.url().scheme() != "https" && !local {
            return Err(wrong("issuer", &"it must begin with https://"));
        }
        let redirect = RedirectUrl::new(config.redirect_url.clone());
        let redirect = redirect.map_err(|error| wrong("redirect URL", &error))?;
        crate::tls::ready();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| wrong("HTTP client", &error))?;
        Ok(Self { config, issuer, redirect, http, known: Mutex::new(None) })
    }

    /// How it is configured.
    pub fn config(&self) -> &Oidc {
        &self.config
    }

    /// Where somebody is to be sent, with secrets that are good once.
    pub async fn send(&self) -> Result<Sent, Unsuccessful> {
        let client = self.client(FRESH).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.config.scopes.iter().filter(|it| *it != "openid").cloned();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes.map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Sent {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Who brings this code back.
    pub async fn identify(
        &self,
        code: String,
        nonce: String,
        verifier: String,
        now: Timestamp,
    ) -> Result<Identity, Unsuccessful> {
        let client = self.client(FRESH).await?;
        let asking = |request| self.ask(request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| Unsuccessful::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&asking)
            .await
            .map_err(|error| match error {
                openidconnect::RequestTokenError::Request(error) => {
                    Unsuccessful::Unavailable(error.to_string())
                }
                error => Unsuccessful::Refused(error.to_string()),
            })?;
        let token = tokens.extra_fields().id_token();
        let token = token.ok_or_else(|| Unsuccessful::Refused("no identity token".to_owned()))?;
        let nonce = Nonce::new(nonce);
        if let Err(why) = check(&client, token, &nonce, now) {
            // Perhaps with a key that is newer than what we know of the provider.
            let client = self.client(ASK_AGAIN).await?;
            if check(&client, token, &nonce, now).is_err() {
                return Err(Unsuccessful::Refused(why));
            }
        }
        self.read(token)
    }

    /// What a token says that was checked.
    fn read(&self, token: &CoreIdToken) -> Result<Identity, Unsuccessful> {
        let refused = |why: &str| Unsuccessful::Refused(why.to_owned());
        let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token.to_string());
        let claims = claims.map_err(|error| refused(&error.to_string()))?.claims;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let verified = matches!(claims.get("email_verified"), Some(Value::Bool(true)))
            || text("email_verified").as_deref() == Some("true");
        let email = text("email").filter(|_| verified);
        let username = match self.config.username_claim.as_str() {
            // An address that anybody may have typed in is nobody's name.
            "email" => email.clone(),
            claim => text(claim),
        };
        Ok(Identity {
            issuer: self.config.issuer.clone(),
            subject: text("sub").ok_or_else(|| refused("no subject"))?,
            username: username.filter(|it| !it.is_empty()),
            name: text("name"),
            email,
        })
    }

    /// The provider as it was known at most so long ago.
    async fn client(&self, at_most: Duration) -> Result<Client, Unsuccessful> {
        let mut known = self.known.lock().await;
        let fresh = known.as_ref().filter(|(since, _)| since.elapsed() < at_most);
        let metadata = if let Some((_, metadata)) = fresh {
            metadata.clone()
        } else {
            let asking = |request| self.ask(request);
            let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &asking).await;
            let found = found.map_err(|error| {
                Unsuccessful::Unavailable(crate::telemetry::Chain(&error).to_string())
            })?;
            *known = Some((Instant::now(), found.clone()));
            found
        };
        let secret = self.config.client_secret.expose_secret().to_owned();
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.config.client_id.clone()),
            Some(ClientSecret::new(secret)),
        );
        Ok(client.set_redirect_uri(self.redirect.clone()))
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let failed =
            |error: reqwest::Error| Unreachable(crate::telemetry::Chain(&error).to_string());
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let mut response = self.http.execute(request).await.map_err(failed)?;
        if response.status().is_server_error() {
            return Err(Unreachable(format!("it answered {}", response.status())));
        }
        let mut answer = openidconnect::http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(Unreachable("an endless answer".to_owned()));
            }
        }
        answer.body(body).map_err(|error| Unreachable(error.to_string()))
    }
}

/// Signature, issuer, audience, nonce and times.
fn check(
    client: &Client,
    token: &CoreIdToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<(), String> {
    use CoreJwsSigningAlgorithm::{
        EcdsaP256Sha256, EcdsaP384Sha384, EdDsa, RsaSsaPkcs1V15Sha256, RsaSsaPkcs1V15Sha384,
        RsaSsaPkcs1V15Sha512, RsaSsaPssSha256,
    };
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs([
            RsaSsaPkcs1V15Sha256,
            RsaSsaPkcs1V15Sha384,
            RsaSsaPkcs1V15Sha512,
            RsaSsaPssSha256,
            EcdsaP256Sha256,
            EcdsaP384Sha384,
            EdDsa,
        ])
        .set_time_fn(move || now);
    token
        .claims(&verifier, nonce)
        .map(drop)
        .map_err(|error| crate::telemetry::Chain(&error).to_string())
}
