//! The key names that some program reads, each with a small number. Built once, then shared read-only by every thread.
//!
//! A document's keys are looked up here while it is read, so that a path step later is a comparison of numbers. Keys
//! that nobody reads share [`Sym::OTHER`] and keep their text in the document.

/// A known key name by its number. Numbers start at 1, in the order in which the names were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

impl Sym {
    /// A key that no program reads.
    pub const OTHER: Self = Self(0);

    /// Whether this names a known key.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::OTHER
    }
}

/// Bytes of most names.
const USUAL_LENGTH: usize = 14;

/// A read-only set of key names.
#[derive(Clone, Debug)]
pub struct KeyTable {
    /// All names, end to end: there are thousands, and every run makes a table.
    text: String,
    /// Start and end of each, in bytes.
    names: Vec<(u32, u32)>,
    // INVARIANT: the length is a power of two and at least half of the slots are 0, which means free.
    slots: Vec<u32>,
}

impl KeyTable {
    /// Numbers the names; a name given twice keeps its first number.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names = names.into_iter();
        let room = names.size_hint().0;
        let slots = vec![0; (room * 2).next_power_of_two().max(16)];
        let text = String::with_capacity(room * USUAL_LENGTH);
        let mut table = Self { text, names: Vec::with_capacity(room), slots };
        for name in names {
            table.insert(name);
        }
        table
    }

    /// The number of a name; [`Sym::OTHER`] where the table does not have it.
    #[must_use]
    pub fn sym(&self, name: &str) -> Sym {
        self.find(name).0
    }

    /// The number of a name and its hash. Equal names have equal hashes.
    #[inline]
    pub(super) fn find(&self, name: &str) -> (Sym, u32) {
        let mask = self.slots.len() - 1;
        let hash = hash(name.as_bytes());
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return (Sym::OTHER, hash),
                number if self.text_of(number) == name => return (Sym(number), hash),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// The name behind a number; `None` for [`Sym::OTHER`] and numbers of other tables.
    #[must_use]
    pub fn name(&self, sym: Sym) -> Option<&str> {
        let (start, end) = *self.names.get((sym.0 as usize).checked_sub(1)?)?;
        self.text.get(start as usize..end as usize)
    }

    /// How many names the table has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the table has no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    // Of a number that is one.
    #[inline]
    fn text_of(&self, number: u32) -> &str {
        let (start, end) = self.names[number as usize - 1];
        &self.text[start as usize..end as usize]
    }

    fn insert(&mut self, name: &str) {
        let mask = self.slots.len() - 1;
        let mut slot = hash(name.as_bytes()) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                number if self.text_of(number) == name => return,
                _ => slot = (slot + 1) & mask,
            }
        }
        let start = self.text.len();
        self.text.push_str(name);
        self.names.push((small(start), small(self.text.len())));
        if self.names.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 2];
            for number in 0..self.names.len() {
                self.place(number);
            }
        } else {
            self.slots[slot] = u32::try_from(self.names.len()).unwrap_or(0);
        }
    }

    fn place(&mut self, index: usize) {
        let mask = self.slots.len() - 1;
        let name = self.text_of(small(index + 1));
        let mut slot = hash(name.as_bytes()) as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = u32::try_from(index + 1).unwrap_or(0);
    }
}

// Names of programs are far shorter than this in all.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Mixes length, first eight and last eight bytes: field names differ there, and most are shorter than sixteen bytes.
/// Only names of programs are ever stored, so hostile documents cannot lengthen a probe.
fn hash(bytes: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (head, tail) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => (short(bytes), 0),
    };
    let mixed = (head ^ (bytes.len() as u64)).wrapping_mul(FACTOR) ^ tail.rotate_left(29).wrapping_mul(FACTOR);
    u32::try_from(mixed.wrapping_mul(FACTOR) >> 32).unwrap_or_default()
}

/// All of fewer than eight bytes.
fn short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(head), Some(tail), _) => {
            u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << 32
        }
        (_, _, [first, .., last]) => {
            u64::from(*first) | u64::from(bytes[bytes.len() / 2]) << 8 | u64::from(*last) << 16
        }
        (_, _, [only]) => u64::from(*only),
        (_, _, []) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyTable, Sym};

    #[test]
    fn numbers_follow_the_order_of_names_and_survive_growth() {
        let names: Vec<String> = (0..2000).map(|n| format!("key{n}")).collect();
        let table = KeyTable::new(names.iter().map(String::as_str).chain(["key3", ""]));
        assert_eq!(table.len(), 2001);
        for (n, name) in names.iter().enumerate() {
            assert_eq!(table.sym(name), Sym(u32::try_from(n).unwrap() + 1));
            assert_eq!(table.name(table.sym(name)), Some(name.as_str()));
        }
        assert_eq!(table.sym(""), Sym(2001));
        assert_eq!(table.sym("key"), Sym::OTHER);
        assert_eq!(table.name(Sym::OTHER), None);
        assert_eq!(KeyTable::new([]).sym("a"), Sym::OTHER);
    }
}
