//! Which instruction of which stage a place in a Dockerfile lies in, in the words of those who write Dockerfiles.

use policyc_text::Span;

use crate::yaml::{NodeId, Tree};

/// The instructions of a Dockerfile in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    span: Span,
    /// `stage build, RUN`.
    name: String,
}

impl Steps {
    /// The instructions of a tree; `None` for one that is no Dockerfile's.
    pub(crate) fn of(tree: &Tree) -> Option<Self> {
        let root = tree.documents.first().and_then(|document| document.root).filter(|_| !tree.is_yaml())?;
        let mut steps = Vec::new();
        let body = |node: NodeId| tree.get_text(node, "body").into_iter().flat_map(|body| tree.items(body));
        steps.extend(body(root).map(|node| step(tree, None, node)));
        let fragment = tree.get_text(root, "fragment").is_some();
        for stage in tree.get_text(root, "parts").into_iter().flat_map(|parts| tree.items(parts)) {
            // As COPY --from calls it: by its name, else by its number.
            let name = tree.get_text(stage, "name").or_else(|| tree.get_text(stage, "index"));
            let name = name.map(|name| tree.text(name)).filter(|_| !fragment);
            steps.extend(body(stage).map(|node| step(tree, name, node)));
        }
        steps.sort_by_key(|step| step.span.start);
        Some(Self { steps })
    }

    /// The instruction that a byte lies in: `stage build, RUN`. `None` between instructions.
    pub(crate) fn at(&self, offset: u32) -> Option<&str> {
        let after = self.steps.partition_point(|step| step.span.start <= offset);
        let step = self.steps.get(after.checked_sub(1)?)?;
        (offset < step.span.end).then_some(&*step.name)
    }
}

fn step(tree: &Tree, stage: Option<&str>, node: NodeId) -> Step {
    let keyword = tree.get_text(node, "keyword").map_or("", |keyword| tree.text(keyword));
    let trigger = if tree.get_text(node, "onbuild").is_some() { "ONBUILD " } else { "" };
    let name = match stage {
        Some(stage) => format!("stage {stage}, {trigger}{keyword}"),
        None => format!("{trigger}{keyword}"),
    };
    Step { span: tree.span(node), name }
}

#[cfg(test)]
mod tests {
    use super::Steps;
    use crate::dockerfile::read;
    use crate::yaml::KeyTable;
    use policyc_text::FileId;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Option<&str>)]) {
        let tree = read(FileId(0), "Dockerfile", text.into(), &KeyTable::new([]));
        let steps = Steps::of(&tree).expect("a Dockerfile has steps");
        for (word, step) in expected {
            let at = u32::try_from(text.find(word).expect("the word stands in the text")).expect("the text is short");
            assert_eq!(steps.at(at), *step, "{word}");
        }
    }

    #[test]
    fn instructions_have_names() {
        check(
            "# note\nARG V=1\nFROM a:$V AS build\nRUN x && \\\n  y\nFROM b\nONBUILD RUN z\nuser u\n",
            &[
                ("note", None),
                ("V=1", Some("ARG")),
                ("build", Some("stage build, FROM")),
                ("y", Some("stage build, RUN")),
                ("b\nONBUILD", Some("stage 1, FROM")),
                ("z", Some("stage 1, ONBUILD RUN")),
                ("u\n", Some("stage 1, USER")),
            ],
        );
        check("RUN x\n", &[("x", Some("RUN"))]);
    }

    #[test]
    fn only_dockerfiles_have_steps() {
        let limits = crate::yaml::Limits::default();
        let tree = crate::yaml::read(FileId(0), "body: [{keyword: RUN}]\n".into(), &KeyTable::new([]), &limits);
        assert!(Steps::of(&tree).is_none());
    }
}
