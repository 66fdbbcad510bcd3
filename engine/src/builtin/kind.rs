//! Kinds that the API groups of Kubernetes itself do not have, where no custom resource can be meant.

use super::Builtin;
use super::path::Step;
use super::walk::{Remark, Walk};
use crate::report::limit::{NAME, capped};
use crate::yaml::{NodeId, head};
use policyc_lang::schema::{Kind, Types, did_you_mean};

/// Files of programs, which no cluster takes, in what looks like the core group: kubeconfig, and what the API server and
/// the scheduler once were given.
const FILES: [&str; 3] = ["Config", "EncryptionConfig", "Policy"];

/// Reports an object of an unknown kind, if its group is one of Kubernetes itself.
pub(super) fn check(walk: &mut Walk<'_, '_>, node: NodeId) {
    let (types, subject) = (walk.context.types, walk.context.subject);
    let (api_version, kind) = (&*capped(subject.api_version, NAME), &*capped(subject.kind, NAME));
    if !walk.context.enabled(Builtin::UnknownKind) || !is_reserved(types, api_version, kind) {
        return;
    }
    let known = types.kinds_named(kind).into_iter().find(|known| known.resource.is_some());
    let (key, help) = match known {
        Some(known) => ("apiVersion", Some(format!("`{kind}` is a kind of `{}`", version_of(&known)))),
        None => ("kind", nearest(types, api_version, kind)),
    };
    let message = format!("`{api_version}` has no kind `{kind}`");
    let value = head(walk.context.tree, node, key).unwrap_or(node);
    walk.within(Step::Name(key), |walk| walk.report(value, Remark { rule: Builtin::UnknownKind, message, help }));
}

/// Whether only Kubernetes itself could have such a kind: groups without a dot and below `k8s.io` are its own, of which
/// those count that it is known to have, in any letter case.
fn is_reserved(types: &Types, api_version: &str, kind: &str) -> bool {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    let below = |group: &str| group.to_ascii_lowercase().ends_with(".k8s.io");
    let schema = types.schema();
    let mut schema = schema.kinds();
    match group {
        // Without a group other programs name the versions of their files too.
        "" if version.eq_ignore_ascii_case("v1") => !FILES.contains(&kind) && !is_list(types, kind),
        "" => schema.any(|known| known.group.eq_ignore_ascii_case(version) || known.kind.eq_ignore_ascii_case(kind)),
        _ if group.contains('.') && !below(group) => false,
        _ => schema.any(|known| known.group.eq_ignore_ascii_case(group)) && !is_list(types, kind),
    }
}

/// Whether a kind is that of lists of a known one; such a list may have no `items`.
fn is_list(types: &Types, kind: &str) -> bool {
    kind.strip_suffix("List").is_some_and(|of| of.is_empty() || !types.kinds_named(of).is_empty())
}

/// The kind that was most likely meant: one of the same group, or else any.
fn nearest(types: &Types, api_version: &str, kind: &str) -> Option<String> {
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let schema = types.schema();
    let names = |any: bool| {
        let known = schema.kinds().filter(|known| known.resource.is_some());
        known.filter(move |known| any || known.group.eq_ignore_ascii_case(group)).map(|known| known.kind)
    };
    let near = did_you_mean(kind, names(false)).or_else(|| did_you_mean(kind, names(true)))?;
    let versions = schema.kinds_named(near);
    if versions.iter().any(|known| version_of(known) == api_version) {
        return Some(format!("did you mean `{near}`?"));
    }
    let best = versions.iter().find(|known| known.resource.is_some())?;
    Some(format!("did you mean `{near}` of `{}`?", version_of(best)))
}

/// `apps/v1`.
fn version_of(kind: &Kind<'_>) -> String {
    if kind.group.is_empty() { kind.version.to_owned() } else { format!("{}/{}", kind.group, kind.version) }
}
