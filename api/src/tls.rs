//! The one provider of cryptography for TLS: `ring`.

/// Makes TLS ready for every client of this process. Calling it again does nothing.
pub fn ready() {
    // An `Err` says that there is a provider already: this one.
    let _installed_before = rustls::crypto::ring::default_provider().install_default().is_err();
}
