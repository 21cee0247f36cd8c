//! Names to addresses, without those nothing may be sent to. What was looked up is what is connected
//! to: a name cannot lead elsewhere in between.

use std::fmt;
use std::net::SocketAddr;

use kefu_domain::webhook::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up as the machine does.
#[derive(Debug)]
pub(super) struct Resolver {
    /// Whether every address is as good as any.
    pub(super) allow_private: bool,
}

/// A name that leads to nothing but addresses nothing may be sent to.
#[derive(Debug)]
pub(super) struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no address of the open internet")
    }
}

impl std::error::Error for NotAllowed {}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let all = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.filter(|it| all || is_public(it.ip())).collect();
            if found.is_empty() {
                return Err(NotAllowed.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolved(name: &str, allow_private: bool) -> Result<usize, String> {
        let found = Resolver { allow_private }.resolve(name.parse().unwrap()).await;
        found.map(Iterator::count).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_leads_nowhere() {
        assert_eq!(resolved("localhost", false).await, Err(NotAllowed.to_string()));
        assert!(resolved("localhost", true).await.is_ok_and(|count| count > 0));
    }
}
