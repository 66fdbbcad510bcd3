//! Documents to findings: readers, evaluation, reports.

pub mod yaml;
