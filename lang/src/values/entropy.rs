//! Shannon entropy, with which rules tell random secrets from words.

use rustc_hash::FxHashMap;

/// The Shannon entropy of a text in bits per character (Unicode scalar value); 0 for an empty text.
///
/// A text of `n` different characters, all equally frequent, has `log2(n)` bits: hexadecimal keys reach 4, base64
/// keys 6. The result does not depend on the order of the characters.
#[must_use]
pub fn entropy(text: &str) -> f64 {
    let mut counts: FxHashMap<char, u32> = FxHashMap::default();
    let mut total = 0_u32;
    for char in text.chars() {
        *counts.entry(char).or_default() += 1;
        total = total.saturating_add(1);
    }
    // Sums of floats depend on their order, so the counts are sorted: equal texts must give equal bits.
    let mut counts: Vec<u32> = counts.into_values().collect();
    counts.sort_unstable();
    let total = f64::from(total);
    let bits: f64 = counts.into_iter().map(|count| f64::from(count) / total).map(|share| -share * share.log2()).sum();
    // An empty sum, or that of a single character, is written without a sign.
    bits.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_bits_per_character() {
        for (text, bits) in [
            ("", 0.0),
            ("aaaa", 0.0),
            ("abab", 1.0),
            ("abcd", 2.0),
            ("éàéà", 1.0),
            ("0123456789abcdef", 4.0),
            ("aab", 0.918_295_834_054_489_6),
        ] {
            assert!((entropy(text) - bits).abs() < 1e-12, "{text}: {}", entropy(text));
        }
        assert_eq!(entropy("hello world").to_bits(), entropy("dlrow olleh").to_bits());
    }
}
