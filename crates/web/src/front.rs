//! The front of HTTP: under which names it is reached, whose word about a caller's address counts, and how many bytes may be
//! on their way in.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, header};

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Bytes of bodies that may lie here at one time, in all and of one caller.
#[derive(Clone, Copy, Debug)]
pub struct ByteLimits {
    /// In all.
    pub all: u64,
    /// Of one caller.
    pub of_caller: u64,
}

/// See the module.
pub struct Front {
    /// Names in small letters, without ports.
    names: Vec<String>,
    is_any_name: bool,
    proxies: Vec<IpAddr>,
    /// Connections of one address at one time.
    pub(crate) of_address_max: usize,
    limits: ByteLimits,
    taken: Mutex<HashMap<String, u64>>,
}

impl Default for Front {
    fn default() -> Self {
        Self::new("", "").expect("no proxy is named")
    }
}

impl Front {
    /// A front that is reached by address, as `localhost` and under these names (`*`: any), with these proxies before it;
    /// both lists are divided by commas.
    ///
    /// # Errors
    /// The proxy that is no address.
    pub fn new(names: &str, proxies: &str) -> Result<Self, String> {
        let list = |text: &str| -> Vec<String> {
            text.split(',').map(|one| one.trim().to_ascii_lowercase()).filter(|one| !one.is_empty()).collect()
        };
        let names = list(names);
        let proxies = list(proxies).into_iter().map(|proxy| proxy.parse::<IpAddr>().map_err(|_| proxy));
        Ok(Self {
            is_any_name: names.iter().any(|name| name == "*"),
            names,
            proxies: proxies.collect::<Result<_, _>>()?,
            of_address_max: 1_024,
            limits: ByteLimits { all: 512 << 20, of_caller: 128 << 20 },
            taken: Mutex::default(),
        })
    }

    /// With these limits.
    #[must_use]
    pub fn limited(self, of_address_max: usize, limits: ByteLimits) -> Self {
        Self { of_address_max, limits, ..self }
    }

    /// Is this one of the proxies whose word about others counts?
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.contains(&address.to_canonical())
    }

    /// Who asks, behind the proxies.
    pub(crate) fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer?.ip().to_canonical();
        if !self.is_proxy(peer) {
            return Some(peer);
        }
        let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let said: Vec<IpAddr> =
            said.flat_map(|value| value.split(',')).filter_map(|one| one.trim().parse().ok()).collect();
        Some(said.into_iter().rev().find(|address| !self.is_proxy(*address)).unwrap_or(peer))
    }

    /// Under which name and port a request came: the proxy's word for it where there is one.
    pub(crate) fn host(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<String> {
        let is_proxied = peer.is_some_and(|peer| self.is_proxy(peer.ip()));
        let forwarded = headers.get("x-forwarded-host").filter(|_| is_proxied);
        let host = forwarded.or(headers.get(header::HOST))?;
        Some(host.to_str().unwrap_or("?").trim().to_ascii_lowercase())
    }

    /// Did the browser come by TLS, as far as we know?
    pub(crate) fn is_secure(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
        let is_proxied = peer.is_some_and(|peer| self.is_proxy(peer.ip()));
        is_proxied && headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
    }

    /// Is this one of our names? An address is: nobody can make another's page come from one.
    pub(crate) fn knows(&self, host: &str) -> bool {
        let name = match host.strip_prefix('[') {
            Some(rest) => return rest.split_once(']').is_some_and(|(ip, _)| ip.parse::<std::net::Ipv6Addr>().is_ok()),
            None => host
                .rsplit_once(':')
                .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
                .map_or(host, |(name, _)| name),
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        self.is_any_name
            || name.parse::<std::net::Ipv4Addr>().is_ok()
            || name == "localhost"
            || self.names.iter().any(|known| known == name)
            || own_name().is_some_and(|own| own == name)
    }

    /// A place for so many bytes of a caller, until it is dropped; none where there is no room.
    pub(crate) fn room(self: &Arc<Self>, caller: String, bytes: u64) -> Option<Room> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let all: u64 = taken.values().sum();
        let own = taken.get(&caller).copied().unwrap_or(0);
        // One body is always taken where nothing else lies here, however small the limit.
        let is_room = |used: u64, limit: u64| used == 0 || used.saturating_add(bytes) <= limit;
        if !is_room(own, self.limits.of_caller) || !is_room(all, self.limits.all) {
            return None;
        }
        *taken.entry(caller.clone()).or_default() += bytes;
        Some(Room { front: Arc::clone(self), caller, bytes })
    }
}

/// See [`Front::room`].
pub(crate) struct Room {
    front: Arc<Front>,
    caller: String,
    bytes: u64,
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.front.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(used) = taken.get_mut(&self.caller) {
            *used -= self.bytes;
            if *used == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}

/// What this machine calls itself.
fn own_name() -> Option<&'static str> {
    static NAME: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let read = || {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
        Some(name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty())
    };
    NAME.get_or_init(read).as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_names_that_are_set_are_ours() {
        let front = Front::new("granary.example, other.example", "").expect("no proxy");
        for ours in ["127.0.0.1:7070", "10.1.2.3", "[::1]:7070", "localhost:1", "granary.example", "other.example:443"]
        {
            assert!(front.knows(ours), "{ours}");
        }
        for other in [
            "rebind.test:7070",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "[evil]",
            "granary.example@evil",
        ] {
            assert!(!front.knows(other), "{other}");
        }
        assert!(Front::new("*", "").expect("no proxy").knows("anything"));
    }

    #[test]
    fn what_is_forwarded_counts_from_a_proxy_alone() {
        let front = Front::new("", "10.0.0.1").expect("an address");
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.2".parse().expect("a value"));
        headers.insert("x-forwarded-proto", "https".parse().expect("a value"));
        let peer = |text: &str| Some(text.parse::<SocketAddr>().expect("an address"));
        assert_eq!(front.client(peer("10.0.0.1:5"), &headers), Some("198.51.100.2".parse().expect("an address")));
        assert_eq!(front.client(peer("10.0.0.2:5"), &headers), Some("10.0.0.2".parse().expect("an address")));
        assert!(front.is_secure(peer("10.0.0.1:5"), &headers) && !front.is_secure(peer("10.0.0.2:5"), &headers));
        assert!(Front::new("", "somewhere").is_err());
    }

    #[test]
    fn bytes_have_room_in_all_and_for_each_caller() {
        let front = Arc::new(Front::default().limited(1, ByteLimits { all: 100, of_caller: 60 }));
        let first = front.room("a".into(), 50).expect("room");
        assert!(front.room("a".into(), 11).is_none(), "of one caller");
        let second = front.room("b".into(), 50).expect("room");
        assert!(front.room("c".into(), 1).is_none(), "in all");
        drop((first, second));
        assert!(front.room("a".into(), 500).is_some(), "one body has always room");
    }
}
