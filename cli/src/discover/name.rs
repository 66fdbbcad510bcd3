//! Names of files as reports show them: relative to the working directory, with `/` on every system.

use std::path::{Component, Path, PathBuf};

/// A file's name, relative to the working directory `here`. Names that are no Unicode lose what cannot be shown.
pub(crate) fn shown_name(here: &Path, path: &Path) -> String {
    let whole = normal(&here.join(path));
    let (mut from, mut to) = (here.components().peekable(), whole.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..".to_owned());
    let down = to.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// Without `.` and, as far as that can be told from the text, without `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use super::shown_name;
    use std::path::Path;

    #[test]
    fn names_start_at_the_working_directory() {
        for (path, expected) in [
            ("a.yaml", "a.yaml"),
            ("./a//b.yaml", "a/b.yaml"),
            ("x/../a.yaml", "a.yaml"),
            ("../shared/a.yaml", "../shared/a.yaml"),
            ("/home/me/a.yaml", "a.yaml"),
            ("/home/you/a.yaml", "../you/a.yaml"),
            ("/../etc/a.yaml", "../../etc/a.yaml"),
            (".", "."),
        ] {
            assert_eq!(shown_name(Path::new("/home/me"), Path::new(path)), expected, "{path}");
        }
    }
}
