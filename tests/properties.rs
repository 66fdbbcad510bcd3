//! What has to hold of every manifest, whatever the rules say: values are where they are said to be, documents do not
//! change what is found in their neighbours, and the same documents written otherwise give the same findings.
//!
//! No chance is needed: the texts are those of the project and, where it is at hand, all manifests of the corpus
//! (`../shared/corpus`, or below `POLICYC_CORPUS`). Generated documents are compared in `yaml_oracle`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "properties/copies.rs"]
mod copies;
#[path = "properties/inputs.rs"]
mod inputs;
#[path = "properties/judge.rs"]
mod judge;
#[path = "properties/scalars.rs"]
mod scalars;

use copies::{Layout, indented, json, listed, moved, roots, shares, spelled_as_json, tree};
use inputs::Input;
use judge::{Found, Rules, Told, judge, told};
use policyc_engine::report::{Finding, fingerprint};
use policyc_engine::yaml::{Kind, NodeId, Style, Tree};
use policyc_text::Span;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Mistakes that are shown before a test gives up.
const SHOWN: usize = 25;

/// Mistakes, the first of which are shown.
#[derive(Default)]
struct Mistakes {
    count: usize,
    text: String,
}

impl Mistakes {
    fn add(&mut self, input: &Input, what: &str) {
        self.count += 1;
        if self.count <= SHOWN {
            self.text.push_str(&format!("{}: {what}\n", input.name));
        }
    }

    #[track_caller]
    fn none(self) {
        assert!(self.count == 0, "{} mistakes:\n{}", self.count, self.text);
    }
}

/// The project's texts, and those of the corpus. Definitions of custom resources are left out: they say of what type
/// the fields of other files are.
static MANIFESTS: LazyLock<Vec<Input>> = LazyLock::new(|| {
    let all = inputs::own().into_iter().chain(inputs::corpus());
    all.filter(|input| !input.text.contains("kind: CustomResourceDefinition")).collect()
});

/// Which files are written in one of several ways that ask the same of the reader.
#[derive(Clone, Copy)]
struct Share {
    which: usize,
    of: usize,
}

/// All files.
const ALL: Share = Share { which: 0, of: 1 };

impl Share {
    /// An optimised build writes every file in every way. A debug build is slow, so there each file is written in one of
    /// them: no file and no way is left out.
    fn has(self, number: usize) -> bool {
        !cfg!(debug_assertions) || number % self.of == self.which
    }
}

/// What is found in each of them.
static FOUND: LazyLock<Vec<Found>> = LazyLock::new(|| {
    let texts: Vec<String> = MANIFESTS.iter().map(|input| input.text.clone()).collect();
    judge(&texts, Rules::Document)
});

// (a) Values are where they are said to be.

#[test]
fn every_scalar_is_the_text_at_its_place() {
    let (mut checked, mut mistakes) = (0_usize, Mistakes::default());
    for input in MANIFESTS.iter() {
        let tree = tree(&input.text);
        let mut nodes: Vec<NodeId> = roots(&tree).collect();
        while let Some(node) = nodes.pop() {
            if let Some(key) = tree.key_span(node) {
                let slice = key.text(&input.text);
                let plain = tree.key_style(node) == Some(Style::Plain);
                // Plain keys may be spelled otherwise: `yes` is `true`.
                let same = scalars::decoded(slice).is_none_or(|text| text == tree.key_text(node) || plain);
                if !same {
                    mistakes.add(input, &format!("the key {slice:?} reads {:?}", tree.key_text(node)));
                }
            }
            match tree.kind(node) {
                Kind::Mapping => nodes.extend(tree.raw_entries(node).map(|entry| entry.value)),
                Kind::Sequence => nodes.extend(tree.items(node)),
                Kind::Null | Kind::Alias => {}
                Kind::Scalar => {
                    let Some(text) = text_at(&tree, node) else { continue };
                    checked += 1;
                    if text != tree.text(node) && tree.tag(node).is_none() {
                        let span = tree.span(node);
                        mistakes.add(input, &format!("{span:?} {text:?} reads {:?}", tree.text(node)));
                    }
                }
            }
        }
    }
    assert!(checked > 3_000, "{checked} scalars");
    mistakes.none();
}

/// The text of a scalar, from the source alone.
fn text_at(tree: &Tree, node: NodeId) -> Option<String> {
    let span = tree.span(node);
    match tree.style(node) {
        Style::Literal | Style::Folded => scalars::block_decoded(tree.source(), span.start as usize, span.end as usize),
        _ => scalars::decoded(span.text(tree.source())),
    }
}

/// A fingerprint is made of what is blamed: what stands at the place of the finding, if it is a value.
#[test]
fn every_finding_blames_the_text_at_its_place() {
    let (mut blamed, mut missing, mut mistakes) = (0_usize, 0_usize, Mistakes::default());
    for (input, found) in MANIFESTS.iter().zip(FOUND.iter()) {
        let tree = tree(&input.text);
        let texts = texts_by_place(&tree);
        for finding in &found.findings {
            let resource = finding.resource.as_deref();
            let secret = resource.is_some_and(|it| it.kind.eq_ignore_ascii_case("Secret"));
            let print = |text| fingerprint(&finding.rule.id, resource, &finding.path, text);
            let Some(texts) = texts.get(&finding.place.range.span).filter(|_| !secret) else { continue };
            if texts.is_empty() {
                continue;
            }
            if texts.iter().any(|text| print(Some(text)) == finding.fingerprint) {
                blamed += 1;
            } else if print(None) == finding.fingerprint {
                missing += 1;
            } else {
                let place = finding.place.range.span.text(&input.text);
                mistakes.add(input, &format!("{:?} is at {place:?}, and blames something else", told(finding)));
            }
        }
    }
    assert!(blamed > 300 && missing > 300, "{blamed} values, {missing} absences");
    mistakes.none();
}

/// What each key and scalar says, through aliases. A key may be underlined for its value; where that is a collection,
/// nothing is said here.
fn texts_by_place(tree: &Tree) -> BTreeMap<Span, Vec<String>> {
    let mut texts: BTreeMap<Span, Vec<String>> = BTreeMap::new();
    let mut nodes: Vec<NodeId> = roots(tree).collect();
    while let Some(node) = nodes.pop() {
        let value = tree.resolve(node);
        let text = match tree.kind(value) {
            Kind::Scalar => text_at(tree, value),
            Kind::Null => Some(tree.text(value).to_owned()),
            Kind::Mapping | Kind::Sequence | Kind::Alias => None,
        };
        if let Some(key) = tree.key_span(node) {
            let key_text = scalars::decoded(key.text(tree.source()));
            texts
                .entry(key)
                .or_default()
                .extend(text.iter().flat_map(|text| [Some(text.clone()), key_text.clone()]).flatten());
        }
        match tree.kind(node) {
            Kind::Mapping => nodes.extend(tree.raw_entries(node).map(|entry| entry.value)),
            Kind::Sequence => nodes.extend(tree.items(node)),
            Kind::Null | Kind::Scalar | Kind::Alias => texts.entry(tree.span(node)).or_default().extend(text),
        }
    }
    texts
}

// (b) Documents do not change what is found in their neighbours.

#[test]
fn a_document_alone_gives_what_it_gives_among_others() {
    let files: Vec<(&Input, &Found)> =
        MANIFESTS.iter().zip(FOUND.iter()).filter(|(input, _)| tree(&input.text).documents.len() > 1).collect();
    assert!(files.len() > 20, "{} files", files.len());
    let mut parts = Vec::new();
    for (number, (input, _)) in files.iter().enumerate() {
        parts.extend(tree(&input.text).documents.into_iter().map(|document| (number, document.span)));
    }
    let texts: Vec<String> = parts.iter().map(|(number, span)| span.text(&files[*number].0.text).to_owned()).collect();
    let mut alone: Vec<Vec<(Told, u32, u32)>> = vec![Vec::new(); files.len()];
    for ((number, span), found) in parts.iter().zip(judge(&texts, Rules::Document)) {
        let placed = found.findings.iter().map(|it| {
            let place = it.place.range.span;
            (told(it), place.start + span.start, place.end + span.start)
        });
        alone[*number].extend(placed);
    }
    let mut mistakes = Mistakes::default();
    for ((input, together), mut alone) in files.into_iter().zip(alone) {
        let mut all: Vec<(Told, u32, u32)> =
            together.findings.iter().map(|it| (told(it), it.place.range.span.start, it.place.range.span.end)).collect();
        all.sort();
        alone.sort();
        differ(input, &all, &alone, "alone", &mut mistakes);
    }
    mistakes.none();
}

// (c) The same documents written otherwise give the same findings.

#[test]
fn other_line_ends_change_nothing() {
    // A line end within a place counts one more byte, too.
    let moved = |input: &Input, at: u32| at + line_ends(&input.text, at);
    let copy = |input: &Input| (!input.text.contains('\r')).then(|| input.text.replace('\n', "\r\n"));
    same_findings("with CRLF", Share { which: 0, of: 2 }, copy, |input, _| {
        Box::new(move |span| Some(Span { start: moved(input, span.start), end: moved(input, span.end) }))
    });
}

fn line_ends(text: &str, before: u32) -> u32 {
    let bytes = &text.as_bytes()[..before as usize];
    u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap()
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let copy = |input: &Input| (!input.text.starts_with('\u{FEFF}')).then(|| format!("\u{FEFF}{}", input.text));
    same_findings("with a byte-order mark", Share { which: 1, of: 2 }, copy, |_, _| {
        Box::new(|span| Some(Span { start: span.start + 3, end: span.end + 3 }))
    });
}

#[test]
fn indentation_changes_nothing() {
    let layouts = [
        Layout { step: 4, dashes: 4, gap: 1 },
        Layout { step: 4, dashes: 0, gap: 3 },
        Layout { step: 2, dashes: 2, gap: 1 },
    ];
    for (which, layout) in layouts.into_iter().enumerate() {
        let copy = |input: &Input| {
            let tree = tree(&input.text);
            readable(&tree).then(|| indented(&tree, layout))
        };
        same_findings(&format!("with {layout:?}"), Share { which, of: layouts.len() }, copy, |input, copy| {
            let (old, new) = (tree(&input.text), tree(copy));
            let spans = moved(&old, &new, roots(&old).zip(roots(&new)));
            Box::new(move |span| spans.get(&span).copied())
        });
    }
}

#[test]
fn json_gives_the_same_findings() {
    let copy = |input: &Input| {
        let tree = tree(&input.text);
        let objects = roots(&tree).all(|root| tree.kind(root) == Kind::Mapping);
        (readable(&tree) && objects && !shares(&tree) && spelled_as_json(&tree)).then(|| json(&tree))
    };
    same_findings("as JSON", ALL, copy, |input, copy| {
        let (old, new) = (tree(&input.text), tree(copy));
        let spans = moved(&old, &new, roots(&old).zip(roots(&new)));
        Box::new(move |span| spans.get(&span).copied())
    });
}

#[test]
fn a_list_gives_the_findings_of_its_items() {
    let copy = |input: &Input| {
        let tree = tree(&input.text);
        readable(&tree).then(|| listed(&tree))
    };
    same_findings("as a List", ALL, copy, |input, copy| {
        let (old, new) = (tree(&input.text), tree(copy));
        let items = roots(&new).next().and_then(|root| new.get_text(root, "items"));
        let items: Vec<NodeId> = items.map(|items| new.items(items).collect()).unwrap_or_default();
        let spans = moved(&old, &new, roots(&old).zip(items));
        Box::new(move |span| spans.get(&span).copied())
    });
}

/// Rules that look at several documents see a file at a time here, with all its documents.
#[test]
fn rules_about_several_documents_read_other_spellings_alike() {
    let (mut mistakes, mut compared) = (Mistakes::default(), 0_usize);
    let alone = |text: String| {
        let found = judge(&[text], Rules::All).remove(0);
        let mut all: Vec<Told> = found.findings.iter().map(told).collect();
        all.sort();
        all
    };
    for input in inputs::own() {
        let tree = tree(&input.text);
        if !readable(&tree) || tree.documents.len() < 2 {
            continue;
        }
        compared += 1;
        let found = alone(input.text.clone());
        let layout = Layout { step: 4, dashes: 0, gap: 1 };
        for (what, copy) in [("indented", indented(&tree, layout)), ("as a List", listed(&tree))] {
            differ(&input, &found, &alone(copy), what, &mut mistakes);
        }
    }
    assert!(compared > 40, "{compared} files");
    mistakes.none();
}

/// Whether every document was read, and there is one.
fn readable(tree: &Tree) -> bool {
    tree.diagnostics.is_empty() && !tree.documents.is_empty()
}

/// Says where a place of the original is in the copy, if anywhere.
type Moves = Box<dyn Fn(Span) -> Option<Span>>;

/// Judges originals and copies and compares what is told of them, and the places that can be mapped.
#[track_caller]
fn same_findings(
    what: &str,
    share: Share,
    copy: impl Fn(&Input) -> Option<String>,
    moves: impl Fn(&'static Input, &str) -> Moves,
) {
    let (mut originals, mut copies) = (Vec::new(), Vec::new());
    let all = MANIFESTS.iter().zip(FOUND.iter()).enumerate().filter(|(number, _)| share.has(*number));
    for (_, (input, found)) in all {
        // Patches in a kustomization are judged only where their lines are kept, and a copy may write them otherwise.
        let patches = input.text.contains("kustomize.config.k8s.io");
        if let Some(copy) = copy(input).filter(|_| !patches) {
            originals.push((input, found));
            copies.push(copy);
        }
    }
    assert!(copies.len() > 150, "{} texts", copies.len());
    let found_copies = judge(&copies, Rules::Document);
    let mut mistakes = Mistakes::default();
    let mut placed = 0_usize;
    for (number, (input, found)) in originals.into_iter().enumerate() {
        let copied = &found_copies[number];
        let moves = moves(input, &copies[number]);
        let expected = places(found, moves);
        let actual = places(copied, Some);
        // Where one place cannot be mapped, the places of what is told alike are not compared.
        let mut want = Vec::new();
        let mut got = Vec::new();
        for (told, spans) in &expected {
            let mapped: Option<Vec<Span>> = spans.iter().copied().collect();
            want.extend(spans.iter().map(|span| (told.clone(), mapped.as_ref().and(*span))));
            placed += mapped.map_or(0, |spans| spans.len());
        }
        for (told, spans) in &actual {
            let mapped = expected.get(told).is_none_or(|spans| spans.iter().all(Option::is_some));
            got.extend(spans.iter().map(|span| (told.clone(), span.filter(|_| mapped))));
        }
        want.sort();
        got.sort();
        differ(input, &want, &got, what, &mut mistakes);
        if found.failed != copied.failed {
            mistakes.add(input, &format!("{what}: {:?} became {:?}", found.diagnostics, copied.diagnostics));
        }
    }
    assert!(placed > 500, "{placed} places");
    mistakes.none();
}

/// The places of what is told, as another text has them.
fn places(found: &Found, moved: impl Fn(Span) -> Option<Span>) -> BTreeMap<Told, Vec<Option<Span>>> {
    let mut places: BTreeMap<Told, Vec<Option<Span>>> = BTreeMap::new();
    for finding in &found.findings {
        places.entry(told(finding)).or_default().push(moved(span_of(finding)));
    }
    places
}

fn span_of(finding: &Finding) -> Span {
    finding.place.range.span
}

/// Adds what only one of two sorted lists has.
fn differ<T: Ord + std::fmt::Debug>(input: &Input, want: &[T], got: &[T], what: &str, mistakes: &mut Mistakes) {
    if want == got {
        return;
    }
    for missing in want.iter().filter(|it| got.binary_search(it).is_err()) {
        mistakes.add(input, &format!("{what}, missing: {missing:?}"));
    }
    for more in got.iter().filter(|it| want.binary_search(it).is_err()) {
        mistakes.add(input, &format!("{what}, more: {more:?}"));
    }
    if want.len() != got.len() {
        mistakes.add(input, &format!("{what}: {} findings became {}", want.len(), got.len()));
    }
}
