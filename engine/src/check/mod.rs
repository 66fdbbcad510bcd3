//! From the names and bytes of files to a report.

mod params;

pub use params::param_value;
