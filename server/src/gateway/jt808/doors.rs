//! Who may connect: how many connections an address may have, and how many may be open without having shown a code.
//!
//! A connection that is one too many is closed at once, counted, and comes again later.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most connections that may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From one address, or one IPv6 network of 64 bits.
    pub per_address: u32,
    /// Not authenticated yet, from everywhere.
    pub unauthenticated: u32,
}

/// Counts the open connections.
#[derive(Debug)]
pub struct Doors {
    limits: Limits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    by_address: HashMap<IpAddr, u32>,
    unauthenticated: u32,
}

/// Why a connection is closed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Its address has as many as it may have.
    Address,
    /// As many as may wait without a code do so.
    Unauthenticated,
}

impl Full {
    /// Name for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Full::Address => "address_limit",
            Full::Unauthenticated => "unauthenticated_limit",
        }
    }
}

/// A connection's place; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    doors: Arc<Doors>,
    address: IpAddr,
    is_authenticated: bool,
}

impl Doors {
    /// Nobody is in.
    pub fn new(limits: Limits) -> Arc<Doors> {
        Arc::new(Doors { limits, open: Mutex::default() })
    }

    /// Lets a connection in, not authenticated yet.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let address = network(address);
        let mut open = self.lock();
        if open.unauthenticated >= self.limits.unauthenticated {
            return Err(Full::Unauthenticated);
        }
        let of_address = open.by_address.entry(address).or_default();
        if *of_address >= self.limits.per_address {
            return Err(Full::Address);
        }
        *of_address += 1;
        open.unauthenticated += 1;
        Ok(Place { doors: Arc::clone(self), address, is_authenticated: false })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Says whether the connection is authenticated now.
    pub fn set_authenticated(&mut self, authenticated: bool) {
        if std::mem::replace(&mut self.is_authenticated, authenticated) != authenticated {
            let mut open = self.doors.lock();
            open.unauthenticated = if authenticated { open.unauthenticated - 1 } else { open.unauthenticated + 1 };
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.set_authenticated(true);
        let mut open = self.doors.lock();
        if let Some(count) = open.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

/// The address itself; of IPv6 the network, because one subscriber has at least 64 bits of addresses (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_has_so_many_and_gets_them_back() {
        let doors = Doors::new(Limits { per_address: 2, unauthenticated: 10 });
        let first = doors.enter(address("10.0.0.1")).expect("room");
        let _second = doors.enter(address("::ffff:10.0.0.1")).expect("room");
        assert_eq!(doors.enter(address("10.0.0.1")).err(), Some(Full::Address));
        assert!(doors.enter(address("10.0.0.2")).is_ok());
        drop(first);
        assert!(doors.enter(address("10.0.0.1")).is_ok());
        let _one = doors.enter(address("2001:db8::1")).expect("room");
        let _two = doors.enter(address("2001:db8::2")).expect("room");
        assert_eq!(doors.enter(address("2001:db8::3")).err(), Some(Full::Address));
    }

    #[test]
    fn those_without_a_code_are_counted_until_they_show_one() {
        let doors = Doors::new(Limits { per_address: 10, unauthenticated: 2 });
        let mut first = doors.enter(address("10.0.0.1")).expect("room");
        let second = doors.enter(address("10.0.0.2")).expect("room");
        assert_eq!(doors.enter(address("10.0.0.3")).err(), Some(Full::Unauthenticated));
        first.set_authenticated(true);
        first.set_authenticated(true);
        let third = doors.enter(address("10.0.0.3")).expect("room");
        assert_eq!(doors.enter(address("10.0.0.4")).err(), Some(Full::Unauthenticated));
        drop((second, third));
        first.set_authenticated(false);
        assert_eq!(doors.lock().unauthenticated, 1);
        drop(first);
        let open = doors.lock();
        assert_eq!((open.unauthenticated, open.by_address.len()), (0, 0));
    }
}
