//! The HTTP server: what it is made of, how it starts and how it stops.

use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, Data, PathConfig};
use actix_web::{
    HttpServer, dev::Server as Running, middleware::Compress, middleware::Condition,
    middleware::from_fn, web,
};
use sha2::{Digest, Sha256};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use utoipa_actix_web::AppExt;

use crate::app::{App, Failure};
use crate::config::{Config, Limits};
use crate::hex;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::middleware::{cors, guard, nowhere, observe, problems};
use crate::openapi::{self, Operations};
use crate::proxies::Network;
use crate::routes;

/// What every request can reach.
#[derive(Debug)]
pub struct Server {
    /// The use cases.
    pub app: Arc<App>,
    /// The published operations.
    pub operations: Operations,
    /// The published document …
    pub document: Bytes,
    /// … and its entity tag.
    pub document_tag: String,
    /// What a caller may take.
    pub limits: Limits,
    /// Who has taken how much.
    pub limiter: Limiter,
    /// What has been counted.
    pub metrics: Metrics,
    /// Proxies whose word on where a request comes from is taken.
    pub trusted_proxies: Vec<Network>,
}

impl Server {
    /// Makes ready what requests need. An `Err` is a defect of the program.
    pub fn new(app: Arc<App>, config: &Config) -> io::Result<Self> {
        let limits = config.limits;
        let document = openapi::document();
        let operations = Operations::new(&document).map_err(io::Error::other)?;
        let document = Bytes::from(document.to_string());
        let digest: [u8; 32] = Sha256::digest(&document).into();
        let tag = hex::encode(digest.get(..8).unwrap_or_default());
        Ok(Self {
            app,
            operations,
            document,
            document_tag: format!("\"{tag}\""),
            limits,
            limiter: Limiter::new(limits.per_minute, limits.burst),
            metrics: Metrics::new().map_err(io::Error::other)?,
            trusted_proxies: config.trusted_proxies.clone(),
        })
    }
}

/// How long requests that run may still take when the server stops.
const LAST_REQUESTS: u64 = 20;

/// Starts to listen; answers what runs, how to stop it, and where it listens.
pub fn listen(
    server: Server,
    config: &Config,
) -> io::Result<(Running, ServerHandle, Vec<SocketAddr>)> {
    let app = Data::from(Arc::clone(&server.app));
    let server = Data::new(server);
    let origins = config.cors_origins.clone();
    let factory = move || {
        actix_web::App::new()
            .app_data(server.clone())
            .app_data(app.clone())
            .app_data(PathConfig::default().error_handler(|_, _| Failure::NotFound.into()))
            .into_utoipa_app()
            .configure(routes::configure)
            .map(|app| app.configure(routes::documentation))
            .into_app()
            .default_service(web::to(nowhere))
            .wrap(from_fn(guard))
            .wrap(from_fn(problems))
            // Outside of the refusals, so that a page can read these too; its own are put into words
            // by the second `problems`.
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(from_fn(problems))
            .wrap(from_fn(observe))
            .wrap(Compress::default())
    };
    let mut http = HttpServer::new(factory)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(LAST_REQUESTS)
        .disable_signals();
    if let Some(workers) = config.workers {
        http = http.workers(workers);
    }
    let http = http.bind(&config.listen)?;
    let addresses = http.addrs();
    let running = http.run();
    let handle = running.handle();
    Ok((running, handle, addresses))
}
