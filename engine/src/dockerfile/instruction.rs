//! One instruction, and what it changes in its stage.

use policyc_dockerfile::shell::Script;
use policyc_dockerfile::{
    Arguments, Dockerfile, Environment, Flag, Instruction, Keyword, Lexer, Origin, Pair, Scope, Use, Word, stage_meant,
};
use policyc_text::Span;

use super::commands;
use super::facts;
use super::words::{Known, expand, put};
use crate::yaml::{At, Sketch};

/// What is in force at the end of a stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Effective {
    pub(super) user: Option<(Known, Span)>,
    pub(super) workdir: Option<(Known, Span)>,
    pub(super) labels: Vec<Entry>,
    pub(super) env: Vec<Entry>,
    pub(super) check: Option<(Option<String>, Span)>,
    pub(super) cmd: Option<(Vec<(String, Span)>, Span)>,
    pub(super) entrypoint: Option<(Vec<(String, Span)>, Span)>,
}

/// A name with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) value: Known,
    pub(super) span: Span,
}

/// What an instruction is told with.
pub(super) struct Teller<'f, 't> {
    pub(super) file: &'f Dockerfile<'t>,
    pub(super) lexer: Lexer,
}

/// Variables in force, and who set them.
#[derive(Clone, Copy)]
pub(super) struct InForce<'e> {
    pub(super) environment: &'e dyn Environment,
    pub(super) scope: Option<&'e Scope>,
}

impl<'t> Teller<'_, 't> {
    /// Tells an instruction.
    pub(super) fn tell(
        &self,
        sketch: &mut Sketch<'_>,
        place: usize,
        outer: &Instruction<'t>,
        script: Option<&Script<'t>>,
        force: InForce<'_>,
    ) {
        let onbuild = matches!(outer.arguments, Arguments::Trigger(_));
        let inner = outer.innermost();
        let token = outer.name.span;
        sketch.map(At::Item, outer.span, token);
        let keyword =
            facts::keyword(outer).map_or_else(|| inner.name.text.to_uppercase(), |one| one.as_str().to_owned());
        let trigger = match &outer.arguments {
            Arguments::Trigger(trigger) => trigger.name.span,
            _ => token,
        };
        sketch.string(At::Field("keyword"), &keyword, trigger);
        sketch.string(At::Field("keyword_text"), &outer.name.text, token);
        sketch.plain(At::Field("index"), place, token);
        let stage = if self.file.stages.is_empty() { Some(0) } else { outer.stage };
        stage.into_iter().for_each(|stage| sketch.plain(At::Field("stage_index"), stage, token));
        for (name, holds) in
            [("onbuild", onbuild), ("json_form", inner.arguments.is_json()), ("refused", outer.refused)]
        {
            if holds {
                sketch.plain(At::Field(name), true, token);
            }
        }
        let mut uses = Vec::new();
        self.flags(sketch, inner, force, &mut uses);
        self.arguments(sketch, inner, force, &mut uses);
        self.uses(sketch, outer.span, &uses, force);
        self.strings(sketch, "comments", &outer.comments);
        if !outer.blank_lines.is_empty() {
            sketch.plain(At::Field("blank_lines"), outer.blank_lines.len(), outer.blank_lines[0]);
        }
        self.heredocs(sketch, outer);
        if let Some(script) = script {
            let span = inner.words().first().map_or(token, |word| word.span);
            commands::tell(sketch, script, force.environment, span.to(outer.span));
        }
        sketch.end();
    }

    /// Tells spans of the file as a list of texts.
    pub(super) fn strings(&self, sketch: &mut Sketch<'_>, field: &'static str, spans: &[Span]) {
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return };
        sketch.list(At::Field(field), first.to(*last));
        for span in spans {
            sketch.string(At::Item, span.text(self.file.source), *span);
        }
        sketch.end();
    }

    fn heredocs(&self, sketch: &mut Sketch<'_>, instruction: &Instruction<'_>) {
        let (Some(first), Some(last)) = (instruction.heredocs.first(), instruction.heredocs.last()) else { return };
        sketch.list(At::Field("heredocs"), first.word.span.to(last.end));
        for heredoc in &instruction.heredocs {
            sketch.map(At::Item, heredoc.word.span.to(heredoc.end), heredoc.word.span);
            sketch.string(At::Field("name"), &heredoc.name, heredoc.word.span);
            sketch.string(At::Field("text"), heredoc.body.text(self.file.source), heredoc.body);
            if heredoc.expand {
                sketch.plain(At::Field("expand"), true, heredoc.word.span);
            }
            sketch.end();
        }
        sketch.end();
    }

    /// A word's value, and the variables in it.
    fn known(&self, word: &Word<'t>, force: InForce<'_>, uses: &mut Vec<(Use, Span)>) -> Known {
        let (known, expanded) = expand(&self.lexer, word, force.environment);
        for one in expanded.variables {
            let span = word.part(self.file.source, one.range.clone()).span;
            uses.push((one, span));
        }
        known
    }

    fn uses(&self, sketch: &mut Sketch<'_>, span: Span, uses: &[(Use, Span)], force: InForce<'_>) {
        if uses.is_empty() {
            return;
        }
        sketch.list(At::Field("uses"), span);
        for (one, span) in uses {
            sketch.map(At::Item, *span, *span);
            sketch.string(At::Field("name"), &one.name, *span);
            let set_here = force.scope.is_some_and(|scope| scope.variable(&one.name).is_some());
            if one.set || set_here || (force.scope.is_none() && one.unknown) {
                sketch.plain(At::Field("declared"), true, *span);
            }
            sketch.end();
        }
        sketch.end();
    }

    fn flags(&self, sketch: &mut Sketch<'_>, inner: &Instruction<'t>, force: InForce<'_>, uses: &mut Vec<(Use, Span)>) {
        let (mounts, others): (Vec<&Flag<'t>>, Vec<&Flag<'t>>) =
            inner.flags.iter().partition(|flag| flag.name.text == "mount");
        if let (Some(first), Some(last)) = (others.first(), others.last()) {
            let span = first.word.span.to(last.word.span);
            sketch.map(At::Field("flags"), span, first.word.span);
            for flag in others {
                let at = At::Key(&flag.name.text, flag.name.span);
                match &flag.value {
                    None => sketch.string(at, "true", flag.word.span),
                    Some(value) => put(sketch, at, &self.known(value, force, uses), value.span),
                }
            }
            sketch.end();
        }
        if let (Some(first), Some(last)) = (mounts.first(), mounts.last()) {
            sketch.list(At::Field("mounts"), first.word.span.to(last.word.span));
            mounts.into_iter().for_each(|flag| self.mount(sketch, flag, force, uses));
            sketch.end();
        }
    }

    fn mount(&self, sketch: &mut Sketch<'_>, flag: &Flag<'t>, force: InForce<'_>, uses: &mut Vec<(Use, Span)>) {
        sketch.map(At::Item, flag.word.span, flag.word.span);
        let empty = Word::empty_at(flag.word.span.end);
        let value = flag.value.as_ref().unwrap_or(&empty);
        let mut seen: Vec<&'static str> = Vec::new();
        let mut at = 0;
        for field in value.text.split(',') {
            let start = at;
            at += field.len() + 1;
            let Some(split) = field.find('=') else { continue };
            let name = match field.get(..split).unwrap_or_default().to_ascii_lowercase().as_str() {
                "type" => "type",
                "target" | "dst" | "destination" => "target",
                "source" | "src" => "source",
                "from" => "from",
                "id" => "id",
                _ => continue,
            };
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let part = value.part(self.file.source, start + split + 1..start + field.len());
            put(sketch, At::Field(name), &self.known(&part, force, uses), part.span);
        }
        if !seen.contains(&"type") {
            sketch.string(At::Field("type"), "bind", flag.word.span);
        }
        sketch.end();
    }

    fn arguments(
        &self,
        sketch: &mut Sketch<'_>,
        inner: &Instruction<'t>,
        force: InForce<'_>,
        uses: &mut Vec<(Use, Span)>,
    ) {
        match &inner.arguments {
            Arguments::Pairs(pairs) => self.pairs(sketch, inner, pairs, force, uses),
            Arguments::Check(kind, command) => {
                let span = command.words().first().map_or(kind.span, |word| kind.span.to(word.span));
                check(sketch, "check", kind.text.eq_ignore_ascii_case("none"), span.text(self.file.source), span);
            }
            // The shell form of commands is told as commands.
            Arguments::Text(_) if is_command(inner.keyword) => {}
            arguments => self.words(sketch, inner, arguments, force, uses),
        }
    }

    fn pairs(
        &self,
        sketch: &mut Sketch<'_>,
        inner: &Instruction<'t>,
        pairs: &[Pair<'t>],
        force: InForce<'_>,
        uses: &mut Vec<(Use, Span)>,
    ) {
        sketch.list(At::Field("pairs"), inner.span);
        for pair in pairs {
            let span = pair.value.as_ref().map_or(pair.name.span, |value| pair.name.span.to(value.span));
            sketch.map(At::Item, span, pair.name.span);
            put(sketch, At::Field("name"), &self.known(&pair.name, force, uses), pair.name.span);
            if let Some(value) = &pair.value {
                put(sketch, At::Field("value"), &self.known(value, force, uses), value.span);
            }
            if pair.legacy {
                sketch.plain(At::Field("legacy"), true, pair.name.span);
            }
            sketch.end();
        }
        sketch.end();
    }

    fn words(
        &self,
        sketch: &mut Sketch<'_>,
        inner: &Instruction<'t>,
        arguments: &Arguments<'t>,
        force: InForce<'_>,
        uses: &mut Vec<(Use, Span)>,
    ) {
        let words = arguments.words();
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let expands =
            !is_command(inner.keyword) && !matches!(inner.keyword, None | Some(Keyword::Shell | Keyword::Maintainer));
        let known: Vec<(Known, Span)> = words
            .iter()
            .map(|word| match expands {
                true => (self.known(word, force, uses), word.span),
                false => (Known::Text(word.text.to_string()), word.span),
            })
            .collect();
        let list = |sketch: &mut Sketch<'_>, field: &'static str, words: &[(Known, Span)]| {
            sketch.list(At::Field(field), first.span.to(last.span));
            words.iter().for_each(|(known, span)| put(sketch, At::Item, known, *span));
            sketch.end();
        };
        list(sketch, "words", &known);
        match inner.keyword {
            Some(Keyword::From) => self.from(sketch, inner, &known),
            Some(Keyword::User) => known.iter().for_each(|(known, span)| user(sketch, known, *span)),
            Some(Keyword::Workdir) => {
                known.iter().for_each(|(known, span)| put(sketch, At::Field("path"), known, *span))
            }
            Some(Keyword::Add | Keyword::Copy) => {
                if let Some(((target, span), sources)) = known.split_last() {
                    list(sketch, "sources", sources);
                    put(sketch, At::Field("target"), target, *span);
                }
                self.copy_from(sketch, inner);
            }
            Some(Keyword::Expose) => ports(sketch, &known),
            _ => {}
        }
    }

    fn from(&self, sketch: &mut Sketch<'_>, inner: &Instruction<'_>, known: &[(Known, Span)]) {
        let Some((image, span)) = known.first() else { return };
        let stage = inner.stage.and_then(|stage| self.file.stages.get(stage as usize));
        match stage.map(|stage| &stage.origin) {
            Some(Origin::Stage(_)) => sketch.string(At::Field("origin"), "stage", *span),
            Some(Origin::Scratch) => sketch.string(At::Field("origin"), "scratch", *span),
            _ => {
                sketch.string(At::Field("origin"), "external", *span);
                put(sketch, At::Field("image"), image, *span);
            }
        }
    }

    fn copy_from(&self, sketch: &mut Sketch<'_>, inner: &Instruction<'_>) {
        let Some(from) = inner.flag("from").and_then(|flag| flag.value.as_ref()) else { return };
        sketch.map(At::Field("copy_from"), from.span, from.span);
        sketch.string(At::Field("text"), &from.text, from.span);
        match stage_meant(&self.file.stages, &from.text) {
            Some(stage) => sketch.plain(At::Field("stage_index"), stage, from.span),
            None if from.text.parse::<u32>().is_ok() => {}
            None => sketch.string(At::Field("image"), &from.text, from.span),
        }
        sketch.end();
    }

    /// What an instruction changes in its stage.
    pub(super) fn apply(&self, effective: &mut Effective, instruction: &Instruction<'t>, force: InForce<'_>) {
        let known = |word: &Word<'t>| (expand(&self.lexer, word, force.environment).0, word.span);
        let words = instruction.words();
        let texts = || words.iter().map(|word| (word.text.to_string(), word.span)).collect();
        let own = instruction.span;
        match (instruction.keyword, &instruction.arguments) {
            (Some(Keyword::User), _) => effective.user = words.first().map(known).or(effective.user.take()),
            (Some(Keyword::Workdir), _) => {
                if let Some(word) = words.first() {
                    let (path, span) = known(word);
                    effective.workdir = Some((joined(effective.workdir.as_ref(), path), span));
                }
            }
            (Some(Keyword::Cmd), _) => effective.cmd = Some((texts(), own)),
            (Some(Keyword::Entrypoint), _) => effective.entrypoint = Some((texts(), own)),
            (Some(Keyword::Healthcheck), Arguments::Check(kind, _)) => {
                let none = kind.text.eq_ignore_ascii_case("none");
                let text = (!none).then(|| instruction.span.text(self.file.source).to_owned());
                effective.check = Some((text, instruction.span));
            }
            (Some(Keyword::Env), Arguments::Pairs(pairs)) => self.set(&mut effective.env, pairs, force),
            (Some(Keyword::Label), Arguments::Pairs(pairs)) => self.set(&mut effective.labels, pairs, force),
            _ => {}
        }
    }

    fn set(&self, entries: &mut Vec<Entry>, pairs: &[Pair<'t>], force: InForce<'_>) {
        for pair in pairs {
            let name = expand(&self.lexer, &pair.name, force.environment).0;
            let (Some(name), Some(value)) = (name.text(), &pair.value) else { continue };
            let known = expand(&self.lexer, value, force.environment).0;
            let entry = Entry { name: name.to_owned(), name_span: pair.name.span, value: known, span: value.span };
            entries.push(entry);
        }
    }
}

fn is_command(keyword: Option<Keyword>) -> bool {
    matches!(keyword, Some(Keyword::Run | Keyword::Cmd | Keyword::Entrypoint))
}

/// Tells a health check.
pub(super) fn check(sketch: &mut Sketch<'_>, field: &'static str, none: bool, text: &str, span: Span) {
    sketch.map(At::Field(field), span, span);
    sketch.string(At::Field("text"), text, span);
    if none {
        sketch.plain(At::Field("none"), true, span);
    }
    sketch.end();
}

/// Tells a user and its group.
pub(super) fn user(sketch: &mut Sketch<'_>, known: &Known, span: Span) {
    sketch.map(At::Field("user"), span, span);
    put(sketch, At::Field("text"), known, span);
    match known.text().map(|text| text.split_once(':').map_or((text, None), |(name, group)| (name, Some(group)))) {
        None => put(sketch, At::Field("name"), known, span),
        Some((name, group)) => {
            // Where the word is as long as its value, nothing was taken out of it.
            let text = known.text().unwrap_or_default();
            let start = span.start as usize;
            let parts = (span.len() == text.len())
                .then(|| (Span::new(start, start + name.len()), Span::new(start + name.len() + 1, start + text.len())));
            let (name_span, group_span) = parts.unwrap_or((span, span));
            sketch.string(At::Field("name"), name, name_span);
            group.into_iter().for_each(|group| sketch.string(At::Field("group"), group, group_span));
        }
    }
    sketch.end();
}

fn ports(sketch: &mut Sketch<'_>, known: &[(Known, Span)]) {
    let (Some((_, first)), Some((_, last))) = (known.first(), known.last()) else { return };
    sketch.list(At::Field("ports"), first.to(*last));
    for (known, span) in known {
        sketch.map(At::Item, *span, *span);
        put(sketch, At::Field("text"), known, *span);
        let range = known.text().and_then(port_range);
        match range {
            Some((low, high, protocol)) => {
                sketch.plain(At::Field("low"), low, *span);
                sketch.plain(At::Field("high"), high, *span);
                sketch.string(At::Field("protocol"), &protocol, *span);
            }
            None => {
                let reason = "the port is not known";
                for field in ["low", "high", "protocol"] {
                    sketch.unknown(At::Field(field), reason, *span);
                }
            }
        }
        sketch.end();
    }
    sketch.end();
}

fn port_range(text: &str) -> Option<(u16, u16, String)> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
    Some((low.parse().ok()?, high.parse().ok()?, protocol.to_ascii_lowercase()))
}

/// A path after another one, as WORKDIR goes.
fn joined(before: Option<&(Known, Span)>, path: Known) -> Known {
    let Some(text) = path.text() else { return path };
    if text.starts_with('/') || text.contains(':') {
        return path;
    }
    match before.map(|(known, _)| known) {
        Some(Known::Text(before)) => Known::Text(format!("{}/{text}", before.trim_end_matches('/'))),
        Some(Known::Unknown(reason)) => Known::Unknown(reason.clone()),
        None => Known::Unknown(format!("`{text}` is relative to a folder of the base image")),
    }
}
