//! Where helm is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The helm on the PATH.
pub(super) fn find() -> Option<PathBuf> {
    find_in(&std::env::var_os("PATH")?)
}

/// Folders that are not absolute are left out: they may be part of what is judged, and so may a program in them.
fn find_in(path: &OsStr) -> Option<PathBuf> {
    let name = if cfg!(windows) { "helm.exe" } else { "helm" };
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::find_in;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_programs_in_absolute_folders_are_taken() {
        let folder = std::env::temp_dir().join(format!("policyc-helm-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("plain")).unwrap();
        std::fs::create_dir_all(folder.join("good")).unwrap();
        for name in ["plain/helm", "good/helm"] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        std::fs::set_permissions(folder.join("good/helm"), std::fs::Permissions::from_mode(0o755)).unwrap();
        let all = std::env::join_paths([".".into(), folder.join("none"), folder.join("plain"), folder.join("good")]);
        assert_eq!(find_in(&all.unwrap()), Some(folder.join("good/helm")));
        assert_eq!(find_in("good:.".as_ref()), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
