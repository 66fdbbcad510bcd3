//! The roadmap as one page: for people who decide, on a screen or on paper.

use super::model::{PhaseState, Roadmap, RuleOutcome, RuleState, RuleSums, State, Subjects, ThemeState};
use super::next::Step;
use crate::render::page::{FIGURES, bar, head, html, key, with_code};
use std::fmt::Write;

/// What colours mean.
const KEY: [(&str, &str); 4] =
    [("pass", "pass"), ("allowed", "allowed knowingly"), ("undecided", "cannot be told"), ("fail", "fail")];
/// Notes that are shown.
const NOTES: usize = 20;
/// Files that are named.
const NAMED: usize = 50;

pub(super) fn page(roadmap: &Roadmap) -> String {
    let mut out = head("Security roadmap", FIGURES);
    out.push_str("<body>\n<main>\n<h1>Security roadmap</h1>\n");
    let files = &roadmap.files;
    let _ = writeln!(
        out,
        "<p class=\"facts\">{} judged, {} not applicable, {}; for Kubernetes {} as of {}</p>",
        count(files.judged as u64, "file"),
        files.not_applicable,
        count(files.objects as u64, "object"),
        html(&roadmap.kubernetes),
        html(&roadmap.as_of)
    );
    unread(&files.unread, &mut out);
    out.push_str("<div class=\"grid\">\n");
    roadmap.phases.iter().for_each(|phase| tile(phase, &mut out));
    out.push_str("</div>\n");
    out.push_str(&key(&KEY));
    next(&roadmap.next, &mut out);
    roadmap.phases.iter().for_each(|phase| section(phase, &mut out));
    others(roadmap, &mut out);
    let _ = writeln!(
        out,
        "<footer><h2>About this page</h2>\n<p>A rule passes if everything that it applies to passes, or if what it finds is \
         allowed with a reason. It is undecided if something cannot be told from the files alone: that is never counted as \
         passed. Each object, container or other subject counts once for each rule that applies to it.</p>"
    );
    for note in roadmap.notes.iter().take(NOTES) {
        let _ = writeln!(out, "<p class=\"facts\">{}</p>", html(note));
    }
    if roadmap.notes.len() > NOTES {
        let _ = writeln!(out, "<p class=\"facts\">and {} more notes</p>", roadmap.notes.len() - NOTES);
    }
    let _ = writeln!(out, "<p class=\"facts\">exit code {}: {}</p></footer>", roadmap.exit_code, roadmap.exit_reason);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn unread(names: &[String], out: &mut String) {
    if names.is_empty() {
        return;
    }
    let number = count(names.len() as u64, "file");
    let _ = writeln!(
        out,
        "<section class=\"card warn\" role=\"alert\"><h2>{number} could not be read whole</h2>\n<p>What they hide is not in the \
         figures below, and no phase counts as reached before they are read.</p>\n<ul>"
    );
    for name in names.iter().take(NAMED) {
        let _ = writeln!(out, "<li><code>{}</code></li>", html(name));
    }
    if names.len() > NAMED {
        let _ = writeln!(out, "<li>and {} more</li>", names.len() - NAMED);
    }
    out.push_str("</ul></section>\n");
}

fn class(state: State) -> &'static str {
    match state {
        State::Reached => "pass",
        State::Undecided => "undecided",
        State::NotReached => "fail",
        State::NothingToJudge => "none",
    }
}

fn tile(phase: &PhaseState, out: &mut String) {
    let (state, words) = (class(phase.state), phase.state.words());
    let share = match phase.rules.applies() {
        0 => "none".to_owned(),
        applied => format!("{} of {applied}", phase.rules.pass),
    };
    let _ = writeln!(
        out,
        "<section class=\"card\"><p class=\"facts\">{}</p>\n<p class=\"big\">{share}</p>\n<p class=\"facts\">rules pass that \
         apply here</p>\n{}\n<p class=\"state {state}\">{words}</p></section>",
        html(&phase.id.replace('-', " ")),
        rules_bar(&phase.id.replace('-', " "), phase.rules)
    );
}

fn rules_bar(what: &str, rules: RuleSums) -> String {
    let parts =
        [("pass", "pass", rules.pass), ("undecided", "cannot be told", rules.undecided), ("fail", "fail", rules.fail)];
    bar(&format!("rules of {what}"), &parts, 14)
}

fn subjects_bar(what: &str, subjects: Subjects) -> String {
    let Subjects { pass, fail, undecided, allowed, .. } = subjects;
    let parts = [
        ("pass", "pass", pass),
        ("allowed", "allowed", allowed),
        ("undecided", "cannot be told", undecided),
        ("fail", "fail", fail),
    ];
    bar(&format!("subjects of {what}"), &parts, 14)
}

fn next(steps: &[Step], out: &mut String) {
    out.push_str("<section><h2>What to do next</h2>\n");
    if steps.is_empty() {
        out.push_str("<p>Nothing that was judged fails.</p></section>\n");
        return;
    }
    out.push_str(
        "<p class=\"facts\">What is worst comes first; of what is equally bad, what is quick to mend, then what concerns \
         most.</p>\n<ol>\n",
    );
    for step in steps {
        let facts = [
            Some(step.severity.to_owned()),
            Some(format!("{} in {}", count(step.findings as u64, "finding"), count(step.objects as u64, "object"))),
            Some(step.effort.words().to_owned()),
            step.phase.as_ref().map(|phase| phase.replace('-', " ")),
            step.theme.clone(),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().map(|fact| html(&fact)).collect();
        let _ =
            writeln!(out, "<li><strong>{}</strong>\n<p class=\"facts\">{}</p>", html(&step.title), facts.join(" · "));
        if let Some(help) = &step.help {
            let _ = writeln!(out, "<p>{}</p>", with_code(help));
        }
        let _ = writeln!(
            out,
            "<p class=\"facts\">first at <code>{}</code>: <code>{}</code></p></li>",
            html(&step.first),
            html(&step.command)
        );
    }
    out.push_str("</ol></section>\n");
}

fn section(phase: &PhaseState, out: &mut String) {
    let (state, words) = (class(phase.state), phase.state.words());
    let number = html(&phase.id.replace('-', " "));
    let _ = writeln!(
        out,
        "<section id=\"{}\"><h2>{number}, {} <span class=\"state {state}\">{words}</span></h2>\n<p>{}</p>\n<p class=\"facts\">\
         Reached when: {}</p>",
        html(&phase.id),
        html(&phase.title),
        html(&phase.purpose),
        html(&phase.reached)
    );
    out.push_str(
        "<div class=\"wide\"><table><thead><tr><th scope=\"col\">theme</th><th scope=\"col\" style=\"width:30%\">rules that \
         apply</th><th scope=\"col\" class=\"number\">pass</th><th scope=\"col\" class=\"number\">fail</th><th scope=\"col\" \
         class=\"number\">cannot be told</th><th scope=\"col\" class=\"number\">not applicable</th></tr></thead>\n<tbody>\n",
    );
    for theme in &phase.themes {
        let RuleSums { pass, fail, undecided, not_applicable } = theme.rules;
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{pass}</td><td class=\"number\">{fail}</td><td \
             class=\"number\">{undecided}</td><td class=\"number\">{not_applicable}</td></tr>",
            html(&theme.title),
            rules_bar(&theme.title, theme.rules)
        );
    }
    out.push_str("</tbody></table></div>\n");
    phase.themes.iter().filter(|theme| theme.rules.applies() > 0).for_each(|theme| details(theme, out));
    out.push_str("</section>\n");
}

fn details(theme: &ThemeState, out: &mut String) {
    let _ = writeln!(
        out,
        "<details class=\"card\"><summary><strong>{}</strong>: {} of {} rules pass</summary>\n<p>{}</p>\n{}",
        html(&theme.title),
        theme.rules.pass,
        theme.rules.applies(),
        html(&theme.text),
        subjects_bar(&theme.title, theme.subjects)
    );
    out.push_str(
        "<div class=\"wide\"><table><thead><tr><th scope=\"col\">rule</th><th scope=\"col\">severity</th><th scope=\"col\">outcome\
         </th><th scope=\"col\" class=\"number\">applies to</th><th scope=\"col\" class=\"number\">pass</th><th scope=\"col\" \
         class=\"number\">fail</th><th scope=\"col\" class=\"number\">cannot be told</th><th scope=\"col\" class=\"number\">allowed\
         </th></tr></thead>\n<tbody>\n",
    );
    let (there, absent): (Vec<&RuleState>, Vec<&RuleState>) =
        theme.list.iter().partition(|rule| rule.outcome != RuleOutcome::NotApplicable);
    for rule in there {
        let Subjects { applies, pass, fail, undecided, allowed, .. } = rule.subjects;
        let class = match rule.outcome {
            RuleOutcome::Fail => "fail",
            RuleOutcome::Undecided => "undecided",
            RuleOutcome::Pass => "pass",
            RuleOutcome::NotApplicable => "none",
        };
        let _ = writeln!(
            out,
            "<tr><td>{}<br><code>{}</code></td><td>{}</td><td class=\"state {class}\">{}</td><td class=\"number\">{applies}</td>\
             <td class=\"number\">{pass}</td><td class=\"number\">{fail}</td><td class=\"number\">{undecided}</td><td \
             class=\"number\">{allowed}</td></tr>",
            html(&rule.title),
            html(&rule.id),
            rule.severity,
            rule.outcome.words()
        );
    }
    out.push_str("</tbody></table></div>\n");
    if !absent.is_empty() {
        let ids: Vec<String> = absent.iter().map(|rule| format!("<code>{}</code>", html(&rule.id))).collect();
        let _ = writeln!(out, "<p class=\"facts\">Nothing here for: {}</p>", ids.join(", "));
    }
    out.push_str("</details>\n");
}

fn others(roadmap: &Roadmap, out: &mut String) {
    if roadmap.others.is_empty() {
        return;
    }
    out.push_str(
        "<section><h2>Outside the phases</h2>\n<p>What is wrong with documents themselves, and rules that name no phase.</p>\n\
         <table><thead><tr><th scope=\"col\">rule</th><th scope=\"col\" class=\"number\">fail</th><th scope=\"col\" \
         class=\"number\">cannot be told</th></tr></thead>\n<tbody>\n",
    );
    for other in &roadmap.others {
        let _ = writeln!(
            out,
            "<tr><td>{}<br><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            html(&other.title),
            html(&other.id),
            other.fail,
            other.undecided
        );
    }
    out.push_str("</tbody></table></section>\n");
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
