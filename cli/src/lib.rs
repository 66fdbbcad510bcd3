//! `policyc`: arguments, files, terminal and exit codes. What a policy or a manifest means is decided elsewhere.

mod args;
mod clock;
mod commands;
mod config;
mod discover;
mod exit;
mod helm;
mod library;
mod only;
mod output;
mod progress;
mod render;
mod replace;

use args::{Cli, Command, NewCommand};
use clap::Parser;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Why a command ends without a report: bad usage, configuration or policy.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What is wrong; empty where it has been said already.
    message: String,
    /// What would help.
    hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(crate) fn with_hint(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hint = hint.map(Into::into);
        self
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::new(format!("cannot write the output: {error}"))
    }
}

/// Does what the command line says, and gives the exit code of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // The default message would show the inside of the program, and perhaps a value of the input.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let place = place.unwrap_or_default();
        output::complain(&format!("internal error{place}; please report it with the input that caused it"));
    }));
    ExitCode::from(catch_unwind(AssertUnwindSafe(|| run(&cli.command))).unwrap_or(exit::INTERNAL))
}

fn run(command: &Command) -> u8 {
    let done = match command {
        Command::Check(args) => commands::check(args),
        Command::Test(args) => commands::test(args),
        Command::Rules(args) => commands::rules(args),
        Command::Explain(args) => commands::explain(args),
        Command::Roadmap(args) => commands::roadmap(args),
        Command::Compliance(args) => commands::compliance(args),
        Command::Network(args) => commands::network(args),
        Command::Eval(args) => commands::eval(args),
        Command::Fmt(args) => commands::fmt(args),
        Command::Lint(args) => commands::lint(args),
        Command::Init(args) => commands::init(args),
        Command::New(NewCommand::Rule(args)) => commands::new_rule(args),
        Command::Eject(args) => commands::eject(args),
        Command::Doc(args) => commands::doc(args),
        Command::Compile(args) => commands::compile(args),
        Command::Config(args) => commands::config(args),
        Command::Baseline(command) => commands::baseline(command),
        Command::Lock(args) => commands::lock(args),
        Command::Lsp(args) => commands::lsp(args),
    };
    done.unwrap_or_else(|Refusal { message, hint }| {
        if !message.is_empty() {
            output::complain(&format!("error: {}", render::escape(&message)));
        }
        if let Some(hint) = hint {
            output::complain(&format!("help: {}", render::escape(&hint)));
        }
        exit::USAGE
    })
}
