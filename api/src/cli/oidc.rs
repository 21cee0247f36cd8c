//! How `kefu serve` is told of an OpenID Connect provider.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::Complaint;
use super::people::grant;
use super::secrets::{from_file, secret};
use crate::config::Oidc;

#[derive(Args, Debug)]
pub(super) struct OidcArgs {
    /// The OpenID Connect provider's issuer; without it nobody is signed in by a provider.
    #[arg(long = "oidc-issuer", env = "KEFU_OIDC_ISSUER")]
    issuer: Option<String>,
    /// What the provider calls kefu.
    #[arg(long = "oidc-client-id", env = "KEFU_OIDC_CLIENT_ID")]
    client_id: Option<String>,
    /// What kefu proves that with.
    #[arg(
        long = "oidc-client-secret",
        env = "KEFU_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        value_parser = secret
    )]
    client_secret: Option<SecretString>,
    /// A file that holds it.
    #[arg(long = "oidc-client-secret-file", env = "KEFU_OIDC_CLIENT_SECRET_FILE")]
    client_secret_file: Option<PathBuf>,
    /// Where the provider sends people back to: `https://…/v1/auth/oidc/callback`, or a page.
    #[arg(long = "oidc-redirect-url", env = "KEFU_OIDC_REDIRECT_URL")]
    redirect_url: Option<String>,
    /// What the provider is asked for, between commas.
    #[arg(
        long = "oidc-scopes",
        env = "KEFU_OIDC_SCOPES",
        value_delimiter = ',',
        default_value = "openid,profile,email"
    )]
    scopes: Vec<String>,
    /// The claim that is the user name here.
    #[arg(
        long = "oidc-username-claim",
        env = "KEFU_OIDC_USERNAME_CLAIM",
        default_value = "preferred_username"
    )]
    username_claim: String,
    /// Whether somebody the provider knows and kefu does not becomes a user.
    #[arg(long = "oidc-create-users", env = "KEFU_OIDC_CREATE_USERS")]
    create_users: bool,
    /// Their roles, between commas: `front_desk:own`, `customer:site=<id>`.
    #[arg(long = "oidc-grant", env = "KEFU_OIDC_GRANTS", value_delimiter = ',')]
    grants: Vec<String>,
}

impl OidcArgs {
    /// The provider, if there is one.
    pub(super) fn config(self) -> Result<Option<Oidc>, Complaint> {
        let Some(issuer) = self.issuer else { return Ok(None) };
        let file = self.client_secret_file.as_deref();
        let secret = from_file(self.client_secret, file, "KEFU_OIDC_CLIENT_SECRET")?;
        let needed = |name: &str| Complaint(format!("KEFU_OIDC_ISSUER needs {name}"));
        Ok(Some(Oidc {
            issuer,
            client_id: self.client_id.ok_or_else(|| needed("KEFU_OIDC_CLIENT_ID"))?,
            client_secret: secret.ok_or_else(|| needed("KEFU_OIDC_CLIENT_SECRET"))?,
            redirect_url: self.redirect_url.ok_or_else(|| needed("KEFU_OIDC_REDIRECT_URL"))?,
            scopes: self.scopes,
            username_claim: self.username_claim,
            create_users: self.create_users,
            grants: self.grants.iter().map(|it| grant(it)).collect::<Result<_, _>>()?,
        }))
    }
}
