//! The source tree as data, for the tests that hold rules over it.

use std::path::{Path, PathBuf};

use crate::services::workspace;

/// Folders that are made, not written.
const GENERATED: &[&str] = &["target", "node_modules", ".git", "dist", "data"];

/// One file of the tree.
#[derive(Clone, Debug)]
pub struct Source {
    /// Relative to the root, with forward slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Lines with their numbers from 1, tests left out: rules of the product do not bind its tests.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        // Test modules stand at the end of a file.
        let end = self
            .text
            .find("\n#[cfg(test)]\nmod ")
            .map_or(self.text.len(), |at| at + 1);
        self.text[..end]
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    /// Lines that are code: no comments.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.product_lines()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Whether it is a file of tests alone.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.contains("/tests/")
    }
}

/// All files below `folder` (relative to the root) with one of these endings, sorted.
#[must_use]
pub fn files(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&workspace().join(folder), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter(|path| {
            endings.is_empty()
                || endings
                    .iter()
                    .any(|ending| path.to_string_lossy().ends_with(ending))
        })
        .filter_map(|path| {
            let relative = path
                .strip_prefix(workspace())
                .ok()?
                .to_string_lossy()
                .into_owned();
            Some(Source {
                path: relative,
                text: std::fs::read_to_string(&path).ok()?,
            })
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        if GENERATED.iter().any(|&generated| name == *generated) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}
