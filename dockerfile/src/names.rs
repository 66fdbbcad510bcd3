//! Which files are Dockerfiles, by name alone.

/// Endings of templates, which are no Dockerfiles themselves.
const TEMPLATES: [&str; 9] = [".template", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2", ".in", ".erb", ".mustache"];
/// Endings behind `Dockerfile.` that belong to other kinds of file.
const OTHERS: [&str; 16] = [
    ".dockerignore",
    ".md",
    ".txt",
    ".rst",
    ".html",
    ".json",
    ".yaml",
    ".yml",
    ".toml",
    ".sh",
    ".py",
    ".js",
    ".go",
    ".orig",
    ".rej",
    ".swp",
];

/// Whether a file's name, with or without folders before it, is that of a Dockerfile: `Dockerfile`, `Containerfile`,
/// `Dockerfile.NAME`, `NAME.Dockerfile`, in any case. Templates and `.dockerignore` files are none.
#[must_use]
pub fn is_dockerfile_name(path: &str) -> bool {
    let name = base_name(path);
    !is_template_name(&name) && !OTHERS.iter().any(|other| name.ends_with(other)) && resembles(&name)
}

/// Whether a file's name is that of a template of a Dockerfile: `Dockerfile.template`, `Dockerfile.j2`.
#[must_use]
pub fn is_dockerfile_template_name(path: &str) -> bool {
    let name = base_name(path);
    is_template_name(&name) && resembles(&name)
}

fn base_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase()
}

fn is_template_name(name: &str) -> bool {
    TEMPLATES.iter().any(|ending| name.ends_with(ending))
}

fn resembles(name: &str) -> bool {
    ["dockerfile", "containerfile"].iter().any(|word| {
        let after = name
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with(['.', '-', '_']) && rest.len() > 1));
        let before = name.strip_suffix(word).or_else(|| {
            let ending = TEMPLATES.iter().find_map(|ending| name.strip_suffix(ending))?;
            ending.strip_suffix(word)
        });
        after || before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_dockerfile_name, is_dockerfile_template_name};

    #[test]
    fn names() {
        for name in [
            "Dockerfile",
            "a/b/Containerfile",
            "dockerfile",
            "Dockerfile.prod",
            "api.Dockerfile",
            "api.dockerfile",
            "Dockerfile-alpine",
            "Containerfile.dev",
            "c:\\x\\Dockerfile",
        ] {
            assert!(is_dockerfile_name(name), "{name}");
        }
        for name in [
            "Dockerfile.md",
            "Dockerfile.dockerignore",
            "Dockerfile.template",
            "mydockerfile",
            "Dockerfiles",
            "docker-compose.yml",
            "Dockerfile.",
            "dockerfile_parse.py",
            "Dockerfile/readme",
        ] {
            assert!(!is_dockerfile_name(name), "{name}");
        }
        assert!(is_dockerfile_template_name("x/Dockerfile.tmpl"));
        assert!(is_dockerfile_template_name("Dockerfile-alpine.template"));
        assert!(is_dockerfile_template_name("api.Dockerfile.j2"));
        assert!(!is_dockerfile_template_name("config.j2"));
    }
}
