//! The plans in the repository as [`Files`].

use std::path::{Path, PathBuf};

use cairn_track::plan::Files;

/// `plans/NAME`.
pub fn folder(name: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../plans")
        .join(name);
    let mut files = Files::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(root.join(&at)).unwrap() {
            let entry = entry.unwrap();
            let path = at.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                let name = path.to_str().unwrap().replace('\\', "/");
                files.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}
