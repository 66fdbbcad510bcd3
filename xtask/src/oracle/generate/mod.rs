//! Texts that a reader of Kubernetes manifests could stumble over: written node by node with hostile spellings, or
//! edited from such texts and from real manifests. The same seed gives the same texts.

mod block;
mod flow;
mod json;
mod mutate;
mod scalars;
mod stream;
mod words;
mod writer;

use super::random::Random;
use writer::Writer;

/// Longest piece of a real manifest that is edited, in lines.
const MOST_LINES: usize = 40;

/// Text `number` of a run. `manifests` are real ones to edit, perhaps none.
pub(crate) fn text(seed: u64, number: u64, manifests: &[String]) -> String {
    let mut random = Random::new(seed, number);
    let mut text = match random.below(10) {
        0..=2 if !manifests.is_empty() => excerpt(&mut random, manifests),
        kind => {
            let mut writer = Writer::new(&mut random, kind > 5);
            writer.file();
            let text = writer.out;
            if kind > 2 {
                return without_nul(text);
            }
            text
        }
    };
    mutate::mutate(&mut random, &mut text);
    without_nul(text)
}

/// Some lines of a manifest, from a line at the left edge on.
fn excerpt(random: &mut Random, manifests: &[String]) -> String {
    let manifest = &manifests[random.below(manifests.len())];
    let lines: Vec<&str> = manifest.split_inclusive('\n').collect();
    let left: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].starts_with([' ', '\t'])).collect();
    let start = if left.is_empty() || lines.len() <= MOST_LINES { 0 } else { random.pick(&left) };
    let count = random.within(1..MOST_LINES + 1);
    lines[start..].iter().take(count).copied().collect()
}

/// A file with a NUL is no text, and is told so before any reader of YAML sees it.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn texts_are_the_same_every_time_and_hold_what_is_hostile() {
        let manifests = ["kind: Pod\nspec:\n  a: 1\n".to_owned()];
        let texts: Vec<String> = (0..3000).map(|number| text(7, number, &manifests)).collect();
        let again = (0..3000).map(|number| text(7, number, &manifests));
        assert!(again.eq(texts.iter().cloned()));
        for hostile in [
            "<<:",
            "\t",
            "\r",
            "\u{85}",
            "\u{2028}",
            "\u{FEFF}",
            "---",
            "...",
            "%YAML",
            "!!str",
            "&a",
            "*a",
            "? ",
            "|-",
            ">+",
            "\\x",
            "'",
            "{\"",
            "]]]]",
            "kkkkkkkkkk",
            "0b11",
            "12:30",
            "1_000",
            ".inf",
            "~",
            "😀",
            "kind: Pod\n",
        ] {
            assert!(texts.iter().any(|text| text.contains(hostile)), "{hostile:?}");
        }
        assert!(texts.iter().all(|text| !text.contains('\0')));
    }
}
