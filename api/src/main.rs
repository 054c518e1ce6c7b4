//! The binary `operandi`.

fn main() -> std::process::ExitCode {
    operandi::cli::main()
}
