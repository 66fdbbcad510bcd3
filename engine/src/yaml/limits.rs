//! How much a file may ask for. Only numbers; the readers obey them.

/// Bounds on one file, and what to keep of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes of decoded text.
    pub file_bytes: usize,
    /// Most nodes in one file.
    pub nodes: usize,
    /// Deepest nesting in one document, aliases followed. The default is that of Kubernetes; what walks such a tree needs
    /// a stack of 16 MiB.
    pub depth: usize,
    /// Most nodes in one document with all its aliases written out.
    pub expanded_nodes: usize,
    /// Most diagnostics for one file; reading stops there.
    pub diagnostics: usize,
    /// Which comments to keep.
    pub comments: Comments,
}

/// Which comments a tree keeps. Keeping them costs about a tenth of the reading time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comments {
    /// None.
    Drop,
    /// All, but only of files in which `policyc:` occurs.
    WhereAddressed,
    /// All.
    Keep,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            nodes: 8_000_000,
            depth: 10_000,
            expanded_nodes: 5_000_000,
            diagnostics: 1000,
            comments: Comments::WhereAddressed,
        }
    }
}
