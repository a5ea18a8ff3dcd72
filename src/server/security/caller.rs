//! Who is asking, as far as limits are concerned: an address, or a network of them.

use crate::server::settings::Settings;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What a proxy adds to: who asked it, after what that one claimed.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// One address of IPv4; or a /64 of IPv6, which is what one household or one server has. `None` when the connection has
/// no address: all of these are one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Caller(Option<IpAddr>);

impl Caller {
    /// The other end of the connection; or, when that is a proxy of TRUSTED_PROXIES, who the proxy says is behind it.
    pub fn of(settings: &Settings, request: &Parts) -> Caller {
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        let trusted = &settings.trusted_proxies;
        let lines = request.headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
        let claimed: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        Caller(peer.map(|peer| network(behind(peer.to_canonical(), &claimed, trusted))))
    }
}

/// Whether a request came through a proxy, by its own account: to be said where a limit was reached.
pub fn is_forwarded(request: &Parts) -> bool {
    request.headers.contains_key(FORWARDED_FOR)
}

/// Each proxy writes whom it speaks with at the end of the list. So it is read from there, as long as trusted proxies
/// wrote it; what stands before that, anybody may have made up.
fn behind(peer: IpAddr, claimed: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut nearest = peer;
    for claim in claimed.iter().rev() {
        if !trusted.iter().any(|network| network.contains(&nearest)) {
            break;
        }
        let Some(address) = address(claim.trim()) else { break };
        nearest = address.to_canonical();
    }
    nearest
}

/// Some proxies write the port as well.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(peer: &str, claimed: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        network(behind(peer.parse::<IpAddr>().unwrap(), claimed, &trusted)).to_string()
    }

    #[test]
    fn what_a_stranger_claims_is_not_believed() {
        assert_eq!(read("198.51.100.7", &["203.0.113.9"], &[]), "198.51.100.7");
        assert_eq!(read("198.51.100.7", &["203.0.113.9"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_what_came_before_it_is_not() {
        let trusted = ["10.0.0.0/8", "127.0.0.1/32"];
        assert_eq!(read("127.0.0.1", &["203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(read("127.0.0.1", &["made up", " 203.0.113.9", " 10.1.2.3"], &trusted), "203.0.113.9");
        assert_eq!(read("127.0.0.1", &["8.8.8.8", "203.0.113.9:4711"], &trusted), "203.0.113.9");
        assert_eq!(read("127.0.0.1", &["nonsense"], &trusted), "127.0.0.1");
        assert_eq!(read("127.0.0.1", &[], &trusted), "127.0.0.1");
    }

    #[test]
    fn the_addresses_of_one_household_are_one_caller() {
        assert_eq!(read("2001:db8:1:2:aaaa::1", &[], &[]), "2001:db8:1:2::");
        assert_eq!(read("127.0.0.1", &["2001:db8:1:2:ffff::9"], &["127.0.0.1/32"]), "2001:db8:1:2::");
        assert_eq!(read("127.0.0.1", &["::ffff:203.0.113.9"], &["127.0.0.1/32"]), "203.0.113.9");
    }
}
