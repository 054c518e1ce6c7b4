//! The binary `operandi`.

/// A run is many small documents, allocated on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    operandi::cli::main()
}
