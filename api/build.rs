//! A release carries the editor inside: files that appear or go there make it another binary.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed=../editor/dist");
    }
}
