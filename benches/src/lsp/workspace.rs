//! A workspace of many manifests with policies of its own, and large files to edit; the same on every machine.

use crate::corpus::project;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Policies whose rules look across files, beside the library's.
const POLICIES: &[&str] = &["network.policy", "rbac.policy", "services.policy"];

/// A folder that is removed when it is let go.
pub(super) struct Workspace {
    pub(super) folder: PathBuf,
}

impl Workspace {
    /// Writes so many manifests of one document each, and the policies of the examples that look across files.
    pub(super) fn new(files: usize) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("policyc-lsp-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let workspace = Self { folder: folder.canonicalize()? };
        for number in 0..files {
            fs::write(workspace.folder.join(format!("{number:05}.yaml")), document(number))?;
        }
        let policies = project().join("examples").join("policies");
        for name in POLICIES {
            fs::copy(policies.join(name), workspace.folder.join(name))?;
        }
        Ok(workspace)
    }

    /// The URI of a file in it.
    pub(super) fn uri(&self, name: &str) -> String {
        uri(&self.folder.join(name))
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What cannot be removed stays in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The URI of a path without odd characters.
pub(super) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// So many bytes of documents, or a little more; none of them stands in the workspace.
pub(super) fn documents(bytes: usize) -> String {
    let mut text = String::new();
    for number in 100_000.. {
        if text.len() >= bytes {
            break;
        }
        if !text.is_empty() {
            text.push_str("---\n");
        }
        text.push_str(&document(number));
    }
    text
}

/// Three documents make an application: a Deployment, its Service, its ConfigMap.
fn document(number: usize) -> String {
    let (n, team, replicas) = (number / 3, number / 3 % 17, 1 + number % 5);
    match number % 3 {
        0 => format!(
            "apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  namespace: team-{team}
  labels: {{app: app-{n}, tier: backend}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: app-{n}}}}}
  template:
    metadata:
      labels: {{app: app-{n}, tier: backend}}
    spec:
      serviceAccountName: app-{n}
      containers:
        - name: main
          image: registry.example/team-{team}/app:{n}.0.1
          ports: [{{name: http, containerPort: 8080}}]
          env:
            - name: LEVEL
              value: info
            - name: URL
              value: http://app-{n}.team-{team}.svc:8080
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          readinessProbe: {{httpGet: {{path: /ready, port: http}}}}
          securityContext:
            allowPrivilegeEscalation: false
            runAsNonRoot: true
"
        ),
        1 => format!(
            "apiVersion: v1
kind: Service
metadata:
  name: app-{n}
  namespace: team-{team}
spec:
  selector: {{app: app-{n}}}
  ports:
    - {{name: http, port: 80, targetPort: http}}
"
        ),
        _ => format!(
            "apiVersion: v1
kind: ConfigMap
metadata:
  name: app-{n}
  namespace: team-{team}
data:
  settings.ini: |
    [main]
    level = info
    workers = {replicas}
"
        ),
    }
}
