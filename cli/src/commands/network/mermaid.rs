//! Who reaches whom, as a diagram for Mermaid: what is allowed as lines, what cannot be told as dotted ones.

use super::model::Picture;
use policyc_engine::network::{End, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn diagram(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    if !picture.unread.is_empty() {
        let unread = format!("could not be read whole: {}", picture.unread.join(", "));
        let _ = writeln!(out, "  unread[\"{}\"]", text(&unread));
    }
    let (from, to) = picture.ends();
    if from.contains(&End::Outside) || to.contains(&End::Outside) {
        out.push_str("  outside((\"outside\"))\n");
    }
    let mut by_namespace: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, node) in picture.workloads.iter().enumerate() {
        let end = End::Workload(place);
        if from.contains(&end) || to.contains(&end) {
            by_namespace.entry(&node.namespace).or_default().push(place);
        }
    }
    for (number, (namespace, places)) in by_namespace.into_iter().enumerate() {
        let _ = writeln!(out, "  subgraph n{number}[\"{}\"]", text(namespace));
        for (place, node) in places.into_iter().filter_map(|place| Some((place, picture.workloads.get(place)?))) {
            let _ = writeln!(out, "    w{place}[\"{} {}\"]", text(&node.kind), text(&node.name));
        }
        out.push_str("  end\n");
    }
    for one in &picture.connections {
        let (from, to) = (id(one.ends.0), id(one.ends.1));
        let label = text(&one.words());
        let _ = match one.word {
            Verdict::Denied => continue,
            Verdict::Allowed => writeln!(out, "  {from} --> {to}"),
            Verdict::Ports | Verdict::Addresses => writeln!(out, "  {from} -->|\"{label}\"| {to}"),
            Verdict::Undecided => writeln!(out, "  {from} -.->|\"{label}\"| {to}"),
        };
    }
    out
}

fn id(end: End) -> String {
    match end {
        End::Workload(place) => format!("w{place}"),
        End::Outside => "outside".to_owned(),
    }
}

/// Text between quotes, where `#` begins a sign by its name.
fn text(text: &str) -> String {
    let mut out = String::new();
    for character in crate::render::escape(text).chars() {
        match character {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push('\''),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn nothing_of_a_name_is_markup() {
        assert_eq!(text("a\"]; click <b> #1"), "a#quot;]; click #lt;b#gt; #35;1");
    }
}
