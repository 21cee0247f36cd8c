//! TLS for what kefu asks of others.

/// Chooses the process's one TLS provider, if that was not done yet: whatever speaks TLS asks for it.
pub fn ready() {
    let _chosen_before = rustls::crypto::ring::default_provider().install_default().is_err();
}
