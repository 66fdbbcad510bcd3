//! Small edits of a text that somebody wrote: letters, tokens, lines.

use super::super::random::Random;
use super::words::TOKENS;

/// Makes one to six edits.
pub(super) fn mutate(random: &mut Random, text: &mut String) {
    for _ in 0..random.pick(&[1, 1, 1, 2, 2, 3, 4, 6]) {
        edit(random, text);
    }
}

fn edit(random: &mut Random, text: &mut String) {
    match random.below(14) {
        0..=2 => {
            let at = place(random, text);
            text.insert_str(at, random.pick(TOKENS));
        }
        3..=4 => remove(random, text, 1),
        5 => {
            let letters = random.within(2..6);
            remove(random, text, letters);
        }
        6 => {
            remove(random, text, 1);
            let at = place(random, text);
            text.insert_str(at, random.pick(TOKENS));
        }
        7 => {
            let (start, end) = (place(random, text), place(random, text));
            let (start, end) = (start.min(end), start.max(end));
            let copied: String = text[start..end].chars().take(12).collect();
            let at = place(random, text);
            text.insert_str(at, &copied);
        }
        8 if random.percent(30) => {
            let at = place(random, text);
            text.truncate(at);
        }
        _ => edit_line(random, text),
    }
}

/// An edit of a line's beginning or end, where most of YAML is decided.
fn edit_line(random: &mut Random, text: &mut String) {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let number = random.below(starts.len());
    let start = starts[number];
    let end = starts.get(number + 1).copied().unwrap_or(text.len());
    let line = text[start..end].to_owned();
    let content = start + line.trim_end_matches(['\n', '\r']).len();
    match random.below(9) {
        0 => text.insert_str(start, random.pick(&[" ", "  ", "\t", "   ", "    "])),
        1 => {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            text.replace_range(start..start + random.below(blanks + 1), "");
        }
        2 => text.replace_range(start..end, ""),
        3 => text.insert_str(start, &line),
        4 => {
            let other = random.pick(&starts);
            text.insert_str(other, &line);
        }
        5 => text.insert_str(content, random.pick(TOKENS)),
        6 => text.insert_str(start, random.pick(TOKENS)),
        7 => {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            text.insert_str(start + blanks, random.pick(TOKENS));
        }
        _ => text.insert_str(
            content,
            random.pick(&[":", ": x", " # c", "\t", " ", "\"", "'", ",", "\\", "|", " &a", " - b", "]"]),
        ),
    }
}

fn remove(random: &mut Random, text: &mut String, letters: usize) {
    let start = place(random, text);
    let length: usize = text[start..].chars().take(letters).map(char::len_utf8).sum();
    text.replace_range(start..start + length, "");
}

/// The start of a character, or the end.
fn place(random: &mut Random, text: &str) -> usize {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
