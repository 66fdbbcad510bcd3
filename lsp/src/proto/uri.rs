//! URIs of files, as far as a server needs them: percent-encoded paths. RFC 3986, RFC 8089.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The path of a `file:` URI; `None` for other schemes and for other hosts.
pub(crate) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("file://")).and_then(|_| uri.get(7..))?;
    let path = if rest.starts_with('/') { rest } else { rest.strip_prefix("localhost")? };
    let bytes = decoded(path);
    let text = String::from_utf8(bytes).ok()?;
    Some(PathBuf::from(without_drive_slash(&text)))
}

/// `/c:/x` is `c:/x` on Windows.
fn without_drive_slash(path: &str) -> &str {
    let drive = path.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) && path.as_bytes().get(2) == Some(&b':');
    if cfg!(windows) && drive { path.get(1..).unwrap_or(path) } else { path }
}

/// The URI of an absolute path.
pub(crate) fn of_path(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let mut uri = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
        if plain {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// The last part of a URI's path, for what is no file.
pub(crate) fn file_name(uri: &str) -> String {
    let path = uri.split(['?', '#']).next().unwrap_or(uri);
    let last = path.rsplit(['/', ':']).next().unwrap_or(path);
    String::from_utf8_lossy(&decoded(last)).into_owned()
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut after = bytes.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(after.next()), digit(after.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                bytes = after;
            }
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use super::{file_name, of_path, to_path};
    use std::path::Path;

    #[test]
    fn paths_and_uris_lead_to_each_other() {
        for (path, uri) in [
            ("/a/b.yaml", "file:///a/b.yaml"),
            ("/a b/[x]{y}.yaml", "file:///a%20b/%5Bx%5D%7By%7D.yaml"),
            ("/ü/50%.yaml", "file:///%C3%BC/50%25.yaml"),
        ] {
            assert_eq!(of_path(Path::new(path)), uri);
            assert_eq!(to_path(uri).as_deref(), Some(Path::new(path)));
        }
        assert_eq!(to_path("file:///a [x]/ü.yaml").as_deref(), Some(Path::new("/a [x]/ü.yaml")), "as written");
        assert_eq!(to_path("file://localhost/a").as_deref(), Some(Path::new("/a")));
        assert_eq!(to_path("file:///a%2").as_deref(), Some(Path::new("/a%2")));
        assert_eq!(to_path("untitled:Untitled-1"), None);
        assert_eq!(to_path("file://host/a"), None);
        assert_eq!(file_name("untitled:Untitled-1"), "Untitled-1");
        assert_eq!(file_name("git:/a/b%20c.yaml?ref"), "b c.yaml");
    }
}
