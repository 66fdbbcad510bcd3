//! The lints, with what their pages say.

/// A lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    /// `lint/…`; the code of its diagnostics.
    pub id: &'static str,
    /// What kind of mistake it is about.
    pub category: &'static str,
    /// One line.
    pub title: &'static str,
    /// Why it matters, and what to write.
    pub doc: &'static str,
}

macro_rules! lints {
    ($($name:ident $id:literal $category:literal $title:literal $doc:literal)*) => {
        $(pub(super) const $name: &str = $id;)*
        /// All lints, by category.
        pub const LINTS: &[Lint] = &[$(Lint { id: $id, category: $category, title: $title, doc: $doc }),*];
    };
}

lints! {
    VACUOUS_ALL "lint/vacuous-all" "vacuous" "a check holds where the list is missing"
        "`require all x in LIST: …` holds for an empty list and for one that is not there. If the list must exist, say so in a check of its own before it: `require LIST is not empty else \"…\"`. If it need not, write `for x in LIST { require … }`, which also gives each element its finding."
    NEVER_TRUE "lint/never-true" "vacuous" "a condition is never true"
        "Two parts of the condition contradict each other, so what it guards never happens. Often `or`, or `in [..]`, was meant."
    UNTESTED "lint/untested-rule" "vacuous" "no test shows that a rule finds anything"
        "A rule that has never failed may be unable to. Add a test with a fixture that it must find, and mark the line with `#~ RULE`; `policyc test --update` writes the marks."
    UNANCHORED "lint/unanchored-regex" "allowlist" "a regular expression of an allow-list matches anywhere"
        "A regular expression matches wherever it fits in a text: `/registry.example/` also holds for `registry.example.evil.test`. Begin it with `^` and end it with `$`, or use a glob with `like`, which is anchored at both ends."
    IMAGE_TEXT "lint/image-as-text" "allowlist" "an image is compared as a text"
        "`nginx`, `nginx:latest` and `docker.io/library/nginx` are one image in three spellings, and `ghcr.io` is the beginning of `ghcr.io.evil.test`. Ask for the parts: `image.registry`, `image.repository`, `image.tag`, `image.digest`, or use `like`."
    MAIN_ONLY "lint/main-containers-only" "roles" "only main containers are judged"
        "A pod also runs init, sidecar and ephemeral containers. Judge `container`, or go through `w.containers` of a workload; `c.role` tells them apart where that is meant."
    PLAIN_MESSAGE "lint/plain-message" "message" "a message in a loop does not say what it is about"
        "The same sentence for each element leaves the reader to guess. Name the element in braces, such as `container {c.name}`, or say with `at` where it stands."
    MESSAGE_TITLE "lint/message-is-title" "message" "a message repeats the title"
        "The title says what the rule asks for in general, the message what is wrong here: with the name and the value that was found."
    SAFE_REMOVAL "lint/safe-removal" "fix" "a fix that removes something calls itself safe"
        "A safe fix cannot break a workload that runs. What is removed may be in use: call the fix `unsafe`, so that nobody applies it unseen. What the same fix sets elsewhere is only moved."
    FIX_KEEPS "lint/fix-keeps-failing" "fix" "a fix sets what its check refuses"
        "After the fix the check fails as before. Set a value with which it holds; `expect fix` in a test shows it."
    CONTROL "lint/unknown-control" "metadata" "a control names a framework that is nearly one of the library's"
        "Controls are written `framework:number`, such as `cis-k8s-1.12:5.2.2`, and spelt as the standard library spells them, so that reports can sum them up. Frameworks of one's own have names that are unlike those."
    NO_CONTROL "lint/no-control" "metadata" "a rule belongs to nothing"
        "A rule with neither `controls` nor `theme` nor `tags` shows up in no selection and no sum of a report. Say which control it serves, or what it is about."
    EXEMPT_EXPIRED "lint/exempt-expired" "exempt" "an exemption has ended"
        "It covers nothing any more. Remove it, or agree on another day."
    EXEMPT_ALL "lint/exempt-all" "exempt" "an exemption covers everything"
        "Without `where` every subject is exempt, also those that come later. Say which ones are meant, or switch the rule off in the configuration."
    LOOPS "lint/loops-over-project" "perf" "loops over the whole project stand in each other"
        "Each pair of objects is looked at, so the work grows with the square of the project. Narrow the inner loop by namespace, or by an equality with the outer element, which is looked up."
    FORMAT "lint/format" "style" "a file is not laid out as `policyc fmt` does it"
        "One style makes differences between versions small. Run `policyc fmt`."
    REQUIRE_NOT "lint/require-not" "style" "`require not` stands for `forbid`"
        "`forbid X` is `require not X`, and blames what makes X true instead of everything that it looks at."
    KIND_GONE "lint/kind-gone" "compat" "a rule judges a kind that the Kubernetes version does not serve"
        "The API server no longer has the kind, so the rule finds nothing there. Take it away, or say from which version on it counts: `where cluster.version < \"1.25\"`."
    UNUSED_PARAM "lint/unused-param" "dead" "nothing reads a parameter"
        "Whoever sets it changes nothing. Remove it, or use it."
    UNUSED_DEF "lint/unused-def" "dead" "nothing calls a function"
        "Remove it. Functions for others stand in a module without rules."
    UNUSED_LET "lint/unused-let" "dead" "nothing reads a variable"
        "Remove it, or use it."
    UNUSED_IMPORT "lint/unused-import" "dead" "nothing of an import is used"
        "`std.k8s` and `std.docker` are imported everywhere without being named. Remove the line."
}

/// A lint by its id.
#[must_use]
pub fn lint(id: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.id == id)
}
