//! Settings that are addresses: of this machine, of the web, of a provider's API, of proxies.

use super::{SettingsError, Source, list, value};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

pub(super) fn address(source: Source<'_>, name: &'static str, default: &str) -> Result<SocketAddr, SettingsError> {
    let text = value(source, name).unwrap_or_else(|| default.to_owned());
    text.parse().map_err(|_| SettingsError::Invalid { name, reason: format!("{text:?} is not like {default}") })
}

pub(super) fn networks(source: Source<'_>, name: &'static str) -> Result<Vec<IpNet>, SettingsError> {
    let network = |text: String| {
        let read = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        read.ok_or_else(|| SettingsError::Invalid { name, reason: format!("{text:?} is no address and no network") })
    };
    list(source, name).into_iter().map(network).collect()
}

/// A provider's API. Keys and prices travel only where nobody can read or change them, or not at all.
pub(super) fn api_address(source: Source<'_>, name: &'static str, default: &str) -> Result<Url, SettingsError> {
    let url = web_address(source, name, default)?;
    let is_this_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !is_this_machine {
        let reason = format!("{url} is neither https nor this machine, so keys could be read on the way");
        return Err(SettingsError::Invalid { name, reason });
    }
    Ok(url)
}

pub(super) fn web_address(source: Source<'_>, name: &'static str, default: &str) -> Result<Url, SettingsError> {
    let text = value(source, name).unwrap_or_else(|| default.to_owned());
    let url = Url::parse(&text).map_err(|e| SettingsError::Invalid { name, reason: format!("{text:?}: {e}") })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(SettingsError::Invalid { name, reason: format!("{text:?} is not http or https") });
    }
    Ok(url)
}
