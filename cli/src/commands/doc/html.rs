//! One page for a browser. Everything is in it: style, search, rules; it asks nothing of a network.

use super::{Example, ParamPage, RulePage};
use crate::render::page::{head, html, with_code};
use std::fmt::Write;

/// What this page has beside what all pages share.
const STYLE: &str = r#"header { position: sticky; top: 0; padding: .5rem 0; background: var(--back); border-bottom: 1px solid var(--line); }
input { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; color: inherit; background: var(--code); border: 1px solid var(--line); border-radius: 4px; }
article { padding: 1rem 0; border-bottom: 1px solid var(--line); scroll-margin-top: 5rem; }
"#;

const TOP: &str = r#"<body>
<header>
<input id="search" type="search" placeholder="Search rules: words, controls, severities" aria-label="Search rules" autofocus>
<p class="facts" id="count" role="status"></p>
</header>
<main>
"#;

const FOOT: &str = r#"</main>
<script>
const field = document.getElementById("search"), count = document.getElementById("count");
const rules = [...document.querySelectorAll("article")].map(node => [node, node.textContent.toLowerCase()]);
function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(word => word);
  let shown = 0;
  for (const [node, text] of rules) {
    node.hidden = !words.every(word => text.includes(word));
    shown += node.hidden ? 0 : 1;
  }
  count.textContent = shown + " of " + rules.length + " rules";
}
field.addEventListener("input", search);
search();
</script>
</body>
</html>
"#;

/// The page.
pub(super) fn page(pages: &[RulePage<'_>]) -> String {
    let mut out = head("Rules", STYLE) + TOP;
    pages.iter().for_each(|page| rule(page, &mut out));
    out + FOOT
}

fn rule(page: &RulePage<'_>, out: &mut String) {
    let id = html(page.id);
    let _ = writeln!(out, "<article id=\"{id}\">\n<h2><a href=\"#{id}\">{id}</a></h2>\n<p>{}</p>", html(page.title));
    let controls = page.controls.join(", ");
    let facts = [page.severity, page.judges.as_str(), page.theme, controls.as_str()];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).map(html).collect();
    let _ = writeln!(out, "<p class=\"facts\">{}</p>", facts.join(" · "));
    for paragraph in &page.texts {
        let _ = writeln!(out, "<p>{}</p>", with_code(paragraph));
    }
    if !page.params.is_empty() {
        out.push_str("<table><tr><th>parameter</th><th>type</th><th>default</th><th></th></tr>\n");
        page.params.iter().for_each(|param| row(param, out));
        out.push_str("</table>\n");
    }
    if let Some(example) = &page.example {
        fixture(example, out);
    }
    out.push_str("</article>\n");
}

fn row(param: &ParamPage<'_>, out: &mut String) {
    let default =
        param.default.as_ref().map_or("must be set".to_owned(), |value| format!("<code>{}</code>", html(value)));
    let (name, ty, doc) = (html(param.name), html(param.ty), with_code(param.doc));
    let _ = writeln!(
        out,
        "<tr><td><code>{name}</code></td><td><code>{ty}</code></td><td>{default}</td><td>{doc}</td></tr>"
    );
}

fn fixture(example: &Example, out: &mut String) {
    out.push_str("<pre><code>");
    for (line, found) in &example.lines {
        let text = line.trim_start();
        let indent = line.get(..line.len() - text.len()).unwrap_or_default();
        let _ = match found {
            true => writeln!(out, "{indent}<mark>{}</mark>", html(text)),
            false => writeln!(out, "{}", html(line)),
        };
    }
    out.push_str("</code></pre>\n");
}
