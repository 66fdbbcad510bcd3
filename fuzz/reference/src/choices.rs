//! Where decisions come from: a random number, or the bytes of a fuzzer.

/// A stream of choices.
#[derive(Clone, Debug)]
pub struct Choices<'b> {
    bytes: Option<&'b [u8]>,
    state: u64,
}

impl<'b> Choices<'b> {
    /// Random choices; the same seed gives the same ones.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        Self { bytes: None, state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66_D123_4567 }
    }

    /// Choices by bytes, one each; when they run out, always the first.
    #[must_use]
    pub fn of_bytes(bytes: &'b [u8]) -> Self {
        Self { bytes: Some(bytes), state: 0 }
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end < 2 {
            return 0;
        }
        match &mut self.bytes {
            Some(bytes) => match bytes.split_first() {
                Some((byte, rest)) => {
                    *bytes = rest;
                    usize::from(*byte) % end
                }
                None => 0,
            },
            None => {
                // SplitMix64.
                self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut mixed = self.state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^= mixed >> 31;
                usize::try_from(mixed % end as u64).unwrap_or(0)
            }
        }
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, of_hundred: usize) -> bool {
        // The rare case must not be what exhausted bytes give.
        self.below(100) >= 100 - of_hundred.min(100)
    }

    /// One of several.
    pub fn pick<'p, T>(&mut self, of: &'p [T]) -> Option<&'p T> {
        let place = self.below(of.len());
        of.get(place)
    }

    /// Whether the bytes have run out; random choices never do.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.bytes.is_some_and(<[u8]>::is_empty)
    }
}
