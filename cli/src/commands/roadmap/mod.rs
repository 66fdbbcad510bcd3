//! `policyc roadmap`: how far a project is, phase by phase and theme by theme, and what to do next.

mod html;
pub(super) mod model;
mod next;
mod text;

use super::survey::Survey;
use crate::args::{PageFormat, RoadmapArgs};
use crate::library::guides;
use crate::{Refusal, output};
use model::Roadmap;
use policyc_engine::report::write_value;

/// Judges the inputs and shows the roadmap.
///
/// # Errors
///
/// As `policyc check`.
pub(crate) fn roadmap(args: &RoadmapArgs) -> Result<u8, Refusal> {
    let guides = guides()?;
    let mut survey = Survey::make(&args.survey, &|_| None)?;
    let tried = next::tried(&survey.report);
    survey.offer(&tried);
    let roadmap = Roadmap::new(&survey, &guides.phases);
    survey.complain();
    output::print(|out| match args.format {
        PageFormat::Text => text::write(&roadmap, output::style(args.survey.color), out),
        PageFormat::Json => write_value(&roadmap, true, out),
        PageFormat::Html => out.write_all(html::page(&roadmap).as_bytes()),
    })?;
    Ok(survey.code)
}
