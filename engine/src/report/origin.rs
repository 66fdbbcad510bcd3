//! What a rendered document was made from.

use crate::finding::Range;
use std::sync::Arc;

/// The file that a document was rendered from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its name: as the renderer gives it, which begins with the chart's name, or a file on disk where the rendering was
    /// made for this run.
    pub file: Arc<str>,
    /// Where in that file the text comes from; `None` as long as nobody follows it through the template.
    pub range: Option<Range>,
    /// The sets of values that it was rendered with, where the rendering was made for this run.
    pub scenarios: Vec<Arc<str>>,
}

impl Origin {
    /// A file of which no more is known.
    #[must_use]
    pub fn of_file(file: Arc<str>) -> Self {
        Self { file, range: None, scenarios: Vec::new() }
    }
}
