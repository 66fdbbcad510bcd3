//! What can be said on the command line.

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use policyc_lang::values::Severity;
use std::path::PathBuf;

/// Policy as code for Kubernetes manifests, Helm charts and Dockerfiles: typed rules, findings at the exact line.
///
/// Nothing is sent anywhere: policyc opens no network connection and keeps no statistics.
#[derive(Debug, Parser)]
#[command(name = "policyc", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge manifests.
    Check(Box<CheckArgs>),
    /// Run the tests that stand in policy files.
    Test(TestArgs),
    /// List the rules and profiles.
    Rules(RulesArgs),
    /// Show what a rule asks for, and why.
    Explain(ExplainArgs),
    /// Show how far a project is, phase by phase and theme by theme, and what to do next.
    Roadmap(RoadmapArgs),
    /// Show what of a standard the inputs meet, control by control.
    Compliance(ComplianceArgs),
    /// Show which workloads can reach which, by the network policies among the inputs.
    Network(NetworkArgs),
    /// Compute an expression on a manifest.
    Eval(EvalArgs),
    /// Lay out policy files in the one style of the language.
    Fmt(FmtArgs),
    /// Say what in policies is probably not meant.
    Lint(LintArgs),
    /// Begin a project: a rule of one's own with its test, and what runs it.
    Init(InitArgs),
    /// Begin a rule.
    #[command(subcommand)]
    New(NewCommand),
    /// Copy a rule of the library into a file of one's own.
    Eject(EjectArgs),
    /// Write pages about the rules.
    Doc(DocArgs),
    /// Compile a policy file and say what is wrong with it.
    Compile(CompileArgs),
    /// Show what the configuration says, or what it may say.
    Config(ConfigCommandArgs),
    /// Write down what is found today, so that only what is new fails from now on.
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Pin the packages of policies that the configuration names, in policyc.lock.
    Lock(LockArgs),
    /// Serve an editor over standard input and output (Language Server Protocol).
    Lsp(LspArgs),
}

/// Arguments of `policyc check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files and folders; `-` is standard input.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) meaning: MeaningArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Least severity that makes the exit code 1; by default what the configuration says, or else `low`.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) fail_on: Option<Severity>,
    /// What results are that cannot be told.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) indeterminate: Indeterminate,
    /// Name that standard input goes by.
    #[arg(long, value_name = "NAME")]
    pub(crate) stdin_filename: Option<String>,
    /// Tell only what concerns the named files; judge them with everything in the tree.
    #[arg(long)]
    pub(crate) only: bool,
    /// The folder that `--only` takes the rest of the project from.
    #[arg(long, value_name = "FOLDER", requires = "only", default_value = ".")]
    pub(crate) tree: PathBuf,
    /// Finding no file to judge is fine.
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Start no helm: charts are not rendered.
    #[arg(long)]
    pub(crate) no_helm: bool,
    /// Make fixes in the files: those that are safe, or with `=unsafe` also those that may change behaviour.
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    pub(crate) fix: Option<Which>,
    /// Print what `--fix` would change, and write no file.
    #[arg(long)]
    pub(crate) diff: bool,
    /// Threads; by default one a core.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) jobs: Option<u16>,
    /// Findings that are known; by default .policyc-baseline beside the configuration at the root, where there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

/// The subcommands of `policyc baseline`.
#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Judge, and write down what is found in place of reporting it.
    Write(Box<CheckArgs>),
}

/// What a survey judges, and with what: the same as `policyc check`.
#[derive(Clone, Debug, Args)]
pub(crate) struct SurveyArgs {
    /// Files and folders; `-` is standard input.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) meaning: MeaningArgs,
    /// Least severity of findings that makes the exit code 1; without it findings alone do not.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) fail_on: Option<Severity>,
    /// Name that standard input goes by.
    #[arg(long, value_name = "NAME")]
    pub(crate) stdin_filename: Option<String>,
    /// Finding no file to judge is fine.
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Start no helm: charts are not rendered.
    #[arg(long)]
    pub(crate) no_helm: bool,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
    /// Threads; by default one a core.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) jobs: Option<u16>,
}

impl SurveyArgs {
    /// The same for `policyc check`.
    pub(crate) fn as_check(&self) -> CheckArgs {
        let Self { paths, policies, selection, meaning, stdin_filename, .. } = self.clone();
        CheckArgs {
            paths,
            policies,
            selection,
            meaning,
            output: OutputArgs { format: Format::Json, color: self.color, quiet: false, full: true },
            fail_on: self.fail_on,
            indeterminate: Indeterminate::Warn,
            stdin_filename,
            only: false,
            tree: PathBuf::from("."),
            allow_empty: self.allow_empty,
            no_helm: self.no_helm,
            fix: None,
            diff: false,
            jobs: self.jobs,
            // What is known stands on the page all the same.
            baseline: None,
        }
    }
}

/// Arguments of `policyc roadmap`.
#[derive(Debug, Args)]
pub(crate) struct RoadmapArgs {
    #[command(flatten)]
    pub(crate) survey: SurveyArgs,
    /// Form of the page.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: PageFormat,
}

/// Form of what a survey says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    /// For a terminal.
    #[default]
    Text,
    /// For programs.
    Json,
    /// One page for a browser, with charts; it needs no network.
    Html,
}

/// Arguments of `policyc compliance`.
#[derive(Debug, Args)]
pub(crate) struct ComplianceArgs {
    /// The standard, such as `cis-k8s-1.12`, `pci-dss-4.0` or `nsa-1.2`; `list` lists them.
    pub(crate) framework: String,
    #[command(flatten)]
    pub(crate) survey: SurveyArgs,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SheetFormat,
}

/// Form of a report on a standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SheetFormat {
    /// For a terminal.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For spreadsheets: one line a control.
    Csv,
    /// One page for a browser, with charts; it needs no network.
    Html,
}

/// Arguments of `policyc network`.
#[derive(Debug, Args)]
pub(crate) struct NetworkArgs {
    /// Files and folders; `-` is standard input.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: NetworkFormat,
    /// Only what these workloads send: a glob over NAMESPACE/NAME, or `outside`; repeatable.
    #[arg(long, value_name = "GLOB")]
    pub(crate) from: Vec<String>,
    /// Only what these workloads receive: a glob over NAMESPACE/NAME, or `outside`; repeatable.
    #[arg(long, value_name = "GLOB")]
    pub(crate) to: Vec<String>,
    /// Tell what is denied, too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Namespace of objects that name none.
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Name that standard input goes by.
    #[arg(long, value_name = "NAME")]
    pub(crate) stdin_filename: Option<String>,
    /// Finding no file is fine.
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Start no helm: charts are not rendered.
    #[arg(long)]
    pub(crate) no_helm: bool,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

impl NetworkArgs {
    /// The same for `policyc check`.
    pub(crate) fn as_check(&self) -> CheckArgs {
        let survey = SurveyArgs {
            paths: self.paths.clone(),
            policies: PolicyArgs { policies: Vec::new(), config: self.config.clone() },
            selection: SelectionArgs { rules: Vec::new(), profile: None, params: Vec::new() },
            meaning: MeaningArgs { world: None, namespace: self.namespace.clone(), kubernetes: None, as_of: None },
            fail_on: None,
            stdin_filename: self.stdin_filename.clone(),
            allow_empty: self.allow_empty,
            no_helm: self.no_helm,
            color: self.color,
            jobs: None,
        };
        survey.as_check()
    }
}

/// Form of what is said of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum NetworkFormat {
    /// A table, for a terminal.
    #[default]
    Text,
    /// For programs.
    Json,
    /// A picture: a matrix of who reaches whom.
    Svg,
    /// A diagram for Mermaid, as Markdown of code hosts shows it.
    Mermaid,
}

/// Own policies.
#[derive(Clone, Debug, Args)]
pub(crate) struct PolicyArgs {
    /// A policy file, or a folder of them, beside the standard library; repeatable.
    #[arg(short, long = "policy", value_name = "PATH")]
    pub(crate) policies: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// Which configuration holds.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration at the root; by default the topmost policyc.yaml from here up to the root of the repository.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// Ignore configuration files and the baseline.
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// Arguments of `policyc config`.
#[derive(Debug, Args)]
pub(crate) struct ConfigCommandArgs {
    /// What to show.
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

/// The subcommands of `policyc config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the JSON schema of policyc.yaml for the loaded rules, for editors.
    Schema(ConfigSchemaArgs),
    /// Show which settings hold for a file, and who says so.
    Explain(ConfigExplainArgs),
    /// Read every configuration file of a folder and say what is wrong with them.
    Check(ConfigCheckArgs),
}

/// Arguments of `policyc config schema`.
#[derive(Debug, Args)]
pub(crate) struct ConfigSchemaArgs {
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
}

/// Arguments of `policyc config explain`.
#[derive(Debug, Args)]
pub(crate) struct ConfigExplainArgs {
    /// The file; it need not exist.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}

/// Arguments of `policyc config check`.
#[derive(Debug, Args)]
pub(crate) struct ConfigCheckArgs {
    /// The folder.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
}

/// Arguments of `policyc lock`.
#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// Which rules run, and with what.
#[derive(Clone, Debug, Args)]
pub(crate) struct SelectionArgs {
    /// Run only this rule; repeatable.
    #[arg(long = "rule", value_name = "ID")]
    pub(crate) rules: Vec<String>,
    /// Run the rules of a profile, with its parameters.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Set a parameter of a rule; repeatable.
    #[arg(long = "param", value_name = "RULE.NAME=JSON")]
    pub(crate) params: Vec<String>,
}

/// What the inputs mean.
#[derive(Clone, Debug, Args)]
pub(crate) struct MeaningArgs {
    /// Whether the inputs are all there is; by default a folder is, a single file or standard input is not.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) world: Option<World>,
    /// Namespace of objects that name none.
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Kubernetes version to judge for; by default the newest known.
    #[arg(long, value_name = "1.NN")]
    pub(crate) kubernetes: Option<String>,
    /// The day to take for today; by default the current one, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<String>,
}

/// How the report looks.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Form of the report.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
    /// One line a finding, no frames, no summary, no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Every finding rather than a handful a rule.
    #[arg(long)]
    pub(crate) full: bool,
}

/// Arguments of `policyc test`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("shares").args(["coverage", "mutate"]).multiple(true)))]
pub(crate) struct TestArgs {
    /// Policy files and folders.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
    /// Only what fails.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Run only tests whose name, file or rules contain this text; repeatable.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Vec<String>,
    /// Rewrite the marks in the fixtures to what the rules find.
    #[arg(long)]
    pub(crate) update: bool,
    /// Write a report in JUnit's form to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Show how often each check holds and fails in the tests.
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Least share of outcomes that tests must show, or of changes that they must notice, in per cent.
    #[arg(long, value_name = "PERCENT", requires = "shares", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) min: Option<u8>,
    /// Change the rules in small ways, one at a time, and name the changes that no test notices.
    #[arg(long, conflicts_with = "update")]
    pub(crate) mutate: bool,
}

/// Arguments of `policyc rules`.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    /// Form of the list.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

/// Arguments of `policyc explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of the rule, or `phase-1`, `phase-2` or `phase-3` of the roadmap.
    pub(crate) rule: String,
    /// A file, or a line of one: show how the rule judges what stands there, condition by condition.
    #[arg(value_name = "FILE[:LINE]")]
    pub(crate) place: Option<String>,
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    /// Set a parameter of the rule; repeatable.
    #[arg(long = "param", value_name = "RULE.NAME=JSON", requires = "place")]
    pub(crate) params: Vec<String>,
    #[command(flatten)]
    pub(crate) meaning: MeaningArgs,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

/// Arguments of `policyc eval`.
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// The expression; `it` is what it is computed for.
    pub(crate) expression: String,
    /// A manifest or a Dockerfile, or a line of one.
    #[arg(long, value_name = "FILE[:LINE]")]
    pub(crate) on: String,
    /// What it is computed for: a kind or a view, such as `Deployment`, `workload` or `container`; by default each object
    /// as its kind.
    #[arg(long = "as", value_name = "VIEW")]
    pub(crate) subject: Option<String>,
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    #[command(flatten)]
    pub(crate) meaning: MeaningArgs,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

/// Arguments of `policyc lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Policy files and folders.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only this lint; repeatable.
    #[arg(long, value_name = "ID")]
    pub(crate) only: Vec<String>,
    /// Kubernetes version that the policies are for; named, kinds that it does not have are told.
    #[arg(long, value_name = "1.NN")]
    pub(crate) kubernetes: Option<String>,
    /// The day to take for today; by default the current one, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<String>,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

/// Arguments of `policyc init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The project's folder.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
}

/// What `policyc new` begins.
#[derive(Debug, Subcommand)]
pub(crate) enum NewCommand {
    /// A rule with a test that it fails and one that it passes.
    Rule(NewRuleArgs),
}

/// Arguments of `policyc new rule`.
#[derive(Debug, Args)]
pub(crate) struct NewRuleArgs {
    /// Id of the rule: lower-case words with dashes.
    pub(crate) id: String,
    /// What it judges: a kind or a view, such as `Deployment`, `workload` or `container`.
    #[arg(long, value_name = "KIND")]
    pub(crate) on: String,
    /// The folder that its file goes to.
    #[arg(long, value_name = "FOLDER", default_value = "policies")]
    pub(crate) to: PathBuf,
}

/// Arguments of `policyc eject`.
#[derive(Debug, Args)]
pub(crate) struct EjectArgs {
    /// Id of the rule.
    pub(crate) rule: String,
    /// Id of the copy; by default `own-` and the rule's.
    #[arg(long = "as", value_name = "ID")]
    pub(crate) alias: Option<String>,
    /// The folder that the file goes to; `-` writes to standard output.
    #[arg(long, value_name = "FOLDER", default_value = "policies")]
    pub(crate) to: PathBuf,
}

/// Arguments of `policyc doc`.
#[derive(Debug, Args)]
pub(crate) struct DocArgs {
    #[command(flatten)]
    pub(crate) policies: PolicyArgs,
    /// The folder that the pages go to.
    #[arg(long, value_name = "FOLDER", default_value = "policy-docs")]
    pub(crate) to: PathBuf,
    /// Form of the pages.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: DocFormat,
}

/// Form of pages about rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocFormat {
    /// One Markdown file for each rule, and a list.
    #[default]
    Markdown,
    /// One page for a browser, with search; it needs no network.
    Html,
}

/// Arguments of `policyc fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Policy files and folders; `-` reads standard input and writes standard output.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change, and end with 1 if there are any.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; show what would change, and end with 1 if anything would.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// Arguments of `policyc compile`.
#[derive(Debug, Args)]
pub(crate) struct CompileArgs {
    /// The policy file.
    pub(crate) file: PathBuf,
    /// Print what the compiler makes of it.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<Emit>,
    /// When to colour; NO_COLOR is obeyed.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: Color,
}

/// Arguments of `policyc lsp`.
#[derive(Debug, Args)]
pub(crate) struct LspArgs {
    /// The day to take for today; by default the current one, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<String>,
    /// Accepted because editors pass it; there is no other way.
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// Which fixes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// Those that change no working system.
    Safe,
    /// Also those that may change behaviour.
    Unsafe,
}

/// What results are that cannot be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Indeterminate {
    /// Failures: exit code 3 where nothing else fails.
    #[default]
    Fail,
    /// Reported, without effect on the exit code.
    Warn,
    /// Only counted.
    Ignore,
}

/// Whether the inputs are all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum World {
    /// The inputs are the cluster.
    Closed,
    /// Other objects may exist elsewhere.
    Open,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
    /// For code hosts and viewers: SARIF 2.1.0.
    Sarif,
    /// How many findings each rule has, and where its first one stands; the fastest.
    Summary,
}

/// Form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What `compile` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emit {
    /// The intermediate representation, as text for people.
    Ir,
    /// The same as JSON, whole: what the file builds on stands in it too.
    IrJson,
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).map_err(|error| match error.hint {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message,
    })
}
