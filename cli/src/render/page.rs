//! Pages for a browser: what they share. Everything is in a page: style, charts; it asks nothing of a network.

use std::fmt::Write;

/// Colours and type, light and dark, on paper too.
pub(crate) const STYLE: &str = r#":root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #57606a; --line: #d0d7de; --code: #f3f5f7; --mark: #ffe8a3; --pass: #1a7f4b; --fail: #b3261e; --open: #b58100; --allowed: #4c6fb1; --none: #c3cad2; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15181c; --text: #e6e8eb; --dim: #9aa4af; --line: #363c44; --code: #1f242a; --mark: #5b4a12; --pass: #3fb67b; --fail: #f0736a; --open: #e0b040; --allowed: #86a6e6; --none: #4a525c; }
}
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h2 { margin: 0; font-size: 1.1rem; } h2 a { color: inherit; }
p { margin: .4rem 0; } .facts { color: var(--dim); font-size: .9rem; }
pre, code { background: var(--code); border-radius: 4px; font: .85rem/1.45 ui-monospace, monospace; }
pre { padding: .75rem; overflow-x: auto; } code { padding: 0 .2rem; } pre code { padding: 0; }
mark { background: var(--mark); color: inherit; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
"#;

/// What pages of figures have beside that.
pub(crate) const FIGURES: &str = r#"h1 { margin: .2rem 0; font-size: 1.6rem; } h2 { margin: 1.6rem 0 .3rem; font-size: 1.25rem; } h3 { margin: 1rem 0 .2rem; font-size: 1rem; }
section, .card { break-inside: avoid; } .card { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: .8rem 0; }
.warn { border: 2px solid var(--fail); } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.number, td.number { padding-right: .9rem; } svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--text); font: 13px system-ui, sans-serif; } svg .dim { fill: var(--dim); }
.pass { fill: var(--pass); color: var(--pass); } .fail { fill: var(--fail); color: var(--fail); } .undecided { fill: var(--open); color: var(--open); }
.allowed { fill: var(--allowed); color: var(--allowed); } .none { fill: var(--none); color: var(--dim); }
.state { font-weight: 600; } .key span { margin-right: 1rem; white-space: nowrap; } .key i { display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: 2px; background: currentColor; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; } .grid .card { margin: 0; } .big { font-size: 1.7rem; font-weight: 600; line-height: 1.2; }
ol li { margin: .6rem 0; } details > summary { cursor: pointer; } .wide { overflow-x: auto; }
@media print {
  :root { --back: #fff; --text: #000; --dim: #444; --line: #bbb; --code: #f3f5f7; --pass: #1a7f4b; --fail: #b3261e; --open: #b58100; --allowed: #4c6fb1; --none: #c3cad2; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } body { max-width: none; padding: 0; font-size: 11pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } details::details-content { content-visibility: visible; block-size: auto; }
}
"#;

/// The page up to its content; `style` comes after what all pages share.
pub(crate) fn head(title: &str, style: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{STYLE}{style}</style>\n</head>\n",
        html(title)
    )
}

/// Text as text: nothing of it is markup, and nothing moves or hides what stands around it.
pub(crate) fn html(text: &str) -> String {
    let escaped = super::escape(&text.replace('\n', " "));
    escaped
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Text of policies: what stands in backquotes is code.
pub(crate) fn with_code(text: &str) -> String {
    let mut out = String::new();
    for (number, part) in text.split('`').enumerate() {
        let _ =
            if number % 2 == 1 { write!(out, "<code>{}</code>", html(part)) } else { write!(out, "{}", html(part)) };
    }
    out
}

/// A part of a bar: its class, what it is, and how many.
pub(crate) type Part = (&'static str, &'static str, u64);

/// A bar of parts side by side, as wide as the page; what it shows is said in words too.
pub(crate) fn bar(what: &str, parts: &[Part], height: u32) -> String {
    const WIDTH: u64 = 1000;
    let total: u64 = parts.iter().map(|(_, _, number)| number).sum();
    let words: Vec<String> =
        parts.iter().filter(|part| part.2 > 0).map(|(_, word, number)| format!("{number} {word}")).collect();
    let said = if words.is_empty() { "nothing to show".to_owned() } else { words.join(", ") };
    let label = html(&format!("{what}: {said}"));
    let mut out = format!(
        "<svg role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         preserveAspectRatio=\"none\"><title>{label}</title>"
    );
    if total == 0 {
        let _ = write!(out, "<rect class=\"none\" width=\"{WIDTH}\" height=\"{height}\" rx=\"3\"/>");
    }
    let (mut before, mut begin) = (0, 0);
    for (class, _, number) in parts.iter().filter(|part| part.2 > 0) {
        before += number;
        let end = scaled(before, total, WIDTH);
        // What is there is seen, however little it is.
        let end = end.max((begin + 4).min(WIDTH));
        let _ = write!(out, "<rect class=\"{class}\" x=\"{begin}\" width=\"{}\" height=\"{height}\"/>", end - begin);
        begin = end;
    }
    out + "</svg>"
}

/// What the colours of bars mean.
pub(crate) fn key(parts: &[(&str, &str)]) -> String {
    let parts = parts.iter().map(|(class, word)| format!("<span><i class=\"{class}\"></i>{word}</span>"));
    format!("<p class=\"key facts\" aria-hidden=\"true\">{}</p>\n", parts.collect::<String>())
}

/// A part of `width`.
fn scaled(number: u64, total: u64, width: u64) -> u64 {
    let scaled = u128::from(number) * u128::from(width) / u128::from(total.max(1));
    u64::try_from(scaled).unwrap_or(width)
}

#[cfg(test)]
mod tests {
    use super::{bar, html, with_code};

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(html("<a href='x'>&\"\u{202e}"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\u{202e}");
        assert_eq!(with_code("a `<b>` c"), "a <code>&lt;b&gt;</code> c");
    }

    #[test]
    fn bars_say_what_they_show() {
        let shown = bar("pods", &[("pass", "pass", 1), ("fail", "fail", 999), ("open", "open", 0)], 10);
        assert!(shown.contains("aria-label=\"pods: 1 pass, 999 fail\""), "{shown}");
        assert!(shown.contains("class=\"pass\" x=\"0\" width=\"4\"") && !shown.contains("class=\"open\""), "{shown}");
        assert!(bar("pods", &[], 10).contains("nothing to show"));
        assert!(bar("pods", &[("pass", "pass", u64::MAX / 2)], 10).contains("width=\"1000\""));
    }
}
