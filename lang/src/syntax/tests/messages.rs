//! Mistakes, and what is said of them. `messages.txt` holds the cases: a text, `---`, its messages, `===`.

use super::messages;

const CASES: &str = include_str!("messages.txt");

#[test]
fn every_mistake_has_its_message() {
    let mut wrong = String::new();
    let mut count = 0;
    for case in CASES.split("\n===\n").filter(|case| !case.trim().is_empty()) {
        let (text, expected) = case.split_once("\n---\n").unwrap_or((case, ""));
        let text = text.trim_start_matches('\n');
        let found = messages(text);
        count += 1;
        if found.trim() != expected.trim() {
            wrong.push_str(&format!("{text}\n---\n{found}===\n"));
        }
    }
    assert!(count > 30);
    assert!(wrong.is_empty(), "cases that say something else now:\n{wrong}");
}
