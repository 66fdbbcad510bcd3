//! More rules than there are: copies of policies under other ids.

/// A policy with every rule and the module under another name, without its tests; nothing for one that builds on other
/// modules' rules or reads a table, or declares kinds, which cannot be declared twice.
pub(crate) fn copy(text: &str, number: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "test" => break,
            "use" | "profile" | "kind" | "type" | "table" => return None,
            "module" => {
                let name = rest.trim().strip_prefix("std.").unwrap_or(rest.trim());
                out.push_str(&format!("module benches.copy{number}.{name}\nimport std.k8s\n"));
            }
            "import" => {}
            "rule" => {
                let (id, rest) = rest.split_once(' ')?;
                out.push_str(&format!("rule {id}-copy{number} {rest}\n"));
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::copy;

    #[test]
    fn names_change_and_tests_go() {
        let text = "module std.a.b\n\nrule one on workload w {\n  title \"rule two\"\n}\n\ntest \"x\" {\n}\n";
        let copied =
            "module benches.copy3.a.b\nimport std.k8s\n\nrule one-copy3 on workload w {\n  title \"rule two\"\n}\n\n";
        assert_eq!(copy(text, 3).as_deref(), Some(copied));
        assert_eq!(copy("module std.a\nuse std.b.c as d\n", 1), None);
    }
}
