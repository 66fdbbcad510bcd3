//! Internet addresses and address ranges.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::ParseError;
use super::error::shown;

/// An IPv4 or IPv6 address. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is that IPv4 address. Printed in
/// canonical form (RFC 5952).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ip(IpAddr);

impl Ip {
    /// Reads an address. Numbers with leading zeros and zones (`%eth0`) are refused.
    ///
    /// # Errors
    /// If the text is not an address.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = || ParseError::at(0, format!("`{}` is not an ip address", shown(text)));
        text.parse::<IpAddr>().map(|address| Self(address.to_canonical())).map_err(|_| match text.contains('/') {
            true => error().with_hint("this looks like a range of addresses, which is a cidr"),
            false => error(),
        })
    }

    /// The address.
    #[must_use]
    pub fn addr(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A range of addresses such as `10.0.0.0/8`. Host bits are kept: `10.1.2.3/8` is printed so and covers the same
/// addresses as `10.0.0.0/8`, but is not equal to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNet);

impl Cidr {
    /// Reads `address/length`. Numbers with leading zeros, signs and blanks are refused.
    ///
    /// # Errors
    /// If the text is not of that form; a bare address is not a range.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset| ParseError::at(offset, format!("`{}` is not a cidr", shown(text)));
        let Some((address, length)) = text.split_once('/') else {
            let single = text.parse::<IpAddr>().ok().map(|address| if address.is_ipv4() { 32 } else { 128 });
            return Err(match single {
                Some(bits) => refuse(0).with_hint(format!("write `{text}/{bits}` for a single address")),
                None => refuse(0),
            });
        };
        let length_start = address.len() + 1;
        let address = address.parse::<IpAddr>().map_err(|_| refuse(0))?;
        let plain = length.bytes().all(|byte| byte.is_ascii_digit()) && (length == "0" || !length.starts_with('0'));
        let bits: u8 = length.parse().ok().filter(|_| plain).ok_or_else(|| refuse(length_start))?;
        // An IPv4 range written as IPv6 is that IPv4 range, so that it cannot slip past a rule on the latter.
        let (address, bits) = match (address.to_canonical(), bits.checked_sub(96)) {
            (canonical, Some(bits)) if canonical.is_ipv4() && address.is_ipv6() => (canonical, bits),
            _ => (address, bits),
        };
        IpNet::new(address, bits).map(Self).map_err(|_| refuse(length_start))
    }

    /// How many bits behind the prefix are set; 0 if the range is written at its first address.
    #[must_use]
    pub fn host_bits(self) -> u32 {
        match (self.0.addr(), self.0.network()) {
            (IpAddr::V4(address), IpAddr::V4(network)) => (address.to_bits() ^ network.to_bits()).count_ones(),
            (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits() ^ network.to_bits()).count_ones(),
            _ => 0,
        }
    }

    /// The same range, written at its first address.
    #[must_use]
    pub fn network(self) -> Self {
        Self(self.0.trunc())
    }

    /// The count of bits that all addresses of the range share.
    #[must_use]
    pub fn prefix_length(self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether the address lies in the range. An IPv4 address never lies in an IPv6 range, nor the reverse.
    #[must_use]
    pub fn contains(self, address: Ip) -> bool {
        self.0.contains(&address.0)
    }

    /// Whether all of this range lies in the other.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        other.0.contains(&self.0)
    }

    /// Whether the two ranges have an address in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.is_within(other) || other.is_within(self)
    }
}

/// The range of one address.
impl From<Ip> for Cidr {
    fn from(address: Ip) -> Self {
        Self(IpNet::from(address.0))
    }
}

/// The canonical address, host bits kept, and the prefix length.
impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

super::serde_as_text!(Ip);
super::serde_as_text!(Cidr);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn reads_addresses() {
        for (text, printed) in [
            ("10.0.0.1", "10.0.0.1"),
            ("::1", "::1"),
            ("2001:DB8:0:0::1", "2001:db8::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
        ] {
            let read = Ip::parse(text).unwrap();
            assert_eq!(read.to_string(), printed);
            round_trip(&read);
        }
        for text in ["", "10.0.0", "010.0.0.1", "10.0.0.256", " 10.0.0.1", "fe80::1%eth0", "[::1]", "10.0.0.1/32", "1"]
        {
            assert!(Ip::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_ranges() {
        for (text, printed, host_bits) in [
            ("10.0.0.0/8", "10.0.0.0/8", 0),
            ("10.1.2.3/8", "10.1.2.3/8", 4),
            ("0.0.0.0/0", "0.0.0.0/0", 0),
            ("255.255.255.255/0", "255.255.255.255/0", 32),
            ("10.0.0.1/32", "10.0.0.1/32", 0),
            ("::/0", "::/0", 0),
            ("2001:DB8::1/64", "2001:db8::1/64", 1),
            ("::1/128", "::1/128", 0),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8", 0),
            ("::ffff:0:0/64", "::ffff:0.0.0.0/64", 16),
        ] {
            let read = Cidr::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((read.to_string().as_str(), read.host_bits()), (printed, host_bits), "{text}");
            assert_eq!(read.network().host_bits(), 0);
            round_trip(&read);
        }
        for (text, offset) in [
            ("", 0),
            ("10.0.0.0", 0),
            ("10.0.0.0/", 9),
            ("10.0.0.0/08", 9),
            ("10.0.0.0/00", 9),
            ("10.0.0.0/+8", 9),
            ("10.0.0.0/33", 9),
            ("10.0.0.0/8/8", 9),
            ("::/129", 3),
            ("::/256", 3),
            ("010.0.0.0/8", 0),
            ("10.0/8", 0),
            (" 10.0.0.0/8", 0),
            ("10.0.0.0/8 ", 9),
            ("fe80::%eth0/10", 0),
        ] {
            assert_eq!(Cidr::parse(text).unwrap_err().offset, offset, "{text}");
        }
        let hint = Cidr::parse("10.0.0.1").unwrap_err().hint;
        assert_eq!(hint.as_deref(), Some("write `10.0.0.1/32` for a single address"));
    }

    #[test]
    fn relates() {
        for (a, b, within, overlaps) in [
            ("10.0.0.0/8", "0.0.0.0/0", true, true),
            ("0.0.0.0/0", "10.0.0.0/8", false, true),
            ("10.1.0.0/16", "10.2.0.0/16", false, false),
            ("10.1.2.3/8", "10.0.0.0/8", true, true),
            ("10.0.0.0/8", "10.1.2.3/8", true, true),
            ("10.0.0.0/8", "::/0", false, false),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8", true, true),
        ] {
            let (a, b) = (Cidr::parse(a).unwrap(), Cidr::parse(b).unwrap());
            assert_eq!(a.is_within(b), within, "{a} within {b}");
            assert_eq!(a.overlaps(b), overlaps, "{a} overlaps {b}");
            assert_eq!(b.overlaps(a), overlaps, "{b} overlaps {a}");
        }
        for (address, range, inside) in [
            ("169.254.169.254", "169.254.0.0/16", true),
            ("::ffff:169.254.169.254", "169.254.0.0/16", true),
            ("10.9.9.9", "10.1.2.3/8", true),
            ("11.0.0.0", "10.0.0.0/8", false),
            ("::1", "0.0.0.0/0", false),
        ] {
            let (address, range) = (Ip::parse(address).unwrap(), Cidr::parse(range).unwrap());
            assert_eq!(range.contains(address), inside, "{address} in {range}");
        }
        assert_eq!(Cidr::from(Ip::parse("::1").unwrap()).to_string(), "::1/128");
    }
}
