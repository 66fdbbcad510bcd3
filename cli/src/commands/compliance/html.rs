//! Controls as one page.

use super::model::{ControlState, Evidence, Outcome, Sheet};
use crate::render::page::{FIGURES, bar, head, html, key};
use std::fmt::Write;

/// What colours mean.
const KEY: [(&str, &str); 4] = [
    ("pass", "pass"),
    ("undecided", "cannot be told"),
    ("fail", "fail"),
    ("none", "not covered, not run or nothing here"),
];

pub(super) fn page(sheet: &Sheet) -> String {
    let about = &sheet.framework;
    let title = format!("{}, {}", about.title, about.version);
    let mut out = head(&title, FIGURES);
    let _ = writeln!(
        out,
        "<body>\n<main>\n<h1>{}</h1>\n<p class=\"facts\">{}</p>\n<p>{}</p>",
        html(&title),
        html(&about.source),
        html(&about.note)
    );
    let _ = writeln!(
        out,
        "<p class=\"facts\">{} files judged, {} objects; for Kubernetes {} as of {}</p>",
        sheet.judged,
        sheet.objects,
        html(&sheet.kubernetes),
        html(&sheet.as_of)
    );
    if !sheet.unread.is_empty() {
        out.push_str("<section class=\"card warn\" role=\"alert\"><h2>Files that could not be read whole</h2>\n<p>No control counts as passed before they are read.</p>\n<ul>");
        sheet.unread.iter().for_each(|name| {
            let _ = write!(out, "<li><code>{}</code></li>", html(name));
        });
        out.push_str("</ul></section>\n");
    }
    let sums = sheet.sums;
    let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let none = number(sums.not_applicable + sums.not_run + sums.not_covered);
    let parts = [
        ("pass", "pass", number(sums.pass)),
        ("undecided", "cannot be told", number(sums.undecided)),
        ("fail", "fail", number(sums.fail)),
        ("none", "not covered, not run or nothing here", none),
    ];
    out.push_str(&bar("controls", &parts, 22));
    out.push_str(&key(&KEY));
    tiles(sheet, &mut out);
    out.push_str(
        "<div class=\"wide\"><table><thead><tr><th scope=\"col\">control</th><th scope=\"col\">asks for</th><th \
         scope=\"col\">outcome</th><th scope=\"col\">evidence</th></tr></thead>\n<tbody>\n",
    );
    sheet.controls.iter().for_each(|control| row(control, &mut out));
    out.push_str("</tbody></table></div>\n<footer>\n");
    for note in &sheet.notes {
        let _ = writeln!(out, "<p class=\"facts\">{}</p>", html(note));
    }
    let _ = writeln!(out, "<p class=\"facts\">exit code {}: {}</p></footer>", sheet.exit_code, sheet.exit_reason);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn tiles(sheet: &Sheet, out: &mut String) {
    let sums = sheet.sums;
    out.push_str("<div class=\"grid\">\n");
    for (number, words) in [
        (sums.pass, "pass"),
        (sums.fail, "fail"),
        (sums.undecided, "cannot be told"),
        (sums.not_applicable, "have nothing here"),
        (sums.not_run, "were not run"),
        (sums.not_covered, "no rule covers"),
    ] {
        let _ = writeln!(out, "<div class=\"card\"><p class=\"big\">{number}</p><p class=\"facts\">{words}</p></div>");
    }
    out.push_str("</div>\n");
}

fn row(control: &ControlState, out: &mut String) {
    let class = match control.outcome {
        Outcome::Fail => "fail",
        Outcome::Undecided => "undecided",
        Outcome::Pass => "pass",
        Outcome::NotApplicable | Outcome::NotRun | Outcome::NotCovered => "none",
    };
    let _ = write!(
        out,
        "<tr><th scope=\"row\">{}</th><td>{}<br><span class=\"facts\">{}</span></td><td class=\"state {class}\">{}</td><td>",
        html(&control.id),
        html(&control.title),
        html(&control.source),
        control.outcome.words()
    );
    let shown = |rule: &&Evidence| rule.pass + rule.fail + rule.undecided + rule.allowed > 0;
    for Evidence { id, pass, fail, undecided, allowed, .. } in control.rules.iter().filter(shown) {
        let figures = [(*fail, "fail"), (*undecided, "cannot be told"), (*pass, "pass"), (*allowed, "allowed")];
        let figures: Vec<String> =
            figures.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
        let _ = write!(out, "<code>{}</code> {}<br>", html(id), figures.join(", "));
    }
    let idle: Vec<String> = control
        .rules
        .iter()
        .filter(|rule| !shown(rule))
        .map(|rule| {
            format!("<code>{}</code>{}", html(&rule.id), if rule.outcome.is_none() { " (not run)" } else { "" })
        })
        .collect();
    if !idle.is_empty() {
        let _ = write!(out, "<span class=\"facts\">nothing here for {}</span><br>", idle.join(", "));
    }
    if !control.why.is_empty() {
        let _ = write!(out, "<span class=\"facts\">{}</span><br>", html(&control.why));
    }
    if !control.left.is_empty() {
        let _ = write!(out, "<span class=\"facts\">Not decided by files: {}</span>", html(&control.left));
    }
    out.push_str("</td></tr>\n");
}
