//! `kefu serve`: open, migrate, listen, stop.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::System;
use kefu_persistence::{Backend, Options, Store, migrate};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Complaint, print};
use crate::app::{App, remembered_clock};
use crate::clock::Clock;
use crate::config::Config;
use crate::server::{self, Server};
use crate::{telemetry, tls, worker};

/// Serves until it is told to stop; then finishes what runs and closes the store.
pub(super) fn serve(config: &Config) -> Result<(), Complaint> {
    telemetry::start();
    tls::ready();
    let store = open(config)?;
    let served = System::new().block_on(run(config, &store));
    store.close();
    served
}

/// The store, with its schema up to date. The embedded database migrates itself; a PostgreSQL is
/// somebody's, who decides when.
fn open(config: &Config) -> Result<Store, Complaint> {
    if config.database.is_none() {
        std::fs::create_dir_all(&config.data_dir)?;
    }
    let store = Store::open(&config.database_url(), &Options::default())?;
    match store.backend() {
        Backend::Sqlite => drop(store.migrate()?),
        Backend::Postgres => {
            let pending = migrate::pending(&mut store.connect()?)?;
            if !pending.is_empty() {
                store.close();
                let steps = pending.join(", ");
                return Err(Complaint(format!(
                    "the database's schema is not up to date (pending: {steps}). Run `kefu migrate` first."
                )));
            }
        }
    }
    Ok(store)
}

async fn run(config: &Config, store: &Store) -> Result<(), Complaint> {
    let clock = if config.sandbox { test_clock(store).await? } else { Clock::System };
    let app = Arc::new(App::start(store.clone(), clock, config).await?);
    let (stop, stopped) = watch::channel(false);
    let working = [
        actix_web::rt::spawn(worker::run(Arc::clone(&app), stopped.clone())),
        actix_web::rt::spawn(worker::tail::run(Arc::clone(&app), stopped.clone())),
        actix_web::rt::spawn(worker::postman::run(Arc::clone(&app), stopped)),
    ];
    let sweeping = actix_web::rt::spawn(sweep(Arc::clone(&app)));
    let server = Server::new(Arc::clone(&app), config)?;
    let (running, handle, addresses) = server::listen(server, config)?;
    for address in &addresses {
        print(&format!("listening on http://{address}\n"))?;
        // A comfort for people; if nobody reads standard error, nothing is lost.
        drop(writeln!(io::stderr(), "kefu: documentation at http://{address}/docs/"));
    }
    actix_web::rt::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: no more requests, those that run are finished");
        // A stream of events runs for as long as somebody reads it.
        app.stopping.send_replace(true);
        handle.stop(true).await;
    });
    let ended = running.await;
    sweeping.abort();
    // The workers finish what they have taken; a store that closes under them would fail it.
    let _stopped_already = stop.send(true);
    for worker in working {
        drop(worker.await);
    }
    Ok(ended?)
}

/// A sandbox's clock: where it stood when it was last moved, or now.
async fn test_clock(store: &Store) -> Result<Clock, Complaint> {
    let remembered = store.read(remembered_clock).await?;
    Ok(Clock::sandbox(remembered.unwrap_or_else(|| Clock::System.now())))
}

/// How often what nobody needs any more is forgotten.
const SWEEP: Duration = Duration::from_hours(1);

/// Forgets, now and every hour.
async fn sweep(app: Arc<App>) {
    loop {
        match app.sweep().await {
            Ok(forgotten) => tracing::debug!(forgotten, "swept"),
            Err(failure) => tracing::warn!(%failure, "nothing could be swept"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// Until the process is told to stop.
async fn told_to_stop() {
    let (Ok(mut term), Ok(mut int)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
