//! Which bytes of a text must not be shown.

use policyc_text::Span;

/// What stands in the place of a masked text, whatever its length.
pub(crate) const MASK: &str = "***";

/// Spans of one text that hold secrets.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    // INVARIANT: sorted by start; ends ascend too.
    spans: Vec<Span>,
}

impl Secrets {
    /// From spans in any order.
    #[must_use]
    pub fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        Self { spans: joined }
    }

    /// These and more, in any order.
    #[must_use]
    pub fn with(&self, more: Vec<Span>) -> Self {
        Self::new(self.spans.iter().copied().chain(more).collect())
    }

    /// The spans, each moved by so many bytes.
    pub fn moved(&self, by: u32) -> impl Iterator<Item = Span> {
        let add = move |offset: u32| offset.saturating_add(by);
        self.spans.iter().map(move |span| Span { start: add(span.start), end: add(span.end) })
    }

    /// Whether nothing is secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether a span shares a byte with a secret.
    #[must_use]
    pub fn touch(&self, span: Span) -> bool {
        self.first_after(span.start).is_some_and(|secret| secret.start < span.end)
    }

    /// The text under a span, each secret part of it replaced by [`MASK`].
    pub(super) fn masked(&self, text: &str, span: Span) -> String {
        let mut out = String::new();
        let mut at = span.start;
        let begin = self.spans.partition_point(|secret| secret.end <= span.start);
        for secret in &self.spans[begin..] {
            if secret.start >= span.end {
                break;
            }
            let from = secret.start.max(at);
            out.push_str(Span { start: at, end: from }.text(text));
            out.push_str(MASK);
            at = secret.end.min(span.end);
        }
        out.push_str(Span { start: at, end: span.end }.text(text));
        out
    }

    fn first_after(&self, start: u32) -> Option<&Span> {
        self.spans.get(self.spans.partition_point(|secret| secret.end <= start))
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use policyc_text::Span;

    #[test]
    fn only_the_bytes_of_secrets_are_replaced() {
        let text = "password: hunter2, user: me";
        let secrets = Secrets::new(vec![Span::new(14, 17), Span::new(10, 15)]);
        let all = Span::new(0, text.len());
        assert_eq!(secrets.masked(text, all), "password: ***, user: me");
        assert_eq!(secrets.masked(text, Span::new(12, 14)), "***");
        assert_eq!(secrets.masked(text, Span::new(19, 23)), "user");
        assert!(secrets.touch(Span::new(16, 20)) && !secrets.touch(Span::new(17, 20)));
        assert!(!Secrets::default().touch(all));
    }
}
