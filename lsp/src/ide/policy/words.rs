//! What the words of the language mean, in a sentence each.

/// What a key of a rule's head says.
pub(super) fn metadata(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "One line: what the rule asks for.",
        "severity" => "How bad a finding is: `critical`, `high`, `medium`, `low` or `info`.",
        "phase" => "The phase of a roadmap that the rule belongs to: `1`, `2`, `3` or `3.1` to `3.6`.",
        "theme" => "What the rule is about, in a word.",
        "controls" => "What the rule answers to elsewhere: `[\"framework:number\"]`.",
        "tags" => "Words to find the rule by.",
        "since" => "The version that has the rule first.",
        "help" => "What to do about a finding.",
        "doc" => "Why the rule asks for it.",
        "unknown" => "What becomes of results that cannot be told: `report` or `ignore`.",
        _ => return None,
    })
}

/// What a word that begins an item, a statement or a clause does.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    Some(match word {
        "module" => "The name of this file's module.",
        "import" => "Makes the names of another module, and of those below it, known here.",
        "param" => "A value that whoever runs the rules may set.",
        "type" => "A name for a type.",
        "def" => "A function, or a constant.",
        "table" => "Data from a file beside the policy, compiled in.",
        "view" => "Rows of a kind of their own, or one more field of a type.",
        "kind" => "A name for one of several kinds that are called alike.",
        "rule" => "What objects must, or must not, be.",
        "exempt" => "Leaves out findings of a rule until a day, with a reason.",
        "use" => "Takes over a rule with other parameters or another severity.",
        "profile" => "Several rules that are reported as one.",
        "test" => "Inputs and what the rules are expected to say of them.",
        "let" => "A name for a value.",
        "for" => "Goes through the elements of a list or map.",
        "when" => "Statements that hold only where a condition does.",
        "require" => "A condition that must hold; `else` says what is wrong where it does not.",
        "forbid" => "A condition that must not hold; `else` says what is wrong where it does.",
        "at" => "The place that the finding is shown at, where another one than the computed place is meant.",
        "see" => "Further places that explain the finding.",
        "fix" => "What would mend it: `safe`, `unsafe` or `hint`, then an edit.",
        "given" => "An input of the test.",
        "expect" => "What a rule says of the inputs.",
        "world" => "`open` where objects may exist that no input holds.",
        "kubernetes" => "The version that the test judges for.",
        "as_of" => "The day that the test takes for today.",
        "namespace" => "The namespace of objects that name none.",
        "because" => "Why the exemption is right.",
        "until" => "The last day of the exemption.",
        "ticket" => "Where the exemption is kept track of.",
        "by" => "Who grants the exemption.",
        "include" => "The rules that are summed up.",
        "exists" => "Whether a value is there.",
        "any" => "Whether the condition holds of at least one element.",
        "all" => "Whether the condition holds of every element.",
        "none" => "Whether the condition holds of no element.",
        _ => return None,
    })
}
