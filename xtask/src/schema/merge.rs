//! Many versions become one union in which every fact carries the set of versions that hold it.

use super::model::{Field, Kind, KindName, Type, Version};
use std::collections::BTreeMap;

/// A set of versions: bit `n` stands for the `n`-th oldest.
pub(crate) type Mask = u32;

/// A field with one type; a field whose type changed has several, of disjoint versions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FieldUnion {
    pub(crate) versions: Mask,
    pub(crate) required: Mask,
    /// As the newest version that has it says.
    pub(crate) deprecated: bool,
}

/// A definition.
#[derive(Debug, Default)]
pub(crate) struct DefinitionUnion {
    pub(crate) versions: Mask,
    pub(crate) fields: BTreeMap<(String, Type), FieldUnion>,
}

/// A kind.
#[derive(Debug, Default)]
pub(crate) struct KindUnion {
    pub(crate) versions: Mask,
    /// As the newest version that serves it says.
    pub(crate) latest: Kind,
}

/// All versions together.
#[derive(Debug, Default)]
pub(crate) struct Union {
    pub(crate) definitions: BTreeMap<String, DefinitionUnion>,
    pub(crate) kinds: BTreeMap<KindName, KindUnion>,
}

/// API groups that the documents hold for longer than clusters serve them: the first version whose API server has
/// them switched off, from the deprecated API migration guide of Kubernetes.
const SWITCHED_OFF: &[(&str, &str, &str)] =
    &[("apps", "v1beta1", "1.16"), ("apps", "v1beta2", "1.16"), ("extensions", "v1beta1", "1.16")];

/// The one kind of `extensions/v1beta1` that stayed on until it was taken out.
const KEPT: &str = "Ingress";

/// Takes out what was switched off; `releases` ascend.
pub(crate) fn switch_off(union: &mut Union, releases: &[&str]) {
    for (name, kind) in &mut union.kinds {
        let off = SWITCHED_OFF.iter().find(|(group, version, _)| name.group == *group && name.version == *version);
        let Some((_, _, first)) = off else { continue };
        if name.group == "extensions" && name.kind.starts_with(KEPT) {
            continue;
        }
        let place = releases.iter().position(|release| release.starts_with(&format!("{first}.")));
        kind.versions &= place.map_or(Mask::MAX, |place| (1 << place) - 1);
    }
}

/// Merges `versions`, which ascend, and `configuration`, whose files are not part of any served version and count as
/// known to all of them.
///
/// # Errors
///
/// When there are more versions than a mask has bits.
pub(crate) fn merge(versions: Vec<Version>, configuration: Version) -> Result<Union, String> {
    let count = u32::try_from(versions.len()).map_err(|error| error.to_string())?;
    let all = 1_u32.checked_shl(count).ok_or("there are more versions than bits in a mask")? - 1;
    let mut union = Union::default();
    // Newest first: what is told once is told as of the newest.
    for (bit, version) in versions.into_iter().enumerate().rev() {
        add(&mut union, version, 1 << bit);
    }
    add(&mut union, configuration, all);
    Ok(union)
}

fn add(union: &mut Union, version: Version, mask: Mask) {
    for (name, fields) in version.definitions {
        let definition = union.definitions.entry(name).or_default();
        definition.versions |= mask;
        for (name, field) in fields {
            add_field(&mut definition.fields, name, field, mask);
        }
    }
    for (name, kind) in version.kinds {
        let known = union.kinds.entry(name).or_insert_with(|| KindUnion { versions: 0, latest: kind });
        known.versions |= mask;
    }
}

fn add_field(fields: &mut BTreeMap<(String, Type), FieldUnion>, name: String, field: Field, mask: Mask) {
    let fresh = FieldUnion { deprecated: field.deprecated, ..FieldUnion::default() };
    let known = fields.entry((name, field.ty)).or_insert(fresh);
    known.versions |= mask;
    if field.required {
        known.required |= mask;
    }
}
