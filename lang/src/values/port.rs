//! Ports and their protocols.

use std::fmt;
use std::num::NonZeroU16;

use super::ParseError;
use super::error::shown;

/// A port number, 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

impl Port {
    /// The port of this number; `None` outside 1 to 65535.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        u16::try_from(number).ok().and_then(NonZeroU16::new).map(Self)
    }

    /// Reads a number without sign or leading zeros.
    ///
    /// # Errors
    /// If the text is not a number from 1 to 65535.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| plain).map(Self).ok_or_else(|| {
            ParseError::at(0, format!("`{}` is not a port", shown(text))).with_hint("write a number from 1 to 65535")
        })
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0.get()
    }

    /// Whether binding to it needs a privilege on Unix: below 1024.
    #[must_use]
    pub fn is_privileged(self) -> bool {
        self.number() < 1024
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The transport protocols of Kubernetes and Docker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// Transmission Control Protocol.
    Tcp,
    /// User Datagram Protocol.
    Udp,
    /// Stream Control Transmission Protocol.
    Sctp,
}

impl Protocol {
    /// Reads a name without regard to case: Kubernetes writes `TCP`, Docker `tcp`.
    ///
    /// # Errors
    /// If it is another name.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let all = [Self::Tcp, Self::Udp, Self::Sctp];
        all.into_iter().find(|protocol| protocol.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
            ParseError::at(0, format!("`{}` is not a protocol", shown(text))).with_hint("write `TCP`, `UDP` or `SCTP`")
        })
    }

    /// The name as Kubernetes writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

super::serde_as_text!(Port);
super::serde_as_text!(Protocol);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn reads_ports() {
        for (text, privileged) in [("1", true), ("1023", true), ("1024", false), ("65535", false)] {
            let port = Port::parse(text).unwrap();
            assert_eq!((port.to_string().as_str(), port.is_privileged()), (text, privileged));
            assert_eq!(Port::new(i64::from(port.number())), Some(port));
            round_trip(&port);
        }
        for text in ["", "0", "65536", "99999", "080", "+80", "-1", "80/tcp", "http", " 80"] {
            assert!(Port::parse(text).is_err(), "{text}");
        }
        assert_eq!(Port::new(0), None);
        assert_eq!(Port::new(65_536 + 80), None);
    }

    #[test]
    fn reads_protocols() {
        for (text, printed) in [("tcp", "TCP"), ("UDP", "UDP"), ("Sctp", "SCTP")] {
            let protocol = Protocol::parse(text).unwrap();
            assert_eq!(protocol.to_string(), printed);
            round_trip(&protocol);
        }
        assert!(Protocol::parse("icmp").is_err());
    }
}
