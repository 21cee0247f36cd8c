//! Where a request comes from when proxies stand before us.
//!
//! **Invariant.** `X-Forwarded-For` is read only of what a proxy has written that the operator trusts;
//! anybody can send the header.

use std::net::IpAddr;
use std::str::FromStr;

/// A network, or a single address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// A text that is no network.
#[derive(Debug, thiserror::Error)]
#[error("write an address or a network: 10.0.0.1, 10.0.0.0/8, fd00::/8")]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().ok().ok_or(NoNetwork)?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |it| it.parse().ok()).ok_or(NoNetwork)?;
        if bits > most { Err(NoNetwork) } else { Ok(Self { base, bits }) }
    }
}

impl Network {
    /// Whether an address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (base, address, width) = match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(it)) => {
                (u128::from(base.to_bits()), u128::from(it.to_bits()), 32)
            }
            (IpAddr::V6(base), IpAddr::V6(it)) => (base.to_bits(), it.to_bits(), 128),
            _ => return false,
        };
        let free = u32::from(width - self.bits);
        base.checked_shr(free).unwrap_or(0) == address.checked_shr(free).unwrap_or(0)
    }
}

/// The address a request comes from: the nearest one that is no trusted proxy's. `forwarded` are the
/// values of `X-Forwarded-For` in their order.
pub fn origin<'a>(
    peer: Option<IpAddr>,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[Network],
) -> String {
    let Some(peer) = peer else { return String::new() };
    let trusts = |address: IpAddr| trusted.iter().any(|it| it.contains(address));
    let mut nearest = peer;
    if trusts(peer) {
        for hop in forwarded.rev().flat_map(|it| it.rsplit(',')) {
            // What cannot be read was written by nobody we trust.
            let Ok(address) = hop.trim().parse() else { break };
            nearest = address;
            if !trusts(address) {
                break;
            }
        }
    }
    nearest.to_canonical().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "192.168.1.1", "fd00::/8"].map(|it| it.parse().unwrap());
        origin(Some(peer.parse().unwrap()), forwarded.iter().copied(), &trusted)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(from("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(from("10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(from("10.1.2.3", &["1.1.1.1, 198.51.100.1", "192.168.1.1"]), "198.51.100.1");
        assert_eq!(from("10.1.2.3", &["1.1.1.1, nonsense, 10.9.9.9"]), "10.9.9.9");
        assert_eq!(from("10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(from("::ffff:10.1.2.3", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(from("192.168.1.2", &["198.51.100.1"]), "192.168.1.2");
        assert_eq!(from("fd12::1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn a_network_is_an_address_and_its_bits() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "host", "10.0.0.0/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!("::/0".parse::<Network>().unwrap().contains("2001:db8::1".parse().unwrap()));
    }
}
