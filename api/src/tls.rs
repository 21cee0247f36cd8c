//! TLS for requests that this server makes itself.

/// Makes the cryptography of outgoing TLS ready; a second call does nothing.
pub fn ready() {
    // Whoever was first has chosen the same provider.
    let _already_there = rustls::crypto::ring::default_provider().install_default().is_err();
}
