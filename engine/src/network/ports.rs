//! Sets of ports: what a rule names, what a pod calls them, and what is common to two sets.

use super::workload::ContainerPort;
use std::fmt;
use std::sync::Arc;

/// A protocol that policies tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Transmission Control Protocol.
    Tcp,
    /// User Datagram Protocol.
    Udp,
    /// Stream Control Transmission Protocol.
    Sctp,
}

impl Protocol {
    const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// As manifests spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    /// The protocol of a word of a manifest.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == word)
    }
}

/// Ports by protocol, and whether everything else (ICMP and the like) is among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortSet {
    /// Ranges by protocol, in the order of [`Protocol`]: ascending, apart from each other, both ends among them.
    ranges: [Vec<(u16, u16)>; 3],
    others: bool,
}

const WHOLE: (u16, u16) = (0, u16::MAX);

impl PortSet {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self { ranges: [vec![WHOLE], vec![WHOLE], vec![WHOLE]], others: true }
    }

    /// Nothing but protocols without ports.
    pub(super) fn others() -> Self {
        Self { others: true, ..Self::default() }
    }

    /// Ports of a protocol, both ends among them; of all where there is none.
    pub(super) fn range(protocol: Option<Protocol>, first: u16, last: u16) -> Self {
        let mut set = Self::default();
        for (known, ranges) in Protocol::ALL.into_iter().zip(&mut set.ranges) {
            if protocol.is_none_or(|protocol| protocol == known) && first <= last {
                ranges.push((first, last));
            }
        }
        set
    }

    /// One port of a protocol, `TCP 80`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (protocol, port) = text.split_once(' ')?;
        let port = port.parse().ok().filter(|port| *port > 0)?;
        Some(Self::range(Some(Protocol::of(protocol)?), port, port))
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.others && self.ranges.iter().all(Vec::is_empty)
    }

    /// Whether everything is in it.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    /// What is in one or the other.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.each(other, self.others || other.others, |one, two| one || two)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.each(other, self.others && other.others, |one, two| one && two)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.each(other, self.others && !other.others, |one, two| one && !two)
    }

    fn each(&self, other: &Self, others: bool, keep: impl Fn(bool, bool) -> bool) -> Self {
        let mut set = Self { others, ..Self::default() };
        for (into, (one, two)) in set.ranges.iter_mut().zip(self.ranges.iter().zip(&other.ranges)) {
            *into = combined(one, two, &keep);
        }
        set
    }

    /// `TCP 80, TCP 8000-8080, UDP 53`; `all ports` and `no port` where it is so.
    #[must_use]
    pub fn text(&self) -> String {
        if self.is_all() {
            return "all ports".to_owned();
        }
        let mut parts = Vec::new();
        for (protocol, ranges) in Protocol::ALL.into_iter().zip(&self.ranges) {
            parts.extend(ranges.iter().map(|(first, last)| match (*first, *last) {
                WHOLE => format!("all {}", protocol.as_str()),
                (first, last) if first == last => format!("{} {first}", protocol.as_str()),
                (first, last) => format!("{} {first}-{last}", protocol.as_str()),
            }));
        }
        parts.extend(self.others.then(|| "other protocols".to_owned()));
        if parts.is_empty() { "no port".to_owned() } else { parts.join(", ") }
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text())
    }
}

/// Ranges whose ports `keep` wants, by whether each list has them.
fn combined(one: &[(u16, u16)], two: &[(u16, u16)], keep: &impl Fn(bool, bool) -> bool) -> Vec<(u16, u16)> {
    // Where either list changes; between two such places all ports are alike.
    let ends = one.iter().chain(two).flat_map(|(first, last)| [u32::from(*first), u32::from(*last) + 1]);
    let mut cuts: Vec<u32> = ends.chain([0, u32::from(u16::MAX) + 1]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    let (mut at_one, mut at_two) = (0, 0);
    for pair in cuts.windows(2) {
        let (Ok(first), Ok(last)) = (u16::try_from(pair[0]), u16::try_from(pair[1] - 1)) else { continue };
        if !keep(has(one, &mut at_one, first), has(two, &mut at_two, first)) {
            continue;
        }
        match ranges.last_mut() {
            Some(before) if u32::from(before.1) + 1 == u32::from(first) => before.1 = last,
            _ => ranges.push((first, last)),
        }
    }
    ranges
}

// Whether a list has a port; asked for ascending ports, with the place where the last question ended.
fn has(ranges: &[(u16, u16)], at: &mut usize, port: u16) -> bool {
    while ranges.get(*at).is_some_and(|(_, last)| *last < port) {
        *at += 1;
    }
    ranges.get(*at).is_some_and(|(first, _)| *first <= port)
}

/// A port as a rule names it.
#[derive(Clone, Debug)]
pub(super) struct RulePort {
    /// Any where there is none.
    pub(super) protocol: Option<Protocol>,
    pub(super) port: RulePorts,
}

/// Which ports of a protocol.
#[derive(Clone, Debug)]
pub(super) enum RulePorts {
    All,
    Range(u16, u16),
    /// A name that the receiving pods give to a port.
    Named(Arc<str>),
    /// What has no ports, such as ICMP.
    Others,
    /// Nobody can say.
    Broken,
}

impl RulePort {
    /// The ports that this means for sure, and those that it may mean, of pods with these ports.
    pub(super) fn of(&self, ports: &[ContainerPort]) -> (PortSet, PortSet) {
        let certain = |set: PortSet| (set.clone(), set);
        match &self.port {
            RulePorts::All => certain(PortSet::range(self.protocol, WHOLE.0, WHOLE.1)),
            RulePorts::Range(first, last) => certain(PortSet::range(self.protocol, *first, *last)),
            RulePorts::Others => certain(PortSet::others()),
            RulePorts::Broken => (PortSet::default(), PortSet::all()),
            RulePorts::Named(name) => {
                let mut sets = (PortSet::default(), PortSet::default());
                let named = ports.iter().filter(|port| port.name.as_deref() == Some(&**name));
                for port in named.filter(|port| self.protocol.is_none_or(|protocol| port.protocol == Some(protocol))) {
                    match port.number {
                        Some(number) => {
                            let set = PortSet::range(port.protocol, number, number);
                            sets = (sets.0.or(&set), sets.1.or(&set));
                        }
                        None => sets.1 = PortSet::all(),
                    }
                }
                sets
            }
        }
    }
}

#[cfg(test)]
mod unit {
    use super::{PortSet, Protocol};

    #[test]
    fn sets_are_sets() {
        let tcp = |first, last| PortSet::range(Some(Protocol::Tcp), first, last);
        let web = tcp(80, 80).or(&tcp(443, 443)).or(&tcp(81, 81));
        assert_eq!(web.text(), "TCP 80-81, TCP 443");
        assert_eq!(web.and(&tcp(81, 1000)).text(), "TCP 81, TCP 443");
        assert_eq!(web.without(&tcp(80, 80)).text(), "TCP 81, TCP 443");
        assert_eq!(PortSet::all().without(&tcp(0, 65535)).text(), "all UDP, all SCTP, other protocols");
        assert_eq!(PortSet::all().without(&tcp(65535, 65535)).and(&tcp(65000, 65535)).text(), "TCP 65000-65534");
        assert_eq!(PortSet::default().text(), "no port");
        assert!(PortSet::all().without(&PortSet::all()).is_empty());
        assert!(PortSet::all().and(&PortSet::all()).is_all());
        assert!(tcp(5, 4).is_empty());
    }
}
