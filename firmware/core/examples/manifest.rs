//! Writes the manifest of an image, ready to be signed: `manifest IMAGE BOARD BUILD OUT`.

use std::{env, fs, process::ExitCode};

use operandi_node_core::ota::{Board, Manifest};
use sha2::{Digest, Sha256};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [image, board, build, out] = &arguments[..] else {
        return Err("usage: manifest IMAGE BOARD BUILD OUT".into());
    };
    let mut name = Board::default();
    name.get_mut(..board.len())
        .ok_or("a board has at most 16 letters")?
        .copy_from_slice(board.as_bytes());
    let image = fs::read(image)?;
    let manifest = Manifest {
        board: name,
        build: build.parse()?,
        size: u32::try_from(image.len())?,
        sha256: Sha256::digest(&image).into(),
    };
    fs::write(out, manifest.to_bytes())?;
    Ok(ExitCode::SUCCESS)
}
