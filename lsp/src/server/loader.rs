//! The thread that reads the disk, so that nobody else waits for it.

use crate::host::Host;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

/// Files that are handed over at once.
const BATCH: usize = 100;

/// What to read.
pub(crate) enum Wish {
    /// The list of files below a folder, and all of them.
    Folder(PathBuf),
    /// The list of files below a folder.
    List(PathBuf),
    /// Files, each on its own.
    Files(Vec<PathBuf>),
}

/// A file's path and bytes.
pub(crate) type Loaded = (PathBuf, Result<Vec<u8>, String>);

/// What was read.
pub(crate) enum Found {
    /// The files below a folder. Comes before their bytes.
    List(PathBuf, Vec<PathBuf>),
    /// Bytes of files.
    Files(Vec<Loaded>),
    /// A folder was read to its end.
    Done(PathBuf),
}

/// Starts the thread; it ends when nobody can wish any more.
pub(crate) fn start(host: Arc<dyn Host>) -> io::Result<(Sender<Wish>, Receiver<Found>)> {
    let (wishes, wished) = unbounded();
    let (found, results) = unbounded();
    thread::Builder::new().name("loader".to_owned()).spawn(move || {
        for wish in wished {
            if serve(&*host, wish, &found).is_none() {
                return;
            }
        }
    })?;
    Ok((wishes, results))
}

fn serve(host: &dyn Host, wish: Wish, found: &Sender<Found>) -> Option<()> {
    match wish {
        Wish::List(folder) => {
            let files = host.files(&folder);
            found.send(Found::List(folder, files)).ok()
        }
        Wish::Files(files) => read(host, &files, found),
        Wish::Folder(folder) => {
            let files = host.files(&folder);
            found.send(Found::List(folder.clone(), files.clone())).ok()?;
            // Policies first: what they say decides how everything else is judged.
            let (policies, others): (Vec<PathBuf>, Vec<PathBuf>) =
                files.into_iter().partition(|path| path.extension().is_some_and(|known| known == "policy"));
            read(host, &policies, found)?;
            read(host, &others, found)?;
            found.send(Found::Done(folder)).ok()
        }
    }
}

fn read(host: &dyn Host, files: &[PathBuf], found: &Sender<Found>) -> Option<()> {
    for batch in files.chunks(BATCH) {
        let loaded = batch.iter().map(|path| (path.clone(), host.read(path))).collect();
        found.send(Found::Files(loaded)).ok()?;
    }
    Some(())
}
