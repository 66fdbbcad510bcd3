//! The evaluator: a [`Plan`] of a program, judged over a [`World`](crate::world::World), gives findings.
//!
//! How a run goes:
//!
//! 1. [`Plan::new`] with the selected instances, their parameters and severities. A plan is shared by all threads.
//! 2. Every file is read with [`Plan::keys`]; a tree that was read with other keys gives wrong answers.
//! 3. Phase A, for rules that look at their own document alone: for each file a
//!    [`World::of_file`](crate::world::World::of_file), and [`judge`] with `Scope::Document` over
//!    `0..subjects(&world)`. The tree can go afterwards, unless phase B needs it ([`Plan::has_scope`]).
//! 4. Phase B, for rules that look at others: one world of all files of a project, and [`judge`] with `Scope::World`
//!    over `0..`[`subjects`]`(&world)`, in one part or in several on several threads. However the subjects are parted,
//!    findings and counts are the same; each part pays for what it computes of shared values, so parts should be few
//!    and large.
//! 5. [`Judged::merge`] the parts, then [`sort`] the findings.
//!
//! A world is one project; the caller makes several where its configuration parts them. Subjects are numbered:
//! objects, then namespaces, then the project, so that a range of numbers is a part of the work.
//!
//! Threads that judge need a stack of at least [`STACK_SIZE`] bytes.
//!
//! Within: values and origins, the machine that routes expressions, one file for each family of expressions, rules,
//! blame and places. Nothing here reads files, prints, or knows of columns.

mod access;
mod arithmetic;
mod blame;
mod builtins;
mod compare;
mod exempt;
mod fixes;
mod fuel;
mod joins;
mod judge;
mod lists;
mod logic;
mod machine;
mod names;
mod native;
mod origin;
mod place;
mod plan;
mod print;
mod quick;
mod reach;
mod rows;
mod rules;
mod subjects;
#[cfg(test)]
mod tests;
mod truth;
mod value;
mod watch;

pub use judge::{
    Counts, Document, Head, Judged, STACK_SIZE, Spotted, judge, judge_document, judge_unless, sort, subjects,
};
pub use plan::{Cluster, ListKeys, Plan, Selected, Settings};
pub use subjects::{OfSubject, SubjectVerdict};
pub use watch::{CheckCounts, Condition, Explanation, Seen, Step, StepKind, Target, Verdict, cover, explain};
