//! What the library says beside its rules: the phases of the roadmap, and the controls of standards. Texts and references
//! alone; the build script reads them from YAML and holds them against the rules.

use serde::{Deserialize, Serialize};

/// A phase of the roadmap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// `phase-1`.
    pub id: String,
    /// What rules call it: the whole part of their phase.
    pub number: u8,
    /// A few words.
    pub title: String,
    /// What a team is doing in it, and what policies are for then.
    pub purpose: String,
    /// What is judged.
    pub inputs: String,
    /// When it is reached.
    pub reached: String,
    /// Programs of this phase whose work policies do, or complete.
    pub tools: String,
    /// Its themes, in the order in which pages show them.
    pub themes: Vec<Theme>,
}

/// A theme of a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// What rules call it.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What its rules are about.
    pub text: String,
}

/// A standard, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// `cis-k8s-1.12`, as the `controls` of rules begin.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its version, as its publisher counts.
    pub version: String,
    /// The document that the numbers are those of.
    pub source: String,
    /// What a reader must know about what is and is not told here.
    pub note: String,
    /// Its controls, in its order.
    pub controls: Vec<Control>,
}

/// A control of a standard. What is asked is said in our words; the standard's own are where [`Framework::source`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Its number.
    pub id: String,
    /// What it asks for.
    pub title: String,
    /// Where in the source, if not under its number.
    #[serde(default)]
    pub source: String,
    /// Rules that answer a part of it, beside those that name the control themselves.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Themes all of whose rules do.
    #[serde(default)]
    pub themes: Vec<String>,
    /// The same control in other versions, as rules name it: `cis-k8s-1.12:5.2.5`.
    #[serde(default)]
    pub same: Vec<String>,
    /// Why these rules are evidence for it.
    #[serde(default)]
    pub why: String,
    /// What of it no file decides, and who can tell.
    #[serde(default)]
    pub left: String,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guides {
    /// The roadmap, in its order.
    pub phases: Vec<Phase>,
    /// Standards, by their ids.
    pub frameworks: Vec<Framework>,
}
