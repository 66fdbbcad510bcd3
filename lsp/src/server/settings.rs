//! What an editor may say about the server: in `initializationOptions`, and in `workspace/didChangeConfiguration` under
//! `policyc`.

use policyc_lang::schema::KubernetesVersion;
use serde::Deserialize;
use serde_json::Value;

/// The settings. Unknown ones are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Settings {
    /// The profile whose rules run; the recommended one where nobody says.
    pub(crate) profile: Option<String>,
    /// Kubernetes version to judge for, `1.34`.
    pub(crate) kubernetes: Option<String>,
    /// Namespace of objects that name none.
    pub(crate) namespace: Option<String>,
    /// Whether files that are not open get diagnostics too.
    pub(crate) workspace_diagnostics: bool,
    /// What manifests get; another server may do the rest.
    pub(crate) manifests: Manifests,
    /// What Dockerfiles get.
    pub(crate) dockerfiles: Dockerfiles,
}

/// What Dockerfiles get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Dockerfiles {
    /// Findings.
    pub(crate) diagnostics: bool,
}

/// What manifests get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Manifests {
    /// Findings.
    pub(crate) diagnostics: bool,
    /// Types of fields, and the rules that read them.
    pub(crate) hover: bool,
    /// From references to what they name.
    pub(crate) definition: bool,
    /// Objects of a file.
    pub(crate) symbols: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: None,
            kubernetes: None,
            namespace: None,
            workspace_diagnostics: true,
            manifests: Manifests::default(),
            dockerfiles: Dockerfiles::default(),
        }
    }
}

impl Default for Manifests {
    fn default() -> Self {
        Self { diagnostics: true, hover: true, definition: true, symbols: true }
    }
}

impl Default for Dockerfiles {
    fn default() -> Self {
        Self { diagnostics: true }
    }
}

impl Settings {
    /// What a client sent, in `policyc` or bare; what makes no sense leaves everything as it was.
    pub(crate) fn read(&self, sent: &Value) -> Self {
        let own = sent.get("policyc").unwrap_or(sent);
        if !own.is_object() {
            return self.clone();
        }
        serde_json::from_value(own.clone()).unwrap_or_else(|_| self.clone())
    }

    /// The Kubernetes version, where one is named that can be one.
    pub(crate) fn version(&self) -> Option<KubernetesVersion> {
        self.kubernetes.as_ref().and_then(|text| text.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use serde_json::json;

    #[test]
    fn settings_are_read_from_either_form_and_nonsense_changes_nothing() {
        let default = Settings::default();
        let profile = |sent| default.read(&sent).profile;
        assert_eq!(profile(json!({"profile": "pss-restricted"})).as_deref(), Some("pss-restricted"));
        assert_eq!(profile(json!({"policyc": {"profile": "x", "future": 1}})).as_deref(), Some("x"));
        assert_eq!(default.read(&json!({"profile": 7})), default);
        assert_eq!(default.read(&json!(null)), default);
        assert!(!default.read(&json!({"manifests": {"hover": false}})).manifests.hover);
    }
}
