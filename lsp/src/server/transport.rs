//! Messages over standard input and output. Neither side waits for the other: what cannot be written yet queues up.

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::Message;
use std::io::{self, BufRead, Read, Write};
use std::thread::{self, JoinHandle};

/// Largest message that is read, in bytes.
const LARGEST: usize = 256 << 20;
/// Longest line of a message's head, in bytes.
const LONGEST_LINE: u64 = 4096;

/// What comes in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that was sent whole and is no message.
    Garbled,
}

/// Reads messages until the end of the input. The channel ends with it.
pub(crate) fn reader(mut input: impl BufRead + Send + 'static) -> io::Result<Receiver<Incoming>> {
    let (sender, receiver) = unbounded();
    thread::Builder::new().name("reader".to_owned()).spawn(move || {
        while let Ok(Some(text)) = read(&mut input) {
            let incoming = serde_json::from_slice(&text).map_or(Incoming::Garbled, Incoming::Message);
            let last = matches!(&incoming, Incoming::Message(Message::Notification(sent)) if sent.method == "exit");
            if sender.send(incoming).is_err() || last {
                return;
            }
        }
    })?;
    Ok(receiver)
}

/// What goes out.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A message.
    Message(Message),
    /// The text of a message, for those that are large.
    Text(String),
    /// Nothing more will come.
    Last,
}

impl<M: Into<Message>> From<M> for Outgoing {
    fn from(message: M) -> Self {
        Self::Message(message.into())
    }
}

/// Writes messages until it is told to end.
pub(crate) fn writer(mut output: impl Write + Send + 'static) -> io::Result<(Sender<Outgoing>, JoinHandle<()>)> {
    let (sender, receiver) = unbounded::<Outgoing>();
    let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || {
        for message in receiver {
            // Whoever does not listen any more is about to end the input as well.
            let _ = match message {
                Outgoing::Message(message) => message.write(&mut output),
                Outgoing::Text(text) => {
                    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| output.flush())
                }
                Outgoing::Last => return,
            };
        }
    })?;
    Ok((sender, thread))
}

/// The body of the next message; `None` at the end of the input.
fn read(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.by_ref().take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let length = length.filter(|length| *length <= LARGEST);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no length"))?;
    let mut body = Vec::new();
    input.by_ref().take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut body)?;
    Ok((body.len() == length).then_some(body))
}

#[cfg(test)]
mod tests {
    use super::{Incoming, reader};
    use std::io::Cursor;

    fn check(input: &str, expected: &[&str]) {
        let found: Vec<String> = reader(Cursor::new(input.to_owned()))
            .unwrap()
            .into_iter()
            .map(|incoming| match incoming {
                Incoming::Garbled => "garbled".to_owned(),
                Incoming::Message(message) => serde_json::to_string(&message).unwrap(),
            })
            .collect();
        assert_eq!(found, expected, "{input:?}");
    }

    #[test]
    fn messages_are_read_until_the_stream_makes_no_sense() {
        let exit = r#"{"method":"exit"}"#;
        let sent = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        check("", &[]);
        check(&sent(exit), &[exit]);
        check(&format!("{}{}", sent("{"), sent(exit)), &["garbled", exit]);
        check(&format!("content-length:17\r\nContent-Type: x\r\n\r\n{exit}"), &[exit]);
        check("Content-Length: x\r\n\r\n", &[]);
        check("Content-Length: 99\r\n\r\n{}", &[]);
        check(&format!("Content-Length: {}\r\n\r\n", u64::MAX), &[]);
    }
}
