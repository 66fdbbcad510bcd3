//! The one way to standard output and standard error.

use crate::args::Color;
use crate::render::Style;
use std::io::{self, IsTerminal, Write};

/// Columns of the terminal where there is none to ask.
const DEFAULT_WIDTH: usize = 100;

/// Writes to standard output. A reader that went away is no error: it has seen what it wanted.
///
/// # Errors
///
/// Any other fault of writing, such as a full disk.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a line to standard error; that it cannot be written is nothing that could be told anyone.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "policyc: {message}");
}

/// The style of standard output.
pub(crate) fn style(color: Color) -> Style {
    style_for(color, io::stdout().is_terminal())
}

/// The style of standard error.
pub(crate) fn error_style(color: Color) -> Style {
    style_for(color, io::stderr().is_terminal())
}

fn style_for(color: Color, terminal: bool) -> Style {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let colour = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !set("NO_COLOR") && !dumb,
    };
    Style { colour }
}

/// Columns of the terminal.
pub(crate) fn width() -> usize {
    let asked = if io::stdout().is_terminal() { terminal_size::terminal_size() } else { None };
    asked.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)).clamp(40, 200)
}
