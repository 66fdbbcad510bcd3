//! `policyc network`: which workloads can reach which, by the network policies among the inputs.

mod mermaid;
mod model;
mod svg;
mod text;

use super::check::{Prepared, Sources, prepare};
use crate::args::{Indeterminate, NetworkArgs, NetworkFormat};
use crate::exit::{self, Threshold};
use crate::helm::Rendering;
use crate::{Refusal, output, render};
use model::Picture;
use policyc_engine::check::read_world;
use policyc_engine::network::network as network_of;
use policyc_engine::report::write_value;
use policyc_lang::values::Severity;
use policyc_text::Level;

/// Computes and shows who reaches whom.
///
/// # Errors
///
/// As `policyc check`; no workload that is asked for, and more than can be held against each other.
pub(crate) fn network(args: &NetworkArgs) -> Result<u8, Refusal> {
    let mut prepared = prepare(&args.as_check(), &|_| None)?;
    let rendered = std::mem::take(&mut prepared.rendered);
    let Prepared { config, found, meaning, library, pool, .. } = &prepared;
    let files = found.sources.iter().map(|(name, source)| (name.as_str(), source));
    let first = rendered.charts.iter().filter_map(|chart| chart.renderings.first());
    let charts = first.map(|Rendering { name, source, .. }| (&**name, source));
    let sources = Sources::new(files.chain(charts));
    let load = |place: usize| sources.load(place);
    let (mut report, world) = pool.install(|| read_world(&sources.inputs, &load, meaning, library.program()));
    let network = network_of(&world);
    if !rendered.charts.is_empty() {
        report.notes.push("charts are taken as they are rendered with their first values".to_owned());
    }
    if !config.root().projects.is_empty() {
        let note =
            "the projects of the configuration are taken for one cluster; name the folder of one to see it alone";
        report.notes.push(note.to_owned());
    }
    rendered.tell(&mut report);
    config.tell(&mut report, &found.ignored);
    let threshold = Threshold { fail_on: Severity::Info, by_file: None, indeterminate: Indeterminate::Warn };
    let code = exit::of_report(&report, threshold);
    let picture = Picture::new(args, &network, &report, code)?;
    for problem in report.diagnostics.iter().filter(|problem| problem.level == Level::Error) {
        let place = problem.place.range.start;
        let line = format!("{}:{}:{}: {}", problem.place.file, place.line, place.column, problem.message);
        output::complain(&render::escape(&line));
    }
    output::print(|out| match args.format {
        NetworkFormat::Text => text::write(&picture, args.all, output::style(args.color), out),
        NetworkFormat::Json => write_value(&picture, true, out),
        NetworkFormat::Svg => out.write_all(svg::picture(&picture).as_bytes()),
        NetworkFormat::Mermaid => out.write_all(mermaid::diagram(&picture).as_bytes()),
    })?;
    Ok(code)
}
