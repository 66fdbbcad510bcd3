//! Guides whose examples are run: files are written, commands are run, and what they say is compared.
//!
//! A block whose first line is `# NAME` is a file, a block `console` has commands (`$ policyc …`) with lines that their
//! output must hold, and at most one `# exit code N` each. Every section begins with the files from before the first.

use super::Folder;

/// A fenced block: its language and its text.
fn blocks(section: &str) -> Vec<(&str, String)> {
    let (mut found, mut open) = (Vec::new(), None);
    for line in section.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language, String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

fn write(folder: &Folder, text: &str) {
    let (name, rest) = text.split_once('\n').unwrap();
    let name = name.strip_prefix("# ").unwrap_or_else(|| panic!("a file has its name in the first line: {name}"));
    folder.write(name, rest.as_bytes());
}

/// A command, the lines that its output must hold, and its exit code if it matters.
fn commands(text: &str) -> Vec<(Vec<&str>, Vec<&str>, Option<i32>)> {
    let mut found: Vec<(Vec<&str>, Vec<&str>, Option<i32>)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ policyc ") {
            found.push((command.split(' ').collect(), Vec::new(), None));
            continue;
        }
        let (_, lines, code) = found.last_mut().unwrap();
        match line.strip_prefix("# exit code ") {
            Some(number) => *code = Some(number.parse().unwrap()),
            None => lines.push(line),
        }
    }
    found
}

/// Without what frames put around and between words.
fn words(text: &str) -> String {
    let plain = text.replace(['│', '╭', '╰', '─', '·', '×', '▲', '├', '┬'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs every example of a guide, and gives how many commands that were.
pub(crate) fn run(guide: &str) -> usize {
    let mut sections = guide.split("\n## ");
    let shared = blocks(sections.next().unwrap());
    let mut run = 0;
    for section in sections {
        let folder = Folder::new(&[(".git/HEAD", "")]);
        shared.iter().for_each(|(_, text)| write(&folder, text));
        for (language, text) in blocks(section) {
            if language != "console" {
                write(&folder, &text);
                continue;
            }
            for (command, lines, code) in commands(&text) {
                let said = folder.run(&command);
                let output = words(&format!("{}\n{}", said.out, said.err));
                for line in lines {
                    assert!(output.contains(&words(line)), "{command:?} does not say {line}: {}{}", said.out, said.err);
                }
                if let Some(code) = code {
                    assert_eq!(said.code, code, "{command:?}: {}{}", said.out, said.err);
                }
                run += 1;
            }
        }
    }
    run
}
