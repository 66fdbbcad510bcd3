//! Regular expressions and globs of a simple kind, matched by trying everything.

/// A part of a regular expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Regex {
    /// A letter, digit, `-` or space.
    Letter(char),
    /// `.`, which is no line end.
    Any,
    /// `[a-c]`, or `[^a-c]`.
    Class(char, char, bool),
    /// `(a|b)`.
    Either(Vec<Regex>),
    /// One after the other.
    Sequence(Vec<Regex>),
    /// `(…)*`, `(…)+`, `(…)?`: at least, at most.
    Repeat(Box<Regex>, usize, Option<usize>),
    /// `^`.
    Start,
    /// `$`.
    End,
}

impl Regex {
    /// As policies write it, between slashes.
    #[must_use]
    pub fn print(&self) -> String {
        match self {
            Self::Letter(letter) => letter.to_string(),
            Self::Any => ".".to_owned(),
            Self::Class(from, to, negated) => format!("[{}{from}-{to}]", if *negated { "^" } else { "" }),
            Self::Either(parts) => format!("({})", parts.iter().map(Self::print).collect::<Vec<_>>().join("|")),
            Self::Sequence(parts) => parts.iter().map(Self::print).collect(),
            Self::Repeat(part, least, most) => {
                let sign = match (least, most) {
                    (0, None) => "*",
                    (0, _) => "?",
                    _ => "+",
                };
                format!("({}){sign}", part.print())
            }
            Self::Start => "^".to_owned(),
            Self::End => "$".to_owned(),
        }
    }

    /// Whether it matches somewhere in a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        (0..=letters.len()).any(|start| !self.ends(&letters, vec![start]).is_empty())
    }

    /// All places at which a match from one of these places may end.
    fn ends(&self, text: &[char], starts: Vec<usize>) -> Vec<usize> {
        let step = |fits: &dyn Fn(char) -> bool| -> Vec<usize> {
            starts.iter().filter(|at| text.get(**at).is_some_and(|letter| fits(*letter))).map(|at| at + 1).collect()
        };
        match self {
            Self::Letter(wanted) => step(&|letter| letter == *wanted),
            Self::Any => step(&|letter| letter != '\n'),
            Self::Class(from, to, negated) => step(&|letter| (*from <= letter && letter <= *to) != *negated),
            Self::Either(parts) => once(parts.iter().flat_map(|part| part.ends(text, starts.clone())).collect()),
            Self::Sequence(parts) => parts.iter().fold(starts, |at, part| part.ends(text, at)),
            Self::Repeat(part, least, most) => {
                let (mut all, mut at) = (Vec::new(), starts);
                for round in 0..=most.unwrap_or(text.len() + least) {
                    if round >= *least {
                        all.extend(&at);
                    }
                    at = part.ends(text, at);
                }
                once(all)
            }
            Self::Start => starts.into_iter().filter(|at| *at == 0).collect(),
            Self::End => starts.into_iter().filter(|at| *at == text.len()).collect(),
        }
    }
}

fn once(mut places: Vec<usize>) -> Vec<usize> {
    places.sort_unstable();
    places.dedup();
    places
}

/// A part of a glob for plain names.
#[derive(Clone, Debug, PartialEq)]
pub enum GlobPart {
    /// As it is.
    Text(String),
    /// `*`.
    Star,
    /// `?`.
    One,
    /// `[a-c]`.
    Class(char, char),
    /// `{a,b}`.
    Either(Vec<String>),
}

/// A glob for plain names, in which `*` stops at nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Glob(pub Vec<GlobPart>);

impl Glob {
    /// As policies write it, between quotes.
    #[must_use]
    pub fn print(&self) -> String {
        let part = |part: &GlobPart| match part {
            GlobPart::Text(text) => text.clone(),
            GlobPart::Star => "*".to_owned(),
            GlobPart::One => "?".to_owned(),
            GlobPart::Class(from, to) => format!("[{from}-{to}]"),
            GlobPart::Either(words) => format!("\\{{{}}}", words.join(",")),
        };
        self.0.iter().map(part).collect()
    }

    /// Whether it is the whole of a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        fits(&self.0, &letters)
    }
}

fn fits(parts: &[GlobPart], text: &[char]) -> bool {
    let Some((part, rest)) = parts.split_first() else { return text.is_empty() };
    let behind = |word: &str| {
        let word: Vec<char> = word.chars().collect();
        text.strip_prefix(word.as_slice()).is_some_and(|text| fits(rest, text))
    };
    match part {
        GlobPart::Text(word) => behind(word),
        GlobPart::Either(words) => words.iter().any(|word| behind(word)),
        GlobPart::Star => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
        GlobPart::One => !text.is_empty() && fits(rest, &text[1..]),
        GlobPart::Class(from, to) => {
            text.first().is_some_and(|letter| from <= letter && letter <= to) && fits(rest, &text[1..])
        }
    }
}
