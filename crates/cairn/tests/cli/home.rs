//! The real program on a temporary directory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const EXAMPLE: &str = include_str!("../../../../forms/nz/example.json");

/// Where a test's data lie.
pub struct Home {
    dir: tempfile::TempDir,
    /// Address of the PostgreSQL database; none: SQLite.
    database: Option<String>,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Its standard output, if it ended well.
    pub fn good(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
}

impl Home {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            database: None,
        }
    }

    /// With its database on PostgreSQL.
    pub fn on(database: String) -> Self {
        Self {
            database: Some(database),
            ..Self::new()
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.arg(name)
    }

    /// A path as an argument.
    pub fn arg(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// The program on the directory `data`, without settings of whoever runs the tests.
    pub fn command(&self, data: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
        for (name, _) in std::env::vars() {
            if name.starts_with("CAIRN_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.dir.path()).args(args);
        command.arg("--data").arg(self.path(data));
        if let Some(database) = &self.database {
            command.args(["--set", &format!("storage.database={database}")]);
        }
        command
    }

    pub fn cairn(&self, args: &[&str]) -> Ran {
        self.cairn_on("data", args)
    }

    pub fn cairn_on(&self, data: &str, args: &[&str]) -> Ran {
        Ran::of(&self.command(data, args).output().unwrap())
    }

    pub fn cairn_reading(&self, args: &[&str], stdin: &str) -> Ran {
        let mut command = self.command("data", args);
        command.stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        to.write_all(stdin.as_bytes()).unwrap();
        drop(to);
        Ran::of(&child.wait_with_output().unwrap())
    }

    /// The files below a folder.
    pub fn files(&self, name: &str) -> Vec<PathBuf> {
        let (mut found, mut folders) = (Vec::new(), vec![self.path(name)]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }

    /// `cairn serve`, or another command that serves; it is told to stop when this is dropped.
    pub fn serve(&self, args: &[&str]) -> Serving {
        let mut command = self.command("data", args);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        Serving::start(command)
    }
}

/// A running server.
pub struct Serving {
    child: Child,
    pub address: SocketAddr,
    /// What it said until it listened.
    pub said: String,
}

impl Serving {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let from = said.len();
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended: {said}");
            if let Some((_, address)) = said[from..].split_once("listening on http://") {
                break address.trim().parse().unwrap();
            }
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self {
            child,
            address,
            said,
        }
    }

    /// Sends the example report; the answer.
    pub fn report(&self) -> serde_json::Value {
        report_to(self.address, "cairn.example")
    }

    /// Stops it in order; its exit code.
    pub fn stop(mut self) -> i32 {
        self.terminate();
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not stop"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn terminate(&self) {
        let pid = self.child.id().to_string();
        let _told = Command::new("kill").args(["-TERM", &pid]).status();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Sends the example report to a host at an address; the answer.
pub fn report_to(address: SocketAddr, host: &str) -> serde_json::Value {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "POST /api/v1/reports HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{EXAMPLE}",
        EXAMPLE.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 201"), "{answer}");
    serde_json::from_str(body).unwrap()
}

pub fn count(dir: &Path) -> usize {
    std::fs::read_dir(dir).unwrap().count()
}
