//! A mail server for as long as the examples are filled in: it takes all and passes nothing on, so that example notices leave as real ones
//! do and no mail leaves this machine.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Bytes of one message that are kept.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// The server; it ends when dropped.
pub struct Sink {
    url: String,
    messages: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Sink {
    /// Listens on this machine alone.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.context("listening for example mail")?;
        let url = format!("smtp://{}", listener.local_addr()?);
        let messages = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&messages);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who breaks off is no loss: what failed is sent again.
                let _ended = talk(stream, &kept).await;
            }
        });
        Ok(Self {
            url,
            messages,
            task,
        })
    }

    /// As `mail.smtp` names it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What came since the last time, line ends of quoted-printable undone.
    pub fn take(&self) -> Vec<String> {
        let mut all = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut *all);
        all.into_iter()
            .map(|text| text.replace("=\r\n", ""))
            .collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection (RFC 5321), as far as our own sender goes.
async fn talk(stream: TcpStream, kept: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    write.write_all(b"220 examples\r\n").await?;
    let (mut line, mut message, mut inside) = (String::new(), String::new(), false);
    loop {
        line.clear();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if inside && line.trim_end() != "." {
            if message.len() < MESSAGE_BYTES_MAX {
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            continue;
        }
        if inside {
            let whole = std::mem::take(&mut message);
            let mut all = kept.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(whole);
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let begins = !inside && word == "DATA";
        let answer: &[u8] = match word.as_str() {
            "DATA" if begins => b"354 go on\r\n",
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        inside = begins;
        write.write_all(answer).await?;
        if word == "QUIT" {
            return Ok(());
        }
    }
}
